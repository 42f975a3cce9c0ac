"""What is derived held against the ledger, and the facts in it against the stored bytes; it is opened to be read only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from collector.archive.archive import Archive
from collector.archive.index import FORMAT, TABLES, VIEWS, Index, ReadFacts, ReadSaved, index_as_it_is, index_until, unread
from collector.errors import DamagedArchive, UnknownSite
from collector.ledger.merkle import leaf_hash
from collector.model import Problem
from collector.verify.checking import Checking

_WHERE = "index.sqlite"
_MEND = "`tradewitness reindex` builds it again from the ledger"
_OF_THE_LEDGER = tuple(
    name for name in TABLES if name not in ("meta", "looks", "tellings", "told", "statements", "readings")
)


def check_index(
    archive: Archive, read_facts: ReadFacts | None = None, read_saved: ReadSaved = unread
) -> Checking[list[str]]:
    """What the index says otherwise than the ledger; returns findings. With `read_facts`, its facts are read again as well.

    An archive without an index is whole: the index is a convenience.
    """
    problems, notes = _examined(archive, read_facts, read_saved)
    yield from problems
    return notes


def _examined(archive: Archive, read_facts: ReadFacts | None, read_saved: ReadSaved) -> tuple[list[Problem], list[str]]:
    """Problems and findings. Where the comparison breaks off, nothing of it stands: of a damaged file nothing is sure."""
    if archive.index_path.is_symlink():
        return [Problem(_WHERE, "is a link: nothing outside the archive is read")], []
    if not archive.index_path.is_file():
        return [], []
    try:
        held = index_as_it_is(archive)
    except sqlite3.Error:
        return [], ["index.sqlite cannot be opened and was not compared; " + _MEND]
    try:
        return _compare(held, archive, read_facts, read_saved)
    except sqlite3.OperationalError:
        return [], ["index.sqlite is in use, or the last command was cut short: not compared; the next command mends it"]
    except (sqlite3.DatabaseError, ValueError):
        return [Problem(_WHERE, f"is damaged; nothing is lost: {_MEND}")], []
    except UnknownSite as error:
        return [], [f"index.sqlite was not compared. {error.message} {error.hint}"]
    except DamagedArchive:
        return [], ["index.sqlite was not compared, because the ledger itself is not whole"]
    finally:
        held.connection.close()


def check_catalogue(archive: Archive) -> Iterator[Problem]:
    """Whether catalogue.sqlite says of the ledger what the ledger itself says. `archive` is one that is not written to."""
    path = archive.root / "catalogue.sqlite"
    if path.is_symlink():
        yield Problem(path.name, "is a link: nothing outside the archive is read")
    elif path.is_file() and archive.ledger.catalogue.disagrees_with(path):
        yield Problem(path.name, f"is not what the ledger says; nothing is lost: {_MEND}")


def _compare(
    held: Index, archive: Archive, read_facts: ReadFacts | None, read_saved: ReadSaved
) -> tuple[list[Problem], list[str]]:
    if not held.has("meta"):
        return [], ["index.sqlite is empty; the next command fills it"]
    # A view, or a column that is computed, could go on for ever: only what tradewitness itself makes is asked.
    made, ours = (_made_as(index) for index in (held, index_until(0, archive, lambda _: ())))
    other = [Problem(_WHERE, f"is not made as tradewitness makes it; {_MEND}")]
    if made["meta"] != ours["meta"]:
        return other, []
    meta = held.meta()
    if meta.get("format") != FORMAT:
        return [], ["index.sqlite is of another version; the next command builds it again"]
    if made != ours:
        return other, []
    lines, seen = archive.ledger.lines(), int(meta.get("seen") or 0)
    if seen > len(lines) or (seen and meta.get("tip") != leaf_hash(lines[seen - 1]).hex()):
        return [Problem(_WHERE, f"was made from another ledger; {_MEND}")], []
    # Commands seal last, so the index is often a record or two behind: it is held against what it had seen.
    fresh = index_until(seen, archive, read_facts or (lambda _: ()), read_saved)
    problems = [problem for name in _OF_THE_LEDGER for problem in _rows(name, held, fresh)]
    if read_facts is None:
        return problems, []
    wrong, notes = _facts(held, fresh)
    return [*problems, *wrong], notes


def _made_as(index: Index) -> dict[str, str]:
    """The statement that each table of ours, and each view, was made with."""
    return {name: made for name, made in index.made_as().items() if name in TABLES or name in VIEWS}


def _rows(table: str, held: Index, fresh: Index) -> Iterator[Problem]:
    ours, theirs = (index.contents(table, tuple(TABLES[table][0])) for index in (fresh, held))
    different = max((ours - theirs).total(), (theirs - ours).total())
    if different:
        yield Problem(_WHERE, f"its {table} are not what the ledger says ({different} rows); {_MEND}")


def _facts(held: Index, fresh: Index) -> tuple[list[Problem], list[str]]:
    """Facts that this version's readers read otherwise from the same bytes."""
    columns = ("snapshot", "name", "state", "value", "place", "reader")
    theirs, ours = (index.contents("facts", columns) for index in (held, fresh))
    readers = {reader for *_, reader in ours}
    problems, older = [], 0
    for snapshot, name, _, _, _, reader in sorted((theirs - ours).keys()):
        if reader in readers:
            problems.append(Problem(f"{_WHERE}: {name} of {snapshot}", f"is not what the stored bytes say; {_MEND}"))
        else:
            older += 1
    named = {problem.where for problem in problems}
    for snapshot, name, *_ in sorted((ours - theirs).keys()):
        if not older and f"{_WHERE}: {name} of {snapshot}" not in named:
            problems.append(Problem(f"{_WHERE}: {name} of {snapshot}", f"is missing, and the stored bytes say it; {_MEND}"))
    text = f"{older} facts were read by readers of another version: `tradewitness reread` reads them again"
    return problems, [text] if older else []
