"""X.509 certificates (RFC 5280) and the way from one that stamps times to a root."""

from __future__ import annotations

import base64
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.seal import der
from collector.seal.der import MalformedDer, Reader, context, sequence, tlv

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

# A changed byte can make an odd number or name; that is this module's to report, and not the terminal's.
warnings.filterwarnings("ignore", "Parsed a serial number")
warnings.filterwarnings("ignore", "Attribute's length must be")

_MOST_BYTES = 64 * 1024
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's DER, and the two ways in which a CMS signer identifier can name it (the second may be empty)."""

    der: bytes = field(repr=False)
    issuer_and_serial: bytes = field(repr=False)
    key_identifier: bytes = field(repr=False)
    parsed: x509.Certificate = field(compare=False)

    @classmethod
    def read(cls, encoded: bytes) -> Certificate:
        """From DER; MalformedDer if it is none, or has a serial number below 1."""
        from cryptography import x509

        serial, issuer = _frame(encoded)
        parsed = _parse(encoded)
        try:
            key = parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except x509.ExtensionNotFound:
            key = b""
        key_identifier = tlv(context(0) ^ 0x20, key) if key else b""
        return cls(encoded, sequence(issuer, der.integer(serial)), key_identifier, parsed)

    @classmethod
    def read_pem(cls, text: str) -> Certificate:
        """From one PEM block; MalformedDer if it is none."""
        block = text.strip()
        try:
            if not (text.startswith(_BEGIN) and block.endswith(_END)):
                raise ValueError
            return cls.read(base64.decodebytes(block[len(_BEGIN) : -len(_END)].encode("ascii")))
        except ValueError as error:
            raise MalformedDer("a certificate is not in PEM form") from error

    @property
    def pem(self) -> str:
        """In PEM form, lines of 64."""
        text = base64.standard_b64encode(self.der).decode()
        return "\n".join([_BEGIN, *(text[at : at + 64] for at in range(0, len(text), 64)), _END, ""])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER, lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def name(self) -> str:
        """The subject's common name, or the whole subject where it has none."""
        from cryptography.x509 import NameOID

        subject = self.parsed.subject
        common = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(common[0].value) if common else subject.rfc4514_string()

    @property
    def is_authority(self) -> bool:
        """Whether it may issue certificates (basic constraints)."""
        from cryptography import x509

        try:
            return bool(self.parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        except x509.ExtensionNotFound:
            return False

    def is_valid(self, at: datetime) -> bool:
        """Whether that instant lies within its validity, both ends included."""
        return self.parsed.not_valid_before_utc <= at <= self.parsed.not_valid_after_utc

    def public_key(self) -> Any:
        """The subject's key; MalformedDer if it is of a kind unknown."""
        from cryptography.exceptions import UnsupportedAlgorithm

        try:
            return self.parsed.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise MalformedDer("a certificate's key cannot be read") from error

    def verifies(self, signature: bytes, data: bytes, algorithm: HashAlgorithm) -> bool:
        """Whether this one's RSA (PKCS #1 v1.5) or ECDSA key signed the data; MalformedDer if the key cannot be read."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

        key = self.public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, padding.PKCS1v15(), algorithm)
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, data, ec.ECDSA(algorithm))
            else:
                return False
        except InvalidSignature:
            return False
        return True

    def issued(self, other: Certificate) -> bool:
        """Whether this one's key signed the other."""
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

        try:
            other.parsed.verify_directly_issued_by(self.parsed)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def issuers_of(leaf: Certificate, others: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The certificates of `others` above a leaf, each the issuer of the one before, as far as they lead."""
    path = [leaf]
    while above := next((o for o in others if o not in path and o.is_authority and o.issued(path[-1])), None):
        path.append(above)
    return tuple(path[1:])


def path_to_root(
    leaf: Certificate, embedded: Sequence[Certificate], roots: Sequence[Certificate], at: datetime
) -> tuple[Certificate, ...]:
    """The certificates from a timestamp authority's up to one of `roots`, each valid at that instant; MalformedDer if none.

    The leaf's extended key usage must be time stamping alone, and critical (RFC 3161, 2.3). Revocation is not asked for.
    """
    from cryptography import x509
    from cryptography.x509 import verification
    from cryptography.x509.oid import ExtendedKeyUsageOID

    if not roots:
        raise MalformedDer("no root certificate to trust is known")

    def stamps_times(_: object, __: object, usage: x509.ExtendedKeyUsage) -> None:
        if list(usage) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise ValueError("its certificate is not for time stamping")

    def signs_certificates(_: object, __: object, usage: x509.KeyUsage | None) -> None:
        if usage is not None and not usage.key_cert_sign:
            raise ValueError("a certificate above it may not sign certificates")

    def is_authority(_: object, __: object, constraints: x509.BasicConstraints) -> None:
        if not constraints.ca:
            raise ValueError("a certificate above it is not an authority's")

    anything = verification.ExtensionPolicy.permit_all()
    agnostic, critical = verification.Criticality.AGNOSTIC, verification.Criticality.CRITICAL
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([root.parsed for root in roots]))
        .time(at)
        .extension_policies(
            ca_policy=anything.require_present(x509.BasicConstraints, agnostic, is_authority).may_be_present(
                x509.KeyUsage, agnostic, signs_certificates
            ),
            ee_policy=anything.require_present(x509.ExtendedKeyUsage, critical, stamps_times),
        )
        .build_client_verifier()
    )
    try:
        chain = verifier.verify(leaf.parsed, [other.parsed for other in embedded if other != leaf]).chain
    except verification.VerificationError as error:
        cause = str(error).removeprefix("validation failed: ").removeprefix("candidates exhausted: ")
        detail = "" if "no interior errors" in cause else f" ({cause})"
        raise MalformedDer(f"its certificate did not lead to a trusted root at that time{detail}") from error
    known = {certificate.der: certificate for certificate in (*embedded, *roots)}
    return tuple(known[found.public_bytes(_der_encoding())] for found in chain)


def strangers(embedded: Sequence[Certificate], path: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Embedded certificates that have no place: not on the path, of no other's issue, and not another's for the same key.

    Authorities embed cross-certificates of their own roots, and roots above those; anything else was put there, or changed.
    """
    known = {*embedded, *path}

    def belongs(extra: Certificate) -> bool:
        others = known - {extra}
        return (
            any(other.issued(extra) or extra.issued(other) for other in others)
            or any(other.parsed.subject == extra.parsed.subject and _same_key(other, extra) for other in path)
        )  # fmt: skip

    return tuple(extra for extra in embedded if extra not in path and not belongs(extra))


def _same_key(one: Certificate, other: Certificate) -> bool:
    return bool(one.public_key() == other.public_key())


def _der_encoding() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def _frame(encoded: bytes) -> tuple[int, bytes]:
    """Serial number and issuer; what stands outside the signed part must be what the signed part says."""
    outer = Reader(encoded).only()
    fields = outer.enter()
    algorithm = outer.raw(der.SEQUENCE)
    signature = outer.content(der.BIT_STRING)
    outer.end()
    if fields.next_is(context(0)):
        fields.raw(context(0))
    serial = fields.integer()
    fields.expect(algorithm, "a certificate's algorithm")
    issuer = fields.raw(der.SEQUENCE)
    if signature[:1] != b"\0":
        raise MalformedDer("a certificate's signature is not whole octets")
    if serial < 1:
        raise MalformedDer("a certificate has no proper serial number")
    return serial, issuer


def unreadable() -> tuple[type[Exception], ...]:
    """What the package raises at bytes that are no certificate, no list of revoked ones and no answer about one."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    of_x509 = (x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
    return (ValueError, TypeError, UnsupportedAlgorithm, *of_x509)


def _parse(encoded: bytes) -> x509.Certificate:
    """Everything that is looked at later is read here, because the package reads late, and raises then."""
    from cryptography import x509

    if len(encoded) > _MOST_BYTES:
        raise MalformedDer("a certificate is too large to be one")
    try:
        parsed = x509.load_der_x509_certificate(encoded)
        _ = parsed.subject, parsed.issuer, parsed.extensions, parsed.not_valid_before_utc, parsed.not_valid_after_utc
    except unreadable() as error:
        raise MalformedDer("a certificate cannot be read") from error
    return parsed
