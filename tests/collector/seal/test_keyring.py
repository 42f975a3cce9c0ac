"""A signing key is made once, kept to its owner, and its loss or damage is said in one sentence."""

from __future__ import annotations

import stat
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from collector.errors import SealError
from collector.seal.keyring import CERTIFICATE_FILE, KEY_FILE, load_or_create, take_own
from collector.seal.keys import SigningKey
from collector.seal.signature import sign, verify_signature
from fixtures.signer import HOLDER, ISSUER, ROOT, Identity, identity
from tests.collector.seal.conftest import NOW


def test_a_key_made_once_is_the_same_when_loaded_again(tmp_path: Path) -> None:
    made = load_or_create(tmp_path / "keys", NOW)
    assert load_or_create(tmp_path / "keys", NOW + timedelta(days=400)) == made


def test_only_the_owner_may_read_the_key_even_after_somebody_opened_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    load_or_create(folder, NOW)
    folder.chmod(0o755)
    (folder / KEY_FILE).chmod(0o644)
    load_or_create(folder, NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_the_certificate_names_the_tool_and_lasts_twenty_years(key: SigningKey) -> None:
    certificate = x509.load_pem_x509_certificate(key.certificate_pem.encode())
    assert certificate.subject.rfc4514_string().startswith("CN=tradewitness ")
    assert certificate.not_valid_before_utc < NOW - timedelta(days=300), "a clock put right must not stop the sealing"
    assert certificate.not_valid_after_utc - NOW >= timedelta(days=20 * 365)


def test_nothing_secret_is_printed(key: SigningKey) -> None:
    assert repr(key) == f"SigningKey({key.fingerprint})"


def test_a_lost_key_is_named_and_not_silently_replaced(tmp_path: Path) -> None:
    load_or_create(tmp_path, NOW)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(SealError, match="gone") as caught:
        load_or_create(tmp_path, NOW)
    assert caught.value.hint
    assert not (tmp_path / KEY_FILE).exists()


def test_a_lost_certificate_is_written_again(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, NOW)
    (tmp_path / CERTIFICATE_FILE).unlink()
    load_or_create(tmp_path, NOW)
    assert (tmp_path / CERTIFICATE_FILE).read_text() == made.certificate_pem


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_named_and_its_content_is_not_quoted(tmp_path: Path, content: bytes) -> None:
    load_or_create(tmp_path, NOW)
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(SealError, match="damaged") as caught:
        load_or_create(tmp_path, NOW)
    assert caught.value.__cause__ is None


def test_a_key_cut_short_is_damaged_wherever_it_is_cut(tmp_path: Path) -> None:
    load_or_create(tmp_path, NOW)
    whole = (tmp_path / KEY_FILE).read_bytes()
    for length in range(0, len(whole) - 30, 40):
        (tmp_path / KEY_FILE).write_bytes(whole[:length])
        with pytest.raises(SealError, match="damaged"):
            load_or_create(tmp_path, NOW)


def test_another_keys_certificate_is_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    load_or_create(one, NOW)
    load_or_create(other, NOW)
    (one / CERTIFICATE_FILE).write_bytes((other / CERTIFICATE_FILE).read_bytes())
    with pytest.raises(SealError, match="does not hold the certificates"):
        load_or_create(one, NOW)
    marker = b"-----BEGIN CERTIFICATE-----"
    private = (one / KEY_FILE).read_bytes().partition(marker)[0]
    (one / KEY_FILE).write_bytes(private + (other / CERTIFICATE_FILE).read_bytes())
    with pytest.raises(SealError, match="belong together"):
        load_or_create(one, NOW)


def test_a_folder_that_cannot_be_one_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(SealError, match="cannot be read or kept"):
        load_or_create(tmp_path / "keys", NOW)
    (tmp_path / "other" / KEY_FILE).mkdir(parents=True)
    with pytest.raises(SealError, match="cannot be read or kept"):
        load_or_create(tmp_path / "other", NOW)


# -- the user's own key --------------------------------------------------------------------------------------------------


def own(kind: str, password: bytes, now: datetime = NOW, days: int = 30) -> bytes:
    """A .p12 file as another program exports it."""
    private: Any = ec.generate_private_key(ec.SECP384R1()) if kind == "ecdsa" else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "J. de Vries Import B.V.")])
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 77, now - timedelta(days=1), now + timedelta(days=days))
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    form = serialization.BestAvailableEncryption(password)
    return serialize_key_and_certificates(b"mine", private, certificate, None, form)


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_the_users_own_key_signs_and_openssl_agrees(tmp_path: Path, kind: str) -> None:
    made = load_or_create(tmp_path / "keys", NOW)
    key, notes = take_own(tmp_path / "keys", own(kind, b"secret"), "secret", NOW)
    assert notes == ()
    assert load_or_create(tmp_path / "keys", NOW) == key != made
    data = b"a checkpoint"
    signature = sign(data, key, NOW)
    report = verify_signature(data, signature)
    assert (report.problems, report.fingerprint) == ((), key.fingerprint)
    for name, content in (("data", data), ("p7s", signature), ("pem", key.certificate_pem.encode())):
        (tmp_path / name).write_bytes(content)
    command = "openssl cms -verify -binary -inform DER -in p7s -content data -CAfile pem -partial_chain -purpose any"
    at = f"-attime {int(NOW.timestamp())} -out /dev/null"
    assert subprocess.run(f"{command} {at}".split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_key_before_is_kept_beside_and_taking_the_same_again_changes_nothing(tmp_path: Path) -> None:
    folder, p12 = tmp_path / "keys", own("ecdsa", b"secret")
    before = load_or_create(folder, NOW)
    take_own(folder, p12, "secret", NOW)
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "signing-key.pem", "signing-certificate.pem", "signing-key-before-1.pem", "signing-certificate-before-1.pem",
    }  # fmt: skip
    assert before.certificate_pem in (folder / "signing-key-before-1.pem").read_text()
    assert stat.S_IMODE((folder / "signing-key.pem").stat().st_mode) == 0o600
    take_own(folder, p12, "secret", NOW)
    assert {path.name for path in folder.iterdir()} == names


@pytest.mark.parametrize(
    ("p12", "password"),
    [(own("ecdsa", b"secret"), "another"), (own("ecdsa", b"secret"), ""), (b"no p12", "secret")],
    ids=["wrong password", "no password", "no p12"],
)
def test_a_file_that_cannot_be_opened_leaves_the_key_as_it_was(tmp_path: Path, p12: bytes, password: str) -> None:
    before = load_or_create(tmp_path / "keys", NOW)
    with pytest.raises(SealError, match="password is another") as raised:
        take_own(tmp_path / "keys", p12, password, NOW)
    assert "secret" not in str(raised.value)
    assert load_or_create(tmp_path / "keys", NOW) == before


def test_a_certificate_that_has_expired_cannot_begin_to_sign(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="not valid now"):
        take_own(tmp_path / "keys", own("ecdsa", b"secret", NOW - timedelta(days=90)), "secret", NOW)


# -- the certificates above it -------------------------------------------------------------------------------------------

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def person() -> Identity:
    return identity(NOW)


def cms_verify(folder: Path, *trusted: x509.Certificate, more: str = "") -> bool:
    """Whether openssl accepts the signature in the folder, trusting nothing but these."""
    (folder / "trusted.pem").write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in trusted))
    command = f"openssl cms -verify -binary -inform DER -in p7s -content data -CAfile trusted.pem -purpose any {more}"
    at = f"-attime {int(NOW.timestamp())} -out /dev/null"
    return subprocess.run(f"{command} {at}".split(), cwd=folder, capture_output=True, check=False).returncode == 0


def test_whoever_trusts_the_root_alone_can_follow_the_signature_to_it(tmp_path: Path, person: Identity) -> None:
    """In whatever order the file has them; the certificates travel in the signature, and are covered by it."""
    root, issuer = person.chain[2], person.chain[1]
    key, notes = take_own(tmp_path / "keys", person.p12(b"secret", [root, issuer]), "secret", NOW)
    assert (key.names, notes) == ((HOLDER, ISSUER, ROOT), ())
    assert load_or_create(tmp_path / "keys", NOW) == key
    assert (tmp_path / "keys" / CERTIFICATE_FILE).read_text() == key.certificates_pem
    data, signature = b"a checkpoint", sign(b"a checkpoint", key, NOW)
    report = verify_signature(data, signature)
    assert (report.problems, report.names) == ((), (HOLDER, ISSUER, ROOT))
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "p7s").write_bytes(signature)
    assert cms_verify(tmp_path, root)
    assert cms_verify(tmp_path, root, more="-cades")
    assert cms_verify(tmp_path, issuer, more="-partial_chain")
    assert not cms_verify(tmp_path, identity(NOW).chain[2])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_flipped_bit_of_a_certificate_above_is_found(tmp_path: Path, person: Identity) -> None:
    key, _ = take_own(tmp_path / "keys", person.p12(b"secret"), "secret", NOW)
    signature = sign(b"a checkpoint", key, NOW)
    for position in range(len(signature)):
        changed = bytearray(signature)
        changed[position] ^= 1 << position % 8
        assert verify_signature(b"a checkpoint", bytes(changed)).problems, position


def test_certificates_that_are_not_above_the_keys_own_are_left_out_and_named(tmp_path: Path, person: Identity) -> None:
    stranger = identity(NOW).chain[1]
    key, notes = take_own(tmp_path / "keys", person.p12(b"secret", [stranger, *person.chain[1:]]), "secret", NOW)
    assert key.names == (HOLDER, ISSUER, ROOT)
    assert [(ISSUER in note, "left out" in note) for note in notes] == [(True, True)]


def test_a_file_without_the_certificates_above_is_taken_and_that_is_said(tmp_path: Path, person: Identity) -> None:
    """A root alone does not lead there either."""
    for number, above in enumerate(([], [person.chain[2]])):
        key, notes = take_own(tmp_path / str(number), person.p12(b"secret", above), "secret", NOW)
        assert key.issuers == ()
        assert f"(issued by CN={ISSUER}) are not here" in notes[-1]


@pytest.mark.parametrize(
    ("begins", "ends", "sentence"),
    [(-30 * DAY, -DAY, "expired on 2026-10-04"), (DAY, 30 * DAY, "is valid only from 2026-10-06")],
)
def test_a_certificate_above_that_is_not_valid_is_told_and_not_carried(
    tmp_path: Path, begins: timedelta, ends: timedelta, sentence: str
) -> None:
    """The key signs all the same; from when the certificate is valid, signatures carry it."""
    late = identity(NOW, issuer_from=begins, issuer_until=ends)
    key, notes = take_own(tmp_path / "keys", late.p12(b"secret"), "secret", NOW)
    assert [(f"“{ISSUER}”" in note, sentence in note) for note in notes] == [(True, True)]
    assert verify_signature(b"x", sign(b"x", key, NOW)).names == (HOLDER,)
    if begins == DAY:
        assert verify_signature(b"x", sign(b"x", key, NOW + 2 * DAY)).names == (HOLDER, ISSUER, ROOT)


def test_a_damaged_chain_in_the_folder_is_said(tmp_path: Path, person: Identity) -> None:
    take_own(tmp_path / "keys", person.p12(b"secret"), "secret", NOW)
    file = tmp_path / "keys" / KEY_FILE
    whole = file.read_text()
    issuer = person.chain[1].public_bytes(serialization.Encoding.PEM).decode()
    file.write_text(whole.replace(issuer, ""))
    with pytest.raises(SealError, match="do not lead from one to the next"):
        load_or_create(tmp_path / "keys", NOW)
