"""Whether the evidence for a reason is there: requirements from the policy against files, snapshots and facts."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model import Finding
from rules.calendars import day_in, end_of, written
from rules.casefile import CaseFile
from rules.chronology import Chronology, Occurrence, day_text, days_between
from rules.policy import Policy, Reason, Requirement


def readiness(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """One finding for each piece of evidence that each reason needs. Raises WrongRequest for an unknown reason."""
    wanted = [policy.reason(id) for id in reasons]
    return tuple(_finding(casefile, reason, needed) for reason in wanted for needed in reason.requirements)


def _finding(casefile: CaseFile, reason: Reason, needed: Requirement) -> Finding:
    id, facts = f"{reason.id}.{needed.id}", (*needed.facts, *needed.all_facts)
    source = "Evidence by reason: guidance assembled from the platform's texts, not an official list"
    files = [file for file in casefile.files if file.kind in needed.files]
    if found := _found(casefile, needed):
        return Finding(id, "ok", f"{reason.label}, there is {needed.label}: {found}.", facts, source=source)
    some = f" ({len(files)} of {needed.at_least} files so far)" if files else ""
    return Finding(id, "missing", f"{reason.label}, still missing: {needed.label}{some}.", facts, needed.how, source)


def _found(casefile: CaseFile, needed: Requirement) -> str:
    """Where the evidence is, in words; empty when it is missing."""
    files = [file for file in casefile.files if file.kind in needed.files]
    if files and len(files) >= needed.at_least:
        return f"{len(files)} file{'s' if len(files) > 1 else ''} added by you"
    kept = [s for s in casefile.snapshots if s.target.kind in needed.snapshots and s.outcome == "complete"]
    if kept:
        first, number = written(day_in(kept[0].visit.machine_time, casefile.zone)), len(kept)
        return (
            f"{number} complete snapshot{'s' if number > 1 else ''} of the {kept[0].target.kind} page, the first of {first}"
        )
    if name := next((name for name in needed.facts if _known(casefile, name)), None):
        return _shown(casefile, name)
    if needed.all_facts and all(_known(casefile, name) for name in needed.all_facts):
        return " and ".join(f"{name} {casefile.value(name)}" for name in needed.all_facts)
    return ""


def _known(casefile: CaseFile, name: str) -> bool:
    return casefile.value(name) not in (None, "", (), [], {})


def _shown(casefile: CaseFile, name: str) -> str:
    return f"{name} is read from its page" if casefile.read(name) else f"{name}, as you entered it"


def shipping(chronology: Chronology) -> tuple[Finding, ...]:
    """Whether it was shipped by the agreed date, and how many days late. Nothing when no date was agreed."""
    agreed, shipped = chronology.happened("ship_by"), chronology.happened("shipped")
    if agreed is None:
        return ()
    source = chronology.policy.source("guide")
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


def _not_shipped(chronology: Chronology, agreed: Occurrence, cited: str) -> Finding:
    casefile, facts = chronology.casefile, (agreed.fact, "shipped_at")
    if casefile.as_of <= max(end_of(day, zone) for day, zone in agreed.days):
        return Finding(
            "shipping.late", "ok", f"The agreed ship date, {day_text(agreed)}, has not passed.", facts, source=cited
        )
    if chronology.happened("received"):
        text = f"When it was shipped is not known (agreed: {day_text(agreed)})."
        return Finding("shipping.late", "undetermined", text, facts, "Capture the order page, or set shipped_at=DAY.", cited)
    over = sorted({(day_in(casefile.as_of, zone) - day).days for day, zone in agreed.days})
    text = f"Nothing shows that it was shipped, {_days(over)} after the agreed {day_text(agreed)}."
    return Finding(
        "shipping.late", "problem", text, facts, "Capture the order page today; set shipped_at=DAY if it was shipped.", cited
    )


def _days(numbers: Sequence[int]) -> str:
    least, most = numbers[0], numbers[-1]
    return f"{least} day{'s' if most != 1 else ''}" if least == most else f"{least} or {most} days"
