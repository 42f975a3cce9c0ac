"""A marketplace over https: under an authority in the browser's own store, and under one that the browser does not know."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509

from collector.alias import Alias
from collector.browser.launch import launch
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Snapshot, Target
from collector.sites.alibaba import Alibaba
from fixtures.certificates import AUTHORITY, Keys, issue, trust
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve
from tests.collector.capture.fake import MemoryStore

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere browsers ask the system's own store"),
    pytest.mark.skipif(not shutil.which("certutil"), reason="certutil (libnss3-tools) is needed to fill a browser's store"),
]


def look(home: Path, keys: Keys, kind: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Snapshot, MemoryStore]:
    """One visit over https by a browser whose store lies under `home`."""
    monkeypatch.setenv("HOME", str(home))
    store = MemoryStore()

    async def go(port: int) -> Snapshot:
        url = addresses("led-fans", f"https://{DOMAIN}:{port}")[kind]
        async with launch() as browser, browser.tab() as tab:
            return await visit(
                Target(kind, "c", kind, url),
                tab=tab,
                site=Alibaba(),
                setup=VisitSetup(store, SystemClock(), Alias(f"{DOMAIN}:{port}", "alibaba.com"), lambda text: None),
            )

    with serve(Marketplace("led-fans", date(2026, 7, 1), 85), tls=keys) as port:
        return asyncio.run(go(port)), store


def test_the_certificate_of_each_origin_is_kept_with_its_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = issue(tmp_path, DOMAIN)
    trust(tmp_path / "home", keys.authority)
    snapshot, store = look(tmp_path / "home", keys, "thread", monkeypatch)
    assert (snapshot.outcome, snapshot.why) == ("complete", "")
    record = json.loads(store.get(next(a.digest for a in snapshot.artefacts if a.role == "network")))
    shown = {c["origin"].partition("//")[2].partition(":")[0]: c for c in record["certificates"]}
    assert shown.keys() >= {f"message.{DOMAIN}", f"sc04.alicdn.{DOMAIN}"}
    own = shown[f"message.{DOMAIN}"]
    leaf = x509.load_pem_x509_certificate(keys.certificate.read_bytes())
    assert (own["issuer"], own["subject"]) == (AUTHORITY, DOMAIN)
    assert own["protocol"] == "TLS 1.3"
    assert f"*.{DOMAIN}" in own["names"]
    assert datetime.fromisoformat(own["valid_to"]) == leaf.not_valid_after_utc
    assert x509.load_der_x509_certificate(base64.b64decode(own["chain"][0])) == leaf
    assert record["sockets"][0]["url"].startswith("wss://")


@pytest.mark.proof
@pytest.mark.parametrize("trusted", [False, True], ids=["unknown authority", "expired"])
def test_a_certificate_that_is_not_valid_is_never_accepted(
    trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = issue(tmp_path, DOMAIN, *([datetime(2026, 2, 1, tzinfo=UTC)] if trusted else []))
    (tmp_path / "home").mkdir()
    if trusted:
        trust(tmp_path / "home", keys.authority)
    snapshot, _ = look(tmp_path / "home", keys, "order", monkeypatch)
    assert (snapshot.outcome, snapshot.why) == ("failed", "The server's certificate is not valid.")
    assert snapshot.artefacts == ()
