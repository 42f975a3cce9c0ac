"""Timestamps (RFC 3161): asked of an authority over HTTP, checked on arrival and ever after, with Python alone.

Only a SHA-256 digest leaves the machine. `openssl ts -verify -data X -in X.tsr -CAfile root.pem` agrees, with `-attime`
once the authority's certificate has expired.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial

from collector.errors import SealError, WrongRequest
from collector.seal import cms, der
from collector.seal.certificate import Certificate, path_to_root, strangers
from collector.seal.der import MalformedDer, Reader, context, sequence, tlv
from collector.seal.exchange import TooLong, at_once, exchange
from collector.seal.revocation import WITHIN_S, Answer, Said, ask, judge, read_answer

_LOG = logging.getLogger(__name__)

_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_MOST_BYTES = 256 * 1024
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")  # of an authority
_TOLERATED = timedelta(seconds=60)
_REVOKED = "Look what the authority publishes about it, and name another one in config.toml: this one's tokens do not count."
_RETRY = "Nothing is lost: it stays marked as not yet timestamped; `tradewitness timestamp` asks again."


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


@dataclass(frozen=True, slots=True)
class Token:
    """A verified token as it arrived: `tsr` is the whole TimeStampResp in DER, `time` the authority's (UTC).

    `offset` is the authority's time less the machine's at the middle of the exchange; more than a minute makes
    `clocks_disagree` true, which is a finding: the token holds. `answers` is what was said of its certificates' revocation.
    """

    authority: Authority
    tsr: bytes
    report: TokenReport
    time: datetime
    offset: timedelta
    answers: tuple[Answer, ...] = ()

    @property
    def offset_ms(self) -> int:
        """The offset in whole milliseconds."""
        return self.offset // timedelta(milliseconds=1)

    @property
    def clocks_disagree(self) -> bool:
        """Whether the machine's clock and the authority's are more than a minute apart."""
        return abs(self.offset) > _TOLERATED


@dataclass(frozen=True, slots=True)
class NoToken:
    """An authority that gave no token that holds: why, in one sentence, and what to do.

    Where the reason is that a certificate was revoked, the path of certificates, and what was said of them.
    """

    authority: Authority
    message: str
    hint: str
    certificates_pem: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


class RevokedAuthority(SealError):
    """A certificate above an authority's token was revoked; `certificates_pem` and `answers` show it."""

    def __init__(self, message: str, hint: str, certificates_pem: tuple[str, ...], answers: tuple[Answer, ...]) -> None:
        super().__init__(message, hint)
        self.certificates_pem, self.answers = certificates_pem, answers


def request_token(authority: Authority, data: bytes, *, timeout_s: float, now: Callable[[], datetime]) -> Token:
    """A token for SHA-256 of these bytes, verified on arrival; `now` gives the machine's time, for the offset only.

    Then it is asked, for `WITHIN_S` at most, whether its certificates were revoked. SealError where the authority does not
    answer in time or its answer does not hold, RevokedAuthority where a certificate was revoked.
    """
    nonce = secrets.randbits(63) | 1
    request = sequence(
        der.integer(1), _imprint(data), der.integer(nonce), tlv(der.BOOLEAN, b"\xff")
    )  # no policy: the authority's own; certificates are asked for
    asked = now()
    tsr = _post(authority, request, timeout_s)
    middle = asked + (now() - asked) / 2
    report, echoed = _examine(tsr, data, [authority.root_pem])
    problems = report.problems
    if not problems and echoed != nonce:
        problems = ("it answers another request",)
    if not problems and authority.policy not in ("", report.policy):
        problems = (f"it was made under the policy {report.policy}, and {authority.policy} is asked for",)
    if problems or report.time is None:
        raise SealError(
            f"The answer of the timestamp authority {authority.name} does not hold: {'; '.join(problems)}.", _RETRY
        )
    at, answers = report.time, ask(report.path, report.time)
    report = judged(report, (read_answer(answer, report.path) for answer in answers))
    if report.problems:
        text = f"The token of {authority.name} does not count: {report.problems[0]}."
        raise RevokedAuthority(text, _REVOKED, report.certificates_pem, answers)
    return Token(authority, tsr, report, at, at - middle, answers)


def request_all(
    authorities: Iterable[Authority], data: bytes, timeout_s: float = 8.0, *, now: Callable[[], datetime]
) -> list[Token | NoToken]:
    """One answer an authority, in their order, all asked at once; a token is waited for `timeout_s` at most, and
    `WITHIN_S` more for what is said of its certificates.
    """
    asked = tuple(authorities)
    # A little longer, so that a request's own, clearer sentence arrives first.
    answers = at_once([partial(_answer, one, data, timeout_s, now) for one in asked], timeout_s + WITHIN_S + 0.25)
    pairs = zip(asked, answers, strict=True)
    given = [answer or NoToken(authority, _too_late(authority, timeout_s), _RETRY) for authority, answer in pairs]
    for one in given:
        _LOG.info(
            "%s was asked for a timestamp: %s", one.authority.name, "it came" if isinstance(one, Token) else one.message
        )
    return given


def _answer(authority: Authority, data: bytes, timeout_s: float, now: Callable[[], datetime]) -> Token | NoToken:
    try:
        return request_token(authority, data, timeout_s=timeout_s, now=now)
    except RevokedAuthority as error:
        return NoToken(authority, error.message, error.hint, error.certificates_pem, error.answers)
    except SealError as error:
        return NoToken(authority, error.message, error.hint)


def verify_token(tsr: bytes, data: bytes, roots: Sequence[str]) -> TokenReport:
    """Whether this TimeStampResp (DER) stamps these bytes and leads to one of `roots` (PEM), as of the time it states.

    An authority's certificate that expired since changes nothing. Never raises, whatever the bytes are.
    """
    report, _ = _examine(tsr, data, roots)
    return report


def judged(report: TokenReport, said: Iterable[Said]) -> TokenReport:
    """A token's report with what was said of its certificates: a revoked one is a problem, else it may be `not_revoked`."""
    if report.problems or report.time is None:
        return report
    standing = judge(report.path, said, report.time)
    if standing.revoked:
        return replace(report, problems=(standing.revoked,))
    return replace(report, not_revoked=standing.known)


def _examine(tsr: bytes, data: bytes, roots: Sequence[str]) -> tuple[TokenReport, int | None]:
    """The report, and the nonce in the token."""
    try:
        message = cms.read(_granted(tsr))
        if message.content_type != _TST_INFO or message.content is None:
            raise MalformedDer("it is a signed message, but not a timestamp")
        info = _tst_info(message.content)
    except MalformedDer as error:
        return TokenReport(problems=(f"the token cannot be read: {error}",)), None
    problems = cms.check(message, message.content)
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


def _too_late(authority: Authority, timeout_s: float) -> str:
    return f"The timestamp authority {authority.name} did not answer within {timeout_s:g} seconds."


def _post(authority: Authority, request: bytes, timeout_s: float) -> bytes:
    from http.client import HTTPException
    from urllib.error import HTTPError

    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        return exchange(authority.url, request, headers, within_s=timeout_s, most_bytes=_MOST_BYTES)
    except TooLong as error:
        raise SealError(f"The answer of the timestamp authority {authority.name} is too long to be one.", _RETRY) from error
    except HTTPError as error:
        raise SealError(f"The timestamp authority {authority.name} refused: HTTP status {error.code}.", _RETRY) from error
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(getattr(error, "reason", error), TimeoutError):
            raise SealError(_too_late(authority, timeout_s), _RETRY) from error
        raise SealError(f"The timestamp authority {authority.name} is out of reach.", _RETRY) from error
