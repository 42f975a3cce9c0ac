"""One evidence pack: seal what is new, plan, render once, bundle, and say where it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryFile

from casework.answers import PackAnswer
from casework.cases import Case, casefile, find_case
from casework.dossier import as_of_instant
from casework.withholding import private_of
from casework.workspace import Workspace, sealed_view
from collector.archive.records import keys_of
from collector.archive.sealing import TIMEOUT_S, answers_of, received_files, seal, signature_of, signing_key
from collector.errors import ArchiveError, SealError, WrongRequest
from collector.ledger import merkle
from collector.ledger.log import Checkpoint, Entry, Opening, new_salt, parse_entry
from collector.model import Private, Snapshot
from collector.seal.certificate import Certificate
from collector.seal.der import MalformedDer
from collector.seal.keys import SigningKey
from collector.seal.revocation import Answer, Said, judge, read_answer
from collector.seal.signature import sign, verify_signature
from collector.seal.timestamp import Authority, Token, request_all, verify_token
from rules.casefile import CaseFile
from rules.check import check, reasons_of
from rules.deadlines import deadlines
from rules.pack.exhibits import Choices, choose
from rules.pack.plan import Covering, PackPlan, Witness, plan, plan_digest
from rules.pack.proof import ProofMaterial, openings_of
from rules.pack.renderings import make_renderings
from rules.pack.write import write_pack
from rules.policy import load_policy

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of a pack, as typed."""

    reasons: tuple[str, ...] = ()
    as_of: str = ""
    all: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since: str = ""
    with_originals: bool = False
    redact: bool = False
    output: Path | None = None


def make_pack(ws: Workspace, wanted: str, wish: Wish, progress: Progress) -> PackAnswer:
    """Writes the pack. The same plan gives the same bytes, but for its signature and tokens."""
    case = find_case(ws, wanted)
    ws = sealed_view(ws, case.order)
    choices = Choices(
        wish.all, wish.include, wish.exclude, _day(wish.since), redact=wish.redact, with_originals=wish.with_originals
    )
    key = signing_key(ws.archive, ws.user)
    file = casefile(ws, case, as_of_instant(ws, wish.as_of, case.zone))
    planned = _plan(ws, file, wish, choices)  # before anything is kept: a wrong wish leaves no trace
    _require_something(ws, file)
    out = _place(wish.output, planned.name)
    progress("sealing what is new")
    seal(ws.archive, key, progress)
    ws.refresh()
    checkpoint = _checkpoint_for(ws, file, key)
    entries = _entries_to_prove(ws, file, checkpoint)
    planned = replace(planned, covering=_covering(ws, checkpoint, key))
    renderings = _renderings(ws, case, planned, progress)
    proof = _proof(ws, planned, entries, checkpoint)
    tokens = _Stamps(ws, progress)
    progress("writing the pack")
    result = write_pack(
        planned, renderings, ws.archive.objects.get, proof,
        sign=lambda data: sign(data, key, ws.clock.now()), stamp=tokens.stamp, out=out,
    )  # fmt: skip
    seal(ws.archive, key, progress)
    word = "timestamped" if result.stamped_by else "pending"
    return PackAnswer(result.path.absolute(), result.sha256, planned.exhibits, word, tuple(tokens.failures))


def _require_something(ws: Workspace, file: CaseFile) -> None:
    """A pack dated tomorrow, or of nothing, would only harm whoever hands it in."""
    if file.as_of > ws.clock.now():
        raise WrongRequest("A pack cannot be dated in the future.", "Leave --as-of out, or give a time that has passed.")
    if not (file.snapshots or file.files or file.facts):
        raise WrongRequest(
            "Nothing of this case was kept or entered by then.", "Capture its pages, add files, or give a later --as-of."
        )


def _checkpoint_for(ws: Workspace, file: CaseFile, key: SigningKey) -> Checkpoint:
    """The earliest checkpoint that covers the case and is signed by the key that signs the pack, so that one key vouches."""
    last = max(event.seq for event in file.events)
    covering = [c for c in ws.archive.ledger.checkpoint_list() if c.size > last and _key_at(ws, c) == key.fingerprint]
    if not covering:
        raise SealError("The case's newest records could not be sealed.", "Run: tradewitness verify")
    return covering[0]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongRequest(f"{text!r} is not a day.", "Write it as 2026-10-04.") from error


def _place(output: Path | None, name: str) -> Path:
    place = output.expanduser() if output else Path.cwd()
    return place / f"{name}.zip" if place.is_dir() else place


def _plan(ws: Workspace, file: CaseFile, wish: Wish, choices: Choices) -> PackPlan:
    """The plan but for its checkpoint, which is known once everything is sealed."""
    policy = load_policy()
    chosen = choose(file.known(), choices)
    reasons = reasons_of(file, policy, wish.reasons)
    return plan(
        file,
        deadlines(file, policy),
        check(file, policy, wish.reasons),
        reasons,
        choices,
        Covering(0),
        private=private_of(ws.site, ws.archive.objects, ws.alias, chosen.snapshots),
    )


def _covering(ws: Workspace, checkpoint: Checkpoint, key: SigningKey) -> Covering:
    """The checkpoint and the tokens received for it: part of the plan, so that a later token makes a new plan."""
    received = {str(e.body["authority"]): e for e in _received(ws, checkpoint)}
    configured = {a.name: a for a in ws.archive.config.authorities}
    witnesses = tuple(
        _witness(ws, name, configured.get(name), received.get(name)) for name in sorted({*configured, *received})
    )
    at = datetime.fromisoformat(checkpoint.at)
    issuers = tuple(one.name for one in _issuers(ws, checkpoint, key))
    return Covering(checkpoint.size, checkpoint.root, at, _key_at(ws, checkpoint), witnesses, issuers)


def _issuers(ws: Workspace, checkpoint: Checkpoint, key: SigningKey) -> tuple[Certificate, ...]:
    """The certificates above the signer's that the checkpoint's signature carries, and the pack's will, too."""
    carried = verify_signature(checkpoint.data, signature_of(ws.archive, checkpoint)).issuers_pem
    both = zip(key.issuers_at(ws.clock.now()), carried, strict=False)
    return tuple(one for one, _ in takewhile(lambda pair: pair[0].pem == pair[1], both))


def _received(ws: Workspace, checkpoint: Checkpoint) -> list[Entry]:
    """The entries that say which tokens arrived for a checkpoint."""
    rows = ws.index.rows("select seq from tokens where checkpoint = ? order by seq", checkpoint.size)
    lines = ws.archive.ledger.lines()
    return [parse_entry(lines[row["seq"]], row["seq"]) for row in rows]


def _witness(ws: Workspace, name: str, authority: Authority | None, entry: Entry | None) -> Witness:
    url = authority.url if authority else ""
    if entry is None:
        return Witness(name, url)
    at = datetime.fromisoformat(entry.body["time"])
    said = _said(ws, entry)
    standing = judge(_path(ws, entry), (one for _, one in said), at)
    answers = tuple((answer.name, max(at, one.made)) for answer, one in said)
    return Witness(name, url, at, answers, standing.known and not standing.revoked)


def _said(ws: Workspace, entry: Entry) -> list[tuple[Answer, Said]]:
    """What was said of the certificates above a token when it arrived, for as far as it can be shown."""
    said = []
    for answer in answers_of(ws.archive, entry):
        with suppress(MalformedDer):
            said.append((answer, read_answer(answer, _path(ws, entry))))
    return said


def _path(ws: Workspace, entry: Entry) -> tuple[Certificate, ...]:
    """The certificates from the one that stamped a token up to the root in the settings; none where it does not hold."""
    roots = [a.root_pem for a in ws.archive.config.authorities if a.name == entry.body["authority"]]
    token = (ws.archive.ledger.checkpoints / next(iter(received_files(entry)))).read_bytes()
    signature = (ws.archive.ledger.checkpoints / f"{entry.body['checkpoint']:06d}.p7s").read_bytes()
    return verify_token(token, signature, roots).path


def _key_at(ws: Workspace, checkpoint: Checkpoint) -> str:
    keys = [key for seq, key in keys_of(ws.archive.ledger.entries()) if seq < checkpoint.size]
    return keys[-1] if keys else ""


def _entries_to_prove(ws: Workspace, file: CaseFile, checkpoint: Checkpoint) -> tuple[int, ...]:
    """The case's own entries, the keys', and the last token received before each visit: it says "not before"."""
    wanted = {event.seq for event in file.events}
    tokens = [row["seq"] for row in ws.index.rows("select seq from tokens order by seq")]
    for event in file.events:
        earlier = [seq for seq in tokens if seq < event.seq]
        if event.kind == "snapshot" and earlier:
            wanted.add(earlier[-1])
    keys = {seq for seq, _ in keys_of(ws.archive.ledger.entries()) if seq < checkpoint.size}
    return tuple(sorted(wanted | keys))


def _proof(ws: Workspace, planned: PackPlan, entries: tuple[int, ...], checkpoint: Checkpoint) -> ProofMaterial:
    ledger = ws.archive.ledger
    lines, tree = ledger.lines(), merkle.Tree(ledger.leaves()[: checkpoint.size])
    paths = {seq: tuple(step.hex() for step in tree.inclusion_proof(seq)) for seq in entries}
    shown = [checkpoint, *_brackets(ws, entries)]
    files: dict[str, bytes] = {}
    for one in shown:
        files |= {f"{one.name}.json": one.data, f"{one.name}.p7s": (ledger.checkpoints / f"{one.name}.p7s").read_bytes()}
        for entry in _received(ws, one):
            token = next(iter(received_files(entry)))
            files[token] = (ledger.checkpoints / token).read_bytes()
            files |= {f"{token.removesuffix('tsr')}{answer.name}": answer.data for answer, _ in _said(ws, entry)}
    certificates = _certificates(ws, checkpoint)
    earlier = {
        one.size: (one.root, tuple(step.hex() for step in tree.consistency_proof(one.size)))
        for one in ledger.checkpoint_list()
        if one.size < checkpoint.size
    }
    lines_shown = tuple((seq, lines[seq]) for seq in entries)
    return ProofMaterial(lines_shown, paths, files, openings_of(planned), certificates, checkpoint.size, earlier)


def _certificates(ws: Workspace, checkpoint: Checkpoint) -> dict[str, bytes]:
    """The signer's and the last one above it, each authority's root, and those above the checkpoint's tokens, numbered."""
    key = signing_key(ws.archive, ws.user)
    certificates = {f"{a.name}-root.pem": a.root_pem.strip().encode() + b"\n" for a in ws.archive.config.authorities}
    for entry in _received(ws, checkpoint):
        if _said(ws, entry):
            for number, one in enumerate(_path(ws, entry), 1):
                certificates[f"{entry.body['authority']}-{number}.pem"] = one.pem.encode()
    for last in _issuers(ws, checkpoint, key)[-1:]:
        certificates["signer-issuer.pem"] = last.pem.encode()
    return certificates | {"signer.pem": key.certificate_pem.encode()}


def _brackets(ws: Workspace, entries: tuple[int, ...]) -> list[Checkpoint]:
    """The checkpoints whose tokens stand among the entries, so that the token itself can be shown."""
    sizes = {r["checkpoint"] for r in ws.index.rows("select seq, checkpoint from tokens") if r["seq"] in entries}
    return [c for c in ws.archive.ledger.checkpoint_list() if c.size in sizes]


def _renderings(ws: Workspace, case: Case, planned: PackPlan, progress: Progress) -> dict[str, bytes]:
    """Made once: a plan that was packed before gives the stored bytes again."""
    digest = plan_digest(planned)
    row = next(iter(ws.index.rows("select body from packs where plan = ?", digest)), None)
    if row is not None:
        return {r["path"]: _rendering(ws, r["commitment"]) for r in json.loads(row["body"])["renderings"]}
    from collector.browser.launch import print_pdf

    progress("making the report, the viewer and the reading copies")
    get = ws.archive.objects.get
    made = make_renderings(
        planned, get, partial(print_pdf, page_numbers=False), partial(_web_archive, get), ws.clock.now()
    )  # fmt: skip
    openings, records = [], []
    for path, data in sorted(made.items()):
        opening = Opening(ws.archive.objects.put(data), new_salt())
        openings.append(opening)
        records.append({"path": path, "size": len(data), "commitment": opening.commitment})
    body = {
        "case": case.order,
        "name": planned.name,
        "plan": digest,
        "checkpoint": planned.covering.size,
        "renderings": records,
    }
    ws.archive.record("pack.made", body, openings)
    ws.refresh()
    return made


def _web_archive(get: Callable[[str], bytes], snapshots: Iterable[Snapshot], left_out: Mapping[str, Private]) -> bytes:
    """The visits' exchanges as a WACZ; b"" where there is none to show. Made on disk: bodies can be many and large."""
    from collector.wacz import write_wacz

    try:
        with TemporaryFile() as out:
            if not write_wacz(snapshots, get, out, left_out):
                return b""
            out.seek(0)
            return out.read()
    except OSError as error:
        raise ArchiveError(
            f"The web archive could not be made ({error.strerror}).", "Free some space and run the command again."
        ) from error


def _rendering(ws: Workspace, commitment: str) -> bytes:
    opening = ws.index.opening(commitment)
    if opening is None:
        raise SealError("A stored part of this pack cannot be opened any more.", "Run: tradewitness verify")
    return ws.archive.objects.get(opening.digest)


class _Stamps:
    """Asks every configured authority for a token over the pack's signature; keeps why one is missing."""

    def __init__(self, ws: Workspace, progress: Progress) -> None:
        self.ws, self.progress = ws, progress
        self.failures: list[str] = []

    def stamp(self, signature: bytes) -> Mapping[str, bytes]:
        self.progress("asking the timestamp authorities")
        authorities = self.ws.archive.config.authorities
        answers = request_all(authorities, signature, timeout_s=TIMEOUT_S, now=self.ws.clock.now)
        tokens: dict[str, bytes] = {}
        for authority, answer in zip(authorities, answers, strict=True):
            if isinstance(answer, Token):
                tokens[authority.name] = answer.tsr
            else:
                self.failures.append(answer.message)
        return tokens
