"""Asks timestamp authorities for tokens (RFC 3161) over HTTP. Only a SHA-256 digest leaves the machine."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from collector.errors import SealError
from collector.seal.ask.exchange import TooLong, at_once, exchange
from collector.seal.ask.revocation import WITHIN_S, ask
from collector.seal.revocation import RevocationInfo, read_answer
from collector.seal.timestamp import Authority, TokenReport, answered, query, with_revocation

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 256 * 1024
_TOLERATED = timedelta(seconds=60)
_REVOKED = "Look what the authority publishes about it, and name another one in config.toml: this one's tokens do not count."
_RETRY = "Nothing is lost: it stays marked as not yet timestamped; `tradewitness timestamp` asks again."


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
    answers: tuple[RevocationInfo, ...] = ()

    @property
    def offset_ms(self) -> int:
        """The offset in whole milliseconds."""
        return self.offset // timedelta(milliseconds=1)

    @property
    def clocks_disagree(self) -> bool:
        """Whether the machine's clock and the authority's are more than a minute apart."""
        return abs(self.offset) > _TOLERATED


@dataclass(frozen=True, slots=True)
class TokenFailure:
    """An authority that gave no token that holds: why, in one sentence, and what to do.

    Where the reason is that a certificate was revoked, the path of certificates, and what was said of them.
    """

    authority: Authority
    message: str
    hint: str
    certificates_pem: tuple[str, ...] = ()
    answers: tuple[RevocationInfo, ...] = ()


class RevokedAuthority(SealError):
    """A certificate above an authority's token was revoked; `certificates_pem` and `answers` show it."""

    def __init__(
        self, message: str, hint: str, certificates_pem: tuple[str, ...], answers: tuple[RevocationInfo, ...]
    ) -> None:
        super().__init__(message, hint)
        self.certificates_pem, self.answers = certificates_pem, answers


def request_token(authority: Authority, data: bytes, *, timeout_s: float, now: Callable[[], datetime]) -> Token:
    """A token for SHA-256 of these bytes, verified on arrival; `now` gives the machine's time, for the offset only.

    Then it is asked, for `WITHIN_S` at most, whether its certificates were revoked. SealError where the authority does not
    answer in time or its answer does not hold, RevokedAuthority where a certificate was revoked.
    """
    nonce = secrets.randbits(63) | 1
    asked = now()
    tsr = _post(authority, query(data, nonce), timeout_s)
    middle = asked + (now() - asked) / 2
    report = answered(tsr, data, nonce, authority)
    if report.problems or report.time is None:
        raise SealError(
            f"The answer of the timestamp authority {authority.name} does not hold: {'; '.join(report.problems)}.", _RETRY
        )
    at, answers = report.time, ask(report.path, report.time)
    report = with_revocation(report, (read_answer(answer, report.path) for answer in answers))
    if report.problems:
        text = f"The token of {authority.name} does not count: {report.problems[0]}."
        raise RevokedAuthority(text, _REVOKED, report.certificates_pem, answers)
    return Token(authority, tsr, report, at, at - middle, answers)


def request_all(
    authorities: Iterable[Authority], data: bytes, timeout_s: float = 8.0, *, now: Callable[[], datetime]
) -> list[Token | TokenFailure]:
    """One answer an authority, in their order, all asked at once; a token is waited for `timeout_s` at most, and
    `WITHIN_S` more for what is said of its certificates.
    """
    asked = tuple(authorities)
    # A little longer, so that a request's own, clearer sentence arrives first.
    answers = at_once([partial(_answer, one, data, timeout_s, now) for one in asked], timeout_s + WITHIN_S + 0.25)
    pairs = zip(asked, answers, strict=True)
    given = [answer or TokenFailure(authority, _too_late(authority, timeout_s), _RETRY) for authority, answer in pairs]
    for one in given:
        _LOG.info(
            "%s was asked for a timestamp: %s", one.authority.name, "it came" if isinstance(one, Token) else one.message
        )
    return given


def _answer(authority: Authority, data: bytes, timeout_s: float, now: Callable[[], datetime]) -> Token | TokenFailure:
    try:
        return request_token(authority, data, timeout_s=timeout_s, now=now)
    except RevokedAuthority as error:
        return TokenFailure(authority, error.message, error.hint, error.certificates_pem, error.answers)
    except SealError as error:
        return TokenFailure(authority, error.message, error.hint)


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
