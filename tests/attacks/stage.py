"""What is attacked: an archive of two days, a pack of each, what a witness was given, and the same story by another key."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from collector.seal.keyring import load_or_create
from collector.seal.keys import SigningKey
from fixtures.authority import Files, Served, prepare
from tests.paper_desk import PaperDesk
from tests.rules.pack.forging import base_of, files_of


@dataclass(frozen=True)
class Stage:
    """The untouched things; `copy` gives one that an attack may spoil."""

    folder: Path
    authority: Served

    @property
    def desk(self) -> PaperDesk:
        return PaperDesk(self.folder / "own", self.authority)

    @property
    def other(self) -> PaperDesk:
        return PaperDesk(self.folder / "other", self.authority)

    def copy(self, folder: Path) -> Spoiled:
        shutil.copytree(self.folder / "own", folder / "own")
        return Spoiled(folder, self)


@dataclass
class Spoiled:
    """A copy of archive and pack in a folder of its own, beside which nothing may be written."""

    folder: Path
    stage: Stage

    @property
    def archive(self) -> Path:
        return self.folder / "own" / "archive"

    @property
    def pack(self) -> Path:
        return self.folder / "own" / "second.zip"

    @property
    def earlier(self) -> Path:
        return self.folder / "own" / "first.zip"

    @property
    def redacted(self) -> Path:
        return self.folder / "own" / "redacted.zip"

    @property
    def desk(self) -> PaperDesk:
        """The commands on the copy, for what its holder does with them first."""
        return self.stage.desk.elsewhere(self.folder / "own")

    @cached_property
    def members(self) -> dict[str, bytes]:
        return files_of(self.pack)

    @property
    def base(self) -> str:
        return base_of(self.members)

    @property
    def key(self) -> SigningKey:
        """The holder's own key, for attacks by the holder himself."""
        return load_or_create(self.folder / "own" / "configuration" / "keys", datetime.now(UTC))

    @property
    def other_key(self) -> SigningKey:
        return load_or_create(self.stage.other.folder / "configuration" / "keys", datetime.now(UTC))

    def other_authority(self) -> Files:
        """A timestamp authority that nobody trusts."""
        return prepare(self.stage.folder / "other authority")

    def files(self, pattern: str) -> list[Path]:
        return sorted(path for path in self.archive.glob(pattern) if path.is_file())


def build(folder: Path, authority: Served) -> Stage:
    """The story, twice; the second time by somebody else who tells it anew."""
    stage = Stage(folder, authority)
    for desk in (stage.desk, stage.other):
        desk.folder.mkdir(parents=True)
        desk.begin()
        desk.keep()
        desk.did("timestamp", "--witness", desk.folder / "witness.json")
        desk.pack("first.zip")
        desk.keep()
        desk.pack("second.zip")
    redacted(stage.desk, folder / "meanwhile")
    return stage


def redacted(desk: PaperDesk, meanwhile: Path) -> None:
    """Beside its packs a redacted one, made of a copy, so that the archive stays as it is."""
    shutil.copytree(desk.folder, meanwhile)
    out = desk.folder / "redacted.zip"
    options = ("--reason", "damaged", "--redact", "--redact-also", "carton", "-o", out)
    desk.elsewhere(meanwhile).did("pack", desk.order, *options)
    shutil.rmtree(meanwhile)
