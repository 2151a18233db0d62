"""`banjie verify`: proofs and exported journals, checked offline with the engine alone."""

import argparse
import json
from pathlib import Path

from banjie.commands import dossiers
from banjie.commands.answers import Trouble, text_of, told
from banjie.engine import journal_check, proof
from banjie.engine.ids import Malformed
from banjie.packs.calendars import load_calendar


def proof_(arguments: argparse.Namespace) -> int:
    """One sentence; 0 if the proof holds, also against the calendar that ships where that is the same edition."""
    with told():
        document = _document(arguments.file)
    verdict = proof.verify(document)
    if verdict.ok:
        from banjie.commands.clock import CALENDARS  # noqa: PLC0415 — only a sound proof needs a calendar.

        try:
            calendar = load_calendar(CALENDARS, str(document["region"]))
        except Malformed:
            calendar = None
        given = document["calendar"]
        edition = given.get("edition") if isinstance(given, dict) else None
        if calendar is not None and calendar.edition == edition:
            verdict = proof.verify(document, calendar)
        else:
            print(f"{verdict.sentence}所附日历“{edition}”不是本机自带的版本，没有与公布的放假安排核对。")
            return 0
    print(verdict.sentence)
    return 0 if verdict.ok else 1


def journal(arguments: argparse.Namespace) -> int:
    """One sentence; 0 if the journal holds, 1 with the entry that does not."""
    with told():
        document = _document(arguments.file)
    verdict = journal_check.verify(document)
    print(verdict.sentence)
    return 0 if verdict.ok else 1


def file_(arguments: argparse.Namespace) -> int:
    """Whatever the file is: a package of files, a journal, or a proof."""
    with told():
        try:
            with arguments.file.open("rb") as source:
                head = source.read(4)
        except OSError as error:
            raise Trouble(f"读不到文件 {arguments.file}（{error.strerror}）。请核对路径和权限。") from None
    if head.lstrip()[:1] not in (b"{", b"2"):
        return dossiers.verify(arguments.file, arguments.root)
    with told():
        document = _document(arguments.file)
    return proof_(arguments) if document.get("format") == proof.FORMAT else journal(arguments)


def _document(file: Path) -> dict[str, object]:
    """The JSON object of a file. Lines before it, as `clock due --proof` prints them, are passed over."""
    text = text_of(file)
    start = 0 if text.startswith("{") else text.find("\n{") + 1
    try:
        document = json.loads(text[start:])
    except (ValueError, RecursionError):
        raise Trouble(f"{file} 不是可以核验的 JSON 文件。请使用系统导出的原文件。") from None
    if not isinstance(document, dict):
        raise Trouble(f"{file} 里不是一份凭证或日志。请使用系统导出的原文件。")
    return document
