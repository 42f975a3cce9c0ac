"""The object pass: every stored file read once, in pieces, on all cores, and compared with its name and its record."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from collector.archive.objects import MOST_BYTES, hash_object
from collector.ledger.disk import systems_hint
from collector.model import Problem
from collector.progress import CountProgress
from collector.verify.checking import Checking

_BATCH = 32  # files handed to a thread at a time: small ones cost more to hand over than to hash
_FOLDER, _NAME = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{62}(\.zst)?")


@dataclass(frozen=True, slots=True)
class SealedArtefact:
    """What a record says of an artefact: in words, and its size in bytes (-1 where it says none)."""

    what: str
    size: int = -1


def check_objects(
    folders: Iterable[Path], sealed: Mapping[str, SealedArtefact], progress: CountProgress = lambda *_: None
) -> Checking[tuple[int, int]]:
    """Returns how many objects there are, and how many of them no record names.

    A file whose size is not the sealed one is not read; a packed one is not unpacked beyond it.
    """
    paths: list[Path] = []
    for folder in folders:
        paths += yield from _files(folder)
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
                    yield Problem(_where(path), f"has changed: its bytes no longer match their name ({what})")
            done += len(batch)
            progress("objects", done, len(paths))
    for digest, record in sealed.items():
        if digest not in present:
            yield Problem(f"objects/{digest[:2]}/{digest[2:]}", f"is missing ({record.what})")
    return len(paths), len(present - sealed.keys())


def _digest(path: Path) -> str:
    return path.parent.name + path.name.removesuffix(".zst")


def _where(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}/{path.name}"


def _is_whole(path: Path, sealed: Mapping[str, SealedArtefact]) -> bool:
    digest = _digest(path)
    size = sealed[digest].size if digest in sealed else -1
    try:
        if path.suffix == ".zst":
            return hash_object(path, MOST_BYTES if size < 0 else size) == digest
        return (size < 0 or path.stat().st_size == size) and hash_object(path) == digest
    except OSError:
        return False


def _files(folder: Path) -> Checking[list[Path]]:
    """Returns the plain files of the store under the names that it gives; anything else that lies there is named."""
    files = []
    for parent in _listed(folder):
        where = f"{folder.name}/{parent.name}"
        if not (parent.is_dir(follow_symlinks=False) and _FOLDER.fullmatch(parent.name)):
            yield Problem(where, _stray(parent))
            continue
        for child in _listed(Path(parent.path)):
            if child.name.startswith(".") and child.name.endswith(".part"):
                continue  # a write that was cut short; nothing rests on it
            if not (child.is_file(follow_symlinks=False) and _NAME.fullmatch(child.name)):
                yield Problem(f"{where}/{child.name}", _stray(child))
            else:
                files.append(Path(child.path))
    return files


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
