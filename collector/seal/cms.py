"""CMS SignedData (RFC 5652) with one signer, as signatures and timestamp tokens use it: written, read strictly, checked.

Every field is checked against the only values it can have, so that no byte is left in which a change could hide: versions,
algorithms, the signer's identifier, sorted attributes, and that every certificate has its place. Unsigned attributes and
revocation lists are refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.seal import der
from collector.seal.certificate import Certificate
from collector.seal.der import MalformedDer, Reader, context, oid, sequence, tlv

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

SIGNED_DATA = "1.2.840.113549.1.7.2"
DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"  # ESS, by SHA-1 (RFC 2634)
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"  # ESS, by SHA-256 unless it says otherwise (RFC 5035)

_NULL = tlv(der.NULL)
_DIGESTS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
# Algorithm identifiers byte for byte. RFC 5754 wants digests without parameters and reads them with NULL.
DIGESTS = {sequence(oid(dotted), parameters): name for name, dotted in _DIGESTS.items() for parameters in (b"", _NULL)}
SHA256 = sequence(oid(_DIGESTS["sha256"]))
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), _NULL)
_SIGNATURES = {
    # Plain RSA means: with the digest of the signer's digest algorithm. Some authorities leave the NULL out.
    sequence(oid("1.2.840.113549.1.1.1"), _NULL): ("rsa", ""),
    sequence(oid("1.2.840.113549.1.1.1")): ("rsa", ""),
    RSA_SHA256: ("rsa", "sha256"),
    sequence(oid("1.2.840.113549.1.1.12"), _NULL): ("rsa", "sha384"),
    sequence(oid("1.2.840.113549.1.1.13"), _NULL): ("rsa", "sha512"),
    ECDSA_SHA256: ("ecdsa", "sha256"),
    sequence(oid("1.2.840.10045.4.3.3")): ("ecdsa", "sha384"),
    sequence(oid("1.2.840.10045.4.3.4")): ("ecdsa", "sha512"),
}


@dataclass(frozen=True, slots=True)
class SignedData:
    """A signed message taken apart. Attributes are DER values by dotted type; `signed` is what the signature covers."""

    content_type: str
    content: bytes | None
    certificates: tuple[Certificate, ...]
    signer: Certificate
    digest: str
    attributes: Mapping[str, bytes]
    signed: bytes
    algorithm: bytes
    signature: bytes


def attribute(kind: str, value: bytes) -> bytes:
    """One signed attribute with one value."""
    return sequence(oid(kind), tlv(der.SET, value))


def write_detached(
    certificate: Certificate, issuers: Sequence[Certificate], attributes: bytes, signature: bytes, algorithm: bytes
) -> bytes:
    """A ContentInfo with a detached signature (ECDSA_SHA256 or RSA_SHA256) over `attributes` (the content of the SET).

    It carries the signer's certificate and those above it.
    """
    signer = sequence(
        der.integer(1), certificate.issuer_and_serial, SHA256, tlv(context(0), attributes), algorithm,
        tlv(der.OCTET_STRING, signature),
    )  # fmt: skip
    certificates = tlv(context(0), *sorted(one.der for one in (certificate, *issuers)))
    signed_data = sequence(der.integer(1), tlv(der.SET, SHA256), sequence(oid(DATA)), certificates, tlv(der.SET, signer))
    return sequence(oid(SIGNED_DATA), tlv(context(0), signed_data))


def read_signed_data(data: bytes) -> SignedData:
    """The message in a ContentInfo; MalformedDer where it is not exactly what it must be."""
    info = Reader(data).only()
    info.expect(oid(SIGNED_DATA), "the kind of message")
    fields = info.only(context(0)).only()
    version = fields.integer()
    digests = fields.enter(der.SET)
    content_type, content = _content(fields.enter())
    if version != (1 if content_type == DATA else 3):
        raise MalformedDer("the version of the message is not what it must be")
    certificates = _certificates(fields.enter(context(0)))
    signer_infos = fields.enter(der.SET)
    fields.end()
    identifier, digest_algorithm, signed, algorithm, signature = _signer_info(signer_infos.only())
    digests.expect(digest_algorithm, "the digest algorithm")
    digests.end()
    attributes = _attributes(Reader(signed))
    signer = _signer(identifier, attributes, certificates)
    return SignedData(
        content_type, content, certificates, signer, DIGESTS[digest_algorithm],
        attributes, tlv(der.SET, signed), algorithm, signature,
    )  # fmt: skip


def _signer_info(fields: Reader) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Identifier, digest algorithm, content of the signed attributes, signature algorithm, signature."""
    version = fields.integer()
    by_key = fields.next_is(context(0) ^ 0x20)
    identifier = fields.raw(context(0) ^ 0x20 if by_key else der.SEQUENCE)
    if version != (3 if by_key else 1):
        raise MalformedDer("the version of the signer is not what it must be")
    digest_algorithm = fields.raw(der.SEQUENCE)
    signed = fields.content(context(0))
    algorithm = fields.raw(der.SEQUENCE)
    signature = fields.content(der.OCTET_STRING)
    fields.end()
    if digest_algorithm not in DIGESTS or algorithm not in _SIGNATURES:
        raise MalformedDer("an algorithm is not one that tradewitness knows")
    return identifier, digest_algorithm, signed, algorithm, signature


def mismatches(message: SignedData, content: bytes) -> list[str]:
    """What is wrong between this content, the signed attributes and the signature; empty if nothing."""
    problems = []
    if message.attributes.get(CONTENT_TYPE) != oid(message.content_type):
        problems.append("the kind of content is not the one that was signed")
    if message.attributes.get(MESSAGE_DIGEST) != tlv(der.OCTET_STRING, hashlib.new(message.digest, content).digest()):
        problems.append("the content is not what was signed")
    family, digest = _SIGNATURES[message.algorithm]
    if not _verifies(message, family, digest or message.digest):
        problems.append("the signature does not match what was signed")
    return problems


def _content(fields: Reader) -> tuple[str, bytes | None]:
    content_type = fields.oid()
    content = fields.enter(context(0)) if fields.more else None
    fields.end()
    if content is None:
        return content_type, None
    octets = content.content(der.OCTET_STRING)
    content.end()
    return content_type, octets


def _certificates(fields: Reader) -> tuple[Certificate, ...]:
    """In the order in which they stand: some authorities do not sort them, and are read all the same."""
    certificates = []
    while fields.more:
        certificates.append(Certificate.read(fields.raw(der.SEQUENCE)))
    if len(set(certificates)) != len(certificates):
        raise MalformedDer("a certificate stands twice")
    return tuple(certificates)


def _attributes(fields: Reader) -> dict[str, bytes]:
    attributes: dict[str, bytes] = {}
    while fields.more:
        pair = fields.enter()
        kind = pair.oid()
        value = pair.content(der.SET)
        pair.end()
        if kind in attributes:
            raise MalformedDer("a signed attribute stands twice")
        attributes[kind] = value
    return attributes


def _signer(identifier: bytes, attributes: Mapping[str, bytes], certificates: tuple[Certificate, ...]) -> Certificate:
    """The signer's certificate: the one whose digest was signed (ESS), and which the identifier names too.

    The identifier is not signed, and a name and serial can be borrowed; the digest is signed and covers every byte.
    """
    bound = [
        (hashed, digest)
        for kind, default in ((SIGNING_CERTIFICATE_V2, "sha256"), (SIGNING_CERTIFICATE, "sha1"))
        if kind in attributes
        for hashed, digest in (_first_ess_digest(attributes[kind], default),)
    ]
    if not bound:
        raise MalformedDer("the signature does not say by which certificate it was made")
    for certificate in certificates:
        if all(hashlib.new(digest, certificate.der, usedforsecurity=False).digest() == hashed for hashed, digest in bound):
            if identifier not in (certificate.issuer_and_serial, certificate.key_identifier):
                raise MalformedDer("the signer named is not the one that signed")
            return certificate
    raise MalformedDer("the certificate that signed is not there, or was changed")


def signing_certificates(certificates: Sequence[Certificate]) -> bytes:
    """The attribute that binds the signer's certificate, and those above it after it, to the signature (RFC 5035)."""
    digests = (tlv(der.OCTET_STRING, hashlib.sha256(one.der).digest()) for one in certificates)
    return attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(*(sequence(digest) for digest in digests))))


def bound_digests(message: SignedData) -> tuple[bytes, ...]:
    """SHA-256 of every certificate that `signing_certificates` bound, the signer's first; MalformedDer for another form."""
    value = Reader(message.attributes.get(SIGNING_CERTIFICATE_V2, b"")).only()
    names = value.enter()
    value.end()
    digests = []
    while names.more:
        name = names.enter()
        digests.append(name.content(der.OCTET_STRING))
        name.end()
    return tuple(digests)


def _first_ess_digest(value: bytes, default: str) -> tuple[bytes, str]:
    first = Reader(value).only().enter().enter()
    digest = default
    if first.next_is(der.SEQUENCE):
        digest = DIGESTS.get(first.raw(der.SEQUENCE), "")
        if default == "sha1" or not digest:
            raise MalformedDer("the signer's certificate is named by an unknown digest")
    return first.content(der.OCTET_STRING), digest


def _verifies(message: SignedData, family: str, digest: str) -> bool:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    known: dict[str, HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    kind = {"rsa": rsa.RSAPublicKey, "ecdsa": ec.EllipticCurvePublicKey}[family]
    return isinstance(message.signer.public_key(), kind) and message.signer.verifies(
        message.signature, message.signed, known[digest]
    )
