"""Whether the conversation on the site shows that the supplier was told of each problem before a dispute; else a finding.

Each reason is judged by itself: by messages that tell of that problem, written when there could be one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from collector.model import Fact, Finding
from rules.case.chronology import Chronology, Occurrence, day_text, days_between, occurrence
from rules.conversation.messages import heard, not_whole
from rules.language.facts import sentence
from rules.language.phrases import Flag, Matcher, PhraseBook, load_phrases, matcher
from rules.language.words import day_words
from rules.policy.calendars import day_in
from rules.policy.platform import REASONS, Policy, Reason

_FACTS = ("thread.messages", "supplier_contacted_at", "dispute.submitted_at")
_DENY = ("nothing", "none", "neither")  # "nothing is broken"; beside those that take away every other phrase


@dataclass(frozen=True, slots=True)
class BuyerMessage:
    """A message of the buyer's: when, its text ("" for a picture), and its day: as printed, else in the case's zone."""

    told: Occurrence
    text: str
    on: date

    @property
    def day(self) -> str:
        return day_words(self.on)

    @property
    def quote(self) -> str:
        """Its words in quotation marks, not longer than a reader bears."""
        words = " ".join(self.text.split())
        return f"“{words if len(words) <= 120 else words[:119].rstrip() + '…'}”"


@dataclass(frozen=True, slots=True)
class ReportToSupplier:
    """What the kept conversations show of one problem's report to the supplier.

    `start` is when there can first have been such a problem (the event `begins`), None while that is not known. Of the
    buyer's messages from then on (of all, without a start), oldest first, `telling` are those that tell of this problem,
    and `unclear` those that tell of none that the words know. `seen`: whether any message of the buyer's was kept.
    """

    reason: Reason
    start: Occurrence | None
    begins: str
    seen: bool
    telling: tuple[BuyerMessage, ...]
    unclear: tuple[BuyerMessage, ...]

    @property
    def told(self) -> BuyerMessage | None:
        """The first message of which it is sure that it told the supplier of this problem."""
        return self.telling[0] if self.telling and self.start else None


def contact(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """A finding for each reason; one that judges none of them where no reason, but perhaps a problem, is known."""
    if reasons:
        return tuple(_finding(chronology, found) for found in reports(chronology, reasons))
    maybe = problem_since(chronology) or chronology.happened("dispute_opened")
    return (_of_no_reason(chronology),) if maybe or chronology.casefile.value("dispute.id") is not None else ()


def told_of_all(chronology: Chronology, reasons: tuple[str, ...]) -> bool:
    """Whether the conversation on the site shows for each of these reasons that the supplier was told; False for none."""
    return bool(reasons) and all(found.told for found in reports(chronology, reasons))


def reports(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[ReportToSupplier, ...]:
    """What was told of each problem. Raises WrongRequest for an unknown reason."""
    problems = _problems(chronology.policy)
    heard = [(message, problems(message.text)) for message in _said(chronology)]
    return tuple(_report(chronology, chronology.policy.reason(id), heard) for id in reasons)


def _report(chronology: Chronology, reason: Reason, heard: list[tuple[BuyerMessage, frozenset[str]]]) -> ReportToSupplier:
    begins = _begins(chronology, reason)
    after = [(message, problems) for message, problems in heard if follows(chronology, message.told, reason)]
    return ReportToSupplier(
        reason,
        chronology.happened(begins),
        begins,
        seen=bool(heard),
        telling=tuple(message for message, problems in after if reason.id in problems),
        unclear=tuple(message for message, problems in after if not problems),
    )


def _begins(chronology: Chronology, reason: Reason) -> str:
    """The first of the reason's events that is known; where none is, the one to ask for."""
    return next((event for event in reason.since if chronology.happened(event)), reason.since[0])


def follows(chronology: Chronology, told: Occurrence, reason: Reason) -> bool:
    """Whether something happened when there could be such a problem; True where its start is not known.

    From the day of an event on; where the event is a planned day (a ship date), from the day after.
    """
    event = _begins(chronology, reason)
    start = chronology.happened(event)
    if start is None:
        return True
    days = min(days_between(start, told), default=-1)
    if chronology.policy.event(event).planned:
        return days >= 1 or told.earliest > start.latest
    return days >= 0 or told.earliest >= start.earliest


def problem_since(chronology: Chronology) -> datetime | None:
    """From when there can be any problem: receipt, or an agreed ship date that has passed. None when neither is known."""
    starts = []
    if received := chronology.happened("received"):
        starts.append(received.earliest)
    ship_by = chronology.happened("ship_by")
    if ship_by and chronology.casefile.is_past(ship_by.latest):
        starts.append(ship_by.earliest)
    return min(starts, default=None)


def _finding(chronology: Chronology, found: ReportToSupplier) -> Finding:
    opened = chronology.happened("dispute_opened")
    id, label = f"contact.{found.reason.id}", found.reason.label
    telling, unclear = (_before(messages, opened) for messages in (found.telling, found.unclear))
    facts = (*_FACTS, found.start.fact) if found.start else _FACTS
    place, write = chronology.policy.words.messages, _write(chronology)
    if telling and found.start:
        text = f"{label}: the {place} shows that you told the supplier on {telling[0].day}: {telling[0].quote}"
        return Finding(id, "ok", text, ("thread.messages", found.start.fact), "", _where(chronology))
    if telling:
        event = chronology.policy.event(found.begins)
        text = f"{label}: you wrote on {telling[0].day}: {telling[0].quote} {_later_than(event.words)}"
        todo = f"Enter the day: tradewitness case set CASE {event.facts[-1]}=DAY."
        return Finding(id, "undetermined", text, (*_FACTS, *event.facts), todo, _where(chronology))
    if unclear:
        text = f"{label}: the {place} shows your message of {unclear[-1].day}, but no word in it that tells of this."
        todo = f"Read it again; if it does not say what is wrong: {write}"
        return Finding(id, "undetermined", text, facts, todo, _where(chronology))
    if not_whole(chronology.casefile) and not chronology.happened("supplier_contacted"):
        return Finding(
            id, "undetermined", f"{label}: {_may_be_elsewhere(chronology)}", facts, _look(chronology), _where(chronology)
        )
    text, todo = f"{label}: {_nothing(chronology, found, opened)}", write if _kept(chronology) else _keep(chronology)
    return Finding(id, "problem" if found.seen and opened else "missing", text, facts, todo, _where(chronology))


def _later_than(words: str) -> str:
    return f"Whether that was after {words} is not known."


def _nothing(chronology: Chronology, found: ReportToSupplier, opened: Occurrence | None) -> str:
    """That no message tells of it, and what the buyer's own word of it is worth."""
    since = f" since {chronology.policy.event(found.begins).words} ({day_text(found.start)})" if found.start else ""
    claimed = chronology.happened("supplier_contacted")
    if claimed and not follows(chronology, claimed, found.reason):
        return f"you say that you wrote to the supplier on {day_text(claimed)}; that was too early to be about this."
    if claimed:
        return f"you say that you wrote to the supplier on {day_text(claimed)}; no thread kept so far shows it."
    if not found.seen:
        return "no thread kept so far shows that you told the supplier of it."
    before = " before the dispute was opened" if opened else ""
    return f"the {chronology.policy.words.messages} shows no message of yours{since} that tells the supplier of it{before}."


def _of_no_reason(chronology: Chronology) -> Finding:
    """What was told, reason by reason; whether it is enough cannot be said before a reason is named."""
    id, opened, where = "contact.before_dispute", chronology.happened("dispute_opened"), _where(chronology)
    place, write, keep = chronology.policy.words.messages, _write(chronology), _keep(chronology)
    every = reports(chronology, tuple(reason.id for reason in chronology.policy.reasons))
    told = {r.reason.label: _before(r.telling, opened)[0] for r in every if r.told and _before(r.telling, opened)}
    if told:
        listed = "; ".join(f"{label}, on {said.day}: {said.quote}" for label, said in told.items())
        text = f"The {place} shows what you told the supplier. {listed}"
        todo = f"Say which of it is your reason: --reason {' | '.join(REASONS)}."
        return Finding(id, "undetermined", text, _FACTS, todo, where)
    said, since = _said(chronology), problem_since(chronology)
    recent = _before(tuple(s for s in said if not since or s.told.latest >= since), opened)
    if recent:
        text = f"The {place} shows your message of {recent[-1].day}, but no word in it that tells of a problem."
        return Finding(id, "undetermined", text, _FACTS, f"Read it again; if it does not say what is wrong: {write}", where)
    claimed = chronology.happened("supplier_contacted")
    if claimed and not said:
        text = f"You say that you wrote to the supplier on {day_text(claimed)}; no thread kept so far shows it."
        return Finding(id, "missing", text, _FACTS, keep, where)
    if not_whole(chronology.casefile):
        return Finding(id, "undetermined", sentence(_may_be_elsewhere(chronology)), _FACTS, _look(chronology), where)
    if said and opened:
        text = f"The {place} shows no message from you about the problem before the dispute was opened."
        return Finding(id, "problem", text, _FACTS, write, where)
    text = "No thread kept so far shows that you told the supplier of the problem."
    return Finding(id, "missing", text, _FACTS, write if _kept(chronology) else keep, where)


def _write(chronology: Chronology) -> str:
    return (
        f"Write to the supplier in the {chronology.policy.words.messages} what is wrong (tradewitness draft CASE supplier),"
        " then keep the thread: tradewitness capture CASE."
    )


def _keep(chronology: Chronology) -> str:
    place = chronology.policy.words.messages
    return f"Capture the {place} thread: tradewitness case set CASE --thread NAME, then tradewitness capture CASE."


def _look(chronology: Chronology) -> str:
    write = _write(chronology)
    return f"Look there by hand: if you did not, {write[0].lower()}{write[1:]}"


def _may_be_elsewhere(chronology: Chronology) -> str:
    place = chronology.policy.words.messages
    return f"what is kept of the {place} does not show that you told the supplier; what is not kept may."


def _where(chronology: Chronology) -> str:
    source = chronology.policy.base
    return f"{source.title} ({source.effective})"


def _before(messages: tuple[BuyerMessage, ...], opened: Occurrence | None) -> tuple[BuyerMessage, ...]:
    return tuple(m for m in messages if not opened or m.told.earliest <= opened.latest)


def _kept(chronology: Chronology) -> bool:
    return bool(heard(chronology.casefile))


@lru_cache
def _problems(policy: Policy) -> Callable[[str], frozenset[str]]:
    """What gives the reasons of which a text tells, and does not take it away by a negation; each text is read once.

    The words are compiled at the first text, which takes longer than all else where there is none.
    """

    @cache
    def words() -> Matcher:
        flags = tuple(Flag(reason.id, "term", reason.label, (), reason.tells) for reason in policy.reasons)
        return matcher(PhraseBook((*load_phrases().negations, *_DENY), (), flags))

    @lru_cache(maxsize=20_000)
    def problems(text: str) -> frozenset[str]:
        return frozenset(hit.flag.id for hit in words().hits(text))

    return problems


def _said(chronology: Chronology) -> tuple[BuyerMessage, ...]:
    """The buyer's messages that any visit saw and whose time can be read, oldest first; what was recalled is left out."""
    casefile, found = chronology.casefile, list[BuyerMessage]()
    for message in heard(casefile):
        if message.get("from") == "buyer" and not message.get("recalled"):
            value = message.get("sent_at") or message.get("printed")
            told = occurrence(Fact("thread.messages", value, "read", "", ""), casefile.zone, chronology.readings)
            text = message.get("text")
            found += [BuyerMessage(told, text if isinstance(text, str) else "", _day(told, casefile.zone))] if told else []
    return tuple(sorted(found, key=lambda said: (said.told.earliest, said.told.latest)))


def _day(told: Occurrence, zone: str) -> date:
    days = {day for day, _ in told.days}
    return days.pop() if len(days) == 1 else day_in(told.earliest, zone)
