"""Whether the evidence for a reason is there: requirements from the policy against files, snapshots and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from collector.model import AddedFile, Deadline, Fact, Finding, Money, Snapshot, Verdict, kept_in_part
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, Occurrence, day_text, days_between, occurrence
from rules.check.contact import follows
from rules.check.refund import COUNTED, payments_made
from rules.conversation.messages import quoted, statements
from rules.conversation.redflags import speaks_against, speaks_for
from rules.language.facts import fact_words, page_words, value_words
from rules.language.phrases import Matcher, load_phrases
from rules.language.words import day_words
from rules.policy.calendars import day_in, end_of
from rules.policy.platform import Policy, Reason, Requirement

_ENTER_SHIPMENT = (
    "Capture the order page today; if it was shipped, enter the day: tradewitness case set CASE shipped_at=DAY."
)


def readiness(
    casefile: CaseFile, policy: Policy, reasons: tuple[str, ...], act_by: datetime | None = None
) -> tuple[Finding, ...]:
    """One finding for each piece of evidence that each reason needs. Raises WrongRequest for an unknown reason.

    `act_by` (UTC) is when the evidence is due: what cannot be had by then is named with what serves instead.
    """
    wanted = [policy.reason(id) for id in reasons]
    days = casefile.days_left(act_by) if act_by else None
    kept = {reason.id: _CaseHoldings.of(Chronology(casefile.known(), policy), reason) for reason in wanted}
    shared = len(COUNTED & set(reasons)) > 1
    return tuple(
        _finding(kept[reason.id], reason, needed, days, shared) for reason in wanted for needed in reason.requirements
    )


@dataclass(frozen=True, slots=True)
class _CaseHoldings:
    """What a case holds, and of its files and complete visits those made when there could be the reason's problem."""

    casefile: CaseFile
    files: tuple[AddedFile, ...]
    visits: tuple[Snapshot, ...]

    @classmethod
    def of(cls, chronology: Chronology, reason: Reason) -> _CaseHoldings:
        def late_enough(at: datetime) -> bool:
            told = occurrence(Fact("", at, "read", "", ""), chronology.casefile.zone, chronology.readings)
            return told is not None and follows(chronology, told, reason)

        case = chronology.casefile
        files = tuple(file for file in case.files if late_enough(file.added_at))
        return cls(case, files, tuple(s for s in case.snapshots if late_enough(s.visit.machine_time)))

    def files_for(self, needed: Requirement) -> list[AddedFile]:
        """The files that count for it."""
        return [f for f in (self.files if needed.afterwards else self.casefile.files) if f.kind in needed.files]

    def visits_for(self, needed: Requirement) -> list[Snapshot]:
        """The complete visits that count for it, oldest first."""
        visits = self.visits if needed.afterwards else self.casefile.snapshots
        return [s for s in visits if s.target.kind in needed.snapshots and s.outcome == "complete"]


def due(deadlines: Iterable[Deadline]) -> datetime | None:
    """When the evidence is due: the open request's end, else the end of the window for a dispute."""
    running = [d for d in deadlines if d.state in ("open", "due_soon", "act_now") and d.act_by and d.who == "you"]
    for id in ("evidence", "claim"):
        if found := [d.act_by for d in running if d.id == id and d.act_by]:
            return min(found)
    return None


def strengths(
    findings: Iterable[Finding], heard: tuple[Finding, ...], policy: Policy, reasons: tuple[str, ...]
) -> tuple[Finding, ...]:
    """For each reason how strong the evidence is, in words: by what is there, and by what both sides wrote (`heard`)."""
    found = tuple(findings)
    return tuple(_strength(policy.reason(id), found, speaks_for(heard, id), speaks_against(heard, id)) for id in reasons)


def _strength(reason: Reason, findings: tuple[Finding, ...], admission: str, against: str) -> Finding:
    own = [f for f in findings if f.id.startswith(f"{reason.id}.")]
    missing = [needed.label for needed, f in zip(reason.requirements, own, strict=True) if f.verdict != "ok"]
    there = len(own) - len(missing)
    rests_on = tuple(dict.fromkeys(name for f in own if f.verdict == "ok" for name in f.facts))
    word = "strong" if not missing else "fair" if there * 2 >= len(own) else "thin"
    text = f"{reason.label}: the evidence is {word}: {there} of {len(own)} pieces are there"
    text += f"; missing: {', '.join(missing)}." if missing else "."
    if admission:
        text += f" The supplier's own words speak for you: {admission}."
    if against:
        text += f" Your own words speak against you: {against}."
        todo = "See below what to do about your own words."
        return Finding(f"strength.{reason.id}", "problem", text, rests_on, todo)
    return Finding(f"strength.{reason.id}", "missing" if missing else "ok", text, rests_on)


def _finding(kept: _CaseHoldings, reason: Reason, needed: Requirement, days: int | None, shared: bool) -> Finding:
    """`shared`: the case has several reasons whose units are counted, and one count."""
    id, facts = f"{reason.id}.{needed.id}", (*needed.facts, *needed.all_facts)
    source = "Evidence by reason: guidance assembled from the platform's texts, not an official list"
    if contrary := next((name for name in needed.against if _known(kept.casefile.read(name))), ""):
        text = f"{reason.label}: {needed.label} is needed, but {needed.against_says}."
        return Finding(id, "problem", text, (contrary, *facts), needed.how, source)
    if own := _said_against(kept.casefile, needed):
        text = f"{reason.label}: {needed.label} is needed, but {needed.against_says}: {own}."
        return Finding(id, "problem", text, ("thread.messages", *facts), needed.how, source)
    if found := _found(kept, needed):
        text = f"{reason.label}, already there: {needed.label}: {found.words}."
        return Finding(id, "ok", text, found.facts, source=source)
    if part := _in_part(kept.casefile, needed):
        return Finding(id, "undetermined", f"{reason.label}, {needed.label}: {part}.", facts, needed.how, source)
    if needed.all_facts and all(_known(kept.casefile.fact(name)) for name in needed.all_facts):
        told = ((name, kept.casefile.value(name)) for name in needed.all_facts)
        count = " and ".join(f"{fact_words(name)}: {value_words(value, kept.casefile.zone)}" for name, value in told)
        if not shared:
            text = f"{reason.label}, already there: {needed.label} ({count})."
            return Finding(id, "ok", text, needed.all_facts, source=source)
        text = f"{reason.label}, {needed.label}: one count ({count}) for several reasons; how many are this one's?"
        todo = "Write the units of each reason in a table of their own, and add it: tradewitness add CASE FILE --as other."
        return Finding(id, "undetermined", text, facts, todo, source)
    files = kept.files_for(needed)
    some = f" ({len(files)} of {needed.at_least} files so far)" if files else ""
    if not files and (early := [f for f in kept.casefile.files if f.kind in needed.files]):
        some = f" ({len(early)} file{'s' if len(early) > 1 else ''} added before there could be this problem)"
    text = f"{reason.label}, still missing: {needed.label}{some}."
    if name := next((name for name in needed.facts if _known(kept.casefile.fact(name))), ""):
        alone = f"rests on your word alone ({fact_words(name, site=kept.casefile.site)})"
        text = f"{reason.label}: {needed.label} {alone}; no page or file kept so far shows it."
    return Finding(id, "missing", text, facts, _how(needed, days), source)


def _how(needed: Requirement, days: int | None) -> str:
    """How to get it, in the time that is left."""
    if days is None or not needed.takes_days:
        return needed.how
    left = f"{days} day{'' if days == 1 else 's'}" if days > 0 else "less than a day"
    if days < needed.takes_days and needed.meanwhile:
        are = "is" if days <= 1 else "are"
        return f"It takes about {needed.takes_days} days, and {left} {are} left. {needed.meanwhile} {needed.how}"
    return f"{needed.how} It takes about {needed.takes_days} days; {left} are left."


def _said_against(casefile: CaseFile, needed: Requirement) -> str:
    """The buyer's own words that show the contrary, quoted; "" where there are none."""
    if needed.unless_said == "-":
        return ""
    words = _only(needed.unless_said)
    hits = ((said, hit) for said in statements(casefile) for hit in words.hits(said.text, said.who))
    return next((quoted(said, hit.sentence) for said, hit in hits), "")


@lru_cache
def _only(flag: str) -> Matcher:
    """The phrase book with that flag alone: the others need not be sought in every message."""
    return load_phrases().only(flag)


@dataclass(frozen=True, slots=True)
class _EvidencePlace:
    """Where a piece of evidence is, in words and by the names of what shows it."""

    words: str
    facts: tuple[str, ...]


def _found(kept: _CaseHoldings, needed: Requirement) -> _EvidencePlace | None:
    """Where the evidence is; None when no file, page or fact of a page shows it."""
    casefile, files = kept.casefile, kept.files_for(needed)
    if files and len(files) >= needed.at_least:
        names = ", ".join(file.name for file in files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        words = f"{len(files)} file{'s' if len(files) > 1 else ''} added by you ({names})"
        return _EvidencePlace(words, tuple(f"file: {file.name}" for file in files))
    if visits := kept.visits_for(needed):
        first, number = day_words(day_in(visits[0].visit.machine_time, casefile.zone)), len(visits)
        kind = visits[0].target.kind
        words = f"{number} complete snapshot{'s' if number > 1 else ''} of the {page_words(kind)}, the first of {first}"
        return _EvidencePlace(words, (f"page: {kind}",))
    name = next((name for name in needed.facts if _known(casefile.read(name))), "")
    return _EvidencePlace(f"{fact_words(name, site=casefile.site)}, as a page shows it", (name,)) if name else None


def _in_part(casefile: CaseFile, needed: Requirement) -> str:
    """That a page was kept, but not whole, in words; empty when none was. What it does not show may stand in the rest."""
    read = {fact.snapshot: fact.lacks for fact in casefile.facts if fact.state == "read" and fact.lacks}
    for snapshot in reversed(casefile.snapshots):
        if snapshot.target.kind in needed.snapshots and snapshot.id in read:
            day = day_words(day_in(snapshot.visit.machine_time, casefile.zone))
            return f"the {page_words(snapshot.target.kind)} of {day} was {kept_in_part(read[snapshot.id])}"
    return ""


def _known(fact: Fact | None) -> bool:
    """Whether a fact shows something: nought and payments that are still to be made show nothing."""
    if fact is None or fact.value in (None, "", (), [], {}):
        return False
    if isinstance(fact.value, Money):
        return bool(fact.value.amount)
    return fact.name != "order.payments" or bool(payments_made(fact))


def shipping(chronology: Chronology) -> tuple[Finding, ...]:
    """Whether it was shipped by the agreed date, and how many days late. Nothing when no date was agreed."""
    agreed, shipped = chronology.happened("ship_by"), chronology.happened("shipped")
    if agreed is None:
        return ()
    source = chronology.policy.base
    cited = f"{source.title} ({source.effective})"
    if shipped is None:
        return (_not_shipped(chronology, agreed, cited),)
    late = days_between(agreed, shipped)
    facts = (agreed.fact, shipped.fact)
    told = f"agreed {day_text(agreed)}, shipped {day_text(shipped)}"
    if min(late) > 0:
        text = f"Shipped {_days(late)} late: {told}."
        return (
            Finding("shipping.late", "problem", text, facts, "Late shipment is covered: claim it with reason late.", cited),
        )
    if max(late) > 0:
        text = f"Whether it was shipped in time depends on the time zone: {told}."
        return (
            Finding(
                "shipping.late", "undetermined", text, facts, "Add the carrier's tracking page with its first scan.", cited
            ),
        )
    return (Finding("shipping.late", "ok", f"Shipped in time: {told}.", facts, source=cited),)


def late_reason(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """Arrived late is not shipped late: said where late is claimed and the shipment was in time."""
    agreed, shipped = chronology.happened("ship_by"), chronology.happened("shipped")
    if "late" not in reasons or agreed is None or shipped is None or max(days_between(agreed, shipped), default=0) > 0:
        return ()
    arrived = chronology.happened("received")
    came = f", and they arrived on {day_text(arrived)}" if arrived else ""
    source = chronology.policy.base
    text = f"Late shipment is covered, late arrival is not: the goods were shipped by the agreed date{came}."
    todo = (
        "Claim lateness only if the contract names a day of arrival (quote it), or the carrier's first scan shows a later"
        " shipment; otherwise choose the reason that fits: not received, damaged, quality."
    )
    return (Finding("shipping.arrived_late", "problem", text, (agreed.fact, shipped.fact), todo, source.title),)


def _not_shipped(chronology: Chronology, agreed: Occurrence, cited: str) -> Finding:
    casefile, facts = chronology.casefile, (agreed.fact, "order.shipped_at", "shipped_at")
    if not casefile.is_past(max(end_of(day, zone) for day, zone in agreed.days)):
        return Finding(
            "shipping.late", "ok", f"The agreed ship date, {day_text(agreed)}, has not passed.", (agreed.fact,), source=cited
        )
    if chronology.happened("received"):
        text = f"When it was shipped is not known (agreed: {day_text(agreed)})."
        return Finding("shipping.late", "undetermined", text, facts, _ENTER_SHIPMENT, cited)
    over = sorted({(casefile.today(zone) - day).days for day, zone in agreed.days})
    text = f"Nothing shows that it was shipped, {_days(over)} after the agreed {day_text(agreed)}."
    verdict: Verdict = "undetermined" if casefile.unseen("order.shipped_at") else "problem"
    return Finding("shipping.late", verdict, text, facts, _ENTER_SHIPMENT, cited)


def _days(numbers: Sequence[int]) -> str:
    least, most = numbers[0], numbers[-1]
    return f"{least} day{'s' if most != 1 else ''}" if least == most else f"{least} or {most} days"
