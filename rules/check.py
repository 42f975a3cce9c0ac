"""The check of a case: is it covered, does it fit together, is the evidence for its reasons there?"""

from __future__ import annotations

from collector.model import Finding
from rules.casefile import CaseFile
from rules.chronology import Chronology, day_text
from rules.contradictions import contradictions
from rules.coverage import coverage
from rules.deadlines import deadlines
from rules.policy import REASONS, Policy
from rules.readiness import readiness, shipping
from rules.timers import words_of


def check(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Every finding on a case, cover first, then what contradicts itself, then the evidence for each reason.

    With no `reasons`, those that the case itself names. Raises WrongRequest for an unknown reason.
    """
    known = casefile.known()
    chronology = Chronology(known, policy)
    chosen = reasons_of(known, policy, reasons)
    found = (
        *coverage(chronology),
        *shipping(chronology),
        *_claim_in_time(casefile, chronology),
        *contradictions(chronology, chosen),
        *readiness(known, policy, chosen),
    )
    return found if chosen else (*found, _no_reason())


def reasons_of(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The reasons asked for, else the one the buyer entered, else those the dispute page names; each once.

    Raises WrongRequest for an unknown one.
    """
    if not reasons:
        entered = [str(fact.value) for fact in casefile.asserted("reason")][-1:]
        reasons = tuple(entered) or reasons_named(words_of(casefile.value("dispute.reason")), policy)
    return tuple(policy.reason(id).id for id in dict.fromkeys(reasons))


def reasons_named(words: str, policy: Policy) -> tuple[str, ...]:
    """The reasons that a page's words name, in the policy's order."""
    lower = words.lower().replace("’", "'")
    return tuple(reason.id for reason in policy.reasons if any(phrase in lower for phrase in reason.says))


def _no_reason() -> Finding:
    text = "No reason for a dispute is known, so the evidence for it was not checked."
    return Finding("reason", "undetermined", text, ("reason",), f"Say which: --reason {' | '.join(REASONS)}.")


def _claim_in_time(casefile: CaseFile, chronology: Chronology) -> tuple[Finding, ...]:
    """Whether the dispute was opened within the claim window. Nothing while there is none: `deadlines` says by when."""
    opened = chronology.happened("dispute_opened")
    window = next((d for d in deadlines(casefile, chronology.policy) if d.id == "claim" and d.latest), None)
    if opened is None or window is None or window.earliest is None or window.latest is None:
        return ()
    facts = (opened.fact, "received_at")
    said = f"The dispute was opened on {day_text(opened)}"
    if opened.earliest > window.latest:
        text = f"{said}, after the last day of the 30 as we count them."
        todo = "Say in the claim from which day you count; the platform's newer texts count from confirmed receipt."
        return (Finding("claim.in_time", "problem", text, facts, todo, window.source),)
    if opened.latest > window.earliest:
        text = f"{said}, on the last day: whether that is in time depends on the time zone and on the day counted from."
        return (Finding("claim.in_time", "undetermined", text, facts, "Keep proof of the day of receipt.", window.source),)
    return (Finding("claim.in_time", "ok", f"{said}, within the 30 days.", facts, source=window.source),)
