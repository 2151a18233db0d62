"""Seals: putting an organ's electronic signature on a document, and checking one.

pyHanko and cryptography are heavy, so they are imported inside the functions that need them: a web process
that never seals and never checks does not carry them.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pyhanko.sign.validation.status import PdfSignatureStatus

    from banjie.outside.demo_authority import DemoAuthority

Answer = TypeVar("Answer")

PLATFORM = "办结平台"
"""In whose name the platform signs what is not an organ's: packages of files and the daily seal."""


class DemoSeals:
    """Seals every organ with a certificate of the demo authority kept in `folder`; no legal weight.

    Nothing is read or made before the first use. Safe to call from several threads and processes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: DemoAuthority | None = None
        self._making = threading.Lock()

    def sign(self, pdf: bytes, *, organ: str, reason: str) -> bytes:
        """`pdf` with the seal of `organ`, which any later change breaks.

        Raises ValueError if it cannot be signed.
        """
        return self._authority().sign(pdf, organ=organ, reason=reason)

    def sign_bytes(self, content: bytes) -> bytes:
        """A detached signature (CMS, DER) of the platform itself over any content."""
        return self._authority().sign_bytes(content, organ=PLATFORM)

    def trust_root_pem(self) -> bytes:
        """The certificate against which these seals are checked (see check_signature)."""
        return self._authority().root_pem

    def certificate_pem(self, organ: str) -> bytes:
        """The certificate with which `organ` seals."""
        return self._authority().certificate_pem(organ)

    def _authority(self) -> "DemoAuthority":
        from banjie.outside.demo_authority import DemoAuthority  # noqa: PLC0415 - lazy, see the module's text.

        with self._making:
            if self._made is None:
                self._made = DemoAuthority(self._folder)
            return self._made


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What can be said of a file that claims to be sealed.

    `intact`: not one byte has changed since it was sealed. `trusted`: the sealer's certificate comes from the
    given root. `valid`: both, and the signature itself is sound. `signer` is the name in the certificate, ""
    without one. `sentence` says it to a reader in plain Chinese.
    """

    valid: bool
    intact: bool
    trusted: bool
    signer: str
    sentence: str


def check_signature(pdf: bytes, trust_root_pem: bytes) -> SignatureReport:
    """Check the seal of `pdf` against the root certificate. Whatever is handed in, the answer is a report."""
    if not pdf[:1024].lstrip().startswith(b"%PDF-"):
        return _unsealed("这不是 PDF 文件，无法查验。请上传下载到的原文件。")
    try:
        statuses = _validate(pdf, trust_root_pem)
    except Exception:  # noqa: BLE001 - a stranger's file may break the reader in any way; that too is an answer.
        return _unsealed("文件已损坏或者不是完整的 PDF，无法查验，请不要采信。请重新下载后再查验。")
    if not statuses:
        return _unsealed("文件上没有电子印章，不能证明由谁制发。请查验下载到的原文件，而不是打印或另存的副本。")
    return _judge(statuses)


def check_detached(content: bytes, signature: bytes, trust_root_pem: bytes) -> SignatureReport:
    """Check a detached signature (CMS, DER) over `content` against the root certificate. The answer is a report."""
    # asn1crypto ships no types.
    from asn1crypto import (  # type: ignore[import-untyped]  # noqa: PLC0415 - lazy, see the module's text.
        cms,
        pem,
        x509,
    )
    from pyhanko.sign.validation import async_validate_detached_cms  # noqa: PLC0415 - lazy, see the module's text.
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - lazy, see the module's text.

    try:
        _, _, root = pem.unarmor(trust_root_pem)
        trust = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        status = finish(lambda: async_validate_detached_cms(content, signed, signer_validation_context=trust))
    except Exception:  # noqa: BLE001 - a stranger's file may break the reader in any way; that too is an answer.
        return _unsealed("签名文件已损坏，无法查验，请不要采信。")
    signer = str(status.signing_cert.subject.native.get("common_name", ""))
    intact = bool(status.intact and status.valid)
    valid = intact and bool(status.trusted)
    if valid:
        sentence = f"签名有效：由“{signer}”签署，签署后没有改动。"
    elif not intact:
        sentence = "签署之后被改动过，请不要采信。"
    else:
        sentence = f"内容没有改动，但“{signer}”的证书不是给定根证书颁发的，不能证明由谁签署。"
    return SignatureReport(valid, intact, bool(status.trusted), signer, sentence)


def _validate(pdf: bytes, trust_root_pem: bytes) -> "list[PdfSignatureStatus]":
    from asn1crypto import pem, x509  # noqa: PLC0415 - lazy, see the module's text.
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - lazy, see the module's text.
    from pyhanko.sign.validation import (  # noqa: PLC0415 - lazy, see the module's text.
        async_validate_pdf_signature,
    )
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - lazy, see the module's text.

    # pyHanko logs a traceback for each signature that fails; here failing is an ordinary answer.
    logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
    _, _, root = pem.unarmor(trust_root_pem)
    # allow_fetching=False: a stranger's certificate must not make this server call addresses it names.
    trust = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)

    async def each() -> "list[PdfSignatureStatus]":
        signatures = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
        return [await async_validate_pdf_signature(signature, trust) for signature in signatures]

    return finish(each)


def _judge(statuses: "list[PdfSignatureStatus]") -> SignatureReport:
    from pyhanko.sign.validation.status import (  # noqa: PLC0415 - lazy, see the module's text.
        SignatureCoverageLevel,
    )

    # Every signature must hold, and one must cover the file to its last byte: what was appended after all of
    # them could show the reader another page than the one that was sealed.
    whole = any(status.coverage == SignatureCoverageLevel.ENTIRE_FILE for status in statuses)
    intact = whole and all(status.intact and status.valid for status in statuses)
    trusted = all(status.trusted for status in statuses)
    valid = intact and all(status.bottom_line for status in statuses)
    signer = str(statuses[-1].signing_cert.subject.native.get("common_name", ""))
    if valid:
        sentence = f"印章有效：由“{signer}”加盖，盖章后文件没有改动。"
    elif not intact:
        sentence = "文件在盖章之后被改动过，请不要采信。请向制发机关索取原文件。"
    elif not trusted:
        sentence = f"文件没有改动，但“{signer}”的证书不是本系统认可的机构颁发的，不能证明由谁制发。"
    else:
        sentence = f"“{signer}”的签名不符合查验要求，请不要采信。请向制发机关核实。"
    return SignatureReport(valid, intact, trusted, signer, sentence)


def _unsealed(sentence: str) -> SignatureReport:
    return SignatureReport(valid=False, intact=False, trusted=False, signer="", sentence=sentence)


def finish(work: Callable[[], Coroutine[object, object, Answer]]) -> Answer:
    """Run a coroutine of pyHanko to its end; from within a running event loop, in a thread beside it."""
    try:
        asyncio.get_running_loop()
        beside_a_loop = True
    except RuntimeError:
        beside_a_loop = False
    if not beside_a_loop:
        return asyncio.run(work())
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()
