"""The words of a page at two looks, block by block and word by word, and its pictures, but for what always moves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from collector.model import Fact, StandingPage
from rules.changes.change import Change, PageReading, WatchedPage
from rules.changes.values import ended, first_of, quoted
from rules.language.facts import page_words

Passages = tuple[tuple[str, str], ...]  # what stood there, and what stands there now; "" for nothing


def standing_changes(page: WatchedPage, readings: Iterable[PageReading], told: Iterable[Change]) -> Iterator[Change]:
    """The changes of words and pictures between whole looks that follow each other, oldest first.

    What `told` tells already, as a fact, is not told again.
    """
    facts = [change for change in told if change.kind == "fact" and change.page == page]
    whole = [reading for reading in readings if reading.whole and reading.standing is not None]
    for before, after in pairwise(whole):
        if before.standing is None or after.standing is None:
            continue
        known = {_squeezed(quote) for c in facts if before.at < c.then.at <= after.at for quote in _quotes(c)}
        known |= {_squeezed(f.place.quote) for r in (before, after) for f in _moved(r, facts, before, after) if f.place}
        passages = tuple(
            (old, new) for old, new in passages_changed(before.standing.blocks, after.standing.blocks)
            if not ({_squeezed(old), _squeezed(new)} - {""} <= known)
        )  # fmt: skip
        if passages:
            yield _text_change(page, before, after, passages, after.standing.left_out)
        yield from _picture_change(page, before, after, before.standing, after.standing)


def passages_changed(before: tuple[str, ...], after: tuple[str, ...]) -> Passages:
    """The blocks that differ, the old one beside the new one; one that only stands elsewhere now has not changed."""
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            found += zip_longest(before[a:b], after[c:d], fillvalue="")
    gone, new = Counter(old for old, _ in found if old), Counter(new for _, new in found if new)
    elsewhere = gone & new
    left = [Counter(elsewhere), Counter(elsewhere)]
    kept: list[tuple[str, str]] = []
    for old, fresh in found:
        for side, text in enumerate((old, fresh)):
            if left[side][text] > 0:
                left[side][text] -= 1
                old, fresh = ("", fresh) if side == 0 else (old, "")
        if old or fresh:
            kept.append((old, fresh))
    return tuple(kept)


def by_word(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Two texts word by word: (same | gone | new, the words)."""
    old, new = before.split(), after.split()
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", " ".join(old[a:b])))
            continue
        found += [(how, " ".join(words)) for how, words in (("gone", old[a:b]), ("new", new[c:d])) if words]
    return tuple(found)


def _text_change(page: WatchedPage, before: PageReading, after: PageReading, passages: Passages, left_out: int) -> Change:
    said = [_passage(old, new) for old, new in passages]
    moving = f" ({left_out} words of parts that always move, such as advertisements and counters, are left out)"
    told = f"{first_of(said)}{moving if left_out else ''}"
    head = f"Words changed on the {page_words(page.kind)}"
    old, new = (tuple(passage[side] for passage in passages) for side in (0, 1))
    return Change(page, "text", "text", old, new, before.seen, after.seen, ended(head), ended(f"{head}: {told}"))


def _passage(old: str, new: str) -> str:
    if not old:
        return f"{quoted(new)} is new"
    if not new:
        return f"{quoted(old)} is gone"
    return f"{quoted(old)} is now {quoted(new)}"


def _picture_change(
    page: WatchedPage, before: PageReading, after: PageReading, old: StandingPage, new: StandingPage
) -> Iterator[Change]:
    gone = tuple(address for address in old.pictures if address not in new.pictures)
    fresh = tuple(address for address in new.pictures if address not in old.pictures)
    both = [address for address in old.pictures if address in new.pictures]
    other = tuple(a for a in both if old.pictures[a] and new.pictures[a] and old.pictures[a] != new.pictures[a])
    parts = (
        (len(gone), "gone"), (len(fresh), "new"), (len(other), "another than before, at the same address"),
    )  # fmt: skip
    said = [f"{number} {'is' if number == 1 else 'are'} {words}" for number, words in parts if number]
    if said:
        head = f"Pictures changed on the {page_words(page.kind)}"
        seen, text = (before.seen, after.seen), f"{head}: {', '.join(said)}."
        yield Change(page, "picture", "picture", (*gone, *other), (*fresh, *other), *seen, f"{head}.", text)


def _moved(reading: PageReading, told: list[Change], before: PageReading, after: PageReading) -> Iterator[Fact]:
    names = {change.name for change in told if before.at < change.then.at <= after.at}
    return (fact for fact in reading.facts if fact.name in names)


def _quotes(change: Change) -> Iterator[str]:
    return (place.quote for place in change.places if place is not None)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
