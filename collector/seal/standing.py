"""Until when a timestamp proves its time, by itself and by those that stamped it anew before it ended. Pure.

A token proves its time for as long as the certificates above it are valid and their keys are held to be safe: after that,
whoever got hold of a key could have written it. A later token over a tree that holds the earlier one's digest carries it on
(RFC 4998, 5.2, timestamp renewal): made before the earlier one ended, it says that the earlier one was there by then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collector.seal.certificate import Certificate
from collector.seal.timestamp import TokenReport

WARNED = timedelta(days=90)  # before a proof ends
# NIST SP 800-57 part 1 rev. 5, tables 2 and 4: RSA of less than 3072 bits, and curves of less than 256, have less than 128
# bits of strength, and are to protect nothing beyond 2030.
_SHORT_KEYS_END = datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)
_LEAST_BITS = {"RSA": 3072, "EC": 256}


@dataclass(frozen=True, slots=True)
class TokenEnd:
    """Until when (UTC) a token proves its time by itself, and what ends then, in words ("the certificate “X” ends then")."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A token that holds, and where it stands in a ledger: its tree covers `covers` lines, and line `line` received it.

    So another token carries it on whose tree covers more lines than that.
    """

    name: str
    covers: int
    line: int
    report: TokenReport


@dataclass(frozen=True, slots=True)
class ProofTerm:
    """Until when (UTC) a token's time is proven, and what ends then.

    `through` names the tokens that carry it on, in order.
    """

    name: str
    authority: str
    time: datetime
    until: datetime
    why: str
    through: tuple[str, ...] = ()

    def stands(self, at: datetime) -> bool:
        """Whether it is proven at that instant."""
        return at <= self.until

    def ends_soon(self, at: datetime) -> bool:
        """Whether it ends so soon that whoever holds it should have it stamped anew."""
        return self.until - at < WARNED

    @property
    def ended(self) -> str:
        """What is said of it once nothing proves its time any more."""
        until = f"proves its time until {self.until:%Y-%m-%d} and no longer ({self.why})"
        return f"{until}: nothing that still counts stamped it anew before that"


def furthest(terms: Iterable[ProofTerm]) -> ProofTerm | None:
    """The one that reaches furthest."""
    return max(terms, key=lambda term: term.until, default=None)


def token_end(report: TokenReport) -> TokenEnd:
    """When the first of the certificates above a token that holds ends, or the first of their keys is too short."""
    return min((end for one in report.path for end in _ends(one)), key=lambda end: end.at)


def _ends(certificate: Certificate) -> Iterable[TokenEnd]:
    yield TokenEnd(certificate.parsed.not_valid_after_utc, f"the certificate “{certificate.name}” ends then")
    kind, bits = key_size(certificate)
    if bits < _LEAST_BITS.get(kind, 0):
        yield TokenEnd(_SHORT_KEYS_END, f"the key of “{certificate.name}”, {kind} of {bits} bits, counts as safe until then")


def key_size(certificate: Certificate) -> tuple[str, int]:
    """Kind and bits of a certificate's key; ("", 0) of a kind that is not known here."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    return ("EC", key.key_size) if isinstance(key, ec.EllipticCurvePublicKey) else ("", 0)


def proof_terms(tokens: Iterable[PlacedToken]) -> tuple[ProofTerm, ...]:
    """Until when each is proven, by name. A token is carried on by the one whose own proof reaches furthest."""
    waiting = sorted(tokens, key=lambda token: (token.covers, token.name))
    carriers = _Carriers()
    terms: dict[str, ProofTerm] = {}
    for token in sorted(waiting, key=lambda one: (one.line, one.name), reverse=True):
        # What covers a line was received after it, so its own term is known by now.
        while waiting and waiting[-1].covers > token.line:
            carriers.add(terms[waiting.pop().name])
        terms[token.name] = _term(token, carriers)
    return tuple(terms[name] for name in sorted(terms))


def _term(token: PlacedToken, carriers: _Carriers) -> ProofTerm:
    assert token.report.time is not None  # it holds
    own = token_end(token.report)
    alone = ProofTerm(token.name, token.report.authority, token.report.time, own.at, own.why)
    best = carriers.best(own.at)
    if best is None or best.until <= alone.until:
        return alone
    return ProofTerm(alone.name, alone.authority, alone.time, best.until, best.why, (best.name, *best.through))


class _Carriers:
    """Of terms only those that reach further than each one made before them, so both times rise."""

    def __init__(self) -> None:
        self.terms: list[ProofTerm] = []

    def add(self, term: ProofTerm) -> None:
        at = bisect_left(self.terms, term.time, key=lambda one: one.time)
        if at and self.terms[at - 1].until >= term.until:
            return
        end = at
        while end < len(self.terms) and self.terms[end].until <= term.until:
            end += 1
        if end == at and at < len(self.terms) and self.terms[at].time == term.time:
            return
        self.terms[at:end] = [term]

    def best(self, made_by: datetime) -> ProofTerm | None:
        """The one that reaches furthest of those made by then."""
        at = bisect_right(self.terms, made_by, key=lambda one: one.time)
        return self.terms[at - 1] if at else None
