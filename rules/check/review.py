"""The check of a case: is it covered, does it fit together, is the evidence for its reasons there?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from collector.model import ORIGINS, Finding, kept_in_part
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, day_text, days_between
from rules.case.dispute_page import says, text_in
from rules.case.suppliers import other_suppliers
from rules.check.adverse import adverse
from rules.check.changed import changed
from rules.check.contact import contact
from rules.check.contract import contract
from rules.check.contradictions import contradictions, implausible
from rules.check.coverage import coverage, other_protection
from rules.check.differences import differences
from rules.check.readiness import due, late_reason, readiness, shipping, strengths
from rules.check.refund import refund
from rules.conversation.elsewhere import unsure_conversations
from rules.conversation.messages import not_whole
from rules.conversation.redflags import redflags
from rules.deadlines.conflicts import timer_conflicts
from rules.deadlines.counting import Story, deadlines
from rules.deadlines.moments import moment_findings
from rules.policy.platform import REASONS, Policy


def check(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Every finding on a case, cover first, then what contradicts itself, then the evidence for each reason.

    With no `reasons`, those that the case itself names. Raises WrongRequest for an unknown reason.
    """
    known = casefile.known()
    chronology = Chronology(known, policy)
    chosen = reasons_of(known, policy, reasons)
    found = (
        *coverage(chronology),
        *changed(chronology),
        *contact(chronology, chosen),
        *shipping(chronology),
        *_claim_in_time(chronology),
        *contradictions(chronology, chosen),
        *timer_conflicts(Story.of(known, policy)),
        *moment_findings(known, policy, chosen),
        *readiness(known, policy, chosen),
    )
    return tuple(_marked(finding, known) for finding in (found if chosen else (*found, _no_reason())))


@dataclass(frozen=True, slots=True)
class NewContradictions:
    """What does not fit together since something was entered: what is most often a `slip` of the keyboard, and `others`."""

    slips: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()


def new_contradictions(before: CaseFile, after: CaseFile, policy: Policy) -> NewContradictions:
    """What does not fit together in the case `after` something was entered, and did `before`."""
    known, then = after.known(), before.known()
    old = contradictions(Chronology(then, policy), reasons_of(then, policy))
    chronology, reasons, told = Chronology(known, policy), reasons_of(known, policy), {finding.text for finding in old}
    slips = tuple(one for one in implausible(chronology, reasons) if one.text not in told)
    new = (one for one in contradictions(chronology, reasons) if one.text not in told)
    return NewContradictions(slips, tuple(one for one in new if one not in slips))


def _marked(finding: Finding, known: CaseFile) -> Finding:
    """The finding, saying so where it rests on a page that nobody but the buyer saw, or on one that was kept in part."""
    facts = [fact for name in finding.facts if (fact := known.read(name))]
    said = [f" It rests on a page {ORIGINS['saved']}."] if any(fact.saved for fact in facts) else []
    lacking = dict.fromkeys(f.lacks for f in facts if f.name != "thread.messages" and f.lacks)
    said += [f" It rests on a page {kept_in_part(lacks)}." for lacks in lacking]
    unseen = dict.fromkeys(how for name in finding.facts if finding.verdict != "ok" and (how := known.unseen(name)))
    said += [f" The page that may show it was {how}." for how in unseen if how not in map(kept_in_part, lacking)]
    if "thread.messages" in finding.facts and (why := not_whole(known)):
        said.append(f" {why[0].upper()}{why[1:]}.")
    return replace(finding, text=finding.text + "".join(words for words in said if words not in finding.text))


def review(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """The check, and what is for the buyer's eyes alone: contract, chat, both sides' weak points, other protection.

    It never goes into a pack, which the other side may read. Raises WrongRequest for an unknown reason.
    """
    known = casefile.known()
    chronology = Chronology(known, policy)
    chosen = reasons_of(known, policy, reasons)
    evidence = readiness(known, policy, chosen, due(deadlines(known, policy)))
    heard = redflags(known, policy)
    timed = {finding.id: finding for finding in evidence}
    found = (
        *(timed.get(finding.id, finding) for finding in check(casefile, policy, reasons)),
        *strengths(evidence, heard, policy, chosen),
        *refund(chronology, chosen),
        *(_of_contract(chronology, chosen) if policy.wholesale else ()),
        *other_suppliers(casefile.facts, {file.id: file.name for file in casefile.files}),
        *(differences(chronology) if policy.wholesale else ()),
        *heard,
        *unsure_conversations(casefile),
        *adverse(chronology),
    )
    return tuple(_marked(finding, known) for finding in found)


def _of_contract(chronology: Chronology, chosen: tuple[str, ...]) -> tuple[Finding, ...]:
    """What concerns an order that was negotiated: by when it was to be shipped, other cover, and what its contract says."""
    return (*late_reason(chronology, chosen), *other_protection(chronology), *contract(chronology))


def reasons_of(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The reasons asked for, else the one the buyer entered, else those the dispute page names; each once.

    Raises WrongRequest for an unknown one.
    """
    if not reasons:
        entered = [str(fact.value) for fact in casefile.asserted("reason")][-1:]
        reasons = tuple(entered) or reasons_named(text_in(casefile.value("dispute.reason")), policy)
    return tuple(policy.reason(id).id for id in dict.fromkeys(reasons))


def reasons_named(words: str, policy: Policy) -> tuple[str, ...]:
    """The reasons that a page's words name, in the policy's order."""
    plain = words.replace("’", "'")
    return tuple(reason.id for reason in policy.reasons if says(plain, reason.says))


def _no_reason() -> Finding:
    text = "No reason for a dispute is known, so the evidence for it was not checked."
    return Finding("reason", "undetermined", text, ("reason",), f"Say which: --reason {' | '.join(REASONS)}.")


def _claim_in_time(chronology: Chronology) -> tuple[Finding, ...]:
    """Whether the dispute was opened within the claim window. Nothing while there is none: `deadlines` says by when."""
    opened, rule = chronology.happened("dispute_opened"), chronology.policy.deadline("claim")
    counts = [(c, chronology.happened(c.start)) for c in rule.counts] if rule else []
    spent = [(c, days_between(start, opened)) for c, start in counts if start and opened]
    if opened is None or not spent:
        return ()
    starts = [start.fact for count in rule.counts if (start := chronology.happened(count.start))] if rule else []
    facts, said = (opened.fact, *dict.fromkeys(starts)), f"The dispute was opened on {day_text(opened)}"
    source = "; ".join(dict.fromkeys(chronology.policy.source(c.source).title for c, _ in spent))
    if all(max(days) <= count.add for count, days in spent):
        return (Finding("claim.in_time", "ok", f"{said}, within {spent[0][0].add} days.", facts, source=source),)
    if all(min(days) > count.add for count, days in spent):
        text = f"{said}, {min(spent[0][1])} days after {chronology.policy.event(spent[0][0].start).words}."
        todo = "Say in the claim from which day you count; the platform's newer texts count from confirmed receipt."
        return (Finding("claim.in_time", "problem", text, facts, todo, source),)
    text = f"{said}: whether that is in time depends on the day counted from and its time zone."
    return (Finding("claim.in_time", "undetermined", text, facts, "Keep proof of the day of receipt.", source),)
