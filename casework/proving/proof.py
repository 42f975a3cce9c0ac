"""What the ledger gives for a pack: the checkpoint that covers it, the entries, the tokens that count, certificates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from casework.workspace import Workspace
from collector.archive.records import KEY_KINDS, received_files
from collector.archive.revoked import RENEWED, counts, known_revocations
from collector.archive.roots import known_roots
from collector.archive.sealing import answers_of, is_signed, is_there, key_at, received_for, signature_of, stamped_by
from collector.errors import DamagedArchive
from collector.ledger.checkpoint import Checkpoint, checkpoint_name
from collector.ledger.log import Entry
from collector.ledger.merkle import leaf_hash
from collector.seal.certificate import Certificate
from collector.seal.der import MalformedDer
from collector.seal.keys import SigningKey
from collector.seal.revocation import RevocationInfo, RevocationStatement, read_answer, revocation_status
from collector.seal.signature import verify_signature
from collector.seal.standing import token_end
from collector.seal.timestamp import verify_token
from rules.case.casefile import CaseFile
from rules.pack.bag.proof import ProofMaterial, openings_of
from rules.pack.plan.plan import AuthorityStamp, CoveringCheckpoint, PackPlan

_NEWEST = 200  # earlier checkpoints that a pack can be held against whoever's they are


def covering_checkpoint(ws: Workspace, last: int, key: SigningKey) -> Checkpoint:
    """The earliest checkpoint over entry `last` that is signed by the key that signs the pack, so that one key vouches.

    Where all was stamped anew since, the one that did so, if it has its timestamp. One that lost a token is passed over
    where a later one is whole. Raises DamagedArchive where none is left.
    """
    renewed = next(ws.archive.ledger.latest(RENEWED), None)
    if renewed is not None and renewed.seq > last:
        anew = _earliest(ws, renewed.seq, key)
        if anew is not None and stamped_by(ws.archive, anew):
            return anew
    first = _earliest(ws, last, key)
    if first is None:
        raise DamagedArchive("No checkpoint that covers this case has its signature.", "Run: tradewitness verify")
    return first


def _earliest(ws: Workspace, last: int, key: SigningKey) -> Checkpoint | None:
    ours = (c for c in ws.archive.ledger.covering(last) if key_at(ws.archive, c.size) == key.fingerprint)
    first: Checkpoint | None = None
    for checkpoint in ours:
        if is_signed(ws.archive, checkpoint):
            if not _lost_a_token(ws, checkpoint):
                return checkpoint
            first = first or checkpoint
    return first


def _lost_a_token(ws: Workspace, checkpoint: Checkpoint) -> bool:
    """Whether a token that was received is not there. One that was given again has two entries, and the later counts."""
    tokens = {next(iter(received_files(e))): e for e in received_for(ws.archive, checkpoint.name)}
    return any(not is_there(ws.archive, e) for e in tokens.values())


@dataclass(frozen=True)
class _Token:
    """A token as it was received, the certificates above it, and what was said of their revocation then."""

    entry: Entry
    name: str
    tsr: bytes
    path: tuple[Certificate, ...]
    said: tuple[tuple[RevocationInfo, RevocationStatement], ...]
    until: datetime | None

    @property
    def authority(self) -> str:
        return str(self.entry.body["authority"])

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.entry.body["time"])

    @property
    def files(self) -> dict[str, bytes]:
        stem = self.name.removesuffix("tsr")
        return {self.name: self.tsr, **{f"{stem}{answer.name}": answer.data for answer, _ in self.said}}


@dataclass(frozen=True)
class PackProof:
    """One pack's checkpoint and the key that signs."""

    ws: Workspace
    checkpoint: Checkpoint
    key: SigningKey

    @cached_property
    def _revoked(self) -> tuple[RevocationStatement, ...]:
        return known_revocations(self.ws.archive)

    def _counts(self, token: Entry) -> bool:
        """Whether a received token is not lost, and its authority not known to be revoked so that it does not count."""
        return is_there(self.ws.archive, token) and counts(self.ws.archive, token, self._revoked)

    @cached_property
    def covering(self) -> CoveringCheckpoint:
        """The checkpoint and the tokens received for it: part of the plan, so that a later token makes a new plan."""
        stamped = {token.authority: token for token in self._stamped}
        addresses = {a.name: a.url for a in self.ws.archive.config.authorities}
        names = sorted({*addresses, *stamped})
        stamps = tuple(_authority_stamp(name, addresses.get(name, ""), stamped.get(name)) for name in names)
        at, signer = datetime.fromisoformat(self.checkpoint.at), key_at(self.ws.archive, self.checkpoint.size)
        issuers = tuple(one.name for one in self._issuers)
        return CoveringCheckpoint(self.checkpoint.size, self.checkpoint.root, at, signer, stamps, issuers)

    def material(self, planned: PackPlan, file: CaseFile) -> ProofMaterial:
        """Entries, proofs, checkpoints with all that belongs to them, openings and certificates."""
        ledger, size = self.ws.archive.ledger, self.checkpoint.size
        proven = self._entries(file)
        hidden = tuple(seq for seq in proven if planned.redaction and seq in planned.redaction.entries)
        entries = tuple(seq for seq in proven if seq not in hidden)
        tree = ledger.tree(size)
        paths = {seq: tuple(step.hex() for step in tree.inclusion_proof(seq)) for seq in proven}
        files: dict[str, bytes] = {}
        shown_tokens: list[_Token] = []
        brackets = self._brackets(entries)
        for one in (self.checkpoint, *brackets):
            files |= {f"{one.name}.json": one.data, f"{one.name}.p7s": signature_of(self.ws.archive, one)}
            tokens = self._stamped if one is self.checkpoint else self._tokens(one)
            shown_tokens += tokens
            for token in tokens:
                files |= token.files
        earlier = {
            one.size: (one.root, tuple(step.hex() for step in tree.consistency_proof(one.size)))
            for one in self._earlier(file, brackets)
        }
        shown = tuple((seq, ledger.entry(seq).line) for seq in entries)
        certificates = {**self._certificates(shown_tokens), **self._earlier_signers(brackets)}
        leaves = tuple((seq, leaf_hash(ledger.entry(seq).line).hex()) for seq in hidden)
        return ProofMaterial(shown, paths, files, openings_of(planned), certificates, size, earlier, leaves)

    def _earlier(self, file: CaseFile, shown: Sequence[Checkpoint]) -> list[Checkpoint]:
        """The checkpoints that somebody can hold this pack against: those that it shows, those of the packs made before, of
        whatever case, those that sealed something new of this case, and the newest.

        Not all: beside thousands of other cases' a pack would be larger and slower, and prove nothing more.
        """
        ledger, stop = self.ws.archive.ledger, self.checkpoint.size
        sizes = [size for size in ledger.catalogue.checkpoint_sizes() if size < stop]
        packs = {int(entry.body["checkpoint"]) for entry in ledger.entries(stop=stop, kinds=("pack.made",))}
        own = {sizes[at] for event in file.events if (at := bisect_right(sizes, event.seq)) < len(sizes)}
        wanted = (packs & set(sizes)) | {one.size for one in shown} | own | set(sizes[-_NEWEST:])
        return [one for size in sorted(wanted) if (one := ledger.checkpoint(size)) is not None]

    def _entries(self, file: CaseFile) -> tuple[int, ...]:
        """The case's own entries, the keys', and the last token received before each visit: it says "not before".

        Where all was stamped anew since, also what led from the first tokens over the case to those of today.
        """
        wanted = {event.seq for event in file.events}
        for event in file.events:
            if event.kind == "snapshot" and (token := self._token_before(event.seq)) is not None:
                wanted.add(token)
        keys = {entry.seq for entry in self.ws.archive.ledger.entries(stop=self.checkpoint.size, kinds=KEY_KINDS)}
        return tuple(sorted(wanted | keys | set(self._chain(max(event.seq for event in file.events)))))

    def _chain(self, last: int) -> Iterator[int]:
        """The records that a token over entry `last`, or over one that stamped it anew, was received, and that it was."""
        ledger, stop = self.ws.archive.ledger, self.checkpoint.size
        first = _earliest(self.ws, last, self.key)
        if first is None or first.size >= stop:
            return
        renewals = list(ledger.entries(first.size, stop, kinds=(RENEWED,)))
        yield from (entry.seq for entry in renewals)
        for size in sorted({first.size, *(int(entry.body["checkpoint"]) for entry in renewals)}):
            received = received_for(self.ws.archive, checkpoint_name(size))
            yield from (entry.seq for entry in received if entry.seq < stop and self._counts(entry))

    def _token_before(self, seq: int) -> int | None:
        tokens = self.ws.archive.ledger.latest("timestamp.received", before=seq)
        return next((token.seq for token in tokens if self._counts(token)), None)

    def _brackets(self, entries: Sequence[int]) -> list[Checkpoint]:
        """The checkpoints whose tokens stand among the entries, so that the token itself can be shown."""
        ledger = self.ws.archive.ledger
        tokens = (entry for entry in map(ledger.entry, entries) if entry.kind == "timestamp.received")
        sizes = sorted({int(entry.body["checkpoint"]) for entry in tokens if self._counts(entry)})
        return [one for size in sizes if (one := ledger.checkpoint(size)) is not None]

    def _earlier_signers(self, brackets: Sequence[Checkpoint]) -> Mapping[str, bytes]:
        """The certificate of each checkpoint that another key signed, before it was changed, as the records name it."""
        entries = self.ws.archive.ledger.entries(kinds=KEY_KINDS)
        named = {str(e.body["key"]): str(e.body["certificate"]) for e in entries}
        signed = {one.name: key_at(self.ws.archive, one.size) for one in brackets}
        return {f"signer-{name}.pem": named[key].encode() for name, key in signed.items() if key != self.key.fingerprint}

    @cached_property
    def _stamped(self) -> list[_Token]:
        return self._tokens(self.checkpoint)

    def _tokens(self, checkpoint: Checkpoint) -> list[_Token]:
        received = received_for(self.ws.archive, checkpoint.name)
        return [self._token(e, checkpoint) for e in received if self._counts(e)]

    def _token(self, entry: Entry, checkpoint: Checkpoint) -> _Token:
        """Where the token does not hold, or leads to a root that nobody knows, nothing can be said above it."""
        archive = self.ws.archive
        name = next(iter(received_files(entry)))
        tsr = (archive.ledger.checkpoints / name).read_bytes()
        report, said = verify_token(tsr, signature_of(archive, checkpoint), self._known_roots), []
        for answer in answers_of(archive, entry):
            with suppress(MalformedDer):
                said.append((answer, read_answer(answer, report.path)))
        return _Token(
            entry, name, tsr, report.path, tuple(said), token_end(report).at if report.path and not report.problems else None
        )

    @cached_property
    def _known_roots(self) -> list[str]:
        archive = self.ws.archive
        return known_roots(archive.config.authorities, archive.ledger.entries(kinds=(RENEWED,)))

    @cached_property
    def _issuers(self) -> tuple[Certificate, ...]:
        """The certificates above the signer's that the checkpoint's signature carries, and the pack's will, too."""
        carried = verify_signature(self.checkpoint.data, signature_of(self.ws.archive, self.checkpoint)).issuers_pem
        both = zip(self.key.issuers_at(self.ws.clock.now()), carried, strict=False)
        return tuple(one for one, _ in takewhile(lambda pair: pair[0].pem == pair[1], both))

    def _certificates(self, shown: Sequence[_Token]) -> Mapping[str, bytes]:
        """The signer's and the last above it, each authority's root, and those above the checkpoint's tokens, numbered.

        An authority that has another root by now has both in one file, the one that the settings name first.
        """
        roots = {a.name: [a.root_pem.strip()] for a in self.ws.archive.config.authorities}
        for token in shown:
            for root in token.path[-1:]:
                of_name = roots.setdefault(token.authority, [])
                of_name += [] if root.pem.strip() in of_name else [root.pem.strip()]
        found = {f"{name}-root.pem": "\n".join([*pems, ""]).encode() for name, pems in roots.items()}
        found["signer.pem"] = self.key.certificate_pem.encode()
        for last in self._issuers[-1:]:
            found["signer-issuer.pem"] = last.pem.encode()
        for token in self._stamped:
            for number, one in enumerate(token.path if token.said else (), 1):
                found[f"{token.authority}-{number}.pem"] = one.pem.encode()
        return found


def _authority_stamp(name: str, address: str, token: _Token | None) -> AuthorityStamp:
    if token is None:
        return AuthorityStamp(name, address)
    standing = revocation_status(token.path, (one for _, one in token.said), token.at)
    answers = tuple((answer.name, max(token.at, one.made)) for answer, one in token.said)
    return AuthorityStamp(name, address, token.at, answers, standing.known and not standing.revoked, token.until)
