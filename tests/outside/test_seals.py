"""Seals: what they prove, and what breaks them. `pdfsig` is the judge from outside."""

import asyncio
import re
import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from banjie.outside.seals import DemoSeals, SignatureReport, check_signature
from banjie.outside.typesetting import qr_svg, typeset

ORGAN = "澜江市行政审批局"
REASON = "颁发食品经营许可证"
VERIFY_URL = "https://banjie.example/verify/7K2M-9QXD-4HTA"


@pytest.fixture(scope="module")
def licence() -> bytes:
    return typeset(
        "certificate",
        {
            "organ": ORGAN,
            "date": "2026年9月24日",
            "qr_svg": qr_svg(VERIFY_URL),
            "verify_url": VERIFY_URL,
            "demo": True,
            "name": "食品经营许可证",
            "number": "JY29901020000123",
            "holder": "澜江市江左区䶮𬭼记餐饮管理有限公司",
            "validity": "2026年9月24日至2031年9月23日",
        },
    )


@pytest.fixture(scope="module")
def seals(tmp_path_factory: pytest.TempPathFactory) -> DemoSeals:
    return DemoSeals(tmp_path_factory.mktemp("town") / "seals")


@pytest.fixture(scope="module")
def sealed(seals: DemoSeals, licence: bytes) -> bytes:
    return seals.sign(licence, organ=ORGAN, reason=REASON)


def flipped(pdf: bytes, position: int) -> bytes:
    return pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]


def pdfsig(pdf: bytes, folder: Path) -> str:
    file = folder / "licence.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout


def test_pdfsig_calls_the_seal_valid(sealed: bytes, tmp_path: Path) -> None:
    judgement = pdfsig(sealed, tmp_path)
    assert "Signature Validation: Signature is Valid." in judgement
    assert "Total document signed" in judgement
    assert "ETSI.CAdES.detached" in judgement
    assert "演示用·无法律效力" in judgement


def test_pdfsig_sees_one_flipped_byte(sealed: bytes, tmp_path: Path) -> None:
    ranges = re.search(r"/ByteRange \[\s*(\d+) (\d+) (\d+) (\d+)", sealed.decode("latin-1"))
    assert ranges is not None
    inside = int(ranges[2]) // 2
    assert "Signature Validation: Digest Mismatch." in pdfsig(flipped(sealed, inside), tmp_path)


def test_a_sealed_document_still_says_it_is_archivable(sealed: bytes, licence: bytes) -> None:
    assert sealed.startswith(licence)
    assert b"<pdfaid:part>2<" in sealed


def test_an_untouched_seal_is_valid(sealed: bytes, seals: DemoSeals) -> None:
    assert check_signature(sealed, seals.trust_root_pem()) == SignatureReport(
        valid=True,
        intact=True,
        trusted=True,
        signer="澜江市行政审批局（演示用·无法律效力）",
        sentence="印章有效：由“澜江市行政审批局（演示用·无法律效力）”加盖，盖章后文件没有改动。",
    )


def test_whatever_is_changed_or_added_breaks_the_seal(sealed: bytes, seals: DemoSeals) -> None:
    for changed in (flipped(sealed, 3000), sealed + b"\n% a line more"):
        report = check_signature(changed, seals.trust_root_pem())
        assert not report.valid
        assert not report.intact


def test_a_revision_appended_after_the_seal_is_not_accepted(sealed: bytes, seals: DemoSeals) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko left this one untyped.
    revised = BytesIO()
    writer.write(revised)  # type: ignore[no-untyped-call]  # The same.
    report = check_signature(revised.getvalue(), seals.trust_root_pem())
    assert (report.valid, report.intact) == (False, False)
    assert "改动" in report.sentence


def test_another_towns_seal_is_intact_but_not_trusted(sealed: bytes, tmp_path: Path) -> None:
    elsewhere = DemoSeals(tmp_path / "elsewhere")
    report = check_signature(sealed, elsewhere.trust_root_pem())
    assert (report.valid, report.intact, report.trusted) == (False, True, False)
    assert "不是本系统认可的机构" in report.sentence


# what is handed in → how the answer begins
RUBBISH = r"""
                                   → 这不是 PDF 文件
\x89PNG\r\n                        → 这不是 PDF 文件
%PDF-1.7                           → 文件已损坏
%PDF-1.7\nstartxref\n0\n%%EOF      → 文件已损坏
"""


@pytest.mark.parametrize("line", RUBBISH.strip("\n").splitlines())
def test_rubbish_is_answered_in_a_sentence(line: str, seals: DemoSeals) -> None:
    content, _, sentence = line.partition("→")
    handed_in = content.strip().encode().decode("unicode_escape").encode("latin-1")
    report = check_signature(handed_in, seals.trust_root_pem())
    assert (report.valid, report.intact, report.trusted) == (False, False, False)
    assert report.sentence.startswith(sentence.strip())


def test_an_unsealed_document_proves_nothing(licence: bytes, seals: DemoSeals) -> None:
    assert check_signature(licence, seals.trust_root_pem()).sentence.startswith("文件上没有电子印章")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_is_ever_called_valid(data: st.DataObject, sealed: bytes, seals: DemoSeals) -> None:
    start = data.draw(st.integers(0, len(sealed) - 1))
    length = data.draw(st.integers(0, 40))
    patch = data.draw(st.binary(max_size=40))
    damaged = sealed[:start] + patch + sealed[start + length :]
    # The zeros after the signature inside its own gap are filling: PDF leaves them outside the seal.
    gap = sealed.index(b"/Contents <"), sealed.index(b">", sealed.index(b"/Contents <"))
    if damaged == sealed or gap[0] < start < gap[1]:
        return
    assert not check_signature(damaged, seals.trust_root_pem()).valid


def test_each_organ_seals_under_its_own_name(licence: bytes, seals: DemoSeals) -> None:
    for organ in ("青禾县行政审批局", "澜江市江左区" + "很长的机关名称" * 12, "../../etc/passwd"):
        report = check_signature(seals.sign(licence, organ=organ, reason=REASON), seals.trust_root_pem())
        assert report.valid
        assert report.signer.startswith(organ[:40])
        assert seals.certificate_pem(organ) != seals.certificate_pem(ORGAN)


def test_a_document_is_sealed_once(sealed: bytes, seals: DemoSeals) -> None:
    with pytest.raises(ValueError, match=r"文件不能盖章.*未盖过章"):
        seals.sign(sealed, organ=ORGAN, reason=REASON)


def test_what_is_no_pdf_cannot_be_sealed(seals: DemoSeals) -> None:
    with pytest.raises(ValueError, match="文件不能盖章"):
        seals.sign(b"rubbish", organ=ORGAN, reason=REASON)


def test_sealing_and_checking_work_inside_a_running_event_loop(licence: bytes, seals: DemoSeals) -> None:
    async def seal_and_check() -> bool:
        sealed = seals.sign(licence, organ=ORGAN, reason=REASON)
        return check_signature(sealed, seals.trust_root_pem()).valid

    assert asyncio.run(seal_and_check())


def test_nothing_is_made_before_the_first_seal(tmp_path: Path) -> None:
    DemoSeals(tmp_path / "seals")
    assert not (tmp_path / "seals").exists()


def test_keys_are_for_their_owner_only_and_survive_a_restart(licence: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    before = DemoSeals(folder)
    sealed = before.sign(licence, organ=ORGAN, reason=REASON)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    after = DemoSeals(folder)
    assert check_signature(sealed, after.trust_root_pem()).valid
    assert after.certificate_pem(ORGAN) == before.certificate_pem(ORGAN)


def test_a_damaged_key_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("damaged")
    with pytest.raises(ValueError, match=r"root\.pem 已损坏.*重试"):
        DemoSeals(tmp_path).trust_root_pem()


def test_processes_that_start_together_share_one_root(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from banjie.outside.seals import DemoSeals;"
        f"print(DemoSeals(pathlib.Path(sys.argv[1])).certificate_pem('{ORGAN}').decode())"
    )
    together = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)
    ]
    assert len({process.communicate()[0] for process in together}) == 1
