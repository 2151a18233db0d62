"""At which window of which hall a clerk sits today: chosen once and kept with her sign-in."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from banjie.engine.permissions import Role
from banjie.records import halls
from banjie.records.halls import Hall
from banjie.records.people import Standing
from banjie.web.context import is_ours
from banjie.web.identity import holding, visitor
from banjie.wiring import platform

WINDOW_KEY: Final = "window"
USUAL: Final = "综合窗口"
"""What the only window of a hall is called that names none."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a hall."""

    hall: Hall
    name: str

    @property
    def value(self) -> str:
        """As it stands in a form."""
        return f"{self.hall.code}|{self.name}"


def windows_of(standing: Standing) -> tuple[Window, ...]:
    """The windows at which a clerk may sit: those of the halls of the places where she holds a post at a window."""
    regions = {post.region for post in standing.posts if post.role is Role.WINDOW}
    return tuple(
        Window(hall, name)
        for hall in halls.all_halls(platform().database)
        if hall.region in regions
        for name in hall.windows or (USUAL,)
    )


def window_of(request: HttpRequest) -> Window | None:
    """The window the clerk has chosen, while her post still lets her sit there."""
    standing = visitor(request).standing
    chosen = str(request.session.get(WINDOW_KEY, ""))
    if standing is None or not chosen:
        return None
    return next((one for one in windows_of(standing) if one.value == chosen), None)


@require_POST
@holding(Role.WINDOW)
def choose(request: HttpRequest) -> HttpResponse:
    """Sits down at a window."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door lets nobody else in.
    wanted = request.POST.get("window", "")
    if wanted in {one.value for one in windows_of(standing)}:
        request.session[WINDOW_KEY] = wanted
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if back and is_ours(request, back) else "/office/queue", status=303)
