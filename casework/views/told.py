"""All that the buyer gave a case, and files that were taken out of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casework.blocks import Block, Table, View, hint, line
from casework.views.reading import case_json
from casework.views.sealing import seal_lines
from collector.canonical import as_json
from collector.errors import DONE, PERSON_NEEDED
from collector.kinds import in_words, page_kind
from collector.saved.record import page_record
from rules.language.facts import fact_words, sentence, value_words
from rules.language.words import time_words

if TYPE_CHECKING:
    from casework.asking.told import CaseTold
    from casework.keeping.withdraw import Withdrawn
    from collector.model import AddedFile


def told(answer: CaseTold) -> View:
    """A case as the buyer gave it."""
    entries = [
        {
            "name": one.fact.name, "round": one.fact.round, "value": one.entered, "who": one.fact.reader, "at": one.fact.at,
            "previous": one.previous, "why": one.why,
        }
        for one in answer.entries
    ]  # fmt: skip
    json = {
        "case": case_json(answer.case, list(answer.targets)), "entered": entries,
        "files": list(map(_file_json, answer.files)), "withdrawn": list(map(_file_json, answer.withdrawn)),
        "history": answer.history,
    }  # fmt: skip
    return View(as_json(json), tuple(_told(answer)))


def _file_json(file: AddedFile) -> dict[str, Any]:
    keys = ("id", "name", "kind", "note", "size", "digest", "added_at")
    return {**{key: getattr(file, key) for key in keys}, "page": page_record(file.page)}


def _told(answer: CaseTold) -> Iterator[Block]:
    case = answer.case
    facts = (f"case {case.order}", case.name, f"account {case.account}" if case.account else "", f"time zone {case.zone}")
    state = "no longer watched" if case.closed else ""
    yield line(sentence(", ".join(filter(None, (*facts, state)))) + ".")
    pages = tuple((page_kind(t.kind).title, t.url, t.expects.get("supplier", "")) for t in answer.targets)
    yield (Table(("Page", "Address", "With"), pages, "Pages that are visited") if pages else _none("page is named"))
    entries = tuple(
        (
            sentence(fact_words(one.fact.name, one.fact.round, case.site)), value_words(one.fact.value, case.zone),
            time_words(one.fact.at, case.zone) if one.fact.at else "",
        )
        for one in answer.entries
    )  # fmt: skip
    yield Table(("What", "Value", "Entered"), entries, "What you entered") if entries else _none("fact is entered")
    files = tuple(
        (file.name, in_words(file.kind), file.note, time_words(file.added_at, case.zone), file.id) for file in answer.files
    )
    columns = ("File", "Kept as", "What it shows", "Added", "Id")
    yield Table(columns, files, "Your files, saved by you, not witnessed") if files else _none("file is added")
    changes = [one for one in answer.history if one.corrects]
    if changes:
        yield line("Corrected, changed or withdrawn:")
        yield from (line(f"{time_words(one.at, case.zone)}: {one.text}", indent=2) for one in changes)
    yield hint(f"Correct an entry: tradewitness case set {case.order} NAME=VALUE; withdraw it with nothing after the =")
    yield hint(f"Correct a file's kind or note: tradewitness add {case.order} FILE --as KIND --note NOTE")
    yield hint(f"Take a file out: tradewitness withdraw {case.order} FILE --why WHY")


def _none(what: str) -> Block:
    return line(f"No {what} yet.")


def withdrawn(answer: Withdrawn) -> View:
    """Files that were taken out of a case."""
    rows = [{"id": file.id, "name": file.name, "kind": file.kind, "digest": file.digest} for file in answer.files]
    value = {"withdrawn": rows, "case": answer.case, "why": answer.why, "seal": answer.seal.word}
    because = f" ({answer.why})" if answer.why else ""
    blocks = (
        *(line(f"Withdrew {f.name} ({in_words(f.kind)}, {f.id}) from case {answer.case}{because}.") for f in answer.files),
        hint("Nothing rests on it any more and packs leave it out; the case's history says that it was withdrawn."),
        hint("To put it into another case, or back into this one: tradewitness add CASE FILE"),
        *seal_lines(answer.seal),
    )
    json = as_json({**value, "pending": answer.seal.failures})
    return View(json, blocks, PERSON_NEEDED if answer.seal.word == "unsigned" else DONE)
