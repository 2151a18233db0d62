"""The manners of the repository as tests: reasons beside exceptions, living links, no secrets, true words."""

import importlib
import pkgutil
import re
import subprocess
import tokenize
import tomllib
from enum import EnumType
from pathlib import Path

import pytest

import banjie.engine

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "banjie"

LONG_FILES: dict[str, str] = {
    # "src/banjie/room/file.py": "why it cannot be split by subject"
}
"""Files that may be longer than 500 lines, each with its reason."""

GENERATED_AT_ROOT = {".venv", ".git", "dist", "build", "data", "test-results", ".demo"}
GENERATED_ANYWHERE = {"node_modules", "__pycache__", ".hypothesis"}


def our_files(*suffixes: str) -> list[Path]:
    """The files that git tracks or would track; of an unpacked archive, every file but the generated ones."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        found = [ROOT / line for line in listing.stdout.splitlines()]
    else:
        found = [path for path in ROOT.rglob("*") if not generated(path.relative_to(ROOT))]
    return sorted(path for path in found if path.is_file() and (not suffixes or path.suffix in suffixes))


def generated(path: Path) -> bool:
    """Whether a path below the root holds no work of ours."""
    return (
        path.parts[0] in GENERATED_AT_ROOT
        or path.parts[0].endswith("_cache")
        or bool(GENERATED_ANYWHERE & set(path.parts))
    )


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# An exception to a rule of the tools, and whatever the line says after it.
EXCEPTION = re.compile(
    r"#\s*(?P<what>noqa|type:\s*ignore)(?P<codes>\[[^]]*\]|:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<rest>.*)"
)

NO_REASON = "has no reason beside it or in the line above"


def unreasoned(comment: str) -> str | None:
    """What is wrong with an exception in this comment, None if nothing is."""
    for part in re.split(r"(?=#\s*(?:noqa|type:\s*ignore))", comment):
        if match := EXCEPTION.match(part):
            if not match["codes"]:
                return "names no code"
            if len(re.findall(r"[A-Za-z\u4e00-\u9fff]", match["rest"])) < 6 and not _reason_follows(comment, part):
                return NO_REASON
    return None


def _reason_follows(comment: str, part: str) -> bool:
    """Two exceptions on one line share the reason that ends the line."""
    following = comment[comment.index(part) + len(part) :]
    return bool(following) and unreasoned(following) is None


@pytest.mark.parametrize(
    ("comment", "wrong"),
    [
        ("# noqa: BLE001 - whatever breaks is reported, not raised", None),
        ("# type: ignore[arg-type]  # the stub is older than the library", None),
        ("# type: ignore[misc]  # noqa: N818 - named for what has happened", None),
        ("# an ordinary comment", None),
        ("# noqa", "names no code"),
        ("# type: ignore", "names no code"),
        ("# noqa: BLE001", NO_REASON),
        ("# type: ignore[misc]  # noqa: N818", NO_REASON),
    ],
)
def test_a_reason_is_recognised(comment: str, wrong: str | None) -> None:
    assert unreasoned(comment) == wrong


def test_every_exception_to_a_rule_has_its_reason_beside_it() -> None:
    faults = []
    for path in our_files(".py"):
        lines = path.read_text("utf-8").splitlines()
        with path.open("rb") as file:
            tokens = list(tokenize.tokenize(file.readline))
        # The examples above are strings, so only real comments are held to the rule.
        for token in tokens:
            wrong = unreasoned(token.string) if token.type == tokenize.COMMENT else None
            explained_above = lines[token.start[0] - 2].lstrip().startswith("# ") if wrong else False
            if wrong and not (explained_above and wrong == NO_REASON):
                faults.append(f"{named(path)}:{token.start[0]}: {token.string} {wrong}")
    assert not faults, "\n".join(faults)


def test_every_rule_that_is_switched_off_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    start = lines.index("ignore = [")
    ignored = lines[start + 1 : lines.index("]", start)]
    assert ignored
    # A rule without a comment of its own shares the comment above it ("the same" families).
    assert "#" in ignored[0]
    per_file = [line for line in lines if re.match(r'^"[^"]+" = \["[A-Z]', line)]
    assert all("#" in line for line in per_file), per_file


def test_no_file_has_outgrown_its_subject() -> None:
    long = {named(path) for path in our_files(".py") if SOURCE in path.parents and _lines(path) > 500}
    assert long == set(LONG_FILES), "split by subject, or give the reason in LONG_FILES"


def _lines(path: Path) -> int:
    return len(path.read_bytes().splitlines())


# Written in two halves, so that this file does not find itself.
SECRETS = re.compile(
    b"|".join(
        (
            rb"-----BEGIN (?:[A-Z]+ )*PRIVATE" + rb" KEY-----",
            rb"\bAKIA" + rb"[0-9A-Z]{16}\b",
            rb"\bgh[pousr]_" + rb"[A-Za-z0-9]{36}\b",
            rb"\bxox[baprs]-" + rb"[A-Za-z0-9-]{20,}",
            rb"\beyJhbGciOi" + rb"[A-Za-z0-9_-]{20,}\.",
        )
    )
)
SECRET_FILES = {".pem", ".key", ".p12", ".pfx", ".jks", ".keystore"}


@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN " + b"EC PRIVATE KEY-----",
        b"-----BEGIN " + b"PRIVATE KEY-----",
        b"key = AKIA" + b"ABCDEFGHIJKLMNOP",
        b"ghp_" + b"a" * 36,
    ],
)
def test_a_secret_is_recognised(text: bytes) -> None:
    assert SECRETS.search(text)


def test_no_secret_lies_in_the_repository() -> None:
    files = our_files()
    assert not [named(path) for path in files if path.suffix in SECRET_FILES or path.name == ".env"]
    assert not [named(path) for path in files if SECRETS.search(path.read_bytes())]


LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|(?:src|href)=\"([^\"]+)\"")


def links(page: Path) -> list[str]:
    """The addresses a Markdown page links to, code left out."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [match[1] or match[2] for match in LINK.finditer(text)]


def heading_anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual Markdown hosts make them."""
    headings = re.findall(r"^#+\s+(.*?)\s*$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_between_pages_leads_somewhere() -> None:
    dead = []
    for page in our_files(".md"):
        for address in links(page):
            if re.match(r"[a-z][a-z0-9+.-]*:|//", address):
                continue
            path, _, anchor = address.partition("#")
            target = (page.parent / path).resolve() if path else page
            alive = target.exists() and target.is_relative_to(ROOT)
            if alive and anchor and target.suffix == ".md":
                alive = anchor in heading_anchors(target)
            if not alive:
                dead.append(f"{named(page)}: {address}")
    assert not dead, "\n".join(dead)


def test_every_page_of_the_docs_is_reached_from_their_index() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page.is_dir():  # A link to a folder shows the reader everything in it.
            waiting += page.glob("*.md")
        elif page.suffix == ".md" and page not in reached and page.is_file():
            reached.add(page)
            here = [address.partition("#")[0] for address in links(page) if ":" not in address]
            waiting += [(page.parent / address).resolve() for address in here if address]
    pages = {path for path in our_files(".md") if (ROOT / "docs") in path.parents}
    assert not sorted(named(page) for page in pages - reached)


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    sections = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert "Unreleased" in sections or version in sections


def test_the_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_the_build_machine_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111 == 0o111
    commands = [line for line in script.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "exec make test"
    assert sum("make" in command for command in commands) == 1


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_everything_by_hash_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==\S+((?: \\\n    --hash=sha256:[0-9a-f]{64})*)", text, flags=re.MULTILINE
    )
    assert pins
    assert not [name for name, hashes in pins if not hashes]
    assert not re.search(
        r"https?://|file://|--(?:extra-)?index-url|--find-links|--trusted-host| @ |^-e ", text, re.MULTILINE
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if "dev" in lock else [])
    names = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in wanted}
    assert names <= {name for name, _ in pins}, "run `make lock`"


def test_the_development_lock_holds_the_very_versions_of_the_other() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]
    run, development = pins
    assert run.items() <= development.items()


def glossary() -> dict[str, str]:
    """The words of the glossary, each with its Chinese."""
    rows = re.findall(
        r"^\| ((?:`[^`]+` ?)+) ?\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), flags=re.MULTILINE
    )
    return {word: chinese.strip() for words, chinese in rows for word in re.findall(r"`([^`]+)`", words)}


def engine_modules() -> list[str]:
    return [module.name for module in pkgutil.walk_packages(banjie.engine.__path__, "banjie.engine.")]


def test_every_file_of_the_engine_is_a_word_of_the_glossary() -> None:
    words = set(glossary())
    plain = words | {word + "s" for word in words}
    top = {name.split(".")[2] for name in engine_modules()}
    # A file split by subject keeps its word in front: workflow_checks belongs to workflow.
    assert not sorted(name for name in top if name not in plain and name.split("_", 1)[0] not in plain)


def test_every_word_with_a_dot_in_the_glossary_is_in_the_code() -> None:
    sets: dict[str, EnumType] = {}
    for name in engine_modules():
        sets |= {
            key: value for key, value in vars(importlib.import_module(name)).items() if isinstance(value, EnumType)
        }
    missing = []
    for word in glossary():
        owner, _, member = word.partition(".")
        if member and (owner not in sets or member not in sets[owner].__members__):
            missing.append(word)
    assert not missing
    # And the other way about, for the words people meet on every page.
    for owner in ("Stage", "TimerKind", "Role"):
        assert {f"{owner}.{member}" for member in sets[owner].__members__} <= set(glossary()), owner


def test_every_item_that_ships_can_be_read() -> None:
    # Imported here, so that the other manners can be checked while a pack's room is broken.
    from banjie.packs.load import load_items  # noqa: PLC0415 - the reason stands in the line above.

    assert len(load_items()) >= 6
