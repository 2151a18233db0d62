"""A certificate authority for demonstrations: it seals real signatures that carry no legal weight.

Every name in its certificates says 演示用·无法律效力, so that no reader of a signature can take it for an
organ's. A city puts its own sealing service in the place of this module.

This module loads cryptography and pyHanko on import; import it inside the function that seals, so that a web
process that never seals stays small.
"""

import contextlib
import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from asn1crypto import keys, pem, x509  # type: ignore[import-untyped]  # asn1crypto ships no types.
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from banjie.outside.seals import finish

MARK = "演示用·无法律效力"
ROOT_NAME = f"澜江市演示根证书（{MARK}）"

# Fixed and wide, so that a demo set to any date between finds its certificates valid and no clock is read.
VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2049, 12, 31, tzinfo=UTC)

# X.520 allows 64 characters in a common name and in an organisation name.
LONGEST_NAME = 64

# Hexadecimal digits kept free in the file for the signature, which takes about 4,000. Without a number pyHanko
# makes each signature twice, once to measure it.
RESERVED = 8192

Extensions = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key with its certificate (in asn1crypto's form, which pyHanko reads), both loaded."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> bytes:
        armoured: bytes = pem.armor("CERTIFICATE", self.certificate.dump())
        return armoured


class LoadedKeySigner(signers.Signer):
    """Signs with a key that is already loaded; pyHanko's own signer parses its key at every signature."""

    def __init__(self, identity: Identity, root: Identity) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko left this one untyped.
        registry.register(root.certificate)
        super().__init__(signing_cert=identity.certificate, cert_registry=registry)
        self._key = identity.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"演示印章只用 SHA-256 摘要，不能用 {digest_algorithm}。")
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class DemoAuthority:
    """The demo root and one sealing certificate for each organ, kept in a folder.

    The folder is made with mode 0700 and each key file with mode 0600. Whatever is missing is made on first
    use; a lock file keeps two processes that start together from making two roots.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        with self._alone():
            self._root = self._load("root") or self._create_root()
        self._signers: dict[str, LoadedKeySigner] = {}
        self._identities: dict[str, Identity] = {}
        self._entering = threading.Lock()

    @property
    def root_pem(self) -> bytes:
        """The root certificate, for whoever wants to check the seals."""
        return self._root.certificate_pem

    def certificate_pem(self, organ: str) -> bytes:
        """The sealing certificate of `organ`."""
        return self._identity(organ).certificate_pem

    def sign(self, pdf: bytes, *, organ: str, reason: str, field: str = "Seal") -> bytes:
        """Seal `pdf` in the name of `organ`: a PAdES certifying signature that forbids any later change.

        The signature is invisible; the round seal is already drawn on the page. Its time is the time of this
        machine, because a signature tells when it was really made. Raises ValueError if `pdf` is no PDF that
        can be signed, or already carries a signature.
        """
        signer = self._signer(organ)
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            reason=reason,
            name=organ,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        try:
            writer = IncrementalPdfFileWriter(BytesIO(pdf))
            sealed = finish(
                lambda: signers.PdfSigner(metadata, signer=signer).async_sign_pdf(writer, bytes_reserved=RESERVED)
            )
        except Exception as error:
            raise ValueError(f"文件不能盖章：{error}。请确认它是未加密、未盖过章的 PDF。") from error
        return bytes(sealed.getbuffer())

    def sign_bytes(self, content: bytes, *, organ: str) -> bytes:
        """A detached CMS signature (DER) in the name of `organ` over content of any kind."""
        signer = self._signer(organ)

        async def signed() -> bytes:
            made = await signer.async_sign_general_data(content, "sha256", detached=True)
            # Bytes, not the tree: asyncio.run writes out its task's result more than once, each time encoding it anew.
            return bytes(made.dump())

        return finish(signed)

    def _signer(self, organ: str) -> LoadedKeySigner:
        identity = self._identity(organ)
        with self._entering:
            signer = self._signers.get(organ)
            if signer is None:
                signer = self._signers[organ] = LoadedKeySigner(identity, self._root)
            return signer

    def _identity(self, organ: str) -> Identity:
        # The organ's name is typed by people and may be anything; its digest is a safe file name.
        slug = "organ-" + hashlib.sha256(organ.encode()).hexdigest()[:20]
        with self._entering:
            identity = self._identities.get(organ)
            if identity is None:
                with self._alone():
                    identity = self._load(slug) or self._create_organ(slug, organ)
                self._identities[organ] = identity
            return identity

    def _create_root(self) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(ROOT_NAME, ROOT_NAME)
        extensions: Extensions = [
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": True, "path_len_constraint": 0}},
            {"extn_id": "key_usage", "critical": True, "extn_value": {"key_cert_sign", "crl_sign"}},
        ]
        root = Identity(key, _certificate(name, key, name, key, extensions))
        self._keep("root", root)
        return root

    def _create_organ(self, slug: str, organ: str) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        room = LONGEST_NAME - len(MARK) - 2
        name = _name(f"{organ[:room]}（{MARK}）", organ[:LONGEST_NAME])
        extensions: Extensions = [
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
            {
                "extn_id": "key_usage",
                "critical": True,
                "extn_value": {"digital_signature", "non_repudiation"},
            },
            {
                "extn_id": "authority_key_identifier",
                "extn_value": {"key_identifier": self._root.certificate.key_identifier},
            },
        ]
        root = self._root
        identity = Identity(key, _certificate(name, key, root.certificate.subject, root.key, extensions))
        self._keep(slug, identity)
        return identity

    def _load(self, slug: str) -> Identity | None:
        path = self._folder / f"{slug}.pem"
        if not path.is_file():
            return None
        content = path.read_bytes()
        try:
            key = serialization.load_pem_private_key(content, password=None)
            certificate = _certificate_in(content)
        except ValueError as error:
            raise ValueError(
                f"演示印章文件 {path} 已损坏：{error}。删除整个文件夹后重试，会生成新的演示印章。"
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"演示印章文件 {path} 的密钥不是椭圆曲线密钥。删除整个文件夹后重试，会生成新的演示印章。")
        return Identity(key, certificate)

    def _keep(self, slug: str, identity: Identity) -> None:
        """Write key and certificate as one file, whole or not at all."""
        content = (
            identity.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + identity.certificate_pem
        )
        # What a killed process left half written is taken away; the caller holds the lock.
        draft = self._folder / f"{slug}.new"
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / f"{slug}.pem")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name.build({"country_name": "CN", "organization_name": organisation, "common_name": common_name})


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    extensions: Extensions,
) -> x509.Certificate:
    """A certificate of `key` for `subject`, signed with `issuer_key`.

    It is put together here because the builder of cryptography counts the 64 characters that X.520 allows a name
    as bytes, and so refuses names of more than 21 Chinese characters.
    """
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    public_key = keys.PublicKeyInfo.load(spki)
    key_identifier = {"extn_id": "key_identifier", "extn_value": public_key.sha1}
    signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(os.urandom(16), "big") | 1,
            "signature": {"algorithm": "sha256_ecdsa"},
            "issuer": issuer,
            "validity": {
                "not_before": x509.Time({"utc_time": VALID_FROM}),
                "not_after": x509.Time({"utc_time": VALID_UNTIL}),
            },
            "subject": subject,
            "subject_public_key_info": public_key,
            "extensions": [key_identifier, *extensions],
        }
    )
    certificate = x509.Certificate(
        {
            "tbs_certificate": signed,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature_value": issuer_key.sign(signed.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )
    # Read back from its bytes, because a certificate in its building form is encoded anew at every signature.
    return x509.Certificate.load(certificate.dump())


def _certificate_in(content: bytes) -> x509.Certificate:
    """The certificate among the PEM blocks of a key file; ValueError if there is none."""
    for kind, _, block in pem.unarmor(content, multiple=True):
        if kind == "CERTIFICATE":
            return x509.Certificate.load(block, strict=True)
    raise ValueError("文件里没有证书")
