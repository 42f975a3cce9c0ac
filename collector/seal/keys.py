"""The key that signs checkpoints and packs: made once, kept outside the archive, never shown."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from collector.errors import SealError
from collector.platform import keep_private
from collector.seal.certificate import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_FILE = "signing-key.pem"  # the private key, then its certificate
CERTIFICATE_FILE = "signing-certificate.pem"  # a copy to give away; its presence says that a key was here
# From a year before it was made: a clock found to be ahead, and put right, must not stop the sealing.
_BEFORE, _AFTER = timedelta(days=365), timedelta(days=20 * 365 + 5)
_RESTORE = (
    "Put the folder's backup back; or move the folder away, and a new key is made, which older checkpoints do not know."
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with its certificate: ECDSA P-256 and self-made, or the user's own."""

    certificate: Certificate = field(repr=False)
    private: EllipticCurvePrivateKey | RSAPrivateKey = field(repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate's DER, lower-case hexadecimal."""
        return self.certificate.fingerprint

    @property
    def certificate_pem(self) -> str:
        """The certificate, to give away; `openssl cms -verify -CAfile` takes it."""
        return self.certificate.pem

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint})"


def load_or_create(folder: Path, now: datetime) -> SigningKey:
    """The key kept in this folder; made, valid for twenty years from `now`, if the folder holds none.

    SealError where the key is there but cannot be read, is damaged, or is lost while its certificate is still there.
    """
    key_file, certificate_file = folder / KEY_FILE, folder / CERTIFICATE_FILE
    try:
        if not key_file.exists():
            if certificate_file.exists():
                raise SealError(f"The signing key {key_file} is gone, but its certificate is still there.", _RESTORE)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _keep(key_file, _new(now))
        keep_private(folder)
        keep_private(key_file)
        key = _load(key_file)
        if not certificate_file.exists():
            _keep(certificate_file, key.certificate_pem.encode(), mode=0o644)
        elif certificate_file.read_bytes() != key.certificate_pem.encode():
            raise SealError(f"{certificate_file} is not the certificate of the key beside it.", _RESTORE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError(f"The signing key in {folder} cannot be read or kept: {reason}.", _RESTORE) from error
    return key


def take_own(folder: Path, p12: bytes, password: str, now: datetime) -> SigningKey:
    """Puts the key and certificate of a PKCS #12 file in place of the key in this folder, which is kept beside them.

    The key lies in the folder readable by its owner only, and without a password: nights seal unattended. SealError where
    the file or its password is wrong, or its certificate cannot sign now.
    """
    key = _from_p12(p12, password)
    parsed = key.certificate.parsed
    if not parsed.not_valid_before_utc <= now <= parsed.not_valid_after_utc:
        raise SealError("The certificate in that file is not valid now.", "Give one that is, or look at the machine's date.")
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + key.certificate_pem.encode()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content, mode in ((KEY_FILE, pem, 0o600), (CERTIFICATE_FILE, key.certificate_pem.encode(), 0o644)):
            _replace(folder / name, content, mode)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError(f"The signing key in {folder} cannot be kept: {reason}.", _RESTORE) from error
    return load_or_create(folder, now)


def _replace(path: Path, content: bytes, mode: int) -> None:
    """The new file in place of an old one, which stays under the name "…-before-1.pem" and so on."""
    if path.exists() and path.read_bytes() == content:
        return
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    _keep(new, content, mode)
    if path.exists():
        number = next(n for n in range(1, 10_000) if not path.with_name(f"{path.stem}-before-{n}.pem").exists())
        os.link(path, path.with_name(f"{path.stem}-before-{number}.pem"))
    new.replace(path)


def _from_p12(p12: bytes, password: str) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    try:
        found = load_pkcs12(p12, password.encode() if password else None)
    # The cause is left out on purpose: it may quote what the file holds.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SealError(
            "That file is no PKCS #12 file (.p12 or .pfx), or its password is another.",
            "Set TRADEWITNESS_KEY_PASSWORD, or run the command on a terminal, which asks for it.",
        ) from None
    private, certificate = found.key, found.cert
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or certificate is None:
        raise SealError("That file holds no RSA or ECDSA key with its certificate.", "Export both into one .p12 file.")
    return SigningKey(Certificate.read(certificate.certificate.public_bytes(Encoding.DER)), private)


def _keep(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all, and never over an existing file: of two processes that make a key, one wins."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()


def _load(path: Path) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = path.read_bytes()
    start = text.find(b"-----BEGIN CERTIFICATE-----")
    try:
        private = load_pem_private_key(text[: max(start, 0)], password=None)
        certificate = Certificate.read_pem(text[max(start, 0) :].decode("ascii"))
        public = certificate.public_key()
    # The cause is left out on purpose: it may quote what the file holds.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SealError(f"The signing key {path} is damaged.", _RESTORE) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or private.public_key() != public:
        raise SealError(f"The signing key {path} and its certificate do not belong together.", _RESTORE)
    return SigningKey(certificate, private)


def _new(now: datetime) -> bytes:
    """A new private key and its certificate, both PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"tradewitness {secrets.token_hex(4)}")])
    made = now.replace(microsecond=0)
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made - _BEFORE)
        .not_valid_after(made + _AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        # Mail protection is the one purpose that `openssl cms -verify` asks for unless told otherwise.
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + certificate.public_bytes(Encoding.PEM)
