"""Which exhibits bear on the reasons of a claim: for each piece of evidence that a reason needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.kinds import file_kind, page_kind
from collector.model import AddedFile, Exhibit, Fact, Snapshot
from rules.case.casefile import CaseFile
from rules.conversation.messages import statements
from rules.conversation.raised import raised
from rules.language.phrases import PHRASE, load_phrases
from rules.pack.plan.exhibits import Selection
from rules.policy.platform import Policy, Requirement

ADMISSION = "admission"
_ADMITTED = 15  # where words of the supplier's own stand, on the scale of the kinds: after the order page, before all else


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence for a reason, what it proves in Chinese (`zh`), and the exhibits that show it, strongest first."""

    reason: str
    id: str
    label: str
    zh: str
    exhibits: tuple[str, ...]


def proofs_of(
    casefile: CaseFile, policy: Policy, reasons: tuple[str, ...], exhibits: tuple[Exhibit, ...], chosen: Selection
) -> tuple[Proof, ...]:
    """Every piece of evidence that one of the exhibits shows, in the order of the reasons and of the policy."""
    shown = tuple(_Shown.all_of(casefile, exhibits, chosen))
    found: list[Proof] = []
    for id in reasons:
        reason = policy.reason(id)
        admitted = _admissions(casefile, id)
        wanted = [(n.id, n.label, n.zh, [one for one in shown if one.meets(n)]) for n in reason.requirements]
        wanted.append((ADMISSION, "the supplier's own words", "卖方自行承认的事实", [s for s in shown if s.says(admitted)]))
        for what, label, zh, those in wanted:
            numbers = tuple(one.exhibit.number for one in sorted(those, key=lambda one: one.weight))
            found += [Proof(id, what, label, zh, numbers)] if numbers else []
    return tuple(found)


def weight_of(exhibit: Exhibit, proofs: tuple[Proof, ...]) -> int:
    """How early an exhibit stands among what is handed in: what the supplier admitted, contract, goods, then the rest."""
    kind = page_kind(exhibit.kind).weight if exhibit.witnessed else file_kind(exhibit.kind).weight
    admits = any(proof.id == ADMISSION and exhibit.number in proof.exhibits for proof in proofs)
    return min(kind, _ADMITTED) if admits else kind


@dataclass(frozen=True, slots=True)
class _Shown:
    """An exhibit, and what was read from it."""

    exhibit: Exhibit
    facts: tuple[Fact, ...]

    @classmethod
    def all_of(cls, casefile: CaseFile, exhibits: tuple[Exhibit, ...], chosen: Selection) -> Iterator[_Shown]:
        origins: tuple[Snapshot | AddedFile, ...] = (*chosen.snapshots, *chosen.files)
        for exhibit, origin in zip(exhibits, origins, strict=True):
            yield cls(exhibit, tuple(f for f in casefile.facts if f.snapshot == origin.id and f.state == "read"))

    @property
    def weight(self) -> int:
        return weight_of(self.exhibit, ())

    def meets(self, needed: Requirement) -> bool:
        kinds = needed.snapshots if self.exhibit.witnessed else needed.files
        if self.exhibit.kind in kinds:
            return True
        names = {fact.name for fact in self.facts if fact.value not in (None, "", ())}
        return any(name.partition("/")[0] in names for name in needed.facts)

    def says(self, texts: frozenset[str]) -> bool:
        """Whether one of these messages stands in it."""
        said = (fact.value for fact in self.facts if fact.name == "thread.messages")
        messages = (m for value in said if isinstance(value, tuple | list) for m in value if isinstance(m, Mapping))
        return any(str(message.get("text")) in texts for message in messages)


def _admissions(casefile: CaseFile, reason: str) -> frozenset[str]:
    """The messages in which the supplier admits by a phrase what the reason says; what only reads like it proves nothing."""
    said = [one for one in statements(casefile) if one.who == "supplier"]
    if not said:
        return frozenset()  # the phrases are not even read: compiling them takes longer than all else of a plan
    flags = {one.id for one in load_phrases().book.flags if one.kind == ADMISSION and reason in one.reason.split()}
    return frozenset(
        one.text for one in said for hit in raised(one.text, one.who) if hit.by == PHRASE and hit.flag.id in flags
    )
