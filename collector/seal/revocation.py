"""Whether a timestamp authority's certificates were revoked: whom to ask (OCSP, CRL), and what the answers say. Pure.

OCSP is RFC 6960, CRL is RFC 5280. Each certificate below the root names whom to ask; nobody else is. One answer that holds
is kept for each, as it came: `1.ocsp` or `1.crl` for the certificate that stamped, `2.…` for the one above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from collector.seal.certificate import Certificate, unreadable
from collector.seal.der import MalformedDer

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.x509 import ocsp

NAME = re.compile(r"([1-9])\.(ocsp|crl)")
MOST_BYTES = 256 * 1024  # the lists of timestamp authorities have a few thousand; one is kept beside each token
_MOST_ADDRESSES = 3  # of one certificate
_CLOCKS = timedelta(seconds=60)  # by which the clocks of one authority's machines may differ
_NEVER = datetime.min.replace(tzinfo=UTC)
_DIGESTS = ("sha256", "sha384", "sha512")
# RFC 3161, section 4: with these reasons tokens made before the revocation stay good. With any other, such as
# keyCompromise, and with none, nobody knows since when somebody else could stamp: no token of that key counts.
_HARMLESS = ("unspecified", "affiliationChanged", "superseded", "cessationOfOperation")


@dataclass(frozen=True, slots=True)
class RevocationInfo:
    """What an authority says of one certificate: the file's name ("1.ocsp", "2.crl"), and the response or list (DER)."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RevocationStatement:
    """What an answer says of the certificate with this fingerprint: when made, up to when it vouches, and whether it was
    revoked: since when, and the reason ("" where none is given). Times in UTC.

    It vouches up to the time from which a newer one was to be had; not at all if it was made after the certificate expired,
    because expired ones may be left out of lists.
    """

    fingerprint: str
    made: datetime
    until: datetime
    revoked: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RevocationStatus:
    """Why a token does not count ("" when nothing speaks against it), and whether every certificate was vouched for."""

    revoked: str
    known: bool


def revocation_status(path: Sequence[Certificate], said: Iterable[RevocationStatement], at: datetime) -> RevocationStatus:
    """Whether a token of that time counts. `path`: from the certificate that stamped up to the root, which nobody revokes.

    A certificate is vouched for by an answer that was the newest at that time, or was made later.
    """
    known = list(said)
    vouched = len(path) > 1
    for certificate in path[:-1]:
        about = [one for one in known if one.fingerprint == certificate.fingerprint]
        for one in about:
            if one.revoked and (at >= one.revoked or one.reason not in _HARMLESS):
                return RevocationStatus(_revoked(certificate, one.revoked, one.reason), known=True)
        vouched &= any(at - _CLOCKS <= one.until for one in about)
    return RevocationStatus("", vouched)


def condensed(said: Iterable[RevocationStatement]) -> tuple[RevocationStatement, ...]:
    """As much as many answers say together: of each certificate what vouches longest, and every revocation."""
    longest: dict[tuple[str, datetime | None, str], RevocationStatement] = {}
    for one in said:
        kept = longest.setdefault((one.fingerprint, one.revoked, one.reason), one)
        if one.until > kept.until:
            longest[one.fingerprint, one.revoked, one.reason] = one
    return tuple(longest.values())


def _revoked(certificate: Certificate, since: datetime, reason: str) -> str:
    why = f"reason: {reason}" if reason else "no reason given"
    text = f"the certificate “{certificate.name}” was revoked on {since:%Y-%m-%d %H:%M} UTC ({why})"
    return text if reason in _HARMLESS else f"{text}, so that no timestamp that rests on it counts, whenever it was made"


def read_answer(answer: RevocationInfo, path: Sequence[Certificate]) -> RevocationStatement:
    """What an answer says of the certificate that its name stands for; MalformedDer where it is none that holds."""
    named = NAME.fullmatch(answer.name)
    if named is None or int(named[1]) >= len(path):
        raise MalformedDer("there is no certificate that it could be about")
    if len(answer.data) > MOST_BYTES:
        raise MalformedDer("it is too large to be one")
    certificate, issuer = path[int(named[1]) - 1], path[int(named[1])]
    return (_read_ocsp if named[2] == "ocsp" else _read_crl)(answer.data, certificate, issuer)


# -- whom to ask, and what -----------------------------------------------------------------------------------------------


def addresses(certificate: Certificate) -> tuple[tuple[str, str], ...]:
    """Whom the certificate itself names: ("ocsp" or "crl", http address)."""
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    found: list[tuple[str, str]] = []
    extensions = certificate.parsed.extensions
    try:
        access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        ocsp = [one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
        found += (("ocsp", str(name.value)) for name in ocsp)
    except x509.ExtensionNotFound:
        pass
    found += (("crl", url) for url in _lists(certificate))
    plain = [(kind, url) for kind, url in found if re.match(r"http://[^/\s]", url)]
    return tuple(plain[:_MOST_ADDRESSES])


def _lists(certificate: Certificate) -> Iterator[str]:
    """The addresses of complete lists, signed by the certificate's issuer."""
    from cryptography import x509

    try:
        points = certificate.parsed.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return
    for point in points:
        if point.full_name and not point.reasons and not point.crl_issuer:
            yield from (str(name.value) for name in point.full_name)


def question(certificate: Certificate, issuer: Certificate) -> bytes:
    """An OCSPRequest without a nonce: public responders answer from stock (RFC 5019)."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    # SHA-1 only names the issuer here, and is what every responder knows.
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate.parsed, issuer.parsed, SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


# -- reading ---------------------------------------------------------------------------------------------------------------


def _read_ocsp(data: bytes, certificate: Certificate, issuer: Certificate) -> RevocationStatement:
    from cryptography.x509 import ocsp

    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise MalformedDer(f"the authority did not answer it ({response.response_status.name.lower()})")
        if not _signed_for(response, issuer):
            raise MalformedDer("it is not signed by the certificate's issuer, nor by whom it charged with it")
        single = next((one for one in response.responses if _is_about(one, certificate, issuer)), None)
        if single is None:
            raise MalformedDer("it is about another certificate")
        if single.certificate_status == ocsp.OCSPCertStatus.UNKNOWN:
            raise MalformedDer("its maker does not know the certificate")
        made, reason = single.this_update_utc, single.revocation_reason
        until = _until(certificate, made, single.next_update_utc)
        return RevocationStatement(
            certificate.fingerprint, made, until, single.revocation_time_utc, reason.value if reason else ""
        )
    except unreadable() as error:
        raise _told(error, "it cannot be read as an OCSP response") from error


def _until(certificate: Certificate, made: datetime, next_update: datetime | None) -> datetime:
    """Where no next one is announced, it can be had at any time: this one is the newest at the moment it was made."""
    return (next_update or made) if made <= certificate.parsed.not_valid_after_utc else _NEVER


def _told(error: Exception, otherwise: str) -> MalformedDer:
    return error if isinstance(error, MalformedDer) else MalformedDer(otherwise)


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    """The serial number may stand in another issuer's list: name and key of the issuer are compared too."""
    from cryptography.x509 import ocsp

    wanted = ocsp.OCSPRequestBuilder().add_certificate(certificate.parsed, issuer.parsed, single.hash_algorithm).build()
    return (single.serial_number, single.issuer_name_hash, single.issuer_key_hash) == (
        wanted.serial_number, wanted.issuer_name_hash, wanted.issuer_key_hash,
    )  # fmt: skip


def _signed_for(response: ocsp.OCSPResponse, issuer: Certificate) -> bool:
    """Whether the issuer signed it, or a certificate that the issuer made for that purpose alone (RFC 6960, 4.2.2.2)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import ExtendedKeyUsageOID

    if _verifies(response, issuer):
        return True
    for other in response.certificates:
        delegate = Certificate.read(other.public_bytes(Encoding.DER))
        try:
            purposes = delegate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        meant = ExtendedKeyUsageOID.OCSP_SIGNING in purposes and delegate.is_valid(response.produced_at_utc)
        charged = meant and issuer.issued(delegate)
        if charged and _verifies(response, delegate):
            return True
    return False


def _verifies(response: ocsp.OCSPResponse, signer: Certificate) -> bool:
    algorithm = response.signature_hash_algorithm
    if algorithm is None or algorithm.name not in _DIGESTS:
        return False
    return signer.verifies(response.signature, response.tbs_response_bytes, algorithm)


def _read_crl(data: bytes, certificate: Certificate, issuer: Certificate) -> RevocationStatement:
    from cryptography import x509

    try:
        listed = x509.load_der_x509_crl(data)
        algorithm = listed.signature_hash_algorithm
        signed = algorithm is not None and algorithm.name in _DIGESTS and listed.is_signature_valid(issuer.public_key())
        if listed.issuer != certificate.parsed.issuer or not signed:
            raise MalformedDer("it is not signed by the certificate's issuer")
        if not _covers(listed, certificate):
            raise MalformedDer("it is a list of other certificates")
        made = listed.last_update_utc
        until = _until(certificate, made, listed.next_update_utc)
        entry = listed.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
        since, reason = _entry(entry) if entry else (None, "")
        return RevocationStatement(certificate.fingerprint, made, until, since, reason)
    except unreadable() as error:
        raise _told(error, "it cannot be read as a revocation list") from error


def _covers(listed: x509.CertificateRevocationList, certificate: Certificate) -> bool:
    """Whether a certificate that it does not list is not revoked: it is whole, and of this kind of certificate."""
    from cryptography import x509

    for extension in listed.extensions:
        scope: Any = extension.value
        if isinstance(scope, x509.IssuingDistributionPoint):
            part = (
                scope.indirect_crl, scope.only_some_reasons, scope.only_contains_attribute_certs, scope.relative_name,
                scope.only_contains_ca_certs and not certificate.is_authority,
                scope.only_contains_user_certs and certificate.is_authority,
            )  # fmt: skip
            named = {str(name.value) for name in scope.full_name or ()}
            if any(part) or (named and not named & set(_lists(certificate))):
                return False
        elif extension.critical:  # such as the mark of a list that only holds what changed
            return False
    return True


def _entry(entry: x509.RevokedCertificate) -> tuple[datetime, str]:
    """Since when, and why. A key may have been lost before that was noticed: then the earlier day counts."""
    from cryptography import x509

    since, reason = entry.revocation_date_utc, ""
    for extension in entry.extensions:
        if isinstance(extension.value, x509.InvalidityDate):
            since = min(since, extension.value.invalidity_date_utc)
        if isinstance(extension.value, x509.CRLReason):
            reason = str(extension.value.reason.value)
    return since, reason
