"""A token is believed only for its own bytes, from an authority that leads to a trusted root, as of its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.seal.ask.authorities import PUBLIC
from collector.seal.certificate import Certificate
from collector.seal.timestamp import TokenReport, verify_token
from fixtures.authority import POLICY, prepare
from tests.collector.seal.conftest import DATA, NOW, openssl, stamp


def test_the_report_says_when_by_whom_and_by_which_root(tsr: bytes, authority: Path, root_pem: str) -> None:
    report = verify_token(tsr, DATA, [root_pem])
    files = prepare(authority)
    path = [files.stamping, files.intermediate, files.root]
    assert (report.problems, report.time, report.policy) == ((), NOW, POLICY)
    assert report.authority == "Test Timestamp Authority"
    signed = tsp.TimeStampResp.load(tsr)["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert report.serial == signed["serial_number"].native
    assert report.root_fingerprint == Certificate.read_pem(root_pem).fingerprint
    assert list(report.certificates_pem) == [certificate.public_bytes(Encoding.PEM).decode() for certificate in path]


def test_openssl_agrees_and_so_it_does_not_for_other_bytes(tmp_path: Path, tsr: bytes, authority: Path) -> None:
    (tmp_path / "x").write_bytes(DATA)
    (tmp_path / "x.tsr").write_bytes(tsr)
    checked: list[str | Path] = ["-data", tmp_path / "x", "-in", tmp_path / "x.tsr", "-CAfile", authority / "root.pem"]
    at = ["-attime", str(int(NOW.timestamp()))]
    assert openssl("ts", "-verify", *checked, *at)
    (tmp_path / "x").write_bytes(DATA[1:])
    assert not openssl("ts", "-verify", *checked, *at)


def test_a_token_outlives_its_authoritys_certificate(tmp_path: Path) -> None:
    """Verified as of the time it states; openssl needs to be told that time."""
    until = datetime(2021, 1, 1, tzinfo=UTC)
    files = prepare(tmp_path, valid_until=until)
    at = until - timedelta(days=30)
    token = stamp(files, at)
    assert verify_token(token, DATA, [(tmp_path / "root.pem").read_text()]).problems == ()
    (tmp_path / "x").write_bytes(DATA)
    (tmp_path / "x.tsr").write_bytes(token)
    checked: list[str | Path] = ["-data", tmp_path / "x", "-in", tmp_path / "x.tsr", "-CAfile", tmp_path / "root.pem"]
    assert not openssl("ts", "-verify", *checked)
    assert openssl("ts", "-verify", *checked, "-attime", str(int(at.timestamp())))


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_token_from_outside_its_certificates_time_does_not_hold(tmp_path: Path, seconds: int) -> None:
    first, last = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    files = prepare(tmp_path, valid_from=first, valid_until=last)
    root = [(tmp_path / "root.pem").read_text()]
    edge = first if seconds < 0 else last
    assert verify_token(stamp(files, edge), DATA, root).problems == ()
    (problem,) = verify_token(stamp(files, edge + timedelta(seconds=seconds)), DATA, root).problems
    assert "at that time" in problem


def test_other_bytes_are_not_stamped(tsr: bytes, root_pem: str) -> None:
    assert verify_token(tsr, DATA + b"\n", [root_pem]).problems == ("it stamps other bytes",)


def test_a_spoilt_signature_is_found(authority: Path, root_pem: str) -> None:
    token = stamp(prepare(authority), fault="signature")
    assert verify_token(token, DATA, [root_pem]).problems == ("the signature does not match what was signed",)


def test_a_refusal_is_not_a_token(authority: Path, root_pem: str) -> None:
    (problem,) = verify_token(stamp(prepare(authority), fault="refuses"), DATA, [root_pem]).problems
    assert "did not grant" in problem


def test_another_root_of_the_same_name_is_not_the_one(tsr: bytes, tmp_path: Path, root_pem: str) -> None:
    prepare(tmp_path)
    other = (tmp_path / "root.pem").read_text()
    assert verify_token(tsr, DATA, [other]).problems
    assert verify_token(tsr, DATA, [other, root_pem]).problems == ()


@pytest.mark.parametrize(
    "roots", [[], ["no certificate"], ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]]
)
def test_without_a_root_nothing_is_believed(tsr: bytes, roots: list[str]) -> None:
    report = verify_token(tsr, DATA, roots)
    assert report.problems
    assert report.root_fingerprint == ""


@pytest.mark.parametrize("usages", [(), ("code_signing",), ("time_stamping", "code_signing")])
def test_a_certificate_not_for_time_stamping_alone_may_not_stamp(tmp_path: Path, usages: tuple[str, ...]) -> None:
    token = stamp(prepare(tmp_path, usages=usages))
    assert verify_token(token, DATA, [(tmp_path / "root.pem").read_text()]).problems


def test_certificates_out_of_order_are_read(tsr: bytes, authority: Path, root_pem: str) -> None:
    first, second = sorted(
        c.public_bytes(Encoding.DER) for c in (prepare(authority).stamping, prepare(authority).intermediate)
    )
    assert first + second in tsr
    turned = tsr.replace(first + second, second + first)
    assert verify_token(turned, DATA, [root_pem]).problems == ()


def _with(tsr: bytes, *, more: list[x509.Certificate] | None = None, only: x509.Certificate | None = None) -> bytes:
    response = tsp.TimeStampResp.load(tsr)
    kept = list(response["time_stamp_token"]["content"]["certificates"]) if only is None else [_choice(only)]
    response["time_stamp_token"]["content"]["certificates"] = [*kept, *(_choice(extra) for extra in more or ())]
    return bytes(response.dump(force=True))


def _choice(certificate: x509.Certificate) -> cms.CertificateChoices:
    return cms.CertificateChoices.load(certificate.public_bytes(Encoding.DER))


def test_the_root_may_stand_in_the_token(tsr: bytes, authority: Path, root_pem: str) -> None:
    assert verify_token(_with(tsr, more=[prepare(authority).root]), DATA, [root_pem]).problems == ()


def test_a_stranger_among_the_certificates_is_found(tsr: bytes, tmp_path: Path, root_pem: str) -> None:
    (problem,) = verify_token(_with(tsr, more=[prepare(tmp_path).root]), DATA, [root_pem]).problems
    assert "no place" in problem


def test_a_missing_intermediate_or_signer_is_found(tsr: bytes, authority: Path, root_pem: str) -> None:
    files = prepare(authority)
    for only in (files.stamping, files.intermediate):
        assert verify_token(_with(tsr, only=only), DATA, [root_pem]).problems


def test_unsigned_attributes_and_trailing_bytes_are_refused(tsr: bytes, root_pem: str) -> None:
    response = tsp.TimeStampResp.load(tsr)
    unsigned = cms.CMSAttributes([{"type": "1.2.3.4", "values": [core.OctetString(b"x")]}])
    response["time_stamp_token"]["content"]["signer_infos"][0]["unsigned_attrs"] = unsigned
    for changed in (response.dump(force=True), tsr + b"\0", tsr + tsr):
        assert "cannot be read" in verify_token(changed, DATA, [root_pem]).problems[0]


def test_a_signed_message_of_another_kind_is_no_timestamp(authority: Path, root_pem: str) -> None:
    (problem,) = verify_token(stamp(prepare(authority), fault="kind"), DATA, [root_pem]).problems
    assert problem == "the token cannot be read: it is a signed message, but not a timestamp"


def test_only_an_extension_that_must_be_understood_is_refused(authority: Path, root_pem: str) -> None:
    files = prepare(authority)
    assert verify_token(stamp(files, fault="uncritical"), DATA, [root_pem]).problems == ()
    (problem,) = verify_token(stamp(files, fault="critical"), DATA, [root_pem]).problems
    assert "must be understood" in problem


@settings(deadline=None)  # the first one imports cryptography
@given(st.binary(max_size=300))
def test_garbage_gives_a_problem_and_never_raises(garbage: bytes) -> None:
    report = verify_token(garbage, DATA, [PUBLIC[0].root_pem])
    assert report == TokenReport(problems=report.problems)
    assert report.problems
