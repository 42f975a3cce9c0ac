"""A signature is what openssl also calls one, and every changed byte of it or of what it signs is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import SealError
from collector.seal.keyring import load_or_create
from collector.seal.keys import SigningKey
from collector.seal.signature import SignatureReport, sign, verify_signature
from tests.collector.seal.conftest import DATA, NOW, openssl


@pytest.fixture(scope="module")
def p7s(key: SigningKey) -> bytes:
    return sign(DATA, key, NOW)


@pytest.mark.parametrize(
    "more", [["-purpose", "any"], [], ["-purpose", "any", "-x509_strict"], ["-cades", "-purpose", "any"]]
)
def test_openssl_accepts_it_with_the_signers_certificate_alone(
    tmp_path: Path, key: SigningKey, p7s: bytes, more: list[str]
) -> None:
    (tmp_path / "x").write_bytes(DATA)
    (tmp_path / "x.p7s").write_bytes(p7s)
    (tmp_path / "signer.pem").write_text(key.certificate_pem)
    at = ["-attime", str(int(NOW.timestamp()) + 86_400)]
    verify: list[str | Path] = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        tmp_path / "x.p7s",
        "-CAfile",
        tmp_path / "signer.pem",
        *at,
    ]
    assert openssl(*verify, "-content", tmp_path / "x", *more, "-out", "/dev/null")
    (tmp_path / "x").write_bytes(DATA + b" ")
    assert not openssl(*verify, "-content", tmp_path / "x", *more, "-out", "/dev/null")


def test_the_report_says_who_signed_and_when(key: SigningKey, p7s: bytes) -> None:
    assert verify_signature(DATA, p7s) == SignatureReport(key.fingerprint, key.certificate_pem, NOW, ())


def test_a_signing_time_far_ahead_is_kept(key: SigningKey) -> None:
    late = NOW + timedelta(days=19 * 365)
    assert verify_signature(DATA, sign(DATA, key, late + timedelta(milliseconds=250))).signed_at == late


def test_after_2049_the_time_is_written_with_four_digits_of_year(tmp_path: Path) -> None:
    late = NOW.replace(year=2055)
    key = load_or_create(tmp_path, late)
    report = verify_signature(DATA, sign(DATA, key, late))
    assert (report.signed_at, report.problems) == (late, ())


def test_a_key_is_not_used_outside_its_certificates_time(key: SigningKey) -> None:
    for at in (NOW - timedelta(days=366), NOW + timedelta(days=21 * 365)):
        with pytest.raises(SealError, match="not valid"):
            sign(DATA, key, at)


@settings(deadline=None)
@given(other=st.binary(max_size=60))
def test_other_bytes_are_not_what_was_signed(p7s: bytes, other: bytes) -> None:
    assert verify_signature(other, p7s).problems


@pytest.mark.parametrize("bits", [1, pytest.param(8, marks=pytest.mark.proof)])
def test_every_flipped_bit_is_found(p7s: bytes, bits: int) -> None:
    """One of each byte, another from byte to byte, and all eight in the long proofs."""
    for position in range(len(p7s)):
        for bit in ((position + turn) % 8 for turn in range(bits)):
            changed = bytearray(p7s)
            changed[position] ^= 1 << bit
            assert verify_signature(DATA, bytes(changed)).problems, (position, bit)


def test_every_cut_and_every_added_byte_is_found(p7s: bytes) -> None:
    for position in range(len(p7s)):
        assert verify_signature(DATA, p7s[:position]).problems
        assert verify_signature(DATA, p7s[:position] + b"\0" + p7s[position:]).problems


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_gives_a_problem_and_never_raises(garbage: bytes) -> None:
    report = verify_signature(DATA, garbage)
    assert report.problems
    assert (report.fingerprint, report.signed_at) == ("", None)


def test_another_certificate_for_the_same_key_is_not_the_one_that_signed(key: SigningKey, tmp_path: Path) -> None:
    other = load_or_create(tmp_path, NOW)
    forged = sign(DATA, replace(other, certificate=key.certificate), NOW)
    assert verify_signature(DATA, forged).problems == (
        "the signature is not whole: the signature does not match what was signed",
    )


def test_an_unsigned_attribute_is_refused(p7s: bytes) -> None:
    message = cms.ContentInfo.load(p7s)
    message["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
        [{"type": "1.2.3.4", "values": [core.OctetString(b"x")]}]
    )
    assert verify_signature(DATA, message.dump(force=True)).problems


def test_an_added_certificate_has_no_place(p7s: bytes, tmp_path: Path) -> None:
    message = cms.ContentInfo.load(p7s)
    stranger = load_or_create(tmp_path, NOW)
    both = [*message["content"]["certificates"], cms.CertificateChoices.load(stranger.certificate.der)]
    message["content"]["certificates"] = both
    problems = verify_signature(DATA, message.dump(force=True)).problems
    assert problems == ("the signature carries a certificate that has no place in it",)


def test_attributes_must_say_what_kind_of_content_was_signed(p7s: bytes) -> None:
    message = cms.ContentInfo.load(p7s)
    message["content"]["encap_content_info"]["content"] = DATA
    assert verify_signature(DATA, message.dump(force=True)).problems
