"""Whether an authority's certificates were revoked is asked when a token arrives, of those whom they name, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from collector.errors import SealError
from collector.seal.ask.request import request_token
from collector.seal.ask.revocation import ask
from collector.seal.certificate import Certificate
from collector.seal.der import MalformedDer
from collector.seal.revocation import RevocationInfo, RevocationStatement, condensed, read_answer, revocation_status
from collector.seal.timestamp import Authority
from fixtures.authority import FROM, UNTIL, Files, Served, prepare, serve
from fixtures.revocation import Fault, Revocation, Revoked
from tests.collector.seal.conftest import DATA, NOW, openssl

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Path3 = tuple[Certificate, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("revocable")


@pytest.fixture(scope="module")
def said_by(folder: Path) -> Iterator[tuple[Served, Revocation]]:
    """An authority whose certificates name itself, and what it says of them."""
    told = Revocation()
    with serve(folder, clock=lambda: NOW, revocation=told) as served:
        yield served, told


@pytest.fixture
def served(said_by: tuple[Served, Revocation]) -> Served:
    return said_by[0]


@pytest.fixture
def told(said_by: tuple[Served, Revocation]) -> Iterator[Revocation]:
    told = said_by[1]
    told.asked.clear()
    yield told
    told.revoked, told.fault = {}, ""


@pytest.fixture(scope="module")
def files(folder: Path, said_by: tuple[Served, Revocation]) -> Files:
    return prepare(folder)


@pytest.fixture(scope="module")
def path(files: Files) -> Path3:
    return tuple(_read(one) for one in (files.stamping, files.intermediate, files.root))


def _read(certificate: x509.Certificate) -> Certificate:
    return Certificate.read(certificate.public_bytes(Encoding.DER))


def test_one_answer_for_each_certificate_is_kept_as_it_came(served: Served, told: Revocation, path: Path3) -> None:
    """OCSP where the certificate names a responder, else the list; the root is nobody's to revoke."""
    token = request_token(Authority("test", served.url, served.root_pem), DATA, timeout_s=5, now=lambda: NOW)
    assert [answer.name for answer in token.answers] == ["1.ocsp", "2.crl"]
    assert sorted(told.asked) == ["/ocsp", "/root.crl"]
    assert token.report.not_revoked
    for answer in token.answers:
        said = read_answer(answer, path)
        assert (said.made, said.until, said.revoked) == (NOW - HOUR, NOW + 7 * DAY, None)


def test_certificates_that_name_nobody_cost_no_request_and_leave_revocation_unknown(authority: Path) -> None:
    with serve(authority, clock=lambda: NOW) as served:
        token = request_token(Authority("test", served.url, served.root_pem), DATA, timeout_s=5, now=lambda: NOW)
    assert (token.answers, token.report.not_revoked) == ((), False)


@pytest.mark.parametrize("fault", ["absent", "torn", "endless", "moved", "stale", "another", "stranger"])
def test_an_answer_that_does_not_hold_is_none_and_the_token_stands(served: Served, told: Revocation, fault: Fault) -> None:
    told.fault = fault
    token = request_token(Authority("test", served.url, served.root_pem), DATA, timeout_s=5, now=lambda: NOW)
    assert (token.answers, token.report.not_revoked, token.report.problems) == ((), False, ())
    assert not any("elsewhere" in path for path in told.asked)  # a redirection is not followed


def test_an_answer_that_does_not_come_is_waited_for_a_bounded_time(told: Revocation, path: Path3) -> None:
    told.fault, began = "silent", monotonic()
    assert ask(path, NOW, within_s=0.2) == ()
    assert monotonic() - began < 0.2 + 1


def test_where_the_responder_is_out_of_order_the_list_is_taken(told: Revocation, path: Path3) -> None:
    told.fault = "no ocsp"
    assert [answer.name for answer in ask(path, NOW)] == ["1.crl", "2.crl"]


REVOKED: dict[str, tuple[str, Revoked, bool]] = {
    "the day before, out of use": ("stamping", (NOW - DAY, "cessationOfOperation"), False),
    "at that very time": ("stamping", (NOW, "superseded"), False),
    "a day later, out of use": ("stamping", (NOW + DAY, "cessationOfOperation"), True),
    "a day later, replaced": ("stamping", (NOW + DAY, "superseded"), True),
    "a day later, for nothing special": ("intermediate", (NOW + DAY, "unspecified"), True),
    "a day later, its key lost": ("stamping", (NOW + DAY, "keyCompromise"), False),
    "a day later, no reason given": ("stamping", (NOW + DAY, ""), False),
    "a day later, the issuer's key lost": ("intermediate", (NOW + DAY, "cACompromise"), False),
    "the issuer the day before": ("intermediate", (NOW - DAY, "superseded"), False),
}


@pytest.mark.parametrize("name", REVOKED)
def test_a_revoked_certificates_token_counts_only_if_made_before_and_the_key_was_not_lost(
    served: Served, told: Revocation, name: str
) -> None:
    which, revoked, counts = REVOKED[name]
    told.revoked = {which: revoked}
    asked = Authority("test", served.url, served.root_pem)
    if counts:
        assert request_token(asked, DATA, timeout_s=5, now=lambda: NOW).report.not_revoked
        return
    with pytest.raises(SealError, match=r"does not count: the certificate “Test .*” was revoked on 2026-10-0") as caught:
        request_token(asked, DATA, timeout_s=5, now=lambda: NOW)
    assert revoked[1] in caught.value.message


@pytest.mark.parametrize(
    ("made", "until", "known"),
    [
        (-HOUR, DAY, True),  # the newest at that time
        (DAY, 2 * DAY, True),  # made later, which says more
        (-2 * DAY, -DAY, False),  # a newer one was to be had
        (-HOUR, -timedelta(seconds=60), True),
        (-HOUR, -timedelta(seconds=61), False),
    ],
)
def test_an_answer_vouches_from_the_time_for_which_it_was_the_newest(
    path: Path3, made: timedelta, until: timedelta, known: bool
) -> None:
    said = [RevocationStatement(certificate.fingerprint, NOW + made, NOW + until) for certificate in path]
    assert revocation_status(path, said, NOW).known is known
    assert not revocation_status(path, said[1:], NOW).known  # every certificate must be vouched for


def _crl(files: Files, **extensions: x509.ExtensionType) -> bytes:
    builder = x509.CertificateRevocationListBuilder(files.intermediate.subject, NOW - HOUR, NOW + DAY)
    for name, value in extensions.items():
        builder = builder.add_extension(value, critical=name == "critical")
    return builder.sign(files.issuer_keys[1], hashes.SHA256()).public_bytes(Encoding.DER)


def _scope(url: str = "", *, users: bool = False, authorities: bool = False) -> x509.IssuingDistributionPoint:
    names = [x509.UniformResourceIdentifier(url)] if url else None
    return x509.IssuingDistributionPoint(names, None, users, authorities, None, False, False)


def test_an_answer_made_after_the_certificate_expired_vouches_for_nothing(files: Files, path: Path3) -> None:
    """Expired certificates may be left out of lists; a revocation that is still told counts."""
    late = UNTIL + DAY
    good = read_answer(RevocationInfo("1.crl", Revocation().answer(files, "intermediate.crl", late)), path)
    above = RevocationStatement(path[1].fingerprint, NOW, NOW + DAY)
    assert not revocation_status(path, [good, above], NOW).known
    revoked = Revocation(revoked={"stamping": (NOW - DAY, "superseded")}).answer(files, "ocsp", late)
    assert revocation_status(path, [read_answer(RevocationInfo("1.ocsp", revoked), path)], NOW).revoked


def test_many_answers_say_together_what_each_said(path: Path3) -> None:
    """Of thousands of tokens by one authority, one answer is enough; a revocation is never lost."""
    said = [RevocationStatement(one.fingerprint, NOW + n * DAY, NOW + (n + 1) * DAY) for one in path[:2] for n in range(50)]
    assert {one.until for one in condensed(said)} == {NOW + 50 * DAY}
    assert len(condensed(said)) == 2
    said.insert(3, RevocationStatement(path[0].fingerprint, NOW, NOW + DAY, NOW - DAY, "keyCompromise"))
    for at in (NOW, NOW + 49 * DAY, NOW + 60 * DAY):
        assert revocation_status(path, condensed(said), at) == revocation_status(path, said, at)


def test_a_list_of_a_version_that_nobody_knows_is_none(files: Files, path: Path3) -> None:
    listed = Revocation().answer(files, "intermediate.crl", NOW)
    assert read_answer(RevocationInfo("1.crl", listed), path)
    with pytest.raises(MalformedDer):
        read_answer(RevocationInfo("1.crl", listed.replace(b"\x02\x01\x01", b"\x02\x01\x66", 1)), path)


def test_a_list_that_covers_other_certificates_says_nothing_of_this_one(files: Files, served: Served, path: Path3) -> None:
    own = _scope(f"{served.url}intermediate.crl", users=True)
    assert not read_answer(RevocationInfo("1.crl", _crl(files, critical=own)), path).revoked
    for other in (_scope(f"{served.url}more.crl"), _scope(authorities=True), x509.DeltaCRLIndicator(3)):
        with pytest.raises(MalformedDer, match="other certificates"):
            read_answer(RevocationInfo("1.crl", _crl(files, critical=other)), path)


def test_a_key_that_was_lost_before_that_was_noticed_counts_from_then(files: Files, path: Path3) -> None:
    entry = (
        x509.RevokedCertificateBuilder(files.stamping.serial_number, NOW + DAY)
        .add_extension(x509.InvalidityDate((NOW - DAY).replace(tzinfo=None)), critical=False)
        .add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
    )
    builder = x509.CertificateRevocationListBuilder(files.intermediate.subject, NOW - HOUR, NOW + DAY)
    listed = builder.add_revoked_certificate(entry.build()).sign(files.issuer_keys[1], hashes.SHA256())
    said = read_answer(RevocationInfo("1.crl", listed.public_bytes(Encoding.DER)), path)
    assert (said.revoked, said.reason) == (NOW - DAY, "superseded")


def _delegate(
    files: Files, purpose: x509.ObjectIdentifier, issuer_key: int
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Responder")])
    builder = x509.CertificateBuilder(files.intermediate.subject, name, key.public_key(), 9, FROM, UNTIL)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(files.issuer_keys[issuer_key], hashes.SHA256()), key


@pytest.mark.parametrize(
    ("purpose", "issuer_key", "holds"),
    [
        (ExtendedKeyUsageOID.OCSP_SIGNING, 1, True),
        (ExtendedKeyUsageOID.OCSP_SIGNING, 0, False),  # made by somebody else
        (ExtendedKeyUsageOID.TIME_STAMPING, 1, False),  # made for something else
    ],
)
def test_a_responder_charged_by_the_issuer_may_answer_and_nobody_else(
    files: Files, path: Path3, purpose: x509.ObjectIdentifier, issuer_key: int, holds: bool
) -> None:
    certificate, key = _delegate(files, purpose, issuer_key)
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            files.stamping, files.intermediate, hashes.SHA256(), ocsp.OCSPCertStatus.GOOD, NOW - HOUR, None, None, None
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
        .certificates([certificate])
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    if holds:
        said = read_answer(RevocationInfo("1.ocsp", response), path)
        assert said.until == said.made == NOW - HOUR  # no end is given: newer ones can be had at any time
    else:
        with pytest.raises(MalformedDer, match="not signed by the certificate's issuer"):
            read_answer(RevocationInfo("1.ocsp", response), path)


@pytest.mark.parametrize("name", ["1.ocsp", "1.crl", "2.crl"])
def test_a_flipped_bit_is_found_or_changes_nothing_that_is_said(files: Files, path: Path3, name: str) -> None:
    what = {"1.ocsp": "ocsp", "1.crl": "intermediate.crl", "2.crl": "root.crl"}[name]
    data = Revocation().answer(files, what, NOW)
    right = read_answer(RevocationInfo(name, data), path)
    for position in range(0, len(data), 3):
        spoiled = bytearray(data)
        spoiled[position] ^= 1
        try:
            assert read_answer(RevocationInfo(name, bytes(spoiled)), path) == right, position
        except MalformedDer:
            continue


@pytest.mark.parametrize("name", ["3.crl", "0.crl", "1.txt", "../1.crl", "1.ocsp"])
def test_an_answer_about_no_certificate_of_the_path_is_refused(files: Files, path: Path3, name: str) -> None:
    with pytest.raises(MalformedDer):
        read_answer(RevocationInfo(name, Revocation().answer(files, "root.crl", NOW)), path)


def test_openssl_reads_the_answers_as_we_do(files: Files, tmp_path: Path) -> None:
    for number, certificate in enumerate((files.stamping, files.intermediate, files.root), 1):
        (tmp_path / f"{number}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    at = str(int(NOW.timestamp()))
    for revoked, agrees in (({}, True), ({"stamping": (NOW - DAY, "superseded")}, False)):
        told = Revocation(revoked=revoked)
        (tmp_path / "1.crl").write_bytes(told.answer(files, "intermediate.crl", NOW))
        (tmp_path / "2.crl").write_bytes(told.answer(files, "root.crl", NOW))
        trust = ("-CAfile", tmp_path / "3.pem", "-untrusted", tmp_path / "2.pem", "-attime", at)
        lists = ("-CRLfile", tmp_path / "1.crl", "-CRLfile", tmp_path / "2.crl", "-crl_check_all")
        assert openssl("verify", *trust, *lists, tmp_path / "1.pem") is agrees
