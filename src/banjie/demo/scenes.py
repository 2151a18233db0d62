"""What stands beside the stories: drafts, services, halls, then files, watching, figures; each told in one line."""

from collections.abc import Callable
from datetime import timedelta

from banjie.actions.platform import Platform
from banjie.demo.calendars import draft_next_year
from banjie.demo.counter import fill_the_hall
from banjie.demo.documents import keep_files
from banjie.demo.drafts import leave_lying
from banjie.demo.editions import claim_and_draft
from banjie.demo.elsewhere import tell_elsewhere
from banjie.demo.figures import compare_places
from banjie.demo.forms import leave_forms
from banjie.demo.library import lay_out
from banjie.demo.mandates import give_mandates
from banjie.demo.meetings import keep_files as call_meetings
from banjie.demo.notices import confirm_and_lose
from banjie.demo.precases import ask_before
from banjie.demo.sharing import ask_once
from banjie.demo.staff import sit_and_learn
from banjie.demo.watching import keep_watch
from banjie.demo.worklists import take_up_desks
from banjie.packs.city import City


def before_acceptance(here: Platform, say: Callable[[str], None]) -> None:
    """What people have begun and not handed in, asked before, or come to the hall for."""
    leave_lying(here)
    leave_forms(here)
    claim_and_draft(here)
    give_mandates(here)
    say(f"向各部门查询 {ask_once(here)} 次，少填少交")
    ask_before(here)
    lay_out(here)
    say(f"今天市政务服务中心来了 {fill_the_hall(here)} 位办事人")
    confirm_and_lose(here)


def at_the_desks(here: Platform, city: City, back: timedelta, say: Callable[[str], None]) -> None:
    """What officials do beside the cases themselves; `back` is how long ago the city's items took force."""
    say(f"召集会议、安排核查 {call_meetings(here)} 次")
    say(f"2027 年放假安排已起草，公布后有 {draft_next_year(here)} 个期限会变")
    say(f"排好下个月的窗口值班 {sit_and_learn(here)} 个半天，一名新同事在做练习办件")
    say(f"督查处理 {keep_watch(here)} 件次")
    say(f"归档办件 {keep_files(here, city)} 件")
    say(f"区县办件 {compare_places(here, city, back)} 件")
    say(f"部门自有系统报来办件 {tell_elsewhere(here)} 件")
    say(f"认领和转办待办 {take_up_desks(here)} 件")
