"""Detached signatures (CMS, RFC 5652, as CAdES-BES): made with a signing key, checked with Python alone.

`openssl cms -verify -binary -inform DER -in X.p7s -content X -CAfile signer.pem -purpose any` agrees.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from collector.errors import SealError
from collector.seal import cms, der
from collector.seal.certificate import Certificate, issuers_of
from collector.seal.der import MalformedDer, Reader, oid, tlv
from collector.seal.keys import SigningKey


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """Who signed (certificate, SHA-256 fingerprint), when by the signer's own clock, and what is wrong: nothing, if empty.

    `issuers_pem` are the certificates above the signer's that the signature carries, each the issuer of the one before;
    whether to trust the last one is the reader's to say. What could not be read is "" or None. A self-made certificate
    proves only that the holder of one key signed.
    """

    fingerprint: str
    certificate_pem: str
    signed_at: datetime | None
    problems: tuple[str, ...]
    issuers_pem: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Whom the certificates name: the signer, then who certified whom."""
        pems = (self.certificate_pem, *self.issuers_pem) if self.certificate_pem else ()
        return tuple(Certificate.read_pem(pem).name for pem in pems)


def sign(data: bytes, key: SigningKey, at: datetime) -> bytes:
    """A detached signature of these bytes (CMS, DER), said to be made at that instant, in whole seconds.

    It carries, and covers, the certificates above the key's that are valid then. SealError where the key's own is not.
    """
    at = at.replace(microsecond=0)
    if not key.certificate.is_valid(at):
        raise SealError(
            "The signing key's certificate is not valid at this time.",
            "What was kept stays kept, and is not sealed yet. Look whether the machine's date is right; if it is, give a "
            "new certificate with `tradewitness init --key FILE.p12`, or move the keys' folder away: one is then made.",
        )
    issuers = key.issuers_at(at)
    attributes = b"".join(
        sorted(
            (
                cms.attribute(cms.CONTENT_TYPE, oid(cms.DATA)),
                cms.attribute(cms.SIGNING_TIME, der.time(at)),
                cms.attribute(cms.MESSAGE_DIGEST, tlv(der.OCTET_STRING, hashlib.sha256(data).digest())),
                cms.signing_certificates((key.certificate, *issuers)),
            )
        )
    )
    signature, algorithm = _signed(key, tlv(der.SET, attributes))
    return cms.write_detached(key.certificate, issuers, attributes, signature, algorithm)


def _signed(key: SigningKey, data: bytes) -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    if isinstance(key.private, ec.EllipticCurvePrivateKey):
        return key.private.sign(data, ec.ECDSA(hashes.SHA256())), cms.ECDSA_SHA256
    return key.private.sign(data, padding.PKCS1v15(), hashes.SHA256()), cms.RSA_SHA256


def verify_signature(data: bytes, p7s: bytes) -> SignatureReport:
    """Whether this is a detached signature of these bytes, whole and unchanged; never raises, whatever the bytes are."""
    try:
        message = cms.read_signed_data(p7s)
        signed_at = _signing_time(message)
        issuers = _issuers(message)
        problems = [f"the signature is not whole: {problem}" for problem in cms.mismatches(message, data)]
        if message.content_type != cms.DATA or message.content is not None:
            problems.append("the signature is not a detached one of plain bytes")
        if len(issuers) + 1 != len(message.certificates):
            problems.append("the signature carries a certificate that has no place in it")
        if not message.signer.is_valid(signed_at):
            problems.append("the signer's certificate was not valid when it signed")
    except MalformedDer as error:
        return SignatureReport("", "", None, (f"the signature cannot be read: {error}",))
    above = tuple(one.pem for one in issuers)
    return SignatureReport(message.signer.fingerprint, message.signer.pem, signed_at, tuple(problems), above)


def _signing_time(message: cms.SignedData) -> datetime:
    value = Reader(message.attributes.get(cms.SIGNING_TIME, b""))
    signed_at = value.time()
    value.end()
    return signed_at


def _issuers(message: cms.SignedData) -> tuple[Certificate, ...]:
    """The certificates above the signer's, each the issuer of the one before, and all covered by the signature."""
    bound = cms.bound_digests(message)
    there = {hashlib.sha256(one.der).digest(): one for one in message.certificates}
    covered = [there[digest] for digest in bound[1:] if digest in there]
    issuers = issuers_of(message.signer, covered)
    if len(issuers) + 1 != len(bound):
        raise MalformedDer("a certificate above the signer's is not there, or was changed")
    return issuers
