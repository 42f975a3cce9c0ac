"""A signing key is made once, kept to its owner, and its loss or damage is said in one sentence."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from collector.errors import SealError
from collector.seal.keys import CERTIFICATE_FILE, KEY_FILE, SigningKey, load_or_create
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
    with pytest.raises(SealError, match="not the certificate"):
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
