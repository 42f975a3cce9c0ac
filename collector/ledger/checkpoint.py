"""A checkpoint: the tree's root at one size, as it stands in a file named by that size and as it is signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.canonical import canonical, made

VERSION: Literal[1] = 1
# What reading bytes that are no checkpoint raises; a number with a fraction has no canonical form.
MALFORMED = (ValueError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class _CheckpointRecord:
    v: Literal[1]
    size: int
    root: str
    at: str
    previous: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree's root at one size. `previous` is the SHA-256 of the checkpoint file before it, or ""; `data` its bytes."""

    size: int
    root: str
    at: str
    previous: str
    data: bytes

    @property
    def name(self) -> str:
        """What its files are named by."""
        return checkpoint_name(self.size)

    @classmethod
    def made(cls, size: int, root: str, at: str, previous: str) -> Checkpoint:
        """A new one, with its canonical bytes."""
        return cls(size, root, at, previous, canonical(_CheckpointRecord(VERSION, size, root, at, previous)))

    @classmethod
    def parse(cls, data: bytes) -> Checkpoint:
        """The checkpoint in canonical bytes. Raises one of MALFORMED when they are none."""
        checkpoint = cls.kept(data)
        if canonical(json.loads(data)) != data:
            raise ValueError("not the canonical form of a checkpoint")
        return checkpoint

    @classmethod
    def kept(cls, data: bytes) -> Checkpoint:
        """The checkpoint in bytes that were found to be one."""
        record = made(_CheckpointRecord, json.loads(data))
        return cls(record.size, record.root, record.at, record.previous, data)


def checkpoint_name(size: int) -> str:
    """The stem of a checkpoint's files."""
    return f"{size:06d}"


def checkpoint_or_none(path: Path) -> Checkpoint | None:
    """The checkpoint in a file; None where it is none, not the one of its name, or cannot be read."""
    try:
        read = Checkpoint.parse(path.read_bytes())
    except (OSError, *MALFORMED):
        return None
    return read if read.name == path.stem else None
