"""An archive: ledger, objects, settings and the lock that lets one writer in at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from collector.archive.config import Config, read_config, write_config
from collector.archive.objects import FolderObjects
from collector.clock import Clock
from collector.errors import ArchiveError, DamagedArchive, WrongRequest
from collector.ledger.disk import make_folder, write_file
from collector.ledger.log import Entry, Ledger, Opening
from collector.seal.timestamp import Authority

LOCK_WAIT_S = 30.0


class Archive:
    """The folder of design section 4. Reading creates nothing; every append happens inside `writing()`."""

    def __init__(self, root: Path, clock: Clock, *, catalogued: bool = True) -> None:
        self.root = root
        self.clock = clock
        self.ledger = Ledger(root / "ledger", catalogued=catalogued)
        self.objects = FolderObjects(root / "objects", root / "private")
        self.index_path = root / "index.sqlite"
        self.config_path = root / "config.toml"
        self.warnings: list[str] = []  # what sealing found that its user must be told, whichever step of a command found it

    @property
    def exists(self) -> bool:
        """Whether there is an archive here. Raises DamagedArchive when its ledger is lost and other parts stand."""
        self._require_ledger()
        return self.ledger.entries_path.exists()

    def _require_ledger(self) -> None:
        """An archive that lost its ledger must not be taken for none: a second one would be begun over the evidence."""
        entries = self.ledger.entries_path
        remains = (self.ledger.openings_path, self.ledger.checkpoints, self.objects.folder)
        if (not entries.exists() or not entries.stat().st_size) and any(path.exists() for path in remains):
            raise DamagedArchive(
                f"The ledger of the archive in {self.root} is lost or empty ({entries.name}); its other parts are there.",
                "Put the file back from a copy of the archive; nothing was changed.",
            )

    def unwritten(self) -> Archive:
        """The same archive for who only looks: nothing is taken from, or put into, what was noted of its ledger."""
        return Archive(self.root, self.clock, catalogued=False)

    @property
    def config(self) -> Config:
        return read_config(self.config_path)

    def require(self) -> None:
        """Raises WrongRequest when there is no archive here."""
        if self.root.exists() and not self.root.is_dir():
            raise WrongRequest(f"{self.root} is a file, not an archive folder.", "Give a folder with --archive.")
        if not self.exists:
            raise WrongRequest(
                f"There is no archive in {self.root} yet.",
                "Begin with: tradewitness case open ORDER_NUMBER --order ADDRESS   (or name another folder with --archive)",
            )

    def create(self, authorities: Iterable[Authority], key_fingerprint: str, certificate_pem: str) -> bool:
        """Makes the archive where there is none; True when it was made now. Nothing that stands is changed."""
        if self.root.exists() and not self.root.is_dir():
            raise WrongRequest(f"{self.root} is a file, not an archive folder.", "Give a folder with --archive.")
        make_folder(self.root)
        with self.writing():
            if self.exists:
                return False
            if not self.config_path.exists():
                write_config(self.config_path, tuple(authorities))
            body = {"format": 1, "key": key_fingerprint, "certificate": certificate_pem}
            self.ledger.append("archive.created", body, self.clock.now())
        return True

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the archive's lock. Raises ArchiveError naming the holder when another process keeps it too long."""
        lock, holder = FileLock(self.root / ".lock"), self.root / ".lock.holder"
        try:
            lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            who = holder.read_text("utf-8").strip() if holder.exists() else "another program"
            raise ArchiveError(
                f"The archive is being written to by {who}.", "Wait until it is done, then run the command again."
            ) from error
        except OSError as error:
            raise ArchiveError(
                f"{self.root} cannot be written to ({error.strerror}).",
                "Choose another folder with --archive, or change its permissions.",
            ) from error
        try:
            if not lock.lock_counter > 1:
                write_file(holder, f"process {os.getpid()}\n".encode())
            yield
        finally:
            lock.release()

    def record(self, kind: str, body: Mapping[str, Any], openings: Iterable[Opening] = ()) -> Entry:
        """Appends one entry under the lock, at this instant."""
        with self.writing():
            return self.ledger.append(kind, body, self.clock.now(), openings)
