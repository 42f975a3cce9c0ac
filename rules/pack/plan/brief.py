"""The claim in ten lines, the exhibits to look at first, and where each exhibit is cited. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collector.model import Exhibit
from rules.language.dates import both
from rules.pack.plan.claim import NOT_SHOWN, ClaimLine, Comparison
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import Marked, TimelineRow
from rules.pack.plan.wording import listed

MOST_LINES = 10
MOST_FIRST, MOST_SHOWN = 3, 3
_CITED = re.compile(r"\b([AB])(\d{2,})(?: to [AB](\d{2,}))?\b")
_OF_TIME = ("late", "not_shipped", "not_received")
_PICTURES = ("photo", "video")
_ADMITS = "the supplier admits "  # what the labels of admissions begin with, before what is admitted
# How much an exhibit carries by what it shows; admissions weigh most, for nobody argues with his own words.
_ADMISSION, _COMPARED, _CHANGE, _PICTURE, _FIGURE = 5, 3, 3, 5, 1


@dataclass(frozen=True, slots=True)
class FirstExhibit:
    """An exhibit to look at first, and what it shows, in words."""

    exhibit: Exhibit
    shows: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of report and viewer that cites exhibits: its anchor and its name."""

    anchor: str
    name: str


CLAIM, AGREED = Section("claim", "The claim"), Section("agreed", "What was agreed, and what happened")
ORDER, CHANGED = Section("order", "The order"), Section("changed", "What was changed on the pages")
TIMELINE, CONVERSATION = Section("timeline", "What happened, in order"), Section("conversation", "The conversation")


def ten_lines(plan: PackPlan) -> tuple[ClaimLine, ...]:
    """What a reader must know, in at most ten sentences, each with the exhibits that show it; labels are empty."""
    before = [ClaimLine("", plan.claim.sentence), *_facts(plan)]
    after = [*_request(plan), *_proof(plan)]
    told = [*_admitted(plan), *(ClaimLine("", f"{c.text.rstrip('.')}.", c.source) for c in plan.changes)]
    return tuple([*before, *told[: MOST_LINES - len(before) - len(after)], *after][:MOST_LINES])


def first_exhibits(plan: PackPlan) -> tuple[FirstExhibit, ...]:
    """At most three, those that carry the claim the most first; of equal ones that of the lower number."""
    weights: Counter[str] = Counter()
    shows: dict[str, dict[str, None]] = {}
    for number, weight, words in _carried(plan):
        weights[number] += weight
        shows.setdefault(number, {})[words] = None
    places = {exhibit.number: place for place, exhibit in enumerate(plan.exhibits)}
    best = sorted((n for n in weights if n in places), key=lambda n: (-weights[n], places[n]))[:MOST_FIRST]
    return tuple(FirstExhibit(plan.exhibits[places[n]], listed(tuple(shows[n])[:MOST_SHOWN])) for n in best)


def cited(source: str) -> tuple[str, ...]:
    """The numbers of the exhibits that a source names: "A01, kept in part", "A01, A03", "B01 to B04"."""
    found: list[str] = []
    for letter, first, last in _CITED.findall(source):
        found += [f"{letter}{number:02d}" for number in range(int(first), int(last or first) + 1)]
    return tuple(dict.fromkeys(found))


def sections_by_exhibit(plan: PackPlan, rows: Iterable[TimelineRow]) -> Mapping[str, tuple[Section, ...]]:
    """Where each exhibit is cited, in the order of the report; `rows` are those that its timeline shows."""
    found: dict[str, dict[Section, None]] = {}
    claim, messages = plan.claim, [row for row in plan.timeline if row.kind == "message"]
    for section, sources in (
        (CLAIM, [*(line.source for line in ten_lines(plan)), *(line.source for line in claim.money)]),
        (AGREED, [side.source for row in claim.compared for side in (row.agreed, row.happened)]),
        (ORDER, [line.source for line in claim.parties]),
        (CHANGED, [source for change in plan.changes for source in change.sources]),
        (TIMELINE, [row.source for row in rows]),
        (CONVERSATION, [row.source for row in messages]),
    ):
        for source in sources:
            for number in cited(source):
                found.setdefault(number, {})[section] = None
    return {number: tuple(sections) for number, sections in found.items()}


def _carried(plan: PackPlan) -> Iterator[tuple[str, int, str]]:
    """Exhibit, weight and words of everything that the claim rests on."""
    for row in _admissions(plan)[:2]:
        for number in cited(row.source):
            yield number, _ADMISSION, quoted_mark(row, row.marks[0])
    for compared in _relevant(plan):
        topic = compared.topic.lower()
        sides = ((compared.agreed, f"the agreed {topic}"), (compared.happened, _happened(compared)))
        for side, words in sides:
            for number in cited(side.source):
                if not number.startswith("B"):
                    yield number, _COMPARED, words
    for place, exhibit in enumerate(_pictures(plan)):
        yield exhibit.number, _PICTURE if place == 0 else _FIGURE, "a picture that the buyer took"
    yield from _papers(plan)
    yield from _changed(plan)
    for line in plan.claim.money:
        for number in cited(line.source):
            yield number, _FIGURE, line.label.lower() if line.label != "Asked for" else "what is asked for"
    talk = [number for row in plan.timeline if row.kind == "message" for number in cited(row.source)]
    yield from ((number, _FIGURE, "what both sides wrote") for number in dict.fromkeys(talk))


def _papers(plan: PackPlan) -> Iterator[tuple[str, int, str]]:
    """Of the buyer's own papers what binds, and what a third party found of the goods."""
    for exhibit in plan.exhibits:
        if exhibit.kind == "contract":
            yield exhibit.number, _COMPARED, "the contract, as the buyer kept it"
        if exhibit.kind == "inspection" and not set(plan.reasons) <= set(_OF_TIME):
            yield exhibit.number, _COMPARED, "what an inspection found of the goods"


def _changed(plan: PackPlan) -> Iterator[tuple[str, int, str]]:
    """What an exhibit shows of changes: the first that bears on a reason gives it weight, however many there are."""
    weighed = set[str]()
    for change in sorted(plan.changes, key=lambda change: not _bears(plan, change.name)):
        for number in cited(change.source):
            weight = _CHANGE if _bears(plan, change.name) and number not in weighed else 0
            weighed.add(number)
            yield number, weight, f"that {change.head[:1].lower()}{change.head[1:].rstrip('.')}"


def _bears(plan: PackPlan, changed: str) -> bool:
    """Whether a change bears on the reasons: what the goods were said to be does not where all is about time."""
    page = changed.partition(".")[0]
    of_time = bool(plan.reasons) and set(plan.reasons) <= set(_OF_TIME)
    return page in ("order", "message") if of_time else page != "dispute"


def _happened(row: Comparison) -> str:
    if row.topic != "Shipping date":
        return f"what came of it ({row.topic.lower()})"
    return "that no shipment is shown" if row.happened.text == NOT_SHOWN else "when the goods were shipped"


def _pictures(plan: PackPlan) -> tuple[Exhibit, ...]:
    """The buyer's own pictures of the goods, where a reason is about the goods."""
    of_goods = not set(plan.reasons) <= set(_OF_TIME)
    return tuple(e for e in plan.exhibits if of_goods and e.kind in _PICTURES and e.files)


def _relevant(plan: PackPlan) -> tuple[Comparison, ...]:
    """The comparisons that bear on the reasons."""
    wanted = {
        "Shipping date": ("late", "not_shipped"), "Delivery": ("not_received",), "Quantity": ("quantity",),
        "Terms of the contract": ("quality", "not_as_described", "damaged"),
    }  # fmt: skip
    return tuple(
        row for row in plan.claim.compared if not plan.reasons or set(wanted.get(row.topic, ())) & set(plan.reasons)
    )


def _facts(plan: PackPlan) -> Iterator[ClaimLine]:
    rows = {row.topic: row for row in _relevant(plan)}
    if late := rows.get("Shipping date"):
        source = ", ".join(dict.fromkeys(filter(None, (late.agreed.source, late.happened.source))))
        shipped = f"Shipped: {late.happened.text.rstrip('.')}."
        shipped = "The order page shows no shipment." if late.happened.text == NOT_SHOWN else shipped
        moved = next((change for change in plan.changes if change.name == "order.ship_by"), None)
        was = f"; the page said {moved.before} until it was changed" if moved else ""
        source = ", ".join(dict.fromkeys((source, *moved.sources[:1]))) if moved and moved.sources[0] else source
        yield ClaimLine("", f"Agreed ship date: {late.agreed.text}{was}. {shipped}", source)
    for sentence in plan.claim.numbers:
        if not (late and sentence.startswith("Shipped ")):
            yield ClaimLine("", sentence, "the buyer" if sentence.endswith("the buyer.") else "")
    if pictures := [exhibit.number for exhibit in _pictures(plan)]:
        source = pictures[0] if len(pictures) == 1 else f"{pictures[0]} to {pictures[-1]}"
        source = source if len(pictures) == int(pictures[-1][1:]) - int(pictures[0][1:]) + 1 else ", ".join(pictures)
        yield ClaimLine("", f"The buyer adds {_count(len(pictures), 'picture')} of the goods.", source)


def _admissions(plan: PackPlan) -> tuple[TimelineRow, ...]:
    """The messages with an admission that speaks for one of the reasons, those that say the most first, then the newest."""
    found = [
        row
        for row in reversed(plan.timeline)
        if any(m.kind == "admission" and (not plan.reasons or set(m.reasons) & set(plan.reasons)) for m in row.marks)
    ]
    return tuple(sorted(found, key=lambda row: -max(len(quoted_mark(row, mark)) for mark in row.marks)))


def quoted_mark(row: TimelineRow, mark: Marked) -> str:
    """What a message is marked for, in quotes; where the site translated the message, its translation, too."""
    if row.translation:
        return f"“{_short(mark.sentence)}” (the site's translation: “{_short(' '.join(row.translation.split()))}”)"
    return f"“{_short(mark.sentence)}”"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _admitted(plan: PackPlan) -> Iterator[ClaimLine]:
    """Each thing that was admitted, once, where it says the most; then that the buyer refused what would cost the claim."""
    told = set[str]()
    answers = (r for r in reversed(plan.timeline) if "late" in plan.reasons and any(m.kind == "answer" for m in r.marks))
    for row in (*_admissions(plan), *answers):
        for mark in row.marks:
            if mark.kind != "red_flag" and mark.text not in told:
                told.add(mark.text)
                day = row.when.partition(",")[0]
                yield ClaimLine("", _wrote(mark, day, quoted_mark(row, mark)), row.source)


def _wrote(mark: Marked, day: str, words: str) -> str:
    """An admission is what somebody reads in words: the words come first, then how they are read."""
    if mark.text.startswith(_ADMITS):
        return f"The supplier wrote ({day}): {words}. It is read as an admission {mark.text.removeprefix(_ADMITS)}."
    return f"{mark.text[0].upper()}{mark.text[1:]} ({day}): {words}"


def _request(plan: PackPlan) -> Iterator[ClaimLine]:
    parties = {line.label: line for line in plan.claim.parties}
    labels = ("Refund request", "Its status", "Timer printed there", "What the page says of it")
    request, status, timer, hint = (parties.get(label) for label in labels)
    if request or status:
        told = f"Refund request {request.text}" if request else "The refund request"
        told += f" stands at “{status.text}”" if status else " was opened"
        told += f"; the timer printed there ends {timer.text}" if timer else ""
        told += f". The page says: “{hint.text.rstrip('.')}”" if hint and hint.text != NOT_SHOWN else ""
        yield ClaimLine("", f"{told}.", next(line.source for line in (status, request) if line))
    if plan.claim.calculation:
        yield ClaimLine("", plan.claim.calculation)


def _proof(plan: PackPlan) -> Iterator[ClaimLine]:
    stamped = [(one.name, one.stamped_at) for one in plan.covering.authorities if one.stamped_at]
    seen, own = sum(e.witnessed for e in plan.exhibits), sum(not e.witnessed for e in plan.exhibits)
    kept = listed(tuple(_count(n, word) for n, word in ((seen, "page"), (own, "file")) if n))
    if stamped and kept:
        name, at = stamped[0]
        others = f" and {len(stamped) - 1} more" if len(stamped) > 1 else ""
        yield ClaimLine(
            "", f"{kept[0].upper()}{kept[1:]} were sealed, and stamped by {name}{others} on {both(at, plan.zone)}."
        )


def _short(sentence: str, most: int = 140) -> str:
    return sentence if len(sentence) <= most else f"{sentence[: most - 1].rsplit(' ', 1)[0]} …"
