"""What many tests share: one timestamp authority on loopback for the whole run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fixtures.authority import Served, serve

# Speed is measured in bench/, never by a test: a slow disk or a busy machine must not fail a property. "steady" tries the
# same few examples each time, so that no change fails by luck; "random" (HYPOTHESIS_PROFILE, `make proof`) looks for new
# ones, and many more.
settings.register_profile("steady", deadline=None, max_examples=15, derandomize=True, database=None)
settings.register_profile("random", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


STORIES = tuple(f"{Path(__file__).parent / folder}{os.sep}" for folder in ("stories", "attacks"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays whole cases, archives or packs through is a story; stories come first, then what drives a browser."""
    for item in items:
        if str(item.path).startswith(STORIES):
            item.add_marker("stories")
    items.sort(key=lambda item: (item.get_closest_marker("stories") is None, item.get_closest_marker("browser") is None))


def pytest_collection_finish() -> None:
    """What is there by now, a million objects, stays to the end: no search for garbage need walk through it.

    Nor is one begun after every few hundred objects: a process of tests has memory to spare.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where commands that a test runs write their log, in this process and in others: never where the user's own is."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("log")
        patch.setenv("TRADEWITNESS_LOG", str(folder))
        yield folder


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real RFC 3161 authority on 127.0.0.1."""
    with serve(tmp_path_factory.mktemp("authority")) as served:
        yield served
