"""data/proof/: the case's ledger entries, Merkle proofs, the checkpoint that covers them, and what opens the originals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from collector.canonical import canonical, commitment
from collector.ledger import merkle
from collector.ledger.anchor import Anchor
from collector.model import Problem
from rules.pack.bag.bag import Bag, few
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.withheld import EXCHANGED

FOLDER = "data/proof/"
ENTRIES, PROOFS, OPENINGS = f"{FOLDER}entries.jsonl", f"{FOLDER}proofs.json", f"{FOLDER}openings.jsonl"
CHECKPOINTS, CERTIFICATES = f"{FOLDER}checkpoints/", f"{FOLDER}certificates/"
# Made for the pack; every other file of an exhibit is an original, and the ledger must know it.
_MADE = re.compile(r"data/exhibits/[^/]+/(copy-\d+\.(png|jpg)|facts\.json|snapshot\.json)")
_HEX = re.compile(r"([0-9a-f]{2})+")


@dataclass(frozen=True, slots=True)
class ProofMaterial:
    """What a ledger gives for a pack, as bytes that are copied and never re-encoded.

    `entries` are number and line (without newline); `paths` the audit path of each in the tree of `covering` leaves, as
    hexadecimal, from the leaf up; `hidden` number and leaf hash of entries that are withheld, which `paths` has, too;
    `checkpoints` files by name ("000123.json", "000123.p7s", "000123.<authority>.tsr",
    "000123.<authority>.1.ocsp"); `openings` {"commitment","digest","salt"} of what is shown; `certificates` PEM by name
    ("signer.pem", "signer-000123.pem" of a checkpoint that an earlier key signed, "<authority>-root.pem",
    "<authority>-1.pem"); `earlier` root and consistency proof of checkpoints before `covering`, by size, so that this pack
    can be held against what somebody was given before.
    """

    entries: tuple[tuple[int, bytes], ...]
    paths: Mapping[int, tuple[str, ...]]
    checkpoints: Mapping[str, bytes]
    openings: tuple[Mapping[str, str], ...]
    certificates: Mapping[str, bytes]
    covering: int
    earlier: Mapping[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    hidden: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SealedElsewhere:
    """An original that an exhibit's sealed record names and the pack does not hold: committed to, and not shown.

    `where` is the exhibit's folder ("data/exhibits/A01-order/"); `size` in bytes.
    """

    where: str
    role: str
    part: int
    size: int
    commitment: str


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What of entries, proofs, openings and originals does not belong together, and what is committed to and not shown.

    `hidden` are the numbers of the entries that are proven and withheld.
    """

    problems: tuple[Problem, ...]
    withheld: tuple[SealedElsewhere, ...]
    hidden: tuple[int, ...] = ()


def openings_of(plan: PackPlan) -> tuple[dict[str, str], ...]:
    """The openings of every original and every exchange's body that the plan shows, and of nothing that it withholds."""
    shown = [
        (artefact.salt, artefact.digest)
        for exhibit in plan.exhibits
        if (snapshot := plan.snapshot(exhibit)) is not None
        for artefact in snapshot.artefacts
        if artefact.digest in exhibit.files.values()
    ]
    shown += [
        (artefact.salt, artefact.digest)
        for snapshot in plan.snapshots
        if (private := plan.exchanges.get(snapshot.id)) is not None
        for artefact in snapshot.artefacts
        if artefact.role in EXCHANGED and (artefact.role, artefact.part) not in private.parts
    ]
    files = {digest for exhibit in plan.exhibits for digest in exhibit.files.values()}
    shown += [(f.salt, f.digest) for file in plan.files for f in file.sealed if f.digest in files]
    made = {commitment(salt, digest): (digest, salt) for salt, digest in shown}
    return tuple({"commitment": name, "digest": made[name][0], "salt": made[name][1]} for name in sorted(made))


def proof_files(material: ProofMaterial) -> dict[str, bytes]:
    """The files of data/proof/ by bag path."""
    checkpoint = json.loads(material.checkpoints[f"{material.covering:06d}.json"])
    entries = [
        {"seq": seq, "leaf": merkle.leaf_hash(line).hex(), "path": list(material.paths[seq])}
        for seq, line in material.entries
    ]
    consistency = [{"size": size, "root": root, "path": path} for size, (root, path) in sorted(material.earlier.items())]
    proofs = {"v": 1, "size": material.covering, "root": checkpoint["root"], "entries": entries, "consistency": consistency}
    if material.hidden:  # packs that withhold none are as they were
        proofs["withheld"] = [{"seq": seq, "leaf": leaf, "path": list(material.paths[seq])} for seq, leaf in material.hidden]
    files = {
        ENTRIES: b"".join(line + b"\n" for _, line in material.entries),
        PROOFS: canonical(proofs) + b"\n",
        OPENINGS: b"".join(canonical(dict(opening)) + b"\n" for opening in material.openings),
    }
    files |= {CHECKPOINTS + name: data for name, data in material.checkpoints.items()}
    return files | {CERTIFICATES + name: data for name, data in material.certificates.items()}


def check_proof(bag: Bag) -> ProofReport:
    """Every way in which the entries, proofs, openings and originals of a bag do not belong together."""
    check = _ProofReading(bag)
    return ProofReport(tuple(check.run()), tuple(check.withheld), tuple(sorted(check.leaves)))


def anchor_of(bag: Bag, name: str) -> Anchor:
    """What the proofs of a pack hold of its ledger: the roots that are proven, the lines shown, and the key named last."""
    check = _ProofReading(bag)
    list(check.run())
    return Anchor(name, check.keys[-1] if check.keys else "", check.roots, check.lines, leaves=check.leaves)


class _ProofReading:
    """One reading of data/proof/: what holds is kept in `entries`, `lines` by number, `roots` by size, and `opened`.

    `withheld` is what the records commit to and nothing opens; `leaves` are the hashes of entries that are withheld, by
    number.
    """

    def __init__(self, bag: Bag) -> None:
        self.bag = bag
        self.entries: list[dict[str, Any]] = []
        self.lines: dict[int, bytes] = {}
        self.leaves: dict[int, str] = {}
        self.roots: dict[int, str] = {}
        self.opened: set[str] = set()
        self.withheld: list[SealedElsewhere] = []
        self._named: set[str] = set()  # by openings that hold

    @property
    def keys(self) -> list[str]:
        """The signing keys that the sound entries name, oldest first."""
        bodies = [e.get("body") for e in self.entries if e.get("kind") in ("archive.created", "key.changed")]
        return [str(body.get("key")) for body in bodies if isinstance(body, dict)]

    def run(self) -> Iterator[Problem]:
        data = self.bag.read(ENTRIES) or b""
        if data and not data.endswith(b"\n"):
            yield self.bag.problem(ENTRIES, "its last line is torn")
        yield from self._proofs(data.count(b"\n"))
        yield from few(self._openings())
        opened = self.opened
        for path in sorted(self.bag.files):
            original = path.startswith("data/exhibits/") and not _MADE.fullmatch(path)
            if original and self.bag.files[path].sha256 not in opened:
                yield self.bag.problem(path, "is not a file that the ledger entries shown here sealed")
            if path.startswith("data/exhibits/") and path.endswith("/snapshot.json"):
                yield from self._record(path)

    def _proofs(self, lines: int) -> Iterator[Problem]:
        try:
            proofs = json.loads(self.bag.read(PROOFS) or b"")
            size, root, entries = int(proofs["size"]), str(proofs["root"]), list(proofs["entries"])
            name = f"{CHECKPOINTS}{size:06d}.json"
            stated = json.loads(self.bag.read(name) or b"")
            agrees = stated["size"] == size and stated["root"] == root
        except (ValueError, KeyError, TypeError, RecursionError):
            yield self.bag.problem(PROOFS, "does not give proofs and the checkpoint they lead to")
            return
        if not agrees:
            yield self.bag.problem(PROOFS, f"leads to another root than {name} states")
        if len(entries) != lines:
            yield self.bag.problem(PROOFS, f"proves {len(entries)} entries, and {lines} are here")
        yield from few(self._entries(entries, size, root))
        yield from few(self._hidden(proofs, size, root))
        yield from few(self._earlier(proofs, size, root, agrees))

    def _entries(self, proofs: list[Any], size: int, root: str) -> Iterator[Problem]:
        for number, (line, proof) in enumerate(zip(self.bag.lines(ENTRIES), proofs, strict=False), 1):
            wrong = self._entry(line, proof, size, root)
            if wrong:
                yield self.bag.problem(ENTRIES, f"line {number} {wrong}")

    def _hidden(self, proofs: dict[str, Any], size: int, root: str) -> Iterator[Problem]:
        """Entries that are withheld: the hash of each must stand in the tree, and none may stand here as well."""
        try:
            for item in proofs.get("withheld", []):
                seq, leaf, path = int(item["seq"]), str(item["leaf"]), [bytes.fromhex(step) for step in item["path"]]
                reached = merkle.root_from_inclusion(bytes.fromhex(leaf), seq, size, path)
                if reached is None or reached.hex() != root or seq in self.lines or seq in self.leaves:
                    yield self.bag.problem(PROOFS, f"the withheld entry {seq} is not in the tree that the checkpoint sealed")
                else:
                    self.leaves[seq] = leaf
        except (ValueError, KeyError, TypeError, AttributeError):
            yield self.bag.problem(PROOFS, "its proofs of withheld entries cannot be read")

    def _earlier(self, proofs: dict[str, Any], size: int, root: str, agrees: bool) -> Iterator[Problem]:
        """Every earlier checkpoint that is shown or listed must be of the same ledger."""
        if agrees:
            self.roots[size] = root
        try:
            for item in proofs.get("consistency", []):
                path = [bytes.fromhex(step) for step in item["path"]]
                roots = bytes.fromhex(item["root"]), bytes.fromhex(root)
                if merkle.is_consistent(int(item["size"]), roots[0], size, roots[1], path):
                    self.roots[int(item["size"])] = str(item["root"])
                else:
                    yield self.bag.problem(PROOFS, f"the tree of {int(item['size'])} lines is not the beginning of this one")
        except (ValueError, KeyError, TypeError, AttributeError):
            yield self.bag.problem(PROOFS, "its consistency proofs cannot be read")
        for name in sorted(p for p in self.bag.files if p.startswith(CHECKPOINTS) and p.endswith(".json")):
            try:
                shown = json.loads(self.bag.read(name) or b"")
                proven = self.roots.get(shown["size"]) == shown["root"]
            except (ValueError, KeyError, TypeError, RecursionError):
                proven = False
            if not proven:
                yield self.bag.problem(name, "is not proven to be an earlier state of the same ledger")

    def _entry(self, line: bytes, proof: Any, size: int, root: str) -> str:
        """What is wrong with one entry and its proof, or ""; a sound one is kept for the openings."""
        try:
            entry = json.loads(line)
            seq, leaf, path = int(proof["seq"]), merkle.leaf_hash(line), [bytes.fromhex(step) for step in proof["path"]]
            if entry["seq"] != seq or proof["leaf"] != leaf.hex():
                return "is not the entry that the proof is for"
            reached = merkle.root_from_inclusion(leaf, seq, size, path)
        except (ValueError, KeyError, TypeError, RecursionError):
            return "is not an entry with a proof"
        if reached is None or reached.hex() != root:
            return "is not in the tree that the checkpoint sealed"
        if seq <= max(self.lines, default=-1):
            return "stands out of order, or a second time"
        self.entries.append(entry)
        self.lines[seq] = line
        return ""

    def _openings(self) -> Iterator[Problem]:
        """What opens nothing; the digests that are opened are kept."""
        sealed = {name for entry in self.entries for name in _commitments(entry.get("body"))}
        for number, line in enumerate(self.bag.lines(OPENINGS), 1):
            try:
                opening = json.loads(line)
                digest, salt, name = opening["digest"], opening["salt"], opening["commitment"]
                opens = bool(_HEX.fullmatch(digest) and _HEX.fullmatch(salt)) and commitment(salt, digest) == name
            except (ValueError, KeyError, TypeError, RecursionError):
                opens = False
            if not opens or name not in sealed:
                yield self.bag.problem(OPENINGS, f"line {number} opens nothing that an entry shown here sealed")
            else:
                self.opened.add(digest)
                self._named.add(name)

    def _record(self, path: str) -> Iterator[Problem]:
        try:
            record = json.loads(self.bag.read(path) or b"")
            sealed = [e["body"] for e in self.entries if e["kind"] == "snapshot" and e["body"]["id"] == record["id"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            record, sealed = None, []
        if not sealed or sealed[0] != record:
            yield self.bag.problem(path, "is not the record that the ledger sealed")
            return
        told = _originals_in(path.removesuffix("snapshot.json"), record)
        self.withheld += (one for one in told if one.commitment not in self._named)


def _originals_in(where: str, record: Mapping[str, Any]) -> Iterator[SealedElsewhere]:
    """The originals that a record names; what is none is passed over: its maker may have sealed anything."""
    artefacts = record.get("artefacts")
    for artefact in artefacts if isinstance(artefacts, list) else ():
        with suppress(KeyError, TypeError, ValueError):
            role, name = str(artefact["role"]), str(artefact["commitment"])
            yield SealedElsewhere(where, role, int(artefact["part"]), int(artefact["size"]), name)


def _commitments(value: Any) -> Iterator[str]:
    """Every "commitment" in an entry's body, at any depth; depth is bounded by the JSON parser's own limit."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "commitment" and isinstance(item, str):
                yield item
            else:
                yield from _commitments(item)
    elif isinstance(value, list):
        for item in value:
            yield from _commitments(item)
