"""The folder of the signing key: made once, kept outside the archive, never shown."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from collector.errors import SealError
from collector.platform import keep_private, while_held
from collector.seal.certificate import Certificate, issuers_of
from collector.seal.der import MalformedDer
from collector.seal.keys import SigningKey

KEY_FILE = "signing-key.pem"  # the private key, then its certificate, then those above it
CERTIFICATE_FILE = "signing-certificate.pem"  # the certificates, to give away; its presence says that a key was here
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.S)
# From a year before it was made: a clock found to be ahead, and put right, must not stop the sealing.
_BEFORE, _AFTER = timedelta(days=365), timedelta(days=20 * 365 + 5)
_RESTORE = (
    "What was kept stays kept, and is not sealed until there is a key: put the folder's backup back; or move the folder "
    "away, and a new key is made, which older checkpoints do not know."
)


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
            _keep(certificate_file, key.certificates_pem.encode(), mode=0o644)
        elif certificate_file.read_bytes() != key.certificates_pem.encode():
            raise SealError(f"{certificate_file} does not hold the certificates of the key beside it.", _RESTORE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError(f"The signing key in {folder} cannot be read or kept: {reason}.", _RESTORE) from error
    return key


def take_own(folder: Path, p12: bytes, password: str, now: datetime) -> tuple[SigningKey, tuple[str, ...]]:
    """Puts the key and certificates of a PKCS #12 file in place of the key in this folder, which is kept beside them.

    Also gives what there is to say of the certificates above the key's: what was left out, has expired, or is missing.
    The key lies in the folder readable by its owner only, and without a password: nights seal unattended. SealError where
    the file or its password is wrong, or its certificate cannot sign now.
    """
    key, strange = _from_p12(p12, password)
    if not key.certificate.is_valid(now):
        raise SealError("The certificate in that file is not valid now.", "Give one that is, or look at the machine's date.")
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + key.certificates_pem.encode()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content, mode in ((KEY_FILE, pem, 0o600), (CERTIFICATE_FILE, key.certificates_pem.encode(), 0o644)):
            _replace(folder / name, content, mode)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SealError(f"The signing key in {folder} cannot be kept: {reason}.", _RESTORE) from error
    left_out = (
        f"“{one.name}” in that file did not issue the key's certificate, nor one above it: left out." for one in strange
    )
    return load_or_create(folder, now), (*left_out, *key.chain_notes(now))


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
    while_held(lambda: new.replace(path))


def _from_p12(p12: bytes, password: str) -> tuple[SigningKey, tuple[Certificate, ...]]:
    """The key with the certificates that lead up from it, and those of the file that do not."""
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
    try:
        own, *others = (
            Certificate.read(one.certificate.public_bytes(Encoding.DER)) for one in (certificate, *found.additional_certs)
        )
    except MalformedDer as error:
        raise SealError(f"A certificate in that file cannot be used: {error}.", "Export the file anew.") from error
    others = [one for one in dict.fromkeys(others) if one != own]
    issuers = issuers_of(own, others)
    return SigningKey(own, private, issuers), tuple(one for one in others if one not in issuers)


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
        while_held(temporary.unlink)


def _load(path: Path) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = path.read_bytes()
    start = text.find(b"-----BEGIN CERTIFICATE-----")
    try:
        private = load_pem_private_key(text[: max(start, 0)], password=None)
        certificate, *issuers = _certificates(text[max(start, 0) :])
        public = certificate.public_key()
    # The cause is left out on purpose: it may quote what the file holds.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SealError(f"The signing key {path} is damaged.", _RESTORE) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or private.public_key() != public:
        raise SealError(f"The signing key {path} and its certificate do not belong together.", _RESTORE)
    if issuers_of(certificate, issuers) != tuple(issuers):
        raise SealError(f"The certificates in {path} do not lead from one to the next.", _RESTORE)
    return SigningKey(certificate, private, tuple(issuers))


def _certificates(text: bytes) -> Iterable[Certificate]:
    """ValueError where anything but certificates stands there."""
    pems = text.decode("ascii")
    if _CERTIFICATE.sub("", pems).strip():
        raise MalformedDer("something stands between the certificates")
    return [Certificate.read_pem(match[0]) for match in _CERTIFICATE.finditer(pems)]


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
