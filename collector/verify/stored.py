"""The object pass: every stored file read once, in pieces, on all cores, and compared with its name and its record."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from collector.archive.objects import MOST_BYTES, hash_object
from collector.ledger.disk import systems_hint
from collector.model import Problem

_BATCH = 32  # files handed to a thread at a time: small ones cost more to hand over than to hash
_FOLDER, _NAME = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{62}(\.zst)?")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a record says of an artefact: in words, and its size in bytes (-1 where it says none)."""

    what: str
    size: int = -1


def check_objects(
    folder: Path, sealed: Mapping[str, Sealed], problems: list[Problem], progress: Progress = lambda *_: None
) -> tuple[int, int]:
    """How many objects there are, and how many of them no record names; what is wrong with them goes into `problems`.

    A file whose size is not the sealed one is not read; a packed one is not unpacked beyond it.
    """
    paths = list(_files(folder, problems))
    present: set[str] = set()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
        done = 0
        for batch, wholes in zip(batches, pool.map(lambda b: [_is_whole(p, sealed) for p in b], batches), strict=True):
            for path, whole in zip(batch, wholes, strict=True):
                digest = _digest(path)
                present.add(digest)
                if not whole:
                    what = sealed[digest].what if digest in sealed else "nothing in the ledger"
                    problems.append(Problem(_where(path), f"has changed: its bytes no longer match their name ({what})"))
            done += len(batch)
            progress("objects", done, len(paths))
    problems += [
        Problem(f"objects/{digest[:2]}/{digest[2:]}", f"is missing ({record.what})")
        for digest, record in sealed.items()
        if digest not in present
    ]
    return len(paths), len(present - sealed.keys())


def _digest(path: Path) -> str:
    return path.parent.name + path.name.removesuffix(".zst")


def _where(path: Path) -> str:
    return f"objects/{path.parent.name}/{path.name}"


def _is_whole(path: Path, sealed: Mapping[str, Sealed]) -> bool:
    digest = _digest(path)
    size = sealed[digest].size if digest in sealed else -1
    try:
        if path.suffix == ".zst":
            return hash_object(path, MOST_BYTES if size < 0 else size) == digest
        return (size < 0 or path.stat().st_size == size) and hash_object(path) == digest
    except OSError:
        return False


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The plain files of the store under the names that it gives; anything else that lies there is named."""
    for parent in _listed(folder):
        where = f"objects/{parent.name}"
        if not (parent.is_dir(follow_symlinks=False) and _FOLDER.fullmatch(parent.name)):
            problems.append(Problem(where, _stray(parent)))
            continue
        for child in _listed(Path(parent.path)):
            if child.name.startswith(".") and child.name.endswith(".part"):
                continue  # a write that was cut short; nothing rests on it
            if not (child.is_file(follow_symlinks=False) and _NAME.fullmatch(child.name)):
                problems.append(Problem(f"{where}/{child.name}", _stray(child)))
            else:
                yield Path(child.path)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _stray(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "is a link, and not a kept file: nothing outside the archive is read"
    if entry.name.endswith(".damaged"):
        return "was found damaged and set aside; a whole copy was kept again since"
    kind = "a folder" if stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode) else "a file"
    return f"was added: it is {kind} that the archive did not put there{systems_hint(entry.name)}"
