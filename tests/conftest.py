"""What many tests share: one timestamp authority on loopback for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from fixtures.authority import Served, serve

# Speed is measured in bench/, never by a test: a slow disk or a busy machine must not fail a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real RFC 3161 authority on 127.0.0.1."""
    with serve(tmp_path_factory.mktemp("authority")) as served:
        yield served
