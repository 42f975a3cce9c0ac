"""One key and one authority for all tests of sealing: RSA keys take time to make."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.seal import der
from collector.seal.keyring import load_or_create
from collector.seal.keys import SigningKey
from fixtures.authority import Fault, Files, prepare, respond

NOW = datetime(2026, 10, 5, 9, 30, 15, tzinfo=UTC)
DATA = b"500 shirts, \x00\r\n60 % misprinted"


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return load_or_create(tmp_path_factory.mktemp("key") / "keys", NOW)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def root_pem(authority: Path) -> str:
    return (authority / "root.pem").read_text()


@pytest.fixture(scope="session")
def tsr(authority: Path) -> bytes:
    return stamp(prepare(authority))


def stamp(files: Files, at: datetime = NOW, fault: Fault = "") -> bytes:
    """A TimeStampResp for DATA, asked as openssl asks: with the NULL that RFC 5754 leaves out."""
    algorithm = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.tlv(der.NULL))
    imprint = der.sequence(algorithm, der.tlv(der.OCTET_STRING, hashlib.sha256(DATA).digest()))
    return respond(files, der.sequence(der.integer(1), imprint, der.integer(5), der.tlv(der.BOOLEAN, b"\xff")), at, fault)


def openssl(*arguments: str | Path) -> bool:
    """Whether openssl, which knows nothing of us, agrees."""
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False).returncode == 0
