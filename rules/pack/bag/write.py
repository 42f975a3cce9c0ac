"""A plan, its renderings and its proof as one zip: a BagIt bag (RFC 8493), signed and timestamped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from itertools import chain
from pathlib import Path

from collector.canonical import sha256
from collector.errors import DamagedArchive, WrongRequest
from rules.pack.bag.bag import DECLARATION, MANIFEST, SIGNATURE, TAG_MANIFEST, token_name
from rules.pack.bag.beside import taken_beside
from rules.pack.bag.proof import ProofMaterial, proof_files
from rules.pack.bag.zipform import Done, Member, nobody, write_zip
from rules.pack.plan.plan import PackPlan

Pieces = Callable[[str], Iterable[bytes]]
Search = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class PackResult:
    """The zip that was written, the numbers of its exhibits, and the authorities that stamped it."""

    path: Path
    exhibits: tuple[str, ...]
    stamped_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _BagFile:
    """A file of the bag before it is written: its size and digest are known, its bytes are fetched when needed."""

    size: int
    sha256: str
    read: Callable[[], Iterable[bytes]]


def write_pack(
    plan: PackPlan,
    renderings: Mapping[str, bytes],
    pieces: Pieces,
    proof: ProofMaterial,
    *,
    inspect: Callable[[Iterable[tuple[str, bytes]]], None],
    search: Search | None = None,
    sign: Callable[[bytes], bytes],
    stamp: Callable[[bytes], Mapping[str, bytes]],
    out: Path,
    done: Done = nobody,
) -> PackResult:
    """Writes the pack whole or not at all.

    `pieces` gives a stored original by its digest, piece by piece: a video is never in memory whole.
    `inspect` is shown what was made of the originals, by bag path, and raises where the pack must not be written.
    `renderings` may fetch each file when it is asked for: then none but one is in memory.
    `search` is shown every file as it is written, by its path in the zip, and raises likewise: then nothing is written.
    `sign` gives the detached signature of the tag manifest's bytes; `stamp` gives tokens over that signature by
    authority, and leaves out those that did not answer. Raises WrongRequest when `out` cannot be written or is a file
    of another kind, DamagedArchive when a stored object is not what the plan says. `done` is told how far it is.
    """
    _require_place(out, plan.name)
    proven = proof_files(proof)
    inspect(chain(renderings.items(), proven.items()))
    files = {path: _made(path, renderings) for path in renderings} | {path: _ready(data) for path, data in proven.items()}
    files |= _originals(plan, pieces)
    payload = dict(sorted(files.items()))
    tags = {
        "bagit.txt": _ready(DECLARATION),
        "bag-info.txt": _ready(_bag_info(plan, payload.values())),
        MANIFEST: _ready(_manifest(payload)),
    }
    tag_manifest = _manifest(dict(sorted(tags.items())))
    signature = sign(tag_manifest)
    tokens = dict(sorted(stamp(signature).items()))
    unlisted = {TAG_MANIFEST: tag_manifest, SIGNATURE: signature}
    unlisted |= {token_name(authority): token for authority, token in tokens.items()}
    bag = {**payload, **tags, **{path: _ready(data) for path, data in unlisted.items()}}
    whole = {f"{plan.name}/{path}": file for path, file in bag.items()}
    try:
        with ThreadPoolExecutor(1) as core:
            members = [Member(path, file.size, partial(_pieces, path, file, search, core)) for path, file in whole.items()]
            write_zip(out, members, done)
    except OSError as error:
        raise WrongRequest(f"{out} cannot be written ({error.strerror}).", "Choose another place with -o.") from error
    return PackResult(out, tuple(exhibit.number for exhibit in plan.exhibits), tuple(tokens))


def _made(path: str, renderings: Mapping[str, bytes]) -> _BagFile:
    """Fetched anew when it is written: those that are kept are never in memory together."""
    data = renderings[path]
    return _BagFile(len(data), sha256(data), lambda: (renderings[path],))


def _ready(data: bytes) -> _BagFile:
    return _BagFile(len(data), sha256(data), lambda: (data,))


def _originals(plan: PackPlan, pieces: Pieces) -> dict[str, _BagFile]:
    sizes = {a.digest: a.size for snapshot in plan.snapshots for a in snapshot.artefacts}
    sizes |= {one.digest: one.size for file in plan.files for one in file.sealed}
    return {
        path: _BagFile(sizes[digest], digest, partial(pieces, digest))
        for exhibit in plan.exhibits
        for path, digest in exhibit.files.items()
    }


def _pieces(path: str, file: _BagFile, search: Search | None, core: Executor) -> Iterator[bytes]:
    """The file's bytes, held against what was sealed; with a search whole, so that it sees all of it at once."""
    digest, size = hashlib.sha256(), 0
    pieces = file.read() if search is None else (b"".join(file.read()),)
    for piece in taken_beside(core, digest.update, pieces):
        if search is not None:
            search(path, piece)
        size += len(piece)
        yield piece
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise DamagedArchive(f"The stored bytes of {path} are not those that were sealed.", "Run: tradewitness verify")


def _manifest(files: Mapping[str, _BagFile]) -> bytes:
    return "".join(f"{file.sha256}  {path}\n" for path, file in files.items()).encode()


def _bag_info(plan: PackPlan, payload: Iterable[_BagFile]) -> bytes:
    sizes = [file.size for file in payload]
    fields = [
        ("Bag-Software-Agent", "tradewitness"),
        ("Bagging-Date", f"{plan.as_of.astimezone(UTC):%Y-%m-%d}"),
        ("External-Description", plan.claim.sentence),
        ("External-Identifier", plan.order),
        ("Payload-Oxum", f"{sum(sizes)}.{len(sizes)}"),
        ("Tradewitness-Checkpoint", f"{plan.covering.size} {plan.covering.root}".strip()),
    ]
    if plan.stand_in:
        fields.append(("Tradewitness-Local-Stand-In", plan.stand_in))
    return "".join(f"{label}: {' '.join(_printable(value).split())}\n" for label, value in fields).encode()


def _printable(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value)


def _require_place(out: Path, name: str) -> None:
    """A pack of the same name is replaced; anything else that stands at `out` is left alone."""
    if out.is_dir():
        raise WrongRequest(f"{out} is a folder.", f"Give a file name: {out / (name + '.zip')}")
    if not out.parent.is_dir():
        raise WrongRequest(f"There is no folder {out.parent}.", "Make it first, or choose another place with -o.")
    try:
        with out.open("rb") as stream:
            head = stream.read(1024)
    except FileNotFoundError:
        return
    except OSError as error:
        raise WrongRequest(f"{out} cannot be replaced ({error.strerror}).", "Choose another place with -o.") from error
    if not re.match(rb"PK\x03\x04.{26}[^/]{1,200}/bag-info\.txt", head, re.S):
        raise WrongRequest(f"{out} is there already and is not a pack.", "Choose another name with -o.")
