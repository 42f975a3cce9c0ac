"""What stands in a case: its pages and facts, what was sought in it, and facts that were read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from casework.blocks import Block, Cell, Excerpt, Part, Span, Table, View, hint, line, warnings
from collector.canonical import as_json
from collector.errors import DONE, PARTIAL
from collector.kinds import in_words
from collector.model import ALIBABA, ORIGINS, Printed, kept_in_part
from rules.language.dates import as_printed
from rules.language.facts import fact_words, page_words, sentence, value_words
from rules.language.words import time_words

if TYPE_CHECKING:
    from casework.asking.dossier import FactPicture
    from casework.asking.search import SearchAnswer, SearchHit
    from casework.proving.reread import FactChange, RereadAnswer
    from collector.archive.queries import Case
    from collector.model import Fact, Target

READ_BY_A_MACHINE = "read by a machine from a picture; read the picture"
_WHERE = {"json": "the page's data", "css": "the page", "frame": "messages as sent", "line": "your file"}


# -- cases --------------------------------------------------------------------------------------------------------------


def cases(rows: list[tuple[Case, list[Target]]]) -> View:
    """Every case and its pages."""
    json = {"cases": [case_json(case, targets) for case, targets in rows]}
    if not rows:
        return View(json, (line("No case is open yet. Open one: tradewitness case open ORDER_NUMBER --order ADDRESS"),))
    shown = tuple((c.order, c.name, c.account, c.zone, ", ".join(t.id for t in targets)) for c, targets in rows)
    return View(json, (Table(("Order", "Name", "Account", "Time zone", "Pages"), shown),))


def case(
    case: Case,
    targets: list[Target],
    what: str,
    warned: list[str],
    entered: tuple[str, ...] = (),
    doubts: tuple[str, ...] = (),
) -> View:
    """One case after a change: `what` became of it, what was `entered`, and what does not fit together since."""
    name = f" ({case.name})" if case.name else ""
    then = "capture {}" if targets else "case set {} --order ADDRESS"
    blocks = (
        line(f"Case {case.order}{name} {what}. Time zone: {case.zone}."),
        *(line(text, indent=2) for text in entered),
        *warnings(doubts),
        *(line(f"{target.id:<10} {target.url}", indent=2) for target in targets if not entered),
        hint(f"Next: tradewitness {then.format(case.order)}"),
        *map(hint, warned),
    )
    value = {"case": case_json(case, targets), "warnings": list(warned), "entered": list(entered), "doubts": list(doubts)}
    return View(value, blocks)


def case_json(case: Case, targets: list[Target]) -> dict[str, Any]:
    """A case and its pages in the contract's form."""
    pages = [{"id": t.id, "kind": t.kind, "url": t.url, "account": t.account} for t in targets]
    return {**as_json(case), "targets": pages}


# -- facts --------------------------------------------------------------------------------------------------------------


def facts(facts: list[Fact], tiles: list[FactPicture | None], zone: str, site: str = ALIBABA) -> View:
    """What was read and entered, and where it stands; `tiles` are the pictures that show each, times are told in `zone`."""
    rows = [_fact_json(fact, tile) for fact, tile in zip(facts, tiles, strict=True)]
    return View(as_json({"facts": rows}), tuple(_facts(facts, zone, site)))


def _fact_json(fact: Fact, tile: FactPicture | None) -> dict[str, Any]:
    keys = ("name", "value", "state", "snapshot", "reader", "place", "at", "round")
    return {**{k: getattr(fact, k) for k in keys}, "origin": ORIGINS[fact.origin], "tile": tile, "lacks": fact.lacks}


def _facts(facts: list[Fact], zone: str, site: str) -> Iterator[Block]:
    if not facts:
        yield line("Nothing has been read or entered yet.")
    yield Table(("Fact", "Value", "State", "Where it stands", "Snapshot"), tuple(_fact(fact, zone, site) for fact in facts))
    for snapshot, lacks in dict.fromkeys((f.snapshot, f.lacks) for f in facts if f.lacks):
        yield from warnings([f"{snapshot}: the page was {kept_in_part(lacks)}."])
    yield hint("The exact place of each, and the words that stand there: tradewitness facts … --json")


def _fact(fact: Fact, zone: str, site: str) -> tuple[Cell, ...]:
    name = sentence(fact_words(fact.name, fact.round, site))
    unseen = "not on what was kept" if fact.lacks else "not found on the page"
    state = unseen if fact.unseen else str(fact.state)
    state += f", {ORIGINS['saved']}" if fact.saved else ", kept in part" if fact.lacks and not fact.unseen else ""
    where = _WHERE[fact.place.scheme] if fact.place else ""
    return name, value_text(fact.value, zone), state.replace("_", " "), where, fact.snapshot


def value_text(value: Any, zone: str = "UTC") -> str:
    """A fact's value in a few words; of a list of entries how many they are."""
    if value is None:
        return "–"
    if isinstance(value, tuple):
        if value and isinstance(value[0], Mapping):
            return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        return ", ".join(value_text(part, zone) for part in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{sentence(in_words(key))}: {value_text(part, zone)}" for key, part in value.items())
    return as_printed(value.text) if isinstance(value, Printed) else value_words(value, zone)


# -- passages -----------------------------------------------------------------------------------------------------------


def found(answer: SearchAnswer) -> View:
    """The passages that were found, best first."""
    hits = [{**as_json(hit), "when": _when(hit)} for hit in answer.hits]
    return View(as_json({"hits": hits, "total": answer.total, "sought": answer.sought}), tuple(_found(answer)))


def _found(answer: SearchAnswer) -> Iterator[Block]:
    if not answer.hits:
        why = "." if answer.words else ": there is no letter or digit in it to look for."
        yield line(f"Nothing was found for {' '.join(answer.sought)}{why}")
        return
    yield from map(_passage, answer.hits)
    if answer.total > len(answer.hits):
        yield hint(f"{len(answer.hits)} of {answer.total} are shown; more with --limit {answer.total}.")


def _passage(hit: SearchHit) -> Excerpt:
    """What was found, what was looked for marked in it, and where it stands."""
    of_file = hit.source in ("file", "picture") or hit.kind == "asserted"
    where = hit.case + (f" ({hit.case_name})" if hit.case_name else "")
    page = f"{in_words(hit.kind)} file" if of_file else page_words(hit.kind)
    if hit.kind == "asserted":
        page = "entered by you"
    elif hit.file and not of_file:
        page = f"{in_words(hit.kind)} {ORIGINS['saved']}"
    said = " ".join(filter(None, (hit.said_by, f"({hit.name})" if hit.name else ""))) if hit.source == "message" else ""
    printed = f"printed “{hit.printed}”" if hit.printed and (hit.begun != hit.ended or not hit.sent) else ""
    head = " · ".join(filter(None, (hit.source, said, _when(hit), printed, where, page)))
    note = "" if hit.excerpt_of == "text" else f"[{hit.excerpt_of}] "
    note = f"[{READ_BY_A_MACHINE}] " if hit.source == "picture" else note
    between = ": " if hit.label or hit.source == "picture" else ""
    said_in_words = value_words(hit.excerpt, hit.zone) if hit.kind == "asserted" else hit.excerpt
    shown = _marked(hit.excerpt, hit.marks) if said_in_words == hit.excerpt else (said_in_words,)
    excerpt = (between + note, *shown) if hit.excerpt else ()
    visits = f" (in {hit.visits} visits, first {hit.first_snapshot})" if hit.visits > 1 and hit.first_snapshot else ""
    part = f"; the page was {kept_in_part(hit.lacks)}" if hit.lacks else ""
    origin = hit.snapshot or hit.file
    label = (_fact_label(hit.label),) if hit.source == "fact" else tuple(_marked(hit.label, hit.label_marks))
    label = (hit.name,) if hit.source == "picture" else label
    return Excerpt(head, (*label, *excerpt), f"{origin}{visits}{part}" if origin else "")


def _fact_label(label: str) -> str:
    """What a fact is called that the index has as "evidence_requested_at#2"."""
    name, _, number = label.partition("#")
    return sentence(fact_words(name, int(number) if number.isdecimal() else 1))


def _marked(passage: str, marks: tuple[tuple[int, int], ...]) -> Iterator[Part]:
    """The passage cut where marks begin and end; marks may overlap."""
    at = 0
    for start, end in sorted(marks):
        if max(start, at) < end:
            yield passage[at:start]
            yield Span(passage[max(start, at) : end], "sought")
            at = end
    yield passage[at:]


def _when(hit: SearchHit) -> str:
    """The time where the user is, with weekday; both ends where it is not known to the minute."""
    if not hit.sent:
        return "sent at a time that could not be read"
    first, last = time_words(hit.begun, hit.zone), time_words(hit.ended, hit.zone)
    day, _, rest = last.partition(", ")
    if first == last:
        return last
    return f"{first.rpartition(' (')[0]} to {rest if first.startswith(day) else last}"


# -- facts read again ---------------------------------------------------------------------------------------------------


def reread(answer: RereadAnswer) -> View:
    """Which facts this version's readers change."""
    readers = [dict(zip(("before", "after", "snapshots"), row, strict=True)) for row in answer.readers]
    value = {"changes": answer.changes, "snapshots": answer.snapshots, "saved": answer.saved, "facts": answer.facts}
    json = as_json({**value, "moved": answer.moved, "readers": readers, "unread": answer.unread})
    return View(json, tuple(_reread(answer)), PARTIAL if answer.unread else DONE)


def _reread(answer: RereadAnswer) -> Iterator[Block]:
    saved = f" and {answer.saved} saved by you" if answer.saved else ""
    again = f"{answer.snapshots} snapshots{saved} were read again"
    yield line(f"{again}: {answer.facts} facts, {len(answer.changes)} changed.")
    if answer.changes:
        yield Table(("Snapshot", "Fact", "", "Before", "Now"), tuple(map(_change, answer.changes)))
    elif answer.snapshots or answer.saved:
        yield line("Nothing changed: every fact says what it said before.")
    for old, new, number in answer.readers:
        yield hint(f"{number} pages are now read by {new or 'no reader'}, before by {old or 'no reader'}.")
    if answer.moved:
        yield hint(f"{answer.moved} facts say the same, read in another place or by another reader.")
    damaged = "a kept file is damaged, its facts stay as they were. Run: tradewitness verify"
    yield from warnings(f"{name}: {damaged}" for name in answer.unread)


def _change(change: FactChange) -> tuple[Cell, ...]:
    return change.snapshot, sentence(fact_words(change.name)), change.what, *difference(change.before, change.after)


def difference(before: Fact | None, after: Fact | None) -> tuple[str, str]:
    """What a fact said before and says now, in a few words; of lists, the first entry that differs."""
    old, new = before.value if before else None, after.value if after else None
    if isinstance(old, tuple) and isinstance(new, tuple):
        at = next((n for n, pair in enumerate(zip(old, new, strict=False)) if as_json(pair[0]) != as_json(pair[1])), None)
        if at is not None:
            return (
                f"{len(old)} entries; {_entry(old[at], new[at], at)}",
                f"{len(new)} entries; {_entry(new[at], old[at], at)}",
            )
    return _state_text(before), _state_text(after)


def _entry(entry: Any, other: Any, at: int) -> str:
    """What an entry says, of a mapping only where it differs from the other."""
    if isinstance(entry, Mapping) and isinstance(other, Mapping):
        entry = ", ".join(
            f"{k} {value_text(v)}" for k, v in entry.items() if k not in other or as_json(other[k]) != as_json(v)
        )
    return f"{at + 1}: {value_text(entry)}"


def _state_text(fact: Fact | None) -> str:
    if fact is None:
        return "–"
    return value_text(fact.value) if fact.state == "read" else fact.state.replace("_", " ")
