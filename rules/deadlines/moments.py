"""The moments of an order at which the tool speaks first: what to look out for, which page to open, what to press there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from collector.model import ALIBABA, Deadline, Finding, Money
from rules.case.casefile import CaseFile
from rules.case.chronology import day_text
from rules.case.dispute_page import TIMER, stage
from rules.check.contact import told_of_all
from rules.deadlines.counting import Story, deadlines
from rules.policy.fact_names import FACTS
from rules.policy.platform import DEADLINE_IDS, Policy, load_policy
from rules.policy.schema import from_toml, installed, wrong

VERDICTS = ("problem", "missing", "ok")
_RUNS = ("open", "due_soon", "act_now", "overdue", "undetermined")
_MISSED = ("act_now", "overdue")
_NAME = re.compile(r"\{([a-z_.]+)\}")


@dataclass(frozen=True, slots=True)
class Moment:
    """One stage of an order: when it has come, what the tool says then, the page, and what to press there.

    `draft` is the kind of text that `draft CASE` writes for it, or "".
    """

    id: str
    label: str
    verdict: str
    page: str
    press: str
    say: tuple[str, ...]
    source: str
    has: tuple[str, ...] = ()
    has_any: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    draft: str = "-"


@dataclass(frozen=True, slots=True)
class Moments:
    """Every moment, in the order of an order's life."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A moment that has come for a case: its words filled with the case's facts, and the page's address ("" if unknown).

    `facts` are the names of those by which it has come.
    """

    id: str
    label: str
    verdict: str
    press: str
    say: tuple[str, ...]
    page: str
    url: str
    draft: str
    source: str
    facts: tuple[str, ...] = ()


@lru_cache
def load_moments(site: str = ALIBABA) -> Moments:
    """The installed moments of a site. Raises WrongRequest when their text is wrong."""
    return parse(installed(f"moments_{site}"), load_policy(site))


def parse(text: str, policy: Policy) -> Moments:
    """Moments from TOML text, checked against the policy. Raises WrongRequest that names the place of what is wrong."""
    found = from_toml(Moments, text, "moments")
    signs = {"told", *FACTS, *(event.id for event in policy.events)}
    signs |= {f"no:{name}" for name in FACTS} | {f"stage:{phrase.stage}" for phrase in policy.phrases}
    signs |= {f"{word}:{id}" for word in ("running", "missed") for id in DEADLINE_IDS}
    for moment in found.moments:
        where = f"moments.{moment.id}"
        named = (*moment.has, *moment.has_any, *moment.lacks)
        if strange := [name for name in named if name not in signs]:
            raise wrong(where, f"{strange[0]!r}: no such event, fact, stage or deadline")
        if not moment.has and not moment.has_any:
            raise wrong(where, "it says of nothing when it comes")
        if moment.verdict not in VERDICTS:
            raise wrong(where, f"the verdict is one of {', '.join(VERDICTS)}")
        if moment.source not in {source.id for source in policy.sources}:
            raise wrong(where, f"{moment.source!r}: no such source")
    return found


def moments(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...]) -> tuple[Advice, ...]:
    """What to say now, what matters most first: problems, then what is missing, then the rest; newer stages first.

    `reasons` are those of the case, or those asked for.
    """
    known = casefile.known()
    story = Story.of(known, policy)
    signs = _signs(story, deadlines(known, policy), reasons)
    now = [moment for moment in reversed(load_moments(policy.name).moments) if _has_come(moment, signs)]
    now.sort(key=lambda moment: VERDICTS.index(moment.verdict))
    return tuple(_advice(moment, story, signs) for moment in now)


def moment_findings(casefile: CaseFile, policy: Policy, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """The same as findings of the check, one a moment."""
    return tuple(
        Finding(
            f"moment.{advice.id}",
            "problem" if advice.verdict == "problem" else "missing" if advice.verdict == "missing" else "ok",
            f"{advice.label}. {' '.join(advice.say)}",
            advice.facts,
            f"On the {advice.page} page: {advice.press}.",
            advice.source,
        )
        for advice in moments(casefile, policy, reasons)
    )


def _signs(story: Story, found: tuple[Deadline, ...], reasons: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Everything that a moment may depend on, of this case as of now, each with the names of the facts that show it."""
    chronology, case = story.chronology, story.casefile
    told = {event.id: chronology.happened(event.id) for event in story.policy.events}
    values = {name: case.value(name) for name in FACTS}
    signs: dict[str, tuple[str, ...]] = {name: (name,) for name, value in values.items() if _tells(value)}
    signs |= {f"no:{name}": (name,) for name, value in values.items() if value is False or _nought(value)}
    signs |= {event: (when.fact,) for event, when in told.items() if when}
    signs |= {f"running:{d.id}": _rests_on(d, story) for d in found if d.state in _RUNS and d.act_by}
    signs |= {f"missed:{d.id}": _rests_on(d, story) for d in found if d.state in _MISSED}
    if phrase := stage(story.pages):
        signs[f"stage:{phrase.stage}"] = tuple(name for name in story.policy.dispute_words if case.fact(name))
    if reasons:
        signs.setdefault("reason", tuple(name for name in ("reason", "dispute.reason") if case.fact(name)))
    if told_of_all(chronology, reasons):
        signs["told"] = ("thread.messages",)
    return signs


def _rests_on(deadline: Deadline, story: Story) -> tuple[str, ...]:
    """The facts that a deadline is counted from: the events that start it, and the printed timer."""
    rule = story.policy.deadline(deadline.id)
    starts = [story.chronology.happened(event) for event in rule.starts] if rule else []
    printed = (TIMER,) if deadline.printed else ()
    return tuple(dict.fromkeys((*printed, *(start.fact for start in starts if start))))


def _tells(value: Any) -> bool:
    return bool(value.amount) if isinstance(value, Money) else value not in (None, "", False, (), [], {})


def _nought(value: Any) -> bool:
    return isinstance(value, Money) and not value.amount


def _has_come(moment: Moment, signs: Collection[str]) -> bool:
    all_there = all(name in signs for name in moment.has)
    one_there = not moment.has_any or any(name in signs for name in moment.has_any)
    return all_there and one_there and not any(name in signs for name in moment.lacks)


def _advice(moment: Moment, story: Story, signs: Mapping[str, tuple[str, ...]]) -> Advice:
    def fill(text: str) -> str:
        return _NAME.sub(lambda match: _said(match[1], story), text)

    url, source = address(story.casefile, moment.page), story.policy.source(moment.source)
    said = tuple(fill(text) for text in moment.say)
    draft = "" if moment.draft == "-" else moment.draft
    facts = dict.fromkeys(fact for name in (*moment.has, *moment.has_any) for fact in signs.get(name, ()))
    return Advice(
        moment.id, moment.label, moment.verdict, fill(moment.press), said, moment.page, url, draft,
        f"{source.title} ({source.effective})", tuple(facts),
    )  # fmt: skip


def _said(name: str, story: Story) -> str:
    """A fact or an event's day in words."""
    if any(event.id == name for event in story.policy.events):
        told = story.chronology.happened(name)
        return day_text(told) if told else "a day not known yet"
    value = story.casefile.value(name)
    return "not known yet" if value in (None, "") else str(value)


def address(casefile: CaseFile, page: str) -> str:
    """Where the page was last seen: of the kind wanted, or the order's; empty when neither was visited."""
    seen = {snapshot.target.kind: snapshot.target.url for snapshot in casefile.snapshots}
    return seen.get(page) or seen.get("order", "")
