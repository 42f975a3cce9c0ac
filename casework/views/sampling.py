"""A sample of a page: what it shows of the readers, what it keeps as it stood, and whether it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from casework.blocks import Block, Cell, Result, Span, Table, View, hint, line
from collector.canonical import as_json
from collector.errors import PERSON_NEEDED

if TYPE_CHECKING:
    from casework.asking.sample import FactBeside, ReaderBeside, Sample
    from collector.site import Recognition

_STATES: Mapping[str, str] = {
    "read": "read",
    "not_shown": "not found on the page",
    "unreadable": "not understood",
    "": "not given",
}


def sample(made: Sample) -> View:
    """The sample before it is written."""
    return View(_json(made, written=False), tuple(_sample(made)))


def sample_written(made: Sample, written: bool, asked: bool) -> View:
    """Whether it was written; `asked`: somebody was there to be asked."""
    if written:
        over = " What was there before is written over." if made.there else ""
        said: tuple[Block, ...] = (
            hint(f"It holds what is listed above, and nothing else of the page.{over}"),
            Result(str(made.place)),
        )
        return View(_json(made, written=True), said)
    if asked:
        return View(_json(made, written=False), (line("Nothing was written."),))
    again = f"{made.place} is there already, and would be written over. " if made.there else ""
    todo = f"Nothing was written. {again}Look at what it would keep; if that may be seen, run the command again with --yes."
    return View(_json(made, written=False), (line(Span(todo, "warning")),), PERSON_NEEDED)


def _json(made: Sample, *, written: bool) -> dict[str, object]:
    kept = {name: list(getattr(made.kept, name)) for name in ("texts", "names", "addresses")}
    about = {"page": made.shown, "sample": made.seen, "readers": made.readers, "kept": kept, "replaced": made.kept.replaced}
    file = {"path": str(made.place), "sha256": made.sha256, "size": len(made.data), "written": written}
    return dict(as_json({**about, **file}))


def _sample(made: Sample) -> Iterator[Block]:
    yield line(f"The page: {_taken_for(made.shown)}", " ", f"Its sample: {_taken_for(made.seen)}")
    for reader in made.readers:
        yield from _reader(reader)
    yield line(f"{made.kept.replaced:,} letters and digits are replaced by others; {len(made.data):,} bytes.")
    for title, texts in (
        ("Words of the site that stay", made.kept.texts), ("Addresses that stay", made.kept.addresses),
        ("Words in names of the page's code that stay", made.kept.names),
    ):  # fmt: skip
        yield Table((f"{title} ({len(texts)})",), ((" · ".join(sorted(texts)) or "none",),), apart=True)
    yield hint("Look through them: what you would not show to a stranger must not stand there. Nothing else is kept.")


def _taken_for(found: Recognition) -> str:
    if found.barrier:
        return f"in place of it stands something else ({found.why.rstrip('.')})."
    return f"a page of kind {found.kind}." if found.kind else found.why


def _reader(reader: ReaderBeside) -> Iterator[Block]:
    title = f"Read as a page of kind {reader.kind}"
    if not reader.alike:
        yield Table(("Fact", "On the page", "On the sample"), tuple(map(_fact, reader.facts)), title, apart=True)
        return
    counts = Counter(fact.page for fact in reader.facts)
    told = ", ".join(f"{number} {_STATES[state]}" for state, number in counts.items())
    yield line(f"{title}, both give the same: {told}.")
    if missed := [fact.name for fact in reader.facts if fact.page != "read"]:
        yield hint(f"Not read on either: {', '.join(missed)}.", 2)


def _fact(fact: FactBeside) -> tuple[Cell, ...]:
    shown = _STATES[fact.sample]
    return fact.name, _STATES[fact.page], shown if fact.page == fact.sample else Span(shown, "warning")
