"""A bag (RFC 8493) as it lies in a zip or a folder: its files with their digests, read without extracting anything."""

from __future__ import annotations

import io
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.canonical import sha256_file
from collector.errors import WrongRequest
from collector.inert import opens_a_device
from collector.ledger.disk import systems_hint
from collector.model import Problem
from rules.pack.bag.zipform import MOST_MEMBERS, Done, nobody, read_zip

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE = f"{TAG_MANIFEST}.p7s"
REQUIRED_TAGS = ("bag-info.txt", "bagit.txt", MANIFEST)
MOST_WRONG = 100  # lines of one file: a forger may have made millions, and nobody reads on
# What has to be understood, and not only hashed, takes many times its size in memory.
_MOST_OTHER, _MOST_WHOLE, _MOST_SMALL, _MOST_LINES = 64 << 20, 32 << 20, 1 << 20, 128 << 20
_SMALL = re.compile(r"[^/]+|data/proof/(checkpoints|certificates)/.*")
_WHOLE = re.compile(r"manifest-sha256\.txt|data/proof/proofs\.json|data/exhibits/[^/]+/(facts|snapshot)\.json")
_LINES = re.compile(r"data/proof/(entries|openings)\.jsonl")

_TOKEN = re.compile(re.escape(TAG_MANIFEST) + r"\.([a-z0-9][a-z0-9-]*)\.tsr")
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where a file's bytes lie: `offset` in the zip, or 0 in a file of its own."""

    file: Path
    offset: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Bag:
    """The files of a bag by their path in it. `base` is the zip's base directory with "/", or "" for a folder."""

    base: str
    files: Mapping[str, FileLocation]
    problems: tuple[Problem, ...]

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None when it is absent or too large to be understood."""
        stored = self.files.get(path)
        if stored is None or stored.size > _most(path):
            return None
        with stored.file.open("rb") as stream:
            stream.seek(stored.offset)
            return stream.read(stored.size)

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a file, one after another, without their ends; one that is too long to be understood is empty."""
        for line in io.BytesIO(self.read(path) or b""):
            yield line.removesuffix(b"\n") if len(line) <= _MOST_WHOLE else b""

    def records(self, path: str) -> Iterator[dict[str, Any]]:
        """The JSON objects that stand in a file, one a line; other lines are left out, and after many no more is read."""
        wrong = 0
        for line in self.lines(path):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                yield record
            elif (wrong := wrong + 1) > MOST_WRONG:
                return

    def problem(self, path: str, what: str) -> Problem:
        """A problem at a file of this bag, named as it stands in the zip."""
        return Problem(self.base + path if path else "", what)


def token_name(authority: str) -> str:
    """The file that holds an authority's timestamp over the tag manifest's signature."""
    return f"{TAG_MANIFEST}.{authority}.tsr"


def tokens_of(bag: Bag) -> dict[str, str]:
    """Authority to file, of every token that lies beside the tag manifest."""
    return {match[1]: path for path in sorted(bag.files) if (match := _TOKEN.fullmatch(path))}


def open_bag(path: Path, done: Done = nobody) -> Bag:
    """The bag in a zip or an unpacked folder. Raises WrongRequest when nothing is there or it cannot be read.

    `done` is told how far a zip was read.
    """
    try:
        if path.is_dir():
            return _from_folder(path)
        if path.exists():
            return _from_zip(path, done)
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
    raise WrongRequest(
        f"There is nothing at {path}.", "Give the path of a pack: the .zip, or the folder it was unpacked to."
    )


def few(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems of one file, but no more than can be read."""
    for number, problem in enumerate(problems):
        if number == MOST_WRONG:
            yield Problem(problem.where, "has more that is wrong: it was not read to its end")
            return
        yield problem


def _most(path: str) -> int:
    """Up to how many bytes a file is understood."""
    if _WHOLE.fullmatch(path):
        return _MOST_WHOLE
    if _LINES.fullmatch(path):
        return _MOST_LINES
    return _MOST_SMALL if _SMALL.fullmatch(path) else _MOST_OTHER


def _too_large(bag: Bag) -> Iterator[Problem]:
    """What was not understood, and so not checked. Originals and copies may have any size: they are only hashed."""
    for path, stored in sorted(bag.files.items()):
        if stored.size > _most(path) != _MOST_OTHER:
            yield bag.problem(path, f"is too large to be what its name says ({stored.size:,} bytes), and was not read")


def manifest_lines(data: bytes) -> tuple[dict[str, str], list[str]]:
    """Path to digest of a manifest, and what is wrong with its lines."""
    entries: dict[str, str] = {}
    wrong: list[str] = []
    if data and not data.endswith(b"\n"):
        wrong.append("its last line is torn")
    for number, line in enumerate(io.BytesIO(data), 1):
        if len(wrong) > MOST_WRONG or len(entries) > MOST_MEMBERS:
            return entries, [*wrong, f"was not read beyond line {number}"]
        match = _LINE.fullmatch(line.decode("utf-8", "replace").removesuffix("\n"))
        if match is None:
            wrong.append(f"line {number} is not a digest and a path")
        elif match[2] in entries:
            wrong.append(f"line {number} names {match[2]} a second time")
        else:
            entries[match[2]] = match[1]
    return entries, wrong


def check_bag(bag: Bag) -> list[Problem]:
    """Every way in which the files are not those that the manifests list, both ways round."""
    problems = [*bag.problems, *_too_large(bag)]
    declaration = bag.read("bagit.txt")
    if declaration is not None and declaration != DECLARATION:
        problems.append(bag.problem("bagit.txt", "is not the declaration of a BagIt 1.0 bag in UTF-8"))
    for name in (*REQUIRED_TAGS, TAG_MANIFEST):
        if name not in bag.files:
            problems.append(bag.problem(name, "is missing"))
    payload = {path for path in bag.files if path.startswith("data/")}
    unlisted = {TAG_MANIFEST, SIGNATURE, *tokens_of(bag).values()}
    tags = set(bag.files) - payload - unlisted
    problems += _check_manifest(bag, MANIFEST, payload)
    problems += _check_manifest(bag, TAG_MANIFEST, tags)
    problems += _check_oxum(bag, payload)
    problems += _check_names(bag)
    return problems


def _check_names(bag: Bag) -> list[Problem]:
    """Names that are one on some system: it would show one file where another was sealed."""
    first: dict[str, str] = {}
    problems = []
    for path in sorted(bag.files):
        alike = first.setdefault(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold()), path)
        if alike != path:
            problems.append(bag.problem(_shown(path), f"has the same name as {_shown(alike)} on some systems"))
    return problems


def _check_manifest(bag: Bag, name: str, present: set[str]) -> list[Problem]:
    data = bag.read(name)
    if data is None:
        return []
    listed, wrong = manifest_lines(data)
    problems = [bag.problem(name, what) for what in wrong]
    extra = {bag.files[path].sha256: path for path in sorted(present - set(listed), reverse=True)}
    for path, digest in sorted(listed.items()):
        if path in present:
            if bag.files[path].sha256 != digest:
                problems.append(bag.problem(path, f"has changed: its digest is not the one in {name}"))
        elif digest in extra:
            problems.append(bag.problem(path, f"is missing: the same bytes now stand as {extra[digest]}"))
        elif path not in _already_named(name):
            problems.append(bag.problem(path, f"is missing: {name} lists it"))
    for path in sorted(present - set(listed)):
        problems.append(bag.problem(path, f"was added: {name} does not list it{systems_hint(path)}"))
    if name == TAG_MANIFEST:
        problems += [bag.problem(name, f"does not list {tag}") for tag in REQUIRED_TAGS if tag not in listed]
    return problems


def _already_named(manifest: str) -> tuple[str, ...]:
    return REQUIRED_TAGS if manifest == TAG_MANIFEST else ()


def _check_oxum(bag: Bag, payload: set[str]) -> list[Problem]:
    info = bag.read("bag-info.txt")
    if info is None:
        return []
    stated = re.findall(rb"^Payload-Oxum: (\d{1,18})\.(\d{1,18})$", info, re.M)
    actual = (sum(bag.files[path].size for path in payload), len(payload))
    if [(int(octets), int(count)) for octets, count in stated] != [actual]:
        return [
            bag.problem("bag-info.txt", f"does not state the payload that is here: {actual[1]} files, {actual[0]} bytes")
        ]
    return []


def _from_zip(path: Path, done: Done) -> Bag:
    with path.open("rb") as stream:
        members, found = read_zip(stream, done)
    problems = [Problem(problem.where or path.name, problem.what) for problem in found]
    bases = {member.path.partition("/")[0] + "/" for member in members if "/" in member.path}
    base = next(iter(bases)) if len(bases) == 1 else ""
    files: dict[str, FileLocation] = {}
    for member in members:
        inside = member.path.removeprefix(base)
        if not is_safe(member.path) or not member.path.startswith(base):
            problems.append(Problem(_shown(member.path), "is not a safe path inside the bag"))
        elif inside not in files:
            files[inside] = FileLocation(path, member.start, member.size, member.sha256)
    if members and not base:
        problems.append(Problem(path.name, "does not hold one bag in one base directory"))
    return Bag(base, files, tuple(Problem(_shown(p.where), p.what) for p in problems))


def _from_folder(path: Path) -> Bag:
    root = path
    inner = [child for child in path.iterdir() if (child / "bagit.txt").is_file()]
    if not (path / "bagit.txt").exists() and len(inner) == 1:
        root = inner[0]
    files: dict[str, FileLocation] = {}
    problems: list[Problem] = []
    for folder, folders, names in os.walk(root):
        for name in sorted([*names, *(f for f in folders if (Path(folder) / f).is_symlink())]):
            file = Path(folder) / name
            inside = file.relative_to(root).as_posix()
            if file.is_symlink() or not file.is_file():
                problems.append(Problem(_shown(inside), "is not a plain file"))
            else:
                files[inside] = FileLocation(file, 0, file.stat().st_size, sha256_file(file))
    return Bag("", files, tuple(problems))


def is_safe(path: str) -> bool:
    """Whether a path stays inside the bag on every system: relative, with plain names only."""
    parts = path.split("/")
    return not _UNSAFE.search(path) and not any(p in ("", ".", "..") or p[-1] in ". " or opens_a_device(p) for p in parts)


def _shown(path: str) -> str:
    """A path that can be printed on a terminal, whatever its maker put into it."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in path)
