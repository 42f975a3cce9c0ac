"""What the ledger knows of its own lines, so that nobody reads it from its first byte to answer a question.

`catalogue.sqlite` lies beside the ledger's folder and is derived: where each line stands, of what kind it is and about what,
its leaf, and the hashes of every complete subtree (the tree's right edge among them). It is held against the sizes and times
of the files whenever it is asked, against every leaf where something else than tradewitness wrote, and made again where it
does not agree. Nothing is signed on its word: `Ledger.make_checkpoint` hashes the new lines and starts from a sealed root.

Plain sqlite3 and not sqlite-utils, whose import takes as long as all that an append does.
"""

from __future__ import annotations

import json
import os
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from collector.canonical import commitment, made
from collector.ledger.checkpoint import checkpoint_name, checkpoint_or_none
from collector.ledger.merkle import Tree, leaf_hash

FORMAT = "2"
Describe = Callable[[bytes, int, str], "LineSummary"]
_T = TypeVar("_T")
_BUSY_S = 30.0
_NOTHING = "none"  # the stamp of a file that is not there
_PIECE = 1 << 20
_NEAR = 1 << 13  # what a visit's openings take up, which stand together
_TOLD_APART = 16  # bytes of a commitment
_NEWEST = 64  # checkpoints whose files are looked at whenever all are asked for
_TABLES = (
    "create table state (key text primary key, value) without rowid",
    "create table entries (seq integer primary key, place integer, length integer, kind text, about text, at text,"
    " note text, leaf blob)",
    "create index entries_of_kind on entries (kind, about, seq)",
    "create index entries_about on entries (about, seq) where about != ''",
    "create index entries_noted on entries (seq) where note != ''",
    "create table nodes (height integer, number integer, hash blob, primary key (height, number)) without rowid",
    "create table openings (commitment blob primary key, place integer) without rowid",  # of it the first bytes
    "create table checkpoints (name text primary key, stamp text, data blob) without rowid",
)


@dataclass(frozen=True, slots=True)
class LineSummary:
    """What a line is: its kind ("" where it is no entry), what it is about, its time, and a note worth showing."""

    kind: str
    about: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """Where a line stands in `entries.jsonl`, in bytes without its newline, and its leaf hash."""

    seq: int
    place: int
    length: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class _Listing:
    """What stood in the folder of the checkpoints when it was listed: all names in order, and the sizes that some tell."""

    stamp: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]


class Catalogue:
    """The derived tables of one ledger, in memory without a `path`. Every question first takes in what was written since."""

    def __init__(self, path: Path | None, entries: Path, openings: Path, checkpoints: Path, describe: Describe) -> None:
        self.path = path
        self._entries, self._openings, self._checkpoints = entries, openings, checkpoints
        self._describe = describe
        self._db: sqlite3.Connection | None = None
        self._kept = False  # whether the tables are in the file, and not in memory because there is no ledger yet
        self._refused = path is None  # no file, or none that can be written: what is asked is answered from memory
        self._lock = RLock()
        self._seen: tuple[str, str] = ("", "")
        self._appending = False
        self._listed = _Listing(_NOTHING, (), ())

    # -- asking -------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many whole lines there are."""
        return self._asked(lambda db: int(_state(db, "size") or 0))

    def tree(self, size: int) -> Tree:
        """The tree of the first `size` lines, from the subtrees that are kept."""
        self._asked(lambda db: None)  # once, and not for each of the many hashes of a proof
        return Tree(size, self._subtree)

    def leaf(self, seq: int) -> bytes:
        """The leaf hash of a line."""
        return self._subtree(0, seq)

    def rows(self, where: str = "1", *values: Any) -> list[Row]:
        """The lines that fit, in order. `where` is the ledger's own SQL over seq, kind, about, at and note."""
        sql = f"select seq, place, length, leaf from entries where {where}"  # noqa: S608 - constants of Ledger
        return self._asked(lambda db: [Row(*row) for row in db.execute(sql, values)])

    def count(self, where: str, *values: Any) -> int:
        """How many lines fit."""
        sql = f"select count(*) from entries where {where}"  # noqa: S608 - constants of Ledger
        return self._asked(lambda db: int(db.execute(sql, values).fetchone()[0]))

    def newest_about(self, begins: str, size: int) -> dict[str, bytes]:
        """Of all that entries are about and that begins so, the leaf of the newest one among the first `size`."""
        # From one to the next by the index, and to the newest of each: as many steps as there are of them, not of lines.
        sql = """
            with named(a) as (
                select (select min(about) from entries where about != '' and about > :begins and about < :end)
                union all
                select (select min(about) from entries where about != '' and about > a and about < :end)
                from named where a != ''
            )
            select a, leaf from named
            join entries on seq = (select max(seq) from entries where about != '' and about = a and seq < :size)
        """
        of = {"begins": begins, "end": begins + "\U0010ffff", "size": size}
        return self._asked(lambda db: dict(db.execute(sql, of)))

    def notes(self) -> list[tuple[int, str]]:
        """Number and note of every line that has one."""
        sql = "select seq, note from entries where note != '' order by seq"
        return self._asked(lambda db: list(db.execute(sql)))

    def openings(self, names: Iterable[str]) -> list[tuple[str, str, str]]:
        """Commitment, digest and salt of what each of these names, in no order; what names nothing is left out."""
        wanted = set(names)
        found = self._asked(lambda db: [row for row in map(partial(_place_of, db), wanted) if row is not None])
        with _reading(self._openings, _NEAR) as stream:
            told = [_opening_at(stream, place) for place in sorted(found)]
        return [opening[:3] for opening in told if opening is not None and opening[0] in wanted]

    def checkpoints(self) -> dict[str, bytes]:
        """Every file that is named as a checkpoint, in the order of their sizes; b"" for one that is none.

        Each is read once; of the newest it is also seen when they were changed since. An older one that was changed is
        named by `verify`, and by who reads it.
        """
        return self._asked(self._checkpoint_files)

    def damaged_checkpoints(self) -> list[str]:
        """The files that are named as a checkpoint and are none, in no order; seen as `checkpoints` sees them."""
        return self._asked(self._damaged_files)

    def checkpoint_files(self, begins: str = "") -> Sequence[str]:
        """The names of all files among the checkpoints that begin so, in order; listed anew when one came or went."""
        names = self._listing().names
        return names[bisect_left(names, begins) : bisect_left(names, begins + "\U0010ffff")]

    def checkpoint_sizes(self) -> Sequence[int]:
        """The sizes that checkpoints are named by, smallest first; whether the files are whole is not looked at."""
        return self._listing().sizes

    def _listing(self) -> _Listing:
        stamp = _stamp(self._checkpoints)
        if stamp != self._listed.stamp:
            names = tuple(sorted(file.name for file in os.scandir(self._checkpoints))) if stamp != _NOTHING else ()
            sizes = (int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit())
            self._listed = _Listing(stamp, names, tuple(sorted(sizes)))
        return self._listed

    def disagrees_with(self, path: Path) -> bool:
        """Whether a catalogue in a file says of these files otherwise than this one; one of other files says nothing."""
        try:
            other = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
        except sqlite3.Error:
            return False
        try:
            # A view, or a column that is computed, could go on for ever: only what is made as ours is asked.
            made, ours = _made_as(other), self._asked(_made_as)
            if made.get("state") == ours["state"] and _state(other, "format") != FORMAT:
                return False  # of another version: the next command makes it again
            if made != ours:
                return True
            if (_state(other, "entries"), _state(other, "openings")) != self._stamps():
                return False  # the next command mends it
            return any(self._asked(partial(_all, table)) != _all(table, other) for table in ("entries", "nodes", "openings"))
        except sqlite3.OperationalError:
            return False  # in use
        except sqlite3.DatabaseError:
            return True
        finally:
            other.close()

    def appended(self) -> None:
        """Takes in what this program wrote just now, after it had asked for the size."""
        self._appending = True
        try:
            self._asked(lambda db: None)
        finally:
            self._appending = False

    def forget(self) -> None:
        """Closes and deletes the file: the next question makes it again from the ledger."""
        with self._lock:
            self._close()
            for path in (self.path, self.path.with_name(f"{self.path.name}-journal")) if self.path else ():
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    # -- keeping up ---------------------------------------------------------------------------------------------

    def _asked(self, question: Callable[[sqlite3.Connection], _T]) -> _T:
        """The answer from tables that are up to date. Damaged ones are made again; where none can be written, in memory."""
        with self._lock:
            for attempt in ("as it is", "anew", "in memory"):
                try:
                    db = self._open(in_memory=attempt == "in memory")
                    self._catch_up(db)
                    return question(db)
                except sqlite3.DatabaseError as error:
                    if attempt == "in memory":
                        raise
                    damaged = not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)
                    self.forget() if damaged else self._close()
            raise AssertionError

    def _open(self, *, in_memory: bool) -> sqlite3.Connection:
        stands = self._entries.exists()  # reading creates nothing where there is no ledger
        self._refused = self._refused or in_memory
        if self._db is not None and (self._kept or self._refused or not stands):
            return self._db
        self._close()
        self._kept = stands and not self._refused
        target = str(self.path) if self._kept and self.path else ""
        self._db = sqlite3.connect(target, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma synchronous = off")  # derived: what a power cut takes is made again
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db, self._seen = None, ("", "")

    def _catch_up(self, db: sqlite3.Connection) -> None:
        if self._stamps() == self._seen:
            return
        with _transaction(db):
            stamps = self._stamps()
            if not _is_made(db):
                _make_tables(db)
            if _state(db, "entries") != stamps[0]:
                self._take_entries(db)
                _put_state(db, entries=stamps[0])
            if _state(db, "openings") != stamps[1]:
                self._take_openings(db)
                _put_state(db, openings=stamps[1])
        self._seen = stamps

    def _stamps(self) -> tuple[str, str]:
        return _stamp(self._entries), _stamp(self._openings)

    def _take_entries(self, db: sqlite3.Connection) -> None:
        """Takes in the lines that came since. Unless this program added them just now, all before are held against their
        leaves first: nobody else should have written.
        """
        size, end = int(_state(db, "size") or 0), int(_state(db, "end") or 0)
        with _reading(self._entries) as stream:
            if not self._appending:
                size, end = _agreeing(db, stream)
                db.execute("delete from entries where seq >= ?", (size,))
                db.execute("delete from nodes where (number + 1) << height > ?", (size,))
            frontier = Tree(size, lambda height, number: _node(db, height, number)).frontier
            before = db.execute("select at from entries where seq = ?", (size - 1,)).fetchone()
            at = str(before[0]) if before else ""
            stream.seek(end)
            for line in _whole_lines(stream):
                what = self._describe(line, frontier.size, at)
                row = (frontier.size, end, len(line), what.kind, what.about, what.at, what.note, leaf_hash(line))
                number = frontier.size
                for height, node in enumerate(frontier.push(row[-1])):
                    if height:
                        db.execute("insert or replace into nodes values (?, ?, ?)", (height, number >> height, node))
                db.execute("insert into entries values (?, ?, ?, ?, ?, ?, ?, ?)", row)
                end, at = end + len(line) + 1, what.at or at
        _put_state(db, size=frontier.size, end=end)

    def _take_openings(self, db: sqlite3.Connection) -> None:
        """Takes in the openings that came since; all of them where the file did not just grow."""
        end = int(_state(db, "opened") or 0)
        with _reading(self._openings) as stream:
            if stream.seek(0, os.SEEK_END) <= end:
                db.execute("delete from openings")
                end = 0
            stream.seek(end)
            for line in _whole_lines(stream):
                if (opening := opening_in(line)) is not None:
                    db.execute("insert or replace into openings values (?, ?)", (_short(opening[0]), end))
                end += len(line) + 1
        _put_state(db, opened=end)

    def _checkpoint_files(self, db: sqlite3.Connection) -> dict[str, bytes]:
        names = self._take_checkpoints(db)
        data = dict(db.execute("select name, data from checkpoints"))
        return {name: data[name] for name in names}

    def _damaged_files(self, db: sqlite3.Connection) -> list[str]:
        names = set(self._take_checkpoints(db))
        return [name for (name,) in db.execute("select name from checkpoints where length(data) = 0") if name in names]

    def _take_checkpoints(self, db: sqlite3.Connection) -> list[str]:
        """Reads those that came since, and the newest where they changed; the names of all, in the order of their sizes."""
        stamps = dict(db.execute("select name, stamp from checkpoints"))
        names = [f"{checkpoint_name(size)}.json" for size in self.checkpoint_sizes()]
        for name in dict.fromkeys((*(name for name in names if name not in stamps), *names[-_NEWEST:])):
            path = self._checkpoints / name
            if (now := _stamp(path)) != stamps.get(name):
                read = checkpoint_or_none(path)
                db.execute("insert or replace into checkpoints values (?, ?, ?)", (name, now, read.data if read else b""))
        return names

    def _subtree(self, height: int, number: int) -> bytes:
        with self._lock:
            try:
                if self._db is not None:
                    return _node(self._db, height, number)
            except sqlite3.DatabaseError:
                pass  # the tables are not whole: asked again, they are made again
            return self._asked(lambda db: _node(db, height, number))


@dataclass(frozen=True, slots=True)
class OpeningRecord:
    """What a line of `openings.jsonl` holds, in canonical JSON; all as hexadecimal."""

    commitment: str
    digest: str
    salt: str


def opening_in(line: bytes) -> tuple[str, str, str, bool] | None:
    """Commitment, digest and salt that a line of `openings.jsonl` holds, and whether it names its commitment rightly."""
    try:
        record = made(OpeningRecord, json.loads(line))
        named = commitment(record.salt, record.digest)
    except (ValueError, RecursionError):
        return None
    return named, record.digest, record.salt, record.commitment == named


def _short(name: str) -> bytes:
    """As much of a commitment as tells it from all others: what is found by it is held against the whole."""
    try:
        return bytes.fromhex(name)[:_TOLD_APART]
    except ValueError:
        return b""  # it names nothing


def _place_of(db: sqlite3.Connection, name: str) -> int | None:
    row = db.execute("select place from openings where commitment = ?", (_short(name),)).fetchone()
    return int(row[0]) if row else None


def _opening_at(stream: BinaryIO, place: int) -> tuple[str, str, str, bool] | None:
    stream.seek(place)
    return opening_in(stream.readline())


def _make_tables(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
        db.execute(f'drop table if exists "{name}"')
    for statement in _TABLES:
        db.execute(statement)
    _put_state(db, format=FORMAT)


def _all(table: str, db: sqlite3.Connection) -> list[Any]:
    return db.execute(f"select * from {table} order by 1, 2").fetchall()  # noqa: S608 - one of three names


def _made_as(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("select name, sql from sqlite_master where sql is not null"))


def _is_made(db: sqlite3.Connection) -> bool:
    made = db.execute("select 1 from sqlite_master where name = 'state'").fetchone()
    return made is not None and _state(db, "format") == FORMAT


def _state(db: sqlite3.Connection, key: str) -> str:
    row = db.execute("select value from state where key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _put_state(db: sqlite3.Connection, **values: Any) -> None:
    for key, value in values.items():
        db.execute("insert or replace into state values (?, ?)", (key, str(value)))


def _node(db: sqlite3.Connection, height: int, number: int) -> bytes:
    if height == 0:
        row = db.execute("select leaf from entries where seq = ?", (number,)).fetchone()
    else:
        row = db.execute("select hash from nodes where height = ? and number = ?", (height, number)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError("a hash is missing")  # the tables are not whole: they are made again
    return bytes(row[0])


def _agreeing(db: sqlite3.Connection, stream: BinaryIO) -> tuple[int, int]:
    """How many of the first lines are what they were, and where the last of them ends."""
    size = end = 0
    kept = db.execute("select leaf from entries order by seq")
    stream.seek(0)
    for line in _whole_lines(stream):
        row = kept.fetchone()
        if row is None or bytes(row[0]) != leaf_hash(line):
            break
        size, end = size + 1, end + len(line) + 1
    kept.close()
    return size, end


def _whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their newline; a torn tail is none."""
    for line in stream:
        if line.endswith(b"\n"):
            yield line[:-1]


def _stamp(path: Path) -> str:
    """Which file it is, its size and its time of change; "none" where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return _NOTHING
    return f"{stat.st_ino} {stat.st_size} {stat.st_mtime_ns}"


@contextmanager
def _reading(path: Path, piece: int = _PIECE) -> Iterator[BinaryIO]:
    with path.open("rb", buffering=piece) if path.exists() else open(os.devnull, "rb") as stream:  # noqa: PTH123
        yield stream


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()
