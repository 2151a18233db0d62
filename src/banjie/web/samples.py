"""样例 and 空白表格: the files that ship with items, for everybody to look at and to fill in."""

import re
from importlib.resources import files
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from banjie.web.paper_answers import file_answer

_NAME: Final = re.compile(r"[a-z0-9_]+\.(pdf|docx)")
_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_safe
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """A sample or a blank form. Public: it holds nothing of anybody."""
    if not _NAME.fullmatch(name):
        raise Http404("没有这份样例")
    try:
        content = (files("banjie.content") / "samples" / name).read_bytes()
    except FileNotFoundError:
        raise Http404("没有这份样例") from None
    answer = file_answer(content, _TYPES[name.rpartition(".")[2]], name)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
