"""Timestamps (RFC 3161): how one is asked for, and whether one holds, on arrival and ever after. Pure, with Python alone.

`openssl ts -verify -data X -in X.tsr -CAfile root.pem` agrees, with `-attime`
once the authority's certificate has expired.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from collector.errors import WrongRequest
from collector.seal import cms, der
from collector.seal.certificate import Certificate, path_to_root, strangers
from collector.seal.der import MalformedDer, Reader, context, sequence, tlv
from collector.seal.revocation import RevocationStatement, revocation_status

_TST_INFO = "1.2.840.113549.1.9.16.1.4"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")  # of an authority


@dataclass(frozen=True, slots=True)
class Authority:
    """A timestamp authority: a short name for files (`digicert`), its http(s) address, the root its tokens must lead to.

    `policy` (dotted) is the one that its tokens must be made under; "" takes the authority's own, which is recorded.
    WrongRequest where the name or the address cannot be one.
    """

    name: str
    url: str
    root_pem: str
    policy: str = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise WrongRequest(f"“{self.name}” cannot name a timestamp authority.", "Use small letters, digits and hyphens.")
        if not re.match(r"https?://[^/\s]", self.url):
            raise WrongRequest(
                f"“{self.url}” is not the address of a timestamp authority.", "It begins with http:// or https://."
            )


@dataclass(frozen=True, slots=True)
class TokenReport:
    """What a token says, and what is wrong with it. Only a report without problems is to be believed.

    `time` is when the authority saw the digest (UTC); `authority` its certificate's common name; `serial` the token's
    number; `policy` dotted; `root_fingerprint` SHA-256 of the root reached, hexadecimal; `certificates_pem` the path
    from the authority's certificate to that root; `not_revoked` whether each of them but the root was vouched for as of
    that time: where it is false, revocation is not known. What could not be read is "" or None.
    """

    time: datetime | None = None
    authority: str = ""
    serial: int | None = None
    policy: str = ""
    root_fingerprint: str = ""
    certificates_pem: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    not_revoked: bool = False

    @property
    def path(self) -> tuple[Certificate, ...]:
        """The certificates from the authority's up to the root."""
        return tuple(_read_pem(pem) for pem in self.certificates_pem)


@lru_cache(maxsize=32)
def _read_pem(pem: str) -> Certificate:
    """Thousands of tokens lead up the same few certificates."""
    return Certificate.read_pem(pem)


def query(data: bytes, nonce: int) -> bytes:
    """The question (TimeStampReq) for a token over SHA-256 of these bytes, under the authority's own policy."""
    certificates_too = tlv(der.BOOLEAN, b"\xff")
    return sequence(der.integer(1), _imprint(data), der.integer(nonce), certificates_too)


def answered(tsr: bytes, data: bytes, nonce: int, authority: Authority) -> TokenReport:
    """`verify_token` of an answer to `query`: the nonce must be that one, and the policy the one asked for."""
    report, echoed = _examine(tsr, data, [authority.root_pem])
    if not report.problems and echoed != nonce:
        return replace(report, problems=("it answers another request",))
    if not report.problems and authority.policy not in ("", report.policy):
        other = f"it was made under the policy {report.policy}, and {authority.policy} is asked for"
        return replace(report, problems=(other,))
    return report


def verify_token(tsr: bytes, data: bytes, roots: Sequence[str]) -> TokenReport:
    """Whether this TimeStampResp (DER) stamps these bytes and leads to one of `roots` (PEM), as of the time it states.

    An authority's certificate that expired since changes nothing. Never raises, whatever the bytes are.
    """
    report, _ = _examine(tsr, data, roots)
    return report


def with_revocation(report: TokenReport, said: Iterable[RevocationStatement]) -> TokenReport:
    """A token's report with what was said of its certificates: a revoked one is a problem, else it may be `not_revoked`."""
    if report.problems or report.time is None:
        return report
    standing = revocation_status(report.path, said, report.time)
    if standing.revoked:
        return replace(report, problems=(standing.revoked,))
    return replace(report, not_revoked=standing.known)


def _examine(tsr: bytes, data: bytes, roots: Sequence[str]) -> tuple[TokenReport, int | None]:
    """The report, and the nonce in the token."""
    try:
        message = cms.read_signed_data(_granted(tsr))
        if message.content_type != _TST_INFO or message.content is None:
            raise MalformedDer("it is a signed message, but not a timestamp")
        info = _tst_info(message.content)
    except MalformedDer as error:
        return TokenReport(problems=(f"the token cannot be read: {error}",)), None
    problems = cms.mismatches(message, message.content)
    if info.imprint != _imprint(data) and info.imprint != _imprint(data, null=True):
        problems.append("it stamps other bytes")
    path: tuple[Certificate, ...] = ()
    try:
        path = path_to_root(message.signer, message.certificates, [Certificate.read_pem(root) for root in roots], info.time)
        if strangers(message.certificates, path):
            problems.append("it carries a certificate that has no place in it")
    except MalformedDer as error:
        problems.append(str(error))
    report = TokenReport(
        info.time, message.signer.name, info.serial, info.policy, path[-1].fingerprint if path else "",
        tuple(certificate.pem for certificate in path), tuple(problems),
    )  # fmt: skip
    return report, info.nonce


@dataclass(frozen=True, slots=True)
class _TstInfo:
    policy: str
    imprint: bytes
    serial: int
    time: datetime
    nonce: int | None


def _granted(tsr: bytes) -> bytes:
    """The token in a TimeStampResp. The status is not signed: nothing but a plain "granted" is read as one."""
    response = Reader(tsr).only()
    status = response.enter()
    granted = status.integer() == 0
    if status.next_is(der.SEQUENCE):
        _free_text(status.enter())
    if not granted or status.more:
        raise MalformedDer("the authority did not grant it")
    token = response.raw(der.SEQUENCE)
    response.end()
    return token


def _free_text(texts: Reader) -> None:
    while texts.more:
        try:
            texts.content(der.UTF8).decode()
        except UnicodeDecodeError as error:
            raise MalformedDer("the authority's remark is not text") from error


def _tst_info(content: bytes) -> _TstInfo:
    fields = Reader(content).only()
    if fields.integer() != 1:
        raise MalformedDer("the version of the timestamp is not 1")
    policy = fields.oid()
    imprint = fields.raw(der.SEQUENCE)
    serial = fields.integer()
    at = fields.time()
    if fields.next_is(der.SEQUENCE):
        fields.raw(der.SEQUENCE)  # accuracy
    if fields.next_is(der.BOOLEAN):
        fields.boolean()  # ordering
    nonce = fields.integer() if fields.next_is(der.INTEGER) else None
    if fields.next_is(context(0)):
        fields.raw(context(0))  # the authority's name
    if fields.next_is(context(1)):
        _no_critical_extension(fields.enter(context(1)))
    fields.end()
    return _TstInfo(policy, imprint, serial, at, nonce)


def _no_critical_extension(extensions: Reader) -> None:
    while extensions.more:
        extension = extensions.enter()
        extension.oid()
        if extension.next_is(der.BOOLEAN) and extension.boolean():
            raise MalformedDer("the timestamp holds an extension that must be understood, and is not")


def _imprint(data: bytes, *, null: bool = False) -> bytes:
    algorithm = next(known for known, name in cms.DIGESTS.items() if name == "sha256" and (known != cms.SHA256) == null)
    return sequence(algorithm, tlv(der.OCTET_STRING, hashlib.sha256(data).digest()))
