"""The words of a page at two looks, block by block and word by word, and its pictures, but for what always moves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from itertools import pairwise, zip_longest

from collector.model import StandingPage
from rules.changes.change import Change, PageReading, WatchedPage
from rules.changes.values import ended, first_of, quoted
from rules.language.facts import page_words

_MOST_BESIDE, _MUCH_ALIKE = 60, 0.6
Passages = tuple[tuple[str, str], ...]  # what stood there, and what stands there now; "" for nothing


def standing_changes(page: WatchedPage, readings: Iterable[PageReading], told: Iterable[Change]) -> Iterator[Change]:
    """The changes of words and pictures between whole looks that follow each other, oldest first.

    What `told` tells already, as a fact in the page's own words, is not told again.
    """
    facts = [change for change in told if change.kind == "fact"]
    whole = [(reading, reading.standing) for reading in readings if reading.whole and reading.standing is not None]
    for (before, old), (after, new) in pairwise(whole):
        known = {_squeezed(place.quote) for c in facts if before.at < c.then.at <= after.at for place in c.places if place}
        passages = tuple(
            pair for pair in passages_changed(old.blocks, new.blocks) if not set(map(_squeezed, pair)) <= known | {""}
        )
        if passages:
            yield _text_change(page, before, after, passages, new.left_out)
        yield from _picture_change(page, before, after, old, new)


def passages_changed(before: tuple[str, ...], after: tuple[str, ...]) -> Passages:
    """The blocks that differ, the old one beside the new one; one that only stands elsewhere now has not changed."""
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _beside(before[a:b], after[c:d])
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


def _beside(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Old blocks beside the new ones that took their place: as many as were there one by one, else those much like them."""
    if len(old) == len(new) or max(len(old), len(new)) > _MOST_BESIDE:
        yield from zip_longest(old, new, fillvalue="")
        return
    left = list(new)
    for text in old:
        like = next(iter(get_close_matches(text, left, 1, _MUCH_ALIKE)), None)
        if like is None:
            yield text, ""
            continue
        at = left.index(like)
        yield from (("", fresh) for fresh in left[:at])
        yield text, like
        del left[: at + 1]
    yield from (("", fresh) for fresh in left)


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
    one, then = old.pictures, new.pictures
    if old.drawn is not None and new.drawn is not None:  # a sheet that was not kept draws nothing, and took nothing away
        one, then = {**old.drawn, **one}, {**new.drawn, **then}
    gone = tuple(address for address in one if address not in then)
    fresh = tuple(address for address in then if address not in one)
    both = [address for address in one if address in then]
    other = tuple(a for a in both if one[a] and then[a] and one[a] != then[a])
    parts = (
        (len(gone), "gone"), (len(fresh), "new"), (len(other), "another than before, at the same address"),
    )  # fmt: skip
    said = [f"{number} {'is' if number == 1 else 'are'} {words}" for number, words in parts if number]
    if said:
        head = f"Pictures changed on the {page_words(page.kind)}"
        seen, text = (before.seen, after.seen), f"{head}: {', '.join(said)}."
        yield Change(page, "picture", "picture", (*gone, *other), (*fresh, *other), *seen, f"{head}.", text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
