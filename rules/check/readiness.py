"""Whether the evidence for a reason is there: requirements from the policy against files, snapshots and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from collector.model import Deadline, Finding
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, Occurrence, day_text, days_between
from rules.conversation.redflags import speaks_against, speaks_for
from rules.policy.calendars import day_in, end_of, written
from rules.policy.platform import Policy, Reason, Requirement


def readiness(
    casefile: CaseFile, policy: Policy, reasons: tuple[str, ...], act_by: datetime | None = None
) -> tuple[Finding, ...]:
    """One finding for each piece of evidence that each reason needs. Raises WrongRequest for an unknown reason.

    `act_by` (UTC) is when the evidence is due: what cannot be had by then is named with what serves instead.
    """
    wanted = [policy.reason(id) for id in reasons]
    days = (act_by - casefile.as_of).days if act_by else None
    return tuple(_finding(casefile, reason, needed, days) for reason in wanted for needed in reason.requirements)


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
    word = "strong" if not missing else "fair" if there * 2 >= len(own) else "thin"
    text = f"{reason.label}: the evidence is {word}: {there} of {len(own)} pieces are there"
    text += f"; missing: {', '.join(missing)}." if missing else "."
    if admission:
        text += f" The supplier's own words speak for you: {admission}."
    if against:
        text += f" Your own words speak against you: {against}."
        return Finding(f"strength.{reason.id}", "problem", text, todo="See below what to do about your own words.")
    return Finding(f"strength.{reason.id}", "missing" if missing else "ok", text)


def _finding(casefile: CaseFile, reason: Reason, needed: Requirement, days: int | None) -> Finding:
    id, facts = f"{reason.id}.{needed.id}", (*needed.facts, *needed.all_facts)
    source = "Evidence by reason: guidance assembled from the platform's texts, not an official list"
    files = [file for file in casefile.files if file.kind in needed.files]
    if found := _found(casefile, needed):
        return Finding(id, "ok", f"{reason.label}, there is {needed.label}: {found}.", facts, source=source)
    some = f" ({len(files)} of {needed.at_least} files so far)" if files else ""
    text = f"{reason.label}, still missing: {needed.label}{some}."
    return Finding(id, "missing", text, facts, _how(needed, days), source)


def _how(needed: Requirement, days: int | None) -> str:
    """How to get it, in the time that is left."""
    if days is None or not needed.takes_days:
        return needed.how
    left = f"{days} day{'' if days == 1 else 's'}" if days > 0 else "less than a day"
    if days < needed.takes_days and needed.meanwhile:
        are = "is" if days <= 1 else "are"
        return f"It takes about {needed.takes_days} days and {left} {are} left. {needed.meanwhile} {needed.how}"
    return f"{needed.how} It takes about {needed.takes_days} days; {left} are left."


def _found(casefile: CaseFile, needed: Requirement) -> str:
    """Where the evidence is, in words; empty when it is missing."""
    files = [file for file in casefile.files if file.kind in needed.files]
    if files and len(files) >= needed.at_least:
        names = ", ".join(file.name for file in files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        return f"{len(files)} file{'s' if len(files) > 1 else ''} added by you ({names})"
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


def late_reason(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """Arrived late is not shipped late: said where late is claimed and the shipment was in time."""
    agreed, shipped = chronology.happened("ship_by"), chronology.happened("shipped")
    if "late" not in reasons or agreed is None or shipped is None or max(days_between(agreed, shipped), default=0) > 0:
        return ()
    arrived = chronology.happened("received")
    came = f", and they arrived on {day_text(arrived)}" if arrived else ""
    source = chronology.policy.source("guide")
    text = f"Late shipment is covered, late arrival is not: the goods were shipped by the agreed date{came}."
    todo = (
        "Claim lateness only if the contract names a day of arrival (quote it), or the carrier's first scan shows a later"
        " shipment; otherwise choose the reason that fits: not received, damaged, quality."
    )
    return (Finding("shipping.arrived_late", "problem", text, (agreed.fact, shipped.fact), todo, source.title),)


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
