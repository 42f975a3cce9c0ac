"""One sealed case and one pack of it for all tests of packs: they are read, never changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from collector.seal.keyring import load_or_create
from fixtures.authority import prepare
from rules.pack.plan.plan import PackPlan
from tests.rules.pack.synthetic import AS_OF, Objects, Sealed, led_fans, seal


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """The LED fans, sealed and stamped."""
    folder = tmp_path_factory.mktemp("sealed")
    key = load_or_create(folder / "keys", AS_OF - timedelta(days=90))
    authority = prepare(folder / "authority")
    objects = Objects()
    root_pem = (folder / "authority" / "root.pem").read_text()
    return seal(led_fans(objects), objects, folder / "ledger", key, authority, root_pem)


@pytest.fixture(scope="session")
def made(sealed: Sealed) -> PackPlan:
    return sealed.plan()


@pytest.fixture(scope="session")
def pack(sealed: Sealed, made: PackPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as a zip."""
    return sealed.pack(tmp_path_factory.mktemp("pack") / f"{made.name}.zip", made).path
