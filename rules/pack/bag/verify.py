"""A pack, zip or unpacked, to every problem in it: nothing is extracted, inflated or believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from collector.canonical import canonical
from collector.ledger.anchor import Anchor
from collector.ledger.merkle import leaf_hash
from collector.model import Problem
from rules.pack.bag.bag import SIGNATURE, TAG_MANIFEST, Bag, check_bag, open_bag, tokens_of
from rules.pack.bag.proof import CERTIFICATES, CHECKPOINTS, ENTRIES, PROOFS, SealedElsewhere, anchor_of, check_proof
from rules.pack.bag.zipform import Done, nobody

if TYPE_CHECKING:
    from collector.seal.revocation import RevocationStatement
    from collector.seal.standing import ProofTerm
    from collector.seal.timestamp import TokenReport

Seal = Literal["timestamped", "pending", "unsigned"]
_ANSWER = re.compile(re.escape(CHECKPOINTS) + r"(\d+)\.([a-z0-9][a-z0-9-]*)\.([1-9]\.(?:ocsp|crl))")


@dataclass(frozen=True, slots=True)
class PackReport:
    """What verification found. `seal` is that of the whole pack: timestamped needs one token that holds.

    `signer_fingerprint` is SHA-256 of the certificate that signed the pack, "" when nothing holds; a self-made
    certificate says that one key signed, not whose. `tokens` are those over the pack that hold, by authority; `notes` are
    findings that break nothing: a key that was changed. `withheld` are originals that are committed to and not shown.
    `terms` say until when each token in the pack proves its time, by path; one over the pack stamps those in it anew.
    """

    seal: Seal
    problems: tuple[Problem, ...]
    signer_fingerprint: str
    tokens: tuple[tuple[str, TokenReport], ...]
    notes: tuple[str, ...] = ()
    withheld: tuple[SealedElsewhere, ...] = ()
    terms: tuple[ProofTerm, ...] = ()

    @property
    def term(self) -> ProofTerm | None:
        """Until when the pack's own time is proven: that of the token over it that reaches furthest."""
        from collector.seal.standing import furthest

        return furthest(term for term in self.terms if not term.name.startswith(CHECKPOINTS))

    @property
    def ok(self) -> bool:
        """Whether there is no problem. A pending token is none."""
        return not self.problems


def verify_pack(path: Path, *, against: Anchor | None = None, at: datetime | None = None, done: Done = nobody) -> PackReport:
    """Checks form, manifests both ways, signatures, tokens, proofs and openings. Raises WrongRequest when nothing is there.

    Tokens are checked against the roots in the pack: compare `tokens[…].root_fingerprint` with what the authority publishes.
    `against` is what somebody else holds of the ledger: a pack made anew and signed again agrees with itself only. `at` is
    the instant (UTC) at which a timestamp must still prove its time; where it is not given, nobody asks. `done` is told
    how far a zip was read.
    """
    bag = open_bag(path, done)
    if not bag.files:
        problems = bag.problems or (Problem(path.name, "holds no bag"),)
        return PackReport("unsigned", problems, "", ())
    found = check_bag(bag)
    fingerprint, wrong = _signed(bag, TAG_MANIFEST, SIGNATURE)
    found += wrong
    said, unsaid = _said(bag)
    tokens, wrong = _stamped(bag, SIGNATURE, tokens_of(bag), said)
    found += wrong
    inner, wrong = _checkpoints(bag, said)
    found += wrong + unsaid + _received(bag)
    terms = _terms(bag, dict(tokens), inner)
    ended = _ended(bag, terms, at)
    found += ended
    found += _one_signer(bag, fingerprint)
    proof = check_proof(bag)
    found += proof.problems
    if against is not None:
        found += _disagreements(bag, against, fingerprint)
    seal: Seal = "unsigned" if not fingerprint else "timestamped" if tokens and not ended else "pending"
    notes = tuple(
        f"ledger line {seq + 1}: the signing key changed from {before[:16]}… to {after[:16]}…: ask its holder"
        for (_, before), (seq, after) in pairwise(_ledger_keys(bag))
    )
    if proof.hidden:
        count = f"{len(proof.hidden)} sealed record{'s are' if len(proof.hidden) > 1 else ' is'}"
        notes = (*notes, f"{count} withheld: the proof shows that they stand in the ledger, and not what they say")
    tokens = tokens if fingerprint else ()
    return PackReport(seal, tuple(dict.fromkeys(found)), fingerprint, tokens, notes, proof.withheld, terms)


def _signed(bag: Bag, data_path: str, signature_path: str) -> tuple[str, list[Problem]]:
    """The signer's fingerprint, or "" and why there is none."""
    from collector.seal.signature import verify_signature

    data, signature = bag.read(data_path), bag.read(signature_path)
    if signature is None and signature_path in bag.files:
        return "", []  # too large to be one, and named already
    if signature is None:
        return "", [bag.problem(signature_path, f"is missing: nothing says who vouches for {data_path}")]
    if data is None:
        return "", []  # the missing file is named already
    report = verify_signature(data, signature)
    problems = [bag.problem(signature_path, f"does not hold for {data_path}: {what}") for what in report.problems]
    if problems:  # either may be the one that was changed
        problems.append(bag.problem(data_path, f"has no signature that holds: {signature_path}"))
    return ("" if problems else report.fingerprint), problems


def _said(bag: Bag) -> tuple[tuple[RevocationStatement, ...], list[Problem]]:
    """What is said of the revocation of the certificates above the checkpoints' tokens, and which answers say nothing."""
    from collector.seal.der import MalformedDer
    from collector.seal.revocation import RevocationInfo, condensed, read_answer

    said: list[RevocationStatement] = []
    problems: list[Problem] = []
    for path in sorted(bag.files):
        if (match := _ANSWER.fullmatch(path)) is None:
            continue
        stem = f"{CHECKPOINTS}{match[1]}"
        reports, _ = _stamped(bag, f"{stem}.p7s", {match[2]: f"{stem}.{match[2]}.tsr"}, ())
        try:
            certificates = reports[0][1].path if reports else ()
            said.append(read_answer(RevocationInfo(match[3], bag.read(path) or b""), certificates))
        except MalformedDer as error:
            problems.append(bag.problem(path, f"says nothing of the certificates of the token beside it: {error}"))
    return condensed(said), problems


def _stamped(
    bag: Bag, signature_path: str, tokens: dict[str, str], said: Iterable[RevocationStatement]
) -> tuple[tuple[tuple[str, TokenReport], ...], list[Problem]]:
    """The tokens that hold over a signature, and what is wrong with the others."""
    from collector.seal.timestamp import verify_token, with_revocation

    holding: list[tuple[str, TokenReport]] = []
    problems: list[Problem] = []
    signature = bag.read(signature_path)
    for authority, path in tokens.items():
        token, root = bag.read(path), bag.read(f"{CERTIFICATES}{authority}-root.pem")
        if root is None and f"{CERTIFICATES}{authority}-root.pem" not in bag.files:
            problems.append(bag.problem(path, f"cannot be checked: the root certificate of {authority} is not in the pack"))
        elif root is not None and signature is not None and token is not None:
            report = with_revocation(verify_token(token, signature, _blocks(root)), said)
            problems += [bag.problem(path, f"does not hold: {what}") for what in report.problems]
            if not report.problems:
                holding.append((authority, report))
    return tuple(holding), problems


def _blocks(pem: bytes) -> list[str]:
    """The certificates of a PEM file: an authority that has another root by now has both there."""
    text = pem.decode("ascii", "replace")
    return re.findall(r"(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\s*", text) or [text]


def _checkpoints(bag: Bag, said: Iterable[RevocationStatement]) -> tuple[dict[str, TokenReport], list[Problem]]:
    """Every checkpoint in the pack must be signed, and its tokens hold: those that do, by path."""
    holding: dict[str, TokenReport] = {}
    problems: list[Problem] = []
    names = sorted(path for path in bag.files if path.startswith(CHECKPOINTS) and path.endswith(".json"))
    for name in names:
        stem = name.removesuffix(".json")
        _, wrong = _signed(bag, name, f"{stem}.p7s")
        problems += wrong + _canonical(bag, name)
        tokens = {
            path.removeprefix(f"{stem}.").removesuffix(".tsr"): path
            for path in bag.files
            if path.startswith(f"{stem}.") and path.endswith(".tsr")
        }
        sound, wrong = _stamped(bag, f"{stem}.p7s", dict(sorted(tokens.items())), said)
        holding |= {tokens[authority]: report for authority, report in sound}
        problems += wrong
    return holding, problems


def _received_lines(bag: Bag) -> dict[str, tuple[int, str]]:
    """By a token's path the number of the record shown here that received it, and the SHA-256 that it names."""
    lines: dict[str, tuple[int, str]] = {}
    for entry in bag.records(ENTRIES):
        seq, body = entry.get("seq"), entry.get("body")
        if entry.get("kind") != "timestamp.received" or not isinstance(seq, int) or not isinstance(body, dict):
            continue
        size, authority = body.get("checkpoint"), body.get("authority")
        if isinstance(size, int) and isinstance(authority, str):
            lines[f"{CHECKPOINTS}{size:06d}.{authority}.tsr"] = seq, str(body.get("token"))
    return lines


def _received(bag: Bag) -> list[Problem]:
    """Tokens that are not those that the records received: what stamped those anew says nothing of these."""
    return [
        bag.problem(path, f"is not the token that ledger line {seq + 1} received")
        for path, (seq, digest) in sorted(_received_lines(bag).items())
        if path in bag.files and bag.files[path].sha256 != digest
    ]


def _terms(bag: Bag, outer: Mapping[str, TokenReport], inner: Mapping[str, TokenReport]) -> tuple[ProofTerm, ...]:
    """Until when the tokens over the pack, by authority, and those in it, by path, prove their time.

    One in it is stamped anew by those of a checkpoint over the record that received it, and by those over the pack.
    """
    from collector.seal.standing import PlacedToken, proof_terms

    everything = 1 << 60  # more lines than any ledger has
    paths = tokens_of(bag)
    placed = [PlacedToken(paths[name], everything, everything, report) for name, report in outer.items()]
    lines = {
        path: seq
        for path, (seq, digest) in _received_lines(bag).items()
        if path in inner and bag.files[path].sha256 == digest
    }
    for path, report in inner.items():
        covers = int(path.removeprefix(CHECKPOINTS).partition(".")[0])
        placed.append(PlacedToken(path, covers, max(covers, lines.get(path, everything - 1)), report))
    return proof_terms(placed)


def _ended(bag: Bag, terms: Iterable[ProofTerm], at: datetime | None) -> list[Problem]:
    """The token over the pack that reached furthest, where none proves its time at that instant."""
    outer = [term for term in terms if not term.name.startswith(CHECKPOINTS)]
    if at is None or not outer or any(term.stands(at) for term in outer):
        return []
    last = max(outer, key=lambda term: term.until)
    return [bag.problem(last.name, f"{last.ended}; ask its maker for a pack made anew")]


def _one_signer(bag: Bag, fingerprint: str) -> list[Problem]:
    """The pack must be signed by the key that the sealed ledger names last, and each checkpoint by the one named before it.

    Without this, whoever can rewrite a pack could sign it again with a key of their own.
    """
    if not fingerprint:
        return []
    keys = _ledger_keys(bag)
    if not keys:
        return [bag.problem(ENTRIES, "holds no entry that names the ledger's key")]
    signers = [(SIGNATURE, fingerprint, keys[-1][1], ": it was signed again by somebody else")]
    for path in sorted(bag.files):
        if match := re.fullmatch(re.escape(CHECKPOINTS) + r"(\d{1,15})\.json", path):
            signature = f"{path.removesuffix('.json')}.p7s"
            signer, _ = _signed(bag, path, signature)
            expected = next((key for seq, key in reversed(keys) if seq < int(match[1])), "")
            signers.append((signature, signer, expected, ""))
    return [
        bag.problem(path, f"is signed by key {signer[:16]}…, and the ledger names {expected[:16] or 'none'}…{more}")
        for path, signer, expected, more in signers
        if signer and signer != expected
    ]


def _disagreements(bag: Bag, against: Anchor, fingerprint: str) -> list[Problem]:
    """Every point in which the pack is not of the ledger, or not by the key, that the anchor is of."""
    own = anchor_of(bag, bag.base)
    problems: list[Problem] = []
    common = own.roots.keys() & against.roots.keys()
    # Both prove some of their earlier states; what counts is the newest state that either could have been held against.
    if against.roots and min(max(own.roots, default=0), max(against.roots)) not in common:
        sizes = f"{max(against.roots)} lines, and this pack, of {max(own.roots, default=0)}, proves nothing of those"
        text = f"cannot be held against {against.name}, which is of {sizes}: verify the archive, or give another one"
        problems.append(bag.problem(PROOFS, text))
    for size in sorted(common):
        if own.roots[size] != against.roots[size]:
            text = f"its first {size} lines are not those that {against.name} sealed"
            problems.append(bag.problem(PROOFS, text))
    for seq in sorted(own.lines.keys() & against.lines.keys()):
        if own.lines[seq] != against.lines[seq]:
            problems.append(bag.problem(ENTRIES, f"entry {seq} is not the one that {against.name} shows"))
    for seq in sorted(
        {*own.lines, *own.leaves} & {*against.lines, *against.leaves} - own.lines.keys() & against.lines.keys()
    ):
        if _leaf(own, seq) != _leaf(against, seq):
            problems.append(bag.problem(PROOFS, f"entry {seq} is not the one that {against.name} sealed"))
    named = {key for _, key in _ledger_keys(bag)}
    if against.key and against.key != fingerprint and (against.exact or against.key not in named):
        text = f"is signed by key {fingerprint[:16] or 'none'}…, and {against.name} is of {against.key[:16]}…"
        changed = "the records say that the key was changed: ask its holder whether he did it"
        why = changed if against.key in named else "it was signed again by somebody else"
        problems.append(bag.problem(SIGNATURE, f"{text}: {why}"))
    return problems


def _leaf(anchor: Anchor, seq: int) -> str:
    """The hash of an entry that is shown or withheld."""
    return anchor.leaves.get(seq) or leaf_hash(anchor.lines[seq]).hex()


def _ledger_keys(bag: Bag) -> list[tuple[int, str]]:
    """From which entry on which key signs, by the entries shown here that name one; `check_proof` judges the entries."""
    named = [entry for entry in bag.records(ENTRIES) if entry.get("kind") in ("archive.created", "key.changed")]
    told = ((entry.get("seq"), entry.get("body")) for entry in named)
    return [(seq, str(body.get("key"))) for seq, body in told if isinstance(seq, int) and isinstance(body, dict)]


def _canonical(bag: Bag, name: str) -> list[Problem]:
    data = bag.read(name) or b""
    try:
        record = json.loads(data)
        sound = canonical(record) == data and f"{CHECKPOINTS}{record['size']:06d}.json" == name
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    return [] if sound else [bag.problem(name, "is not a checkpoint of the size in its name")]
