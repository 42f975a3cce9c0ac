"""index.sqlite: everything the ledger says, ready to ask. Derived: deleted or damaged, it is built again."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from collector.archive import fulltext
from collector.archive.archive import Archive
from collector.archive.memory import Memory, Recall
from collector.archive.queries import Queries, fact_of_row
from collector.archive.records import AddedRecord, added_record, body_as_masked, require_shape, snapshot_of, valued
from collector.canonical import as_json, sha256
from collector.clock import instant
from collector.errors import DamagedArchive
from collector.ledger.log import Entry, Ledger, about_case
from collector.model import ALIBABA, Fact, SavedPage, Snapshot, Target
from collector.saved.record import page_record

_LOG = logging.getLogger(__name__)

FORMAT = "15"
ReadFacts = Callable[[Snapshot], tuple[Fact, ...]]
ReviseFacts = Callable[[Snapshot, tuple[Fact, ...]], tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class SavedReading:
    """What a file that the buyer added gives: facts, the text to search in, and what came of reading it.

    `page` is None for a file that is no page or conversation.
    """

    facts: tuple[Fact, ...] = ()
    text: str = ""
    page: SavedPage | None = None


ReadSaved = Callable[[AddedRecord, tuple[Target, ...]], SavedReading]
ReviseSaved = Callable[[AddedRecord, tuple[Target, ...], tuple[Fact, ...]], SavedReading]


def unread(file: AddedRecord, targets: tuple[Target, ...]) -> SavedReading:
    """Reads nothing of the files that the buyer added."""
    return SavedReading()


TABLES: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "meta": ({"key": str, "value": str}, ("key",)),
    "cases": ({"order_id": str, "site": str, "name": str, "zone": str, "account": str, "opened_at": str,
        "closed": int, "seq": int}, ("order_id",)),
    "targets": (
        {"case_id": str, "id": str, "kind": str, "url": str, "account": str, "expects": str, "site": str},
        ("case_id", "id"),
    ),
    "snapshots": (
        {
            "id": str, "seq": int, "at": str, "case_id": str, "target": str, "kind": str, "url": str, "account": str,
            "outcome": str, "why": str, "body": str, "masked": str, "mask": int,
        },
        ("id",),
    ),
    "looks": ({"snapshot": str, "says": str}, ("snapshot",)),
    "facts": (
        {
            "snapshot": str, "case_id": str, "name": str, "state": str, "value": str, "reader": str, "place": str,
            "at": str, "seq": int, "saved": int, "lacks": str,
        },
        (),
    ),
    "assertions": (
        {
            "case_id": str, "name": str, "round": int, "value": str, "who": str, "at": str, "seq": int, "previous": str,
            "why": str,
        },
        ("case_id", "name", "round"),
    ),
    "files": ({"id": str, "case_id": str, "seq": int, "at": str, "body": str}, ("id",)),
    "readings": ({"file": str, "page": str}, ("file",)),
    "descriptions": ({"seq": int, "case_id": str, "file": str, "at": str, "body": str}, ("seq",)),
    "paused": ({"account": str, "why": str, "at": str, "snapshot": str}, ("account",)),
    "packs": ({"plan": str, "seq": int, "case_id": str, "at": str, "body": str}, ("plan",)),
    "tokens": ({"seq": int, "checkpoint": int, "authority": str, "token": str, "time": str}, ("seq",)),
    "runs": ({"seq": int, "at": str, "body": str}, ("seq",)),
}  # fmt: skip


INDEXES = {
    "facts_of_case": ("facts", "case_id", "name"), "facts_of_snapshot": ("facts", "snapshot"),
    "snapshots_of_case": ("snapshots", "case_id", "seq"),
    "snapshots_by_time": ("snapshots", "at", "account"), "files_of_case": ("files", "case_id", "seq"),
    "descriptions_of_case": ("descriptions", "case_id", "seq"),
}  # fmt: skip


class Index(Queries):
    """The index as it is made. `open_index` gives one that is up to date with the ledger.

    sqlite-utils makes its tables. Rows are put in by statements of our own, because a ledger gives them one by one: by
    `insert` each takes ten times as long (63 µs, not 6; `insert_all` of a page's facts 15). Nor is it `atomic` that begins
    to write: that begins as a reader, and of two commands that go on to write one fails at once, where these wait.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        ledger: Ledger,
        *,
        case: str = "",
        texts: bool = True,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(connection, ledger)
        self.case = case  # the only case that is taken in; "" for all, and all that belongs to none
        self.texts = texts  # whether page texts are taken in, to be searched
        self.memory = memory  # of the answers that were given before, in a program that goes on
        self._masked: dict[str, Mapping[str, Any]] = {}  # by id the visits of which something else is shown now

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing; nobody else writes meanwhile."""
        with self.connection:
            self.connection.execute("begin immediate")
            yield

    def catch_up(self, archive: Archive, read_facts: ReadFacts, read_saved: ReadSaved = unread) -> int:
        """Takes in the entries that came since; gives how many. Starts over when the ledger is not the one indexed."""
        size = archive.ledger.size
        start = self._agreed(archive.ledger, size)
        if start < size or not start:
            with self.writing():
                size = archive.ledger.size
                start = self._agreed(archive.ledger, size)
                if start < size or not start:
                    _LOG.debug("index: taking in the entries %d to %d", start, size)
                    self.take_all(archive, start, size, read_facts, read_saved)
        if self.memory is not None:
            with suppress(sqlite3.OperationalError):  # of an older version, and in a folder that cannot be written
                if "made" not in self.meta():
                    with self.writing():
                        self._put_made()
            self.recall = self._recall(archive, size, self.memory)
        return size - start

    def _agreed(self, ledger: Ledger, size: int) -> int:
        """How many of the ledger's first `size` entries were taken in; 0 where it is not the ledger that was indexed."""
        held = self.meta()
        seen = held.get("seen", "") if held.get("format") == FORMAT else ""
        start = int(seen) if str(seen).isdecimal() else 0
        return start if start and start <= size and held.get("tip") == ledger.leaf(start - 1) else 0

    def _recall(self, archive: Archive, size: int, memory: Memory) -> Recall | None:
        """The memory by what its answers are good for: of each case this index as it was made, and the newest entry about
        it; under "" of the archive, which any entry ends. None where the index cannot be told from one made before it.
        """
        made = self.meta().get("made")
        if not made:
            return None
        tip = archive.ledger.leaf(size - 1) if size else ""

        def marks() -> dict[str, str]:
            newest = archive.ledger.newest_about_cases(size) | {"": tip}
            return {case: f"{made} {leaf}" for case, leaf in newest.items()}

        return Recall(memory, memory.marks((made, size, tip), marks))

    def _put_made(self) -> None:
        self._put("meta", key="made", value=secrets.token_hex(8))

    def reread(self, archive: Archive, revise: ReviseFacts, revise_saved: ReviseSaved = lambda *_: SavedReading()) -> None:
        """Takes everything in again. Both are handed the facts held until now: of each snapshot, of each added file.

        One transaction: when it fails, what was held stays.
        """
        with self.writing():
            self.connection.execute("create temp table held as select * from facts order by rowid")
            self.connection.execute("create index temp.held_snapshot on held (snapshot)")

            def held(origin: str) -> tuple[Fact, ...]:
                rows = self._rows("select * from temp.held where snapshot = ? order by rowid", origin)
                return tuple(map(fact_of_row, rows))

            def read(snapshot: Snapshot) -> tuple[Fact, ...]:
                return revise(snapshot, held(snapshot.id))

            def read_saved(file: AddedRecord, targets: tuple[Target, ...]) -> SavedReading:
                return revise_saved(file, targets, held(file.id))

            self.take_all(archive, 0, archive.ledger.size, read, read_saved)
            self.connection.execute("drop table temp.held")

    def take_all(self, archive: Archive, start: int, stop: int, read_facts: ReadFacts, read_saved: ReadSaved) -> None:
        """The entries from `start` up to `stop`; from the first on into empty tables.

        Where a visit was masked anew, its originals are not read at all: all is taken in from the first on.
        """
        masked = {e.body["snapshot"]: e for e in archive.ledger.entries(stop=stop, kinds=("snapshot.masked",))}
        self._masked = {name: entry.body for name, entry in masked.items()}
        if any(entry.seq >= start for entry in masked.values()):
            start = 0
        if not start:
            self._make_tables()
            self._put_made()
        for entry in archive.ledger.entries(start, stop, about=about_case(self.case)):
            self._take(entry, archive, read_facts, read_saved)
        self._put("meta", key="seen", value=str(stop))
        self._put("meta", key="tip", value=archive.ledger.leaf(stop - 1) if stop else "")
        self._put("meta", key="format", value=FORMAT)

    def _make_tables(self) -> None:
        from sqlite_utils import Database  # a tenth of a second, which only a new index takes

        database = Database(self.connection)
        for name in (*TABLES, *fulltext.TABLES):
            database.table(name).drop(ignore=True)
        for name, (columns, key) in TABLES.items():
            database.table(name).create(columns, pk=key or None)
        for name, (table, *indexed) in INDEXES.items():
            database.table(table).create_index(indexed, name)
        self.fulltext.create()

    def _put(self, table: str, **row: Any) -> None:
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        sql = f"insert or replace into {table} ({names}) values ({marks})"  # noqa: S608 - names are this module's own
        self.connection.execute(sql, tuple(row.values()))

    def _take(self, entry: Entry, archive: Archive, read_facts: ReadFacts, read_saved: ReadSaved) -> None:
        require_shape(entry)
        body = entry.body
        match entry.kind:
            case "case.opened" if self._rows("select 1 from cases where order_id = ?", body["case"]):
                self.connection.execute("update cases set closed = 0 where order_id = ?", (body["case"],))  # taken up again
            case "case.opened":
                self._put(
                    "cases", order_id=body["case"], site=body.get("site", ALIBABA), name=body["name"], zone=body["zone"],
                    account=body["account"], opened_at=entry.at, closed=0, seq=entry.seq,
                )  # fmt: skip
            case "case.closed":
                self.connection.execute("update cases set closed = 1 where order_id = ?", (body["case"],))
            case "setting.changed" if body["name"] in ("name", "zone", "account"):
                sql = f"update cases set {body['name']} = ? where order_id = ?"  # noqa: S608 - one of three names
                self.connection.execute(sql, (body["value"], body["case"]))
            case "target.set":
                self._put(
                    "targets", case_id=body["case"], id=body["id"], kind=body["kind"], url=body["url"],
                    account=body["account"], expects=json.dumps(body["expects"]), site=body.get("site", ALIBABA),
                )  # fmt: skip
            case "fact.asserted":
                self._put(
                    "assertions", case_id=body["case"], name=body["name"], round=body["round"],
                    value=json.dumps(body["value"]), who=body["who"], at=entry.at, seq=entry.seq,
                    previous=json.dumps(body.get("previous")), why=body.get("why", ""),
                )  # fmt: skip
                value = valued(body["value"])
                passage = fulltext.asserted_passage(body["case"], body["name"], body["round"], value, entry.at)
                self.fulltext.drop(passage.key)
                self.fulltext.take(() if value is None else (passage,))
            case "file.added" | "file.described":
                self._take_file(entry, read_saved)
            case "snapshot":
                self._take_snapshot(entry, archive, read_facts)
            case "mask.applied":
                rows = [(body["mask"], name) for name in body["snapshots"]]
                self.connection.executemany("update snapshots set mask = ? where id = ?", rows)
            case "account.paused":
                self._put("paused", account=body["account"], why=body["why"], at=entry.at, snapshot=body["snapshot"])
            case "account.resumed":
                self.connection.execute("delete from paused where account = ?", (body["account"],))
            case "pack.made":
                self._put(
                    "packs", plan=body["plan"], seq=entry.seq, case_id=body["case"], at=entry.at, body=json.dumps(body)
                )
            case "timestamp.received":
                self._put(
                    "tokens", seq=entry.seq, checkpoint=body["checkpoint"], authority=body["authority"],
                    token=body["token"], time=body["time"],
                )  # fmt: skip
            case "run.started" | "run.finished":
                self._put("runs", seq=entry.seq, at=entry.at, body=json.dumps(body))
            case _:
                pass  # kinds that later versions add, and those that only the ledger itself needs

    def _take_snapshot(self, entry: Entry, archive: Archive, read_facts: ReadFacts) -> None:
        body = entry.body
        again = self._masked.get(body["id"])
        shown = body_as_masked(body, again) if again is not None else body
        snapshot = snapshot_of(shown, self.openings_of(shown))
        target = snapshot.target
        self._put(
            "snapshots", id=snapshot.id, seq=entry.seq, at=body["visit"]["machine_time"], case_id=target.case,
            target=target.id, kind=target.kind, url=target.url, account=target.account, outcome=snapshot.outcome,
            why=snapshot.why, body=json.dumps(body), masked=json.dumps(shown) if again is not None else "",
            mask=again["mask"] if again is not None else snapshot.visit.mask,
        )  # fmt: skip
        facts = read_facts(snapshot)
        lacks = "" if snapshot.outcome == "complete" else snapshot.why
        seen = tuple(replace(fact, at=snapshot.visit.machine_time, lacks=lacks) for fact in facts)
        self._put_facts(target.case, snapshot.id, entry.seq, seen)
        self._put("looks", snapshot=snapshot.id, says=_says(seen))
        if self.texts:
            self.fulltext.take(fulltext.passages_of(snapshot, facts, _page_text(snapshot, archive)))

    def _take_file(self, entry: Entry, read_saved: ReadSaved) -> None:
        """A file that was added; or one that stands already, of which the buyer now says something else: what it is, when it
        was saved, or that it is withdrawn. One that is withdrawn says nothing.
        """
        body, at, seq = entry.body, entry.at, entry.seq
        if entry.kind == "file.described":
            row = next(iter(self._rows("select * from files where id = ?", body["id"])), None)
            if row is None:
                return
            body, at, seq = {**json.loads(row["body"]), **body}, row["at"], row["seq"]
            self.connection.execute("delete from facts where snapshot = ?", (body["id"],))
            self.fulltext.drop_of(body["case"], body["id"])
            self._put(
                "descriptions", seq=entry.seq, case_id=body["case"], file=body["id"], at=entry.at,
                body=json.dumps(entry.body),
            )  # fmt: skip
        names = (body["commitment"], *(part["commitment"] for part in body.get("parts", ())))
        openings = self.ledger.openings(names)
        file = added_record(body, datetime.fromisoformat(at), openings, self.site(body["case"]))
        withdrawn = bool(body.get("withdrawn"))
        reading = read_saved(file, self.targets(body["case"])) if file and not withdrawn else SavedReading()
        self._put("files", id=body["id"], case_id=body["case"], seq=seq, at=at, body=json.dumps(body))
        self._put("readings", file=body["id"], page=json.dumps(page_record(reading.page)))
        self._put_facts(body["case"], body["id"], seq, reading.facts)
        words = (body["kind"], body["name"], body["note"])
        text = reading.text if self.texts else ""
        passages = fulltext.file_passages(body["case"], body["id"], *words, at, reading.facts, text)
        self.fulltext.take(() if withdrawn else passages)

    def _put_facts(self, case: str, origin: str, seq: int, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            self._put(
                "facts", snapshot=origin, case_id=case, name=fact.name, state=fact.state,
                value=json.dumps(as_json(fact.value)), reader=fact.reader, place=json.dumps(as_json(fact.place)),
                at=instant(fact.at) if fact.at else "", seq=seq, saved=int(fact.saved), lacks=fact.lacks,
            )  # fmt: skip


def _says(facts: tuple[Fact, ...]) -> str:
    """A digest of what a page said, wherever on it: two looks at a page that said the same have the same."""
    return sha256(json.dumps([(fact.name, fact.state, as_json(fact.value)) for fact in facts]).encode())


def _page_text(snapshot: Snapshot, archive: Archive) -> str:
    """The page's text as it was kept; a lost object is left to `verify` to name."""
    texts = []
    for artefact in snapshot.artefacts:
        if artefact.role == "text":
            try:
                texts.append(archive.objects.get(artefact.digest).decode("utf-8", "replace"))
            except DamagedArchive:
                continue
    return "\n".join(texts)


def open_index(
    archive: Archive,
    read_facts: ReadFacts,
    read_saved: ReadSaved = unread,
    *,
    rebuild: bool = False,
    memory: Memory | None = None,
) -> Index:
    """The index, up to date, with the memory of a program that goes on. A damaged one is built again; where the folder
    cannot be written it is built aside.
    """
    if rebuild:
        _remove(archive.index_path)
    for attempt in ("as it is", "anew"):
        try:
            # Who keeps visits takes them in beside its event loop: one thread at a time, but not always the same.
            connection = sqlite3.connect(archive.index_path, timeout=30, isolation_level=None, check_same_thread=False)
            index = Index(connection, archive.ledger, memory=memory)
            index.catch_up(archive, read_facts, read_saved)
            return index
        except sqlite3.OperationalError:
            break
        except sqlite3.DatabaseError:
            if attempt == "as it is":
                _remove(archive.index_path)
    return fresh_index(archive, read_facts, read_saved)


def fresh_index(archive: Archive, read_facts: ReadFacts, read_saved: ReadSaved = unread, *, case: str = "") -> Index:
    """An index (of one case, or of all) made just now from ledger and objects, in the temporary folder; gone when closed."""
    index = Index(sqlite3.connect("", isolation_level=None, check_same_thread=False), archive.ledger, case=case)
    index.catch_up(archive, read_facts, read_saved)
    return index


def index_until(seen: int, archive: Archive, read_facts: ReadFacts, read_saved: ReadSaved = unread) -> Index:
    """The index as it must have been after so many lines, but for the words of pages; gone when closed."""
    index = Index(sqlite3.connect("", isolation_level=None), archive.ledger, texts=False)
    with index.writing():
        index.take_all(archive, 0, seen, read_facts, read_saved)
    return index


def index_as_it_is(archive: Archive) -> Index:
    """The index's file, to be read only. Raises sqlite3.Error."""
    place = f"file:{quote(str(archive.index_path))}?mode=ro"
    return Index(sqlite3.connect(place, uri=True, timeout=5), archive.ledger)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
