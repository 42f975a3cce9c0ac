"""The authorities asked by default, and that importing the seal costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from collector.seal.ask import authorities
from collector.seal.ask.authorities import KNOWN_ROOTS, PUBLIC
from collector.seal.certificate import Certificate


def test_every_default_authority_leads_to_a_publicly_known_root_and_all_such_roots_are_used() -> None:
    assert {Certificate.read_pem(authority.root_pem).fingerprint for authority in PUBLIC} == set(KNOWN_ROOTS)


def test_the_roots_are_those_that_mozilla_publishes() -> None:
    published = Path(pytest.importorskip("certifi").where()).read_text()
    blocks = {"".join(block.split("-----END")[0].split()) for block in published.split("-----BEGIN CERTIFICATE-----")[1:]}
    for authority in PUBLIC:
        body = authority.root_pem.split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0]
        assert "".join(body.split()) in blocks


@pytest.mark.parametrize("module", ["ask.authorities", "ask.request", "keyring", "keys", "signature", "timestamp"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    heavy = {"cryptography", "asn1crypto", "pyhanko", "ssl", "http"}
    code = f"import sys, collector.seal.{module}; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_checkout())
    assert run.stdout.strip() == "set()"


def _checkout() -> Path:
    return Path(authorities.__file__).parents[3]
