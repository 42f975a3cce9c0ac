"""Until when a timestamp proves its time, by itself and by those that stamped it anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from collector.seal.certificate import Certificate
from collector.seal.standing import WARNED, PlacedToken, ProofTerm, furthest, key_size, proof_terms, token_end
from collector.seal.timestamp import TokenReport
from tests.collector.seal.conftest import NOW

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
FAR = datetime(2040, 1, 1, tzinfo=UTC)
SHORT_KEYS_END = datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def _certificate(key: Key, until: datetime = FAR) -> Certificate:
    number, at = x509.random_serial_number(), until - timedelta(days=4000)
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), number, at, until)
    signed = builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return Certificate.read_pem(signed.public_bytes(Encoding.PEM).decode())


def _report(*path: Certificate, at: datetime = NOW) -> TokenReport:
    return TokenReport(at, "An authority", certificates_pem=tuple(one.pem for one in path))


@pytest.fixture(scope="module")
def curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("key", "kind", "bits", "safe"),
    [
        (lambda: rsa.generate_private_key(65537, 2048), "RSA", 2048, False),
        (lambda: rsa.generate_private_key(65537, 3072), "RSA", 3072, True),
        (lambda: ec.generate_private_key(ec.SECP224R1()), "EC", 224, False),
        (lambda: ec.generate_private_key(ec.SECP256R1()), "EC", 256, True),
        (ed25519.Ed25519PrivateKey.generate, "", 0, True),
    ],
)
def test_a_token_ends_when_its_key_is_too_short_and_else_with_its_certificate(
    key: Callable[[], Key], kind: str, bits: int, safe: bool
) -> None:
    certificate = _certificate(key())
    assert key_size(certificate) == (kind, bits)
    end = token_end(_report(certificate))
    if safe:
        assert (end.at, end.why) == (FAR, "the certificate “An authority” ends then")
    else:
        why = f"the key of “An authority”, {kind} of {bits} bits, counts as safe until then"
        assert (end.at, end.why) == (SHORT_KEYS_END, why)


def test_the_first_certificate_to_end_ends_the_token(curve: ec.EllipticCurvePrivateKey) -> None:
    ends = [FAR, FAR - timedelta(days=3), FAR + timedelta(days=3)]
    assert token_end(_report(*(_certificate(curve, until) for until in ends))).at == ends[1]


def test_a_token_proves_its_time_to_the_second_of_its_end_and_ends_soon_before_that() -> None:
    term = ProofTerm("first", "An authority", NOW, FAR, "why")
    assert term.stands(FAR)
    assert not term.stands(FAR + timedelta(seconds=1))
    assert not term.ends_soon(FAR - WARNED)
    assert term.ends_soon(FAR - WARNED + timedelta(seconds=1))
    assert term.ended == (
        "proves its time until 2040-01-01 and no longer (why): nothing that still counts stamped it anew before that"
    )


def test_of_no_terms_none_reaches_furthest_and_of_some_the_latest() -> None:
    first, second = (ProofTerm("x", "y", NOW, FAR + timedelta(days=days), "") for days in (0, 1))
    assert furthest([]) is None
    assert furthest([second, first]) == second


def test_a_later_token_carries_on_what_its_tree_covers_while_that_still_stands(curve: ec.EllipticCurvePrivateKey) -> None:
    year = timedelta(days=365)
    short, longer, longest = (_certificate(curve, NOW + years * year) for years in (1, 3, 9))
    first = PlacedToken("first", 10, 11, _report(short))
    second = PlacedToken("second", 12, 13, _report(longer, at=NOW + year / 2))
    third = PlacedToken("third", 14, 15, _report(longest, at=NOW + 2 * year))
    terms = {term.name: term for term in proof_terms([third, first, second])}
    assert list(terms) == ["first", "second", "third"]
    assert [terms[name].until for name in terms] == [NOW + 9 * year] * 3
    assert terms["first"].through == ("second", "third")
    assert (terms["second"].through, terms["third"].through) == (("third",), ())


def test_a_token_that_came_too_late_or_covers_too_little_carries_nothing_on(curve: ec.EllipticCurvePrivateKey) -> None:
    year = timedelta(days=365)
    short, longer = (_certificate(curve, NOW + years * year) for years in (1, 9))
    first = PlacedToken("first", 10, 11, _report(short))
    for covers, at, carries in (
        (12, NOW + year, True),  # at the very end of the first
        (12, NOW + year + timedelta(seconds=1), False),
        (11, NOW + year / 2, False),  # its tree ends before the line that received the first
    ):
        term, _ = proof_terms([first, PlacedToken("second", covers, 20, _report(longer, at=at))])
        assert (term.until == NOW + 9 * year) == carries, covers
        assert term.through == (("second",) if carries else ())


def test_the_token_that_reaches_furthest_carries_on_whatever_else_was_made(curve: ec.EllipticCurvePrivateKey) -> None:
    year = timedelta(days=365)
    reach = {years: _certificate(curve, NOW + years * year) for years in (1, 2, 5, 9)}
    first = PlacedToken("first", 1, 2, _report(reach[1]))
    # Made in this order, at the same time or later; each covers the first and none of the others.
    others = [(5, 1), (9, 2), (9, 2), (2, 3)]
    later = [
        PlacedToken(f"later {n}", 3, 10 + n, _report(reach[years], at=NOW + timedelta(days=days)))
        for n, (years, days) in enumerate(others)
    ]
    term = next(term for term in proof_terms([first, *later]) if term.name == "first")
    assert term.until == NOW + 9 * year
    assert term.through in (("later 1",), ("later 2",))
