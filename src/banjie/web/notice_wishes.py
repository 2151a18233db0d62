"""消息和通知方式: the inbox with what became of each notice, and where she wants to be told besides."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.actions.notice_wishes import ask_code, confirm
from banjie.engine.notices import CHANNEL_NAMES, Channel
from banjie.engine.subject import Malformed, Refused
from banjie.packs.notices import policy
from banjie.records import messages, notices
from banjie.records.messages import Message
from banjie.records.notices import Sending
from banjie.web import tries
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.my import parties_of, tabs
from banjie.wiring import platform

PAGE = 50

STATES = {"waiting": ("等待发送", "blue"), "sent": ("已发出", "green"), "dead": ("没有送到", "red")}


@require_GET
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """消息: what the city has told me, the newest first, and by which other ways it was sent to me."""
    standing, database = me(request), platform().database
    after = _behind(request.GET.get("after", ""))
    rows = messages.of_parties(database, standing.eyes, parties_of(standing), most=PAGE + 1, after=after)
    found = rows[:PAGE]
    last = found[-1] if len(rows) > PAGE else None
    sent = notices.sendings_of(database, standing.eyes, [one.id for one in found])
    context = {
        "lines": [(one, _about(one), _ways(sent.get(one.id, ()))) for one in found],
        "unread": messages.unread(database, standing.eyes, parties_of(standing)),
        "older": f"{last.sent_at.isoformat()}_{last.id}" if last else "",
        "later_page": after is not None,
        "tabs": tabs("my-messages"),
    }
    return render(request, "my/messages.html", context)


def _about(message: Message) -> str:
    """The address of the case a message is about, "" when there is none to open."""
    return reverse("my-case", args=(message.region, message.number)) if message.number else ""


def _behind(text: str) -> tuple[datetime, str] | None:
    """The place a page goes on from, as its address says; None for the first page and for what is no such place."""
    at, _, identifier = text.replace(" ", "+").partition("_")
    try:
        moment, message = datetime.fromisoformat(at), str(UUID(identifier))
    except ValueError:
        return None
    return (moment, message) if moment.tzinfo else None


def _ways(sendings: tuple[Sending, ...]) -> list[dict[str, str]]:
    return [
        {
            "name": CHANNEL_NAMES[one.channel],
            "state": STATES[one.state][0],
            "kind": STATES[one.state][1],
            "why": one.trouble if one.state == "dead" else "",
        }
        for one in sendings
    ]


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """全部标为已读."""
    standing = me(request)
    messages.mark_all_read(platform().database, standing.eyes, parties_of(standing), platform().now())
    return HttpResponseRedirect(reverse("my-messages"), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def wishes(request: HttpRequest) -> HttpResponse:
    """通知方式: an address by channel, each confirmed by a code that is sent there."""
    wrong: dict[str, str] = {}
    typed: dict[str, str] = {}
    if request.method == "POST":
        channel = _channel(request)
        if channel is None:
            return HttpResponseRedirect(reverse("my-notices"), status=303)
        wait = tries.consume(request, "通知验证码", account=me(request).actor.account)
        if wait:
            return tries.too_many(request, wait)
        try:
            _change(request, channel)
        except (Malformed, Refused) as error:
            control = f"{'code' if getattr(error, 'field', '') == 'code' else 'address'}-{channel.value}"
            wrong[control] = f"{error.reason}。{error.remedy}"
            typed[control] = request.POST.get("address", "") or request.POST.get("code", "")
        else:
            return HttpResponseRedirect(reverse("my-notices"), status=303)
    kept = {one.channel: one for one in notices.addresses_of(platform().database, me(request).eyes, platform().region)}
    now = platform().now()
    channels = [
        {
            "value": channel.value,
            "name": CHANNEL_NAMES[channel],
            "offered": channel in platform().carriers,
            "kept": kept.get(channel),
            "confirmed": channel in kept and kept[channel].verified_at is not None,
            "waits": channel in kept
            and kept[channel].verified_at is None
            and (until := kept[channel].code_until) is not None
            and until > now,
        }
        for channel in policy().order
    ]
    context = {
        "channels": channels,
        "policy": policy(),
        "wrong": wrong,
        "typed": typed,
        "errors": [{"field": control, "message": words} for control, words in wrong.items()],
        "tabs": tabs("my-messages"),
    }
    status = 422 if wrong else 200
    return render(request, "my/notices.html", context, status=status, errors=bool(wrong), nav="me")


def _channel(request: HttpRequest) -> Channel | None:
    return next((one for one in policy().order if one.value == request.POST.get("channel", "")), None)


def _change(request: HttpRequest, channel: Channel) -> None:
    """Sends a code, confirms it, or drops the address, as the button says. Raises `Malformed` and `Refused`."""
    match request.POST.get("do", ""):
        case "code":
            address = ask_code(platform(), me(request), channel, request.POST.get("address", "")[:200])
            banners.success(request, f"验证码已经发到 {address}，请填在下面。")
        case "confirm":
            confirm(platform(), me(request), channel, request.POST.get("code", "")[:20])
            banners.success(request, f"{CHANNEL_NAMES[channel]}已经开通。")
        case "drop":
            notices.drop_address(platform().database, me(request).eyes, platform().region, channel)
            banners.success(request, f"不再用{CHANNEL_NAMES[channel]}通知您。")
