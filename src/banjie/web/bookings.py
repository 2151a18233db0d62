"""预约: a time at a hall, seen free, kept, moved, cancelled. Nobody waits for a time that is given to somebody else."""

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions import bookings
from banjie.actions.bookings import FreeDay, Wish
from banjie.engine.bookings import STATUS_NAMES, BookingStatus
from banjie.engine.calendar import WEEKDAYS
from banjie.engine.filing import Party
from banjie.engine.subject import Refused
from banjie.packs.counter import Group, counter
from banjie.records import bookings as kept
from banjie.records.bookings import BookingRow
from banjie.records.halls import Hall
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key
from banjie.web.identity import signed_in
from banjie.web.queue_public import hall_or_404
from banjie.wiring import platform

COLOURS = {BookingStatus.BOOKED: "blue", BookingStatus.ARRIVED: "green"}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def book(request: HttpRequest, code: str) -> HttpResponse:
    """What for, for whom, and when: everything on one page, the times of one day at a time."""
    hall = hall_or_404(code)
    groups = [one for one in counter().groups(code) if one.per_slot > 0]
    asked = request.POST if request.method == "POST" else request.GET
    group = next((one for one in groups if one.key == asked.get("group", "")), groups[0] if groups else None)
    if group is None:
        return render(request, "bookings/book.html", {"hall": hall, "group": None, "days": ()}, nav="help")
    if request.method != "POST":
        return _book(request, hall, groups, group)
    try:
        row = bookings.book(
            platform(), _wish(request, hall, group), actor=me(request), key=request.POST.get("key", "") or fresh_key()
        )
    except Refused as refused:
        return _book(request, hall, groups, group, refused)
    slot = row.booking.slot
    banners.success(request, f"预约好了：{slot.words if slot else ''}，预约码 {row.booking.code}")
    return HttpResponseRedirect(reverse("my-bookings"), status=303)


def _wish(request: HttpRequest, hall: Hall, group: Group) -> Wish:
    party = next((one for one in me(request).parties if one.id == request.POST.get("party", "")), None)
    if party is None:
        raise Refused("请选择为谁预约", rule="大厅预约", remedy="选您本人，或您代办的单位、家人", field="party")
    item, name = _matter(request, group)
    slot = bookings.slot_at(platform(), hall, group, _starts(request))
    return Wish(hall, group, item, name, Party(party.id, party.name), slot)


def _starts(request: HttpRequest) -> datetime:
    try:
        found = datetime.fromisoformat(request.POST.get("slot", ""))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refused("还没有选时间", rule="大厅预约", remedy="请在下面的时段里选一个", field="slot")
    return found


def _matter(request: HttpRequest, group: Group) -> tuple[str, str]:
    """The item she comes from the guide of, else the queue itself is what she comes for."""
    asked = request.POST if request.method == "POST" else request.GET
    law = platform().laws.published(asked.get("region", ""), asked.get("item", "")) if asked.get("item") else None
    return (law.item.code, law.item.heading) if law else (group.key, group.name)


def _book(
    request: HttpRequest, hall: Hall, groups: list[Group], group: Group, refused: Refused | None = None
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    days = bookings.free_days(platform(), hall, group)
    item, name = _matter(request, group)
    context = {
        "hall": hall,
        "groups": groups,
        "group": group,
        "item": asked.get("item", "") if item != group.key else "",
        "region": asked.get("region", ""),
        "item_name": name,
        "parties": [{"value": one.id, "text": one.name} for one in me(request).parties],
        "party": asked.get("party", "") or (me(request).parties[0].id if len(me(request).parties) == 1 else ""),
        **_times(request, days, refused),
        "key": fresh_key(),
    }
    status = 422 if refused else 200
    return render(request, "bookings/book.html", context, status=status, errors=bool(refused), nav="help")


def _times(request: HttpRequest, days: tuple[FreeDay, ...], refused: Refused | None) -> dict[str, Any]:
    """The days with their places, and the times of the one that is chosen: the first with a place left."""
    asked = request.POST if request.method == "POST" else request.GET
    usual = next((one for one in days if one.left), days[0] if days else None)
    chosen = next((one for one in days if one.day.isoformat() == asked.get("day", "")), usual)
    return {
        "days": [(one, day_words(one.day), one == chosen) for one in days],
        "day": chosen,
        "slots": [
            {"value": one.slot.starts.isoformat(), "text": one.slot.words, "hint": f"还有 {one.left} 个"}
            for one in (chosen.slots if chosen else ())
            if one.left
        ],
        "slot": asked.get("slot", ""),
        "refused": refused,
    }


def day_words(day: date) -> str:
    """A day as people say it: 11月24日（周二）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


# --- hers ---


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """我的预约."""
    parties = {one.id: one.name for one in me(request).parties}
    rows = kept.of_parties(platform().database, me(request).eyes, list(parties))
    context = {
        "rows": [
            {
                "row": row,
                "one": row.booking,
                "status": STATUS_NAMES[row.booking.status],
                "kind": COLOURS.get(row.booking.status, "grey"),
                "open": row.booking.status is BookingStatus.BOOKED,
                "day": day_words(row.booking.day) if row.booking.day else "",
            }
            for row in rows
        ]
    }
    return render(request, "bookings/mine.html", context, nav="me")


def _hers(request: HttpRequest, region: str, booking: uuid.UUID) -> BookingRow:
    row = kept.find(platform().database, me(request).eyes, region, str(booking))
    if row is None:
        raise Http404("没有这个预约")
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def move(request: HttpRequest, region: str, booking: uuid.UUID) -> HttpResponse:
    """改约: another time at the same hall for the same matter."""
    row = _hers(request, region, booking)
    hall, group = hall_or_404(row.booking.hall), counter().group(row.booking.hall, row.booking.group)
    if group is None:
        raise Refused("这个大厅不再接受这一类预约", rule="大厅预约", remedy="请取消后到别的大厅预约")
    refused = None
    if request.method == "POST":
        try:
            slot = bookings.slot_at(platform(), hall, group, _starts(request))
            bookings.move(platform(), row, slot, actor=me(request))
        except Refused as no:
            refused = no
        else:
            banners.success(request, f"已经改到 {slot.words}。")
            return HttpResponseRedirect(reverse("my-bookings"), status=303)
    days = bookings.free_days(platform(), hall, group)
    context = {"row": row, "one": row.booking, "now_words": _when(row), **_times(request, days, refused)}
    return render(
        request, "bookings/move.html", context, status=422 if refused else 200, errors=bool(refused), nav="me"
    )


def _when(row: BookingRow) -> str:
    day, slot = row.booking.day, row.booking.slot
    return f"{day_words(day)} {slot.words}" if day and slot else ""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, region: str, booking: uuid.UUID) -> HttpResponse:
    """取消: asked once more on a page of its own."""
    row = _hers(request, region, booking)
    if request.method == "POST":
        bookings.cancel(platform(), row, actor=me(request))
        banners.success(request, "已经取消，时间让给别人了。")
        return HttpResponseRedirect(reverse("my-bookings"), status=303)
    return render(request, "bookings/cancel.html", {"one": row.booking, "when": _when(row)}, nav="me")
