"""Compiles the English of pages and law, and says what is still missing.

`python scripts/messages.py` joins the .po files of web/locale/en into the one banjie.mo that the pages read;
`--check` only compares it; `--missing` lists the Chinese texts of citizens' pages for which there is no English.
"""

import argparse
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src" / "banjie" / "web" / "locale" / "en" / "LC_MESSAGES"
COMPILED = FOLDER / "banjie.mo"
PAGES = ROOT / "src" / "banjie" / "web" / "templates"
CITIZENS = ("citizen", "apply", "my", "public", "account", "precases", "troubles")

_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|<[^>]*>", re.DOTALL)
_MARKED = re.compile(r'\{\{\s*_\("([^"]*)"\)\s*\}\}')
_PLACE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def compiled() -> bytes:
    """All .po files as one .mo. A text that two of them translate differently is an error."""
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)  # The file changes with its texts only, not with the hour.
    joint = Catalog(locale="en", project="banjie", version="1", creation_date=long_ago, revision_date=long_ago)
    for file in sorted(FOLDER.glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="en"):
                if not message.id or not message.string:
                    continue
                before = joint.get(message.id)
                if before is not None and before.string != message.string:
                    sys.exit(f"{file.name}: “{message.id}” is already translated as “{before.string}”")
                joint.add(message.id, message.string)
    written = io.BytesIO()
    write_mo(written, joint)
    return written.getvalue()


def texts(template: str) -> set[str]:
    """The Chinese stretches of a template, a `{}` where a value stands."""
    text = _PLACE.sub("{}", _MARKED.sub(r"\1", template))
    stretches = (" ".join(part.split()) for part in _CODE.sub("\0", text).split("\0"))
    return {part for part in stretches if re.search("[\u3400-\u9fff]", part)}


def missing() -> list[str]:
    """What the citizens' templates say and the catalogue does not know."""
    from banjie.web.phrases import phrases  # noqa: PLC0415 - reads the compiled file, which may just have been written.

    known = phrases()
    found = []
    for file in sorted(PAGES.glob("*/*.html")):
        if file.parent.name in CITIZENS and "desk" not in file.name:
            for text in sorted(texts(file.read_text("utf-8"))):
                if not all(piece.english for piece in known.pieces(text)):
                    found.append(f"{file.relative_to(PAGES)}: {text}")
    return found


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--missing", action="store_true")
    asked = arguments.parse_args()
    fresh = compiled()
    if asked.check:
        if COMPILED.read_bytes() != fresh:
            sys.exit("banjie.mo is older than its .po files: run `make messages`")
    else:
        COMPILED.write_bytes(fresh)
    if asked.missing:
        print(*missing(), sep="\n")


if __name__ == "__main__":
    main()
