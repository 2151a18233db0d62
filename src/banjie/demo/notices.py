"""What people meet about being told: 林照's confirmed addresses, and a notice that never came, with its reason."""

from dataclasses import replace
from datetime import timedelta

from banjie.actions.hands import Hands
from banjie.actions.notices import carry, send_by
from banjie.actions.platform import Platform
from banjie.actions.ports import NotCarried
from banjie.engine.notices import Channel, Delivery, Letter
from banjie.records import messages, notices, people
from banjie.records.messages import Message

_AUTHOR = "linzhao"
_ADDRESSES = ((Channel.MAIL, "linzhao@example.cn"), (Channel.SMS, "13900990001"))


class _NoSuchNumber:
    """A gateway that says the number does not exist."""

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        """Refuses for good."""
        raise NotCarried("短信网关没有收：空号", final=True)


def confirm_and_lose(platform: Platform) -> int:
    """Confirms 林照's addresses, from now on; one text message went to a number that does not exist."""
    author = people.standing(platform.database, _AUTHOR, platform.today())
    database, eyes, now = platform.database, author.eyes, platform.now()
    for channel, address in _ADDRESSES:
        until = now + timedelta(minutes=1)
        notices.keep_address(database, eyes, platform.region, channel, address, code_hash="", code_until=until)
        notices.confirm_address(database, eyes, platform.region, channel, now)
    latest = messages.of_parties(database, eyes, [party.id for party in author.parties], most=1)
    for one in latest:
        _lose(platform, author.actor.account, one)
    return len(latest)


def _lose(platform: Platform, account: str, message: Message) -> None:
    """A message that is sent to a number that does not exist, and kept with the reason."""
    broken = replace(platform, carriers={Channel.SMS: _NoSuchNumber()})
    sendings: list[str] = []
    hands = Hands(broken, platform.now(), lambda _task, sending, **_: sendings.append(sending))
    letter = Letter(message.subject, message.body, message.subject)
    lost = Delivery(account, Channel.SMS, "13900990009", hands.at)
    send_by(hands, letter, lost, region=message.region, message_id=message.id)
    carry(broken, message.region, sendings[0])
