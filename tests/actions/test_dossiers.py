"""案卷 and 日封存: one package holds everything, and whatever is changed in it is named."""

import io
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import AGENT, CLERK, DECIDER, FOOD, INSPECTOR, REGION, RESTAURANT, REVIEWER, SECOND_INSPECTOR, Town

from banjie.actions import archives, day_seals, dossier_zip, dossiers
from banjie.engine.cases import Delivery
from banjie.engine.cases.acts import Accept, Approve, Claim, Deliver, FinishStep, StartReview
from banjie.engine.dossiers import FRAME, MANIFEST, SEAL, Holding, frame_of, verify
from banjie.engine.subject import Refused, canonical
from banjie.outside.seals import check_detached
from banjie.records import dossiers as kept


def through(town: Town) -> str:
    """A case from the application to its delivery."""
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "材料齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, Approve("准予"))
    town.act(CLERK, number, Deliver(Delivery.ELECTRONIC, "电子送达回执"))
    return number


@pytest.fixture(scope="module")
def number(town: Town) -> str:
    made = through(town)
    town.settle()
    day_seals.seal_now(town.platform, town.platform.today(), town.platform.now())
    return made


@pytest.fixture(scope="module")
def package(town: Town, number: str) -> bytes:
    file = io.BytesIO()
    dossiers.compose(town.platform, file, REGION, number, holding=Holding.CONTENT, made_for=AGENT)
    return file.getvalue()


@pytest.fixture(scope="module")
def files(package: bytes) -> dict[str, bytes]:
    return dossier_zip.read(io.BytesIO(package))


def test_a_package_holds_everything_and_says_so(files: dict[str, bytes], number: str) -> None:
    verdict = verify(files)

    assert verdict.ok, verdict.sentence
    assert number in verdict.sentence
    assert "日封存" in verdict.sentence
    listed = json.loads(files[MANIFEST])
    roles = {row["role"] for row in listed["members"]}
    assert roles >= {"catalogue", "form", "document", "paper", "application", "opinions", "journal", "calendar", "law"}
    assert {"收件凭证", "受理通知书", "准予行政许可决定书", "送达回证"} <= {row["title"] for row in listed["members"]}
    opinions = json.loads(files["data/opinions.json"])
    assert [one["opinion"] for one in opinions] == ["材料齐全", "一致", "一致", "准予"]


def test_the_platform_has_signed_it(town: Town, files: dict[str, bytes]) -> None:
    root = town.platform.seals.trust_root_pem()

    assert check_detached(files[MANIFEST], files["SEAL.p7s"], root).valid
    changed = check_detached(files[MANIFEST] + b" ", files["SEAL.p7s"], root)
    assert not changed.valid
    assert "改动" in changed.sentence
    assert not check_detached(files[MANIFEST], b"\x30\x00", root).valid


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_any_member_is_refused_by_name(files: dict[str, bytes], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    position = data.draw(st.integers(0, len(files[name]) - 1))
    bit = data.draw(st.integers(0, 7))
    content = bytearray(files[name])
    content[position] ^= 1 << bit

    verdict = verify({**files, name: bytes(content)})

    assert not verdict.ok
    assert f"“{name}”" in verdict.sentence


def test_what_is_missing_or_added_is_named(files: dict[str, bytes]) -> None:
    for name in files:
        verdict = verify({key: value for key, value in files.items() if key != name})
        assert not verdict.ok
        assert name in verdict.sentence
    added = verify({**files, "data/another.json": b"{}"})
    assert not added.ok
    assert "data/another.json" in added.sentence


def test_a_changed_byte_of_the_file_is_refused_or_changes_no_content(package: bytes, files: dict[str, bytes]) -> None:
    for position in range(0, len(package), max(1, len(package) // 300)):
        broken = package[:position] + bytes([package[position] ^ 0x10]) + package[position + 1 :]
        try:
            read = dossier_zip.read(io.BytesIO(broken))
        except dossier_zip.BadPackage:
            continue
        assert read == files or not verify(read).ok


def test_whoever_makes_the_manifest_anew_is_found_by_the_journal(files: dict[str, bytes]) -> None:
    """The hashes can be made to fit; the content then contradicts the journal, and the signature is gone."""
    forged = dict(files)
    opinions = json.loads(forged["data/opinions.json"])
    opinions[0]["opinion"] = "材料不齐"
    forged["data/opinions.json"] = json.dumps(opinions, ensure_ascii=False).encode()

    verdict = verify(resealed(forged))

    assert not verdict.ok
    assert "办理意见" in verdict.sentence


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The frame made anew over what is in it, as somebody without the key can."""
    listed = json.loads(files[MANIFEST])
    for row in listed["members"]:
        content = files[row["name"]]
        row["size"], row["sha256"] = len(content), sha256(content).hexdigest()
    frame = frame_of(canonical(listed).encode(), files["SEAL.p7s"], files["ROOT.pem"])
    return {**{name: content for name, content in files.items() if name not in (*FRAME, SEAL)}, **frame}


def test_a_package_may_name_papers_by_hash_only(town: Town, number: str) -> None:
    file = io.BytesIO()
    dossiers.compose(town.platform, file, REGION, number, holding=Holding.HASHES, made_for=AGENT)
    files = dossier_zip.read(io.BytesIO(file.getvalue()))

    assert verify(files).ok
    assert not [name for name in files if name.startswith("03-")]


def test_who_may_have_it(town: Town, number: str) -> None:
    for username in (AGENT, CLERK):
        made = dossiers.ask(town.platform, town.who(username), REGION, number, Holding.CONTENT)
        assert dossiers.ask(town.platform, town.who(username), REGION, number, Holding.CONTENT) == made
        assert dossiers.make_dossier(town.platform, REGION, made)
        row = kept.find(town.platform.database, town.who(username).eyes, REGION, made)
        assert row is not None
        with dossiers.opened(town.platform, row) as content:
            assert verify(dossier_zip.read(content)).ok
    with pytest.raises(Refused):
        dossiers.ask(town.platform, town.who("zhouyibo"), REGION, number, Holding.CONTENT)
    stranger = town.who("zhouyibo").eyes
    assert kept.find(town.platform.database, stranger, REGION, made) is None


def test_the_archive_numbers_without_gaps(town: Town, number: str) -> None:
    second = through(town)
    town.settle()
    clerk = town.who(CLERK)
    organ = town.case(number).organ
    waiting = kept.waiting(town.platform.database, clerk.eyes, REGION, [organ], most=100)
    assert {number, second} <= {one.number for one in waiting}

    made = [archives.archive(town.platform, clerk, REGION, one) for one in (number, second, number)]

    assert made[0] == made[2] != made[1]
    rows = kept.archived(town.platform.database, clerk.eyes, REGION, [organ], most=10)
    assert [row.archive_number[-8:] for row in rows] == ["000002号", "000001号"][: len(rows)] or len(rows) == 2
    assert all(row.keep_until and row.keep_until.year == 2056 for row in rows)
    assert dossiers.make_dossier(town.platform, REGION, made[0])
    assert not kept.of_case(town.platform.database, town.who("zhouyibo").eyes, REGION, rows[0].case_id)
    applicant = kept.of_case(town.platform.database, town.who(AGENT).eyes, REGION, rows[1].case_id)
    assert all(row.purpose == kept.DECISION for row in applicant)


def test_only_a_case_that_is_over_is_archived(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    with pytest.raises(Refused) as refused:
        archives.archive(town.platform, town.who(CLERK), REGION, number)
    assert "办结" in refused.value.reason


def test_days_are_sealed_one_after_the_other_and_a_changed_journal_is_found(town: Town, number: str) -> None:
    platform = town.platform
    town.clock.move(days=1)
    assert day_seals.seal_day(platform, platform.now()) == 1
    assert day_seals.seal_day(platform, platform.now()) == 0
    through(town)
    town.clock.move(days=1)
    assert day_seals.seal_day(platform, platform.now()) == 1

    checked = day_seals.check_days(platform)

    assert [one.trouble for one in checked] == [""] * len(checked)
    assert [one.row.seal.number for one in checked] == list(range(1, len(checked) + 1))
    for one in checked:
        assert check_detached(one.row.seal.said.encode(), one.row.signature, platform.seals.trust_root_pem()).valid
    assert checked[-1].row.seal.day == platform.today()


def test_a_journal_rewritten_after_its_seal_is_found(town: Town, number: str) -> None:
    """Whoever owns the tables makes an entry anew, hash and all: the seal of its day tells."""
    owner = psycopg.connect(os.environ["BANJIE_OWNER_URL"], autocommit=True)
    with owner:
        [(seq, true)] = owner.execute(
            "SELECT j.seq, j.hash FROM journal j JOIN cases c ON c.region = j.region AND c.id = j.subject"
            " WHERE c.number = %s ORDER BY j.seq DESC LIMIT 1",
            (number,),
        ).fetchall()
        rewrite = (
            "UPDATE journal j SET hash = %s FROM cases c"
            " WHERE c.region = j.region AND c.id = j.subject AND c.number = %s AND j.seq = %s"
        )
        owner.execute(rewrite, ("0" * 64, number, seq))
        try:
            troubles = [one.trouble for one in day_seals.check_days(town.platform) if one.trouble]
        finally:
            owner.execute(rewrite, (true, number, seq))
    assert len(troubles) == 1
    assert "日志被改动" in troubles[0]
    assert not [one for one in day_seals.check_days(town.platform) if one.trouble]


def test_the_commands_seal_and_check_the_days(town: Town, number: str, tmp_path: Path) -> None:
    through(town)
    sealed = banjie("journal", "seal-day", city=True)
    assert sealed.returncode == 0, sealed.stderr
    assert "已封存" in sealed.stdout
    checked = banjie("journal", "days", city=True)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1].endswith("0 wrong")
    out = tmp_path / "案卷.zip"
    exported = banjie("export", "case", number, "--out", str(out), city=True)
    assert exported.returncode == 0, exported.stderr
    assert banjie("verify", str(out)).returncode == 0


def test_the_command_accepts_it_off_line_and_refuses_what_was_changed(package: bytes, tmp_path: Path) -> None:
    """旅程 6: the lawyer has the package and no city."""
    sound, changed = tmp_path / "案卷.zip", tmp_path / "改.zip"
    sound.write_bytes(package)
    files = dossier_zip.read(io.BytesIO(package))
    position = package.index(files["data/journal.json"]) + 200
    changed.write_bytes(package[:position] + bytes([package[position] ^ 1]) + package[position + 1 :])

    accepted = banjie("verify", str(sound))
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "案卷无误" in accepted.stdout
    assert "签名有效" in accepted.stdout
    refused = banjie("verify", str(changed))
    assert refused.returncode == 1
    assert "data/journal.json" in refused.stdout


def banjie(*arguments: str, city: bool = False) -> subprocess.CompletedProcess[str]:
    """The command, far from any database, or beside this town's."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"}
    if city:
        environment |= {name: value for name, value in os.environ.items() if name.startswith("BANJIE_")}
    return subprocess.run(
        [sys.executable, "-m", "banjie", *arguments], capture_output=True, text=True, check=False, env=environment
    )
