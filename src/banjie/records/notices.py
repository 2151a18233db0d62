"""通知: confirmed addresses, muted cases, and the record of every sending. `messages` is the inbox itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from banjie.engine.notices import Channel, Wish
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE

# --- addresses ---


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person wants to be told. `verified_at` is None until she has typed the code that was sent there."""

    channel: Channel
    address: str
    verified_at: datetime | None
    code_hash: str
    code_until: datetime | None
    code_tries: int


def addresses_of(database: Database, eyes: Eyes, region: str) -> tuple[Address, ...]:
    """The addresses of the account that looks."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT channel, address, verified_at, code_hash, code_until, code_tries FROM notice_addresses"
            " WHERE region = %s AND account = %s ORDER BY channel",
            (region, eyes.account),
        )
        return tuple(Address(**{**row, "channel": Channel(row["channel"])}) for row in cursor)


def keep_address(
    database: Database,
    eyes: Eyes,
    region: str,
    channel: Channel,
    address: str,
    *,
    code_hash: str,
    code_until: datetime,
) -> None:
    """An address that is to be confirmed by a code; what was there before is not used any longer."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO notice_addresses (region, account, channel, address, code_hash, code_until)"
            " VALUES (%(region)s, %(account)s, %(channel)s, %(address)s, %(hash)s, %(until)s)"
            " ON CONFLICT (region, account, channel) DO UPDATE SET address = EXCLUDED.address, verified_at = NULL,"
            " code_hash = EXCLUDED.code_hash, code_until = EXCLUDED.code_until, code_tries = 0",
            {
                "region": region,
                "account": eyes.account,
                "channel": channel.value,
                "address": address,
                "hash": code_hash,
                "until": code_until,
            },
        )


def count_try(database: Database, eyes: Eyes, region: str, channel: Channel) -> int:
    """Counts a code that was typed; answers with how many there were."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "UPDATE notice_addresses SET code_tries = code_tries + 1"
            " WHERE region = %s AND account = %s AND channel = %s RETURNING code_tries",
            (region, eyes.account, channel.value),
        ).fetchone()
    return int(row["code_tries"]) if row else 0


def confirm_address(database: Database, eyes: Eyes, region: str, channel: Channel, at: datetime) -> None:
    """The code was right: the address is used from now on."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE notice_addresses SET verified_at = %s, code_hash = '', code_until = NULL"
            " WHERE region = %s AND account = %s AND channel = %s",
            (at, region, eyes.account, channel.value),
        )


def drop_address(database: Database, eyes: Eyes, region: str, channel: Channel) -> None:
    """The person does not want this channel any longer."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "DELETE FROM notice_addresses WHERE region = %s AND account = %s AND channel = %s",
            (region, eyes.account, channel.value),
        )


# --- muted cases ---


def mute(database: Database, eyes: Eyes, region: str, case_id: str, *, muted: bool) -> None:
    """Whether the account is told of a case outside the inbox. Legal notices come all the same."""
    statement = (
        "INSERT INTO notice_mutes (region, account, case_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        if muted
        else "DELETE FROM notice_mutes WHERE region = %s AND account = %s AND case_id = %s"
    )
    with database.seen_by(eyes) as cursor:
        cursor.execute(statement, (region, eyes.account, case_id))


def is_muted(database: Database, eyes: Eyes, region: str, case_id: str) -> bool:
    """Whether the account has muted a case."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT 1 FROM notice_mutes WHERE region = %s AND account = %s AND case_id = %s",
            (region, eyes.account, case_id),
        ).fetchone()
    return row is not None


def wishes_of(
    database: Database, region: str, party: str, item: str, case_region: str, case_id: str | None, today: date
) -> tuple[Wish, ...]:
    """What everybody who acts for a party today, in that item, wants: for the platform itself.

    `region` is the city's, in which people and their mandates are kept; `item` is "" for what is about no item.
    """
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT a.account, jsonb_object_agg(a.channel, a.address) AS addresses,"
            " EXISTS (SELECT 1 FROM notice_mutes m WHERE m.region = %(case_region)s AND m.case_id = %(case)s"
            "         AND m.account = a.account) AS muted"
            " FROM mandates g JOIN notice_addresses a ON a.region = g.region AND a.account = g.account"
            " WHERE g.region = %(region)s AND g.party = %(party)s AND g.status = 'in_force'"
            " AND a.verified_at IS NOT NULL"
            " AND (g.valid_from IS NULL OR g.valid_from <= %(today)s)"
            " AND (g.valid_until IS NULL OR g.valid_until >= %(today)s)"
            " AND (g.items = '{}' OR %(item)s = ANY(g.items))"
            " GROUP BY a.account ORDER BY a.account",
            {
                "region": region,
                "party": party,
                "item": item,
                "case_region": case_region,
                "case": case_id,
                "today": today,
            },
        )
        return tuple(
            Wish(
                row["account"],
                {Channel(channel): address for channel, address in row["addresses"].items()},
                row["muted"],
            )
            for row in cursor
        )


# --- sendings ---


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending, and what came of it: waiting, sent or dead."""

    id: str
    region: str
    message_id: str
    account: str
    channel: Channel
    address: str
    template: str
    edition: int
    subject: str
    text: str
    state: str
    not_before: datetime
    changed_at: datetime
    tries: int = 0
    receipt: str = ""
    trouble: str = ""


_SENDING = (
    "SELECT id::text AS id, region, message_id::text AS message_id, account, channel, address, template, edition,"
    " subject, text, state, not_before, changed_at, tries, receipt, trouble FROM notice_deliveries"
)


def keep_sending(database: Database, sending: Sending) -> bool:
    """Writes a sending down, once for each identifier. False when it is there already."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO notice_deliveries (region, id, message_id, account, channel, address, template, edition,"
            " subject, text, state, not_before, changed_at, receipt)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (region, id) DO NOTHING",
            (
                sending.region,
                sending.id,
                sending.message_id,
                sending.account,
                sending.channel.value,
                sending.address,
                sending.template,
                sending.edition,
                sending.subject,
                sending.text,
                sending.state,
                sending.not_before,
                sending.changed_at,
                sending.receipt,
            ),
        )
        return cursor.rowcount == 1


def find_sending(database: Database, eyes: Eyes, region: str, sending: str) -> Sending | None:
    """The sending of that identifier, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_SENDING} WHERE region = %s AND id = %s", (region, sending)).fetchone()
    return _sending(row) if row else None


def settle_sending(
    database: Database, region: str, sending: str, at: datetime, *, state: str, receipt: str = "", trouble: str = ""
) -> None:
    """One try more, and what came of it."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE notice_deliveries SET state = %s, receipt = %s, trouble = %s, tries = tries + 1, changed_at = %s"
            " WHERE region = %s AND id = %s",
            (state, receipt, trouble, at, region, sending),
        )


def revive_sending(database: Database, region: str, sending: str, at: datetime) -> bool:
    """A dead letter is to be tried again from the beginning. False when it is none."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE notice_deliveries SET state = 'waiting', tries = 0, not_before = %s, changed_at = %s"
            " WHERE region = %s AND id = %s AND state = 'dead'",
            (at, at, region, sending),
        )
        return cursor.rowcount == 1


def sendings_of(database: Database, eyes: Eyes, messages: Sequence[str]) -> dict[str, tuple[Sending, ...]]:
    """The sendings of messages that are the account's own, by message."""
    found: dict[str, list[Sending]] = {}
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_SENDING} WHERE message_id = ANY(%s::uuid[]) AND account = %s ORDER BY channel",
            (list(messages), eyes.account),
        )
        for row in cursor:
            one = _sending(row)
            found.setdefault(one.message_id, []).append(one)
    return {message: tuple(sendings) for message, sendings in found.items()}


def dead(database: Database, eyes: Eyes, regions: Sequence[str], most: int = 50) -> tuple[Sending, ...]:
    """What could not be delivered in these regions, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_SENDING} WHERE region = ANY(%s) AND state = 'dead' ORDER BY changed_at DESC LIMIT %s",
            (list(regions), most),
        )
        return tuple(_sending(row) for row in cursor)


def _sending(row: Mapping[str, Any]) -> Sending:
    return Sending(**{**row, "channel": Channel(row["channel"])})


# --- rounds of reminders ---


def round_done(database: Database, region: str, kind: str, day: date) -> bool:
    """Whether a kind of reminder has been looked for on a day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT 1 FROM notice_rounds WHERE region = %s AND kind = %s AND day = %s", (region, kind, day)
        ).fetchone()
    return row is not None


def keep_round(database: Database, region: str, kind: str, day: date) -> None:
    """A kind of reminder has been looked for on a day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO notice_rounds (region, kind, day) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (region, kind, day),
        )


def ending_soon(database: Database, until: date) -> tuple[tuple[str, str], ...]:
    """Region and number of cases whose correction or tolerance may end by a day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT region, number FROM cases WHERE look_on <= %s AND (stage = 'correcting'"
            " OR (stage IN ('accepted', 'in_review', 'special')"
            "     AND json_array_length(coalesce(state -> 'tolerances', '[]')) > 0))",
            (until,),
        )
        return tuple((row["region"], row["number"]) for row in cursor)


def certificates_ending(
    database: Database, after: date, until: date
) -> tuple[tuple[str, str, str, str, str, date], ...]:
    """Valid certificates that end after one day and by another: region, id, holder, name, number, last day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id, holder, name, number, valid_until FROM certificates"
            " WHERE status IN ('valid', 'suspended') AND valid_until > %s AND valid_until <= %s",
            (after, until),
        )
        return tuple(
            (row["region"], row["id"], row["holder"], row["name"], row["number"], row["valid_until"]) for row in cursor
        )
