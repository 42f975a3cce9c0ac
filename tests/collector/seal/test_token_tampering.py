"""A changed bit of a token is found; where a public authority leaves unsigned bytes, changing them changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from collector.seal.ask.authorities import KNOWN_ROOTS, PUBLIC
from collector.seal.timestamp import verify_token
from tests.collector.seal.conftest import DATA, openssl

KEPT = Path(__file__).parent / "data"
PUBLIC_TOKEN, STAMPED = (KEPT / "digicert-2024.tsr").read_bytes(), (KEPT / "digicert-2024.stamped").read_bytes()
ROOTS = [authority.root_pem for authority in PUBLIC]


def test_every_flipped_bit_of_a_token_is_found(tsr: bytes, root_pem: str) -> None:
    for position in range(len(tsr)):
        changed = bytearray(tsr)
        changed[position] ^= 1 << position % 8
        assert verify_token(bytes(changed), DATA, [root_pem]).problems, position


def test_every_cut_is_found(tsr: bytes, root_pem: str) -> None:
    assert all(verify_token(tsr[:position], DATA, [root_pem]).problems for position in range(len(tsr)))


@given(st.data())
def test_bytes_put_in_or_taken_out_are_found(tsr: bytes, root_pem: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(tsr)))
    end = data.draw(st.integers(start, min(len(tsr), start + 8)))
    instead = data.draw(st.binary(max_size=8).filter(lambda new: new != tsr[start:end]))
    changed = tsr[:start] + instead + tsr[end:]
    assert changed == tsr or verify_token(changed, DATA, [root_pem]).problems


def test_a_token_of_a_public_authority_holds_and_openssl_agrees() -> None:
    report = verify_token(PUBLIC_TOKEN, STAMPED, ROOTS)
    assert report.problems == ()
    assert report.authority.startswith("DigiCert")
    assert KNOWN_ROOTS[report.root_fingerprint] == "DigiCert Trusted Root G4"
    assert report.time is not None
    root = Path(verify_token.__code__.co_filename).parent / "roots" / "digicert-trusted-root-g4.pem"
    asked: list[str | Path] = ["-data", KEPT / "digicert-2024.stamped", "-in", KEPT / "digicert-2024.tsr", "-CAfile", root]
    assert openssl("ts", "-verify", *asked, "-attime", str(int(report.time.timestamp())))


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.proof)])
def test_only_a_cross_certificate_that_nothing_rests_on_can_change_and_then_nothing_changes(step: int) -> None:
    """The authority embeds its root cross-signed by an older one that is not there: its signature cannot be checked."""
    whole = verify_token(PUBLIC_TOKEN, STAMPED, ROOTS)
    path = [x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER) for pem in whole.certificates_pem]
    harmless = []
    for position in range(0, len(PUBLIC_TOKEN), step):
        changed = bytearray(PUBLIC_TOKEN)
        changed[position] ^= 1
        report = verify_token(bytes(changed), STAMPED, ROOTS)
        if not report.problems:
            assert report == whole
            harmless.append(position)
    covered = {
        at
        for der in path
        if der in PUBLIC_TOKEN
        for at in range(PUBLIC_TOKEN.index(der), PUBLIC_TOKEN.index(der) + len(der))
    }
    assert not covered & set(harmless)
    assert len(harmless) * step < len(PUBLIC_TOKEN) // 8
