"""config.toml of an archive: who timestamps and how often pages are visited. Nothing secret stands in it."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from collector.canonical import as_json, made
from collector.errors import ArchiveError
from collector.ledger.disk import write_file
from collector.platform import settings_folder
from collector.seal.timestamp import Authority

DEFAULT_BUDGET = 120
DEFAULT_PAUSE_S = 2
DEFAULT_MINUTES = 180
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Nightly:
    budget: int = DEFAULT_BUDGET
    pause_seconds: int = DEFAULT_PAUSE_S
    minutes: int = DEFAULT_MINUTES


@dataclass(frozen=True, slots=True)
class _Authority:
    name: str
    url: str
    root: str
    policy: str = ""


@dataclass(frozen=True, slots=True)
class _ConfigFile:
    """What the file may hold; what else stands in it is let be."""

    authority: tuple[_Authority, ...] = ()
    nightly: _Nightly = _Nightly()


@dataclass(frozen=True, slots=True)
class Config:
    """`authorities` in the order asked; `budget` in pages an account a night, `pause_s` in seconds between two of them, and
    `minutes` after which a night begins no further visit (0: no end).
    """

    authorities: tuple[Authority, ...]
    budget: int = DEFAULT_BUDGET
    pause_s: int = DEFAULT_PAUSE_S
    minutes: int = DEFAULT_MINUTES


def user_folder() -> Path:
    """Where keys, browser profiles and notification addresses live: outside the archive, never exported."""
    given = os.environ.get("TRADEWITNESS_CONFIG", "")
    return Path(given) if given else Path(settings_folder())


def default_archive() -> Path:
    """TRADEWITNESS_ARCHIVE, or ~/tradewitness."""
    given = os.environ.get("TRADEWITNESS_ARCHIVE", "")
    return Path(given) if given else Path.home() / "tradewitness"


def read_config(path: Path) -> Config:
    """The settings in force. Raises ArchiveError when the file cannot be read as written."""
    try:
        if path.exists() and (not path.is_file() or path.stat().st_size > _MOST_BYTES):
            raise ValueError("no settings have that form or size")
        told = made(_ConfigFile, tomllib.loads(path.read_text("utf-8")))
        authorities = tuple(Authority(one.name, one.url, one.root, one.policy) for one in told.authority)
    except FileNotFoundError:
        return Config(())
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveError(
            f"{path} is not understood ({error}).",
            "Mend the line, or move the file away: `tradewitness init` writes a new one.",
        ) from error
    night = told.nightly
    return Config(authorities, night.budget, night.pause_seconds, night.minutes)


def write_config(path: Path, authorities: tuple[Authority, ...]) -> None:
    """A first config.toml with the authorities' addresses and roots written down."""
    named = [{"name": a.name, "url": a.url, "root": f"{a.root_pem.strip()}\n"} for a in authorities]
    parts = (
        "# tradewitness: what is watched and how. Nothing secret belongs here.\n",
        "# Pages an account a night, the rest in seconds between two pages of one account, and after how many minutes",
        "# a night begins no further visit (0: no end):",
        tomli_w.dumps({"nightly": as_json(_Nightly())}),
        "# Timestamp authorities (RFC 3161): they get a digest, never a page. `root` is what their tokens must chain to;",
        '# a line `policy = "1.2.3"` refuses tokens made under another policy.',
        tomli_w.dumps({"authority": named}, multiline_strings=True),
    )
    write_file(path, "\n".join(parts).encode())
