"""index.sqlite: everything the ledger says, ready to ask. Derived: deleted or damaged, it is built again."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
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
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger.log import Entry, Ledger, about_case
from collector.model import ALIBABA, Fact, SavedPage, Snapshot, Target
from collector.platform import while_held
from collector.saved.record import kept_reading, page_record

_LOG = logging.getLogger(__name__)

FORMAT = "18"
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
            "outcome": str, "why": str, "status": int, "identified": str, "masked": str, "mask": int,
        },
        ("id",),
    ),
    "looks": ({"origin": str, "telling": int}, ("origin",)),
    "tellings": ({"id": int, "mark": str, "says": str}, ("id",)),
    "told": (
        {"telling": int, "n": int, "statement": int, "reader": str, "place": str, "at": str, "lacks": str},
        ("telling", "n"),
    ),
    "statements": ({"id": int, "mark": str, "name": str, "state": str, "value": str}, ("id",)),
    "assertions": (
        {
            "case_id": str, "name": str, "round": int, "value": str, "who": str, "at": str, "seq": int, "previous": str,
            "why": str,
        },
        ("case_id", "name", "round"),
    ),
    "files": ({"id": str, "case_id": str, "seq": int, "at": str, "body": str}, ("id",)),
    "readings": ({"file": str, "page": str}, ("file",)),
    "words_in_pictures": ({"file": str, "case_id": str, "seq": int, "digest": str}, ("file",)),
    "descriptions": ({"seq": int, "case_id": str, "file": str, "at": str, "body": str}, ("seq",)),
    "paused": ({"account": str, "why": str, "at": str, "snapshot": str}, ("account",)),
    "packs": ({"plan": str, "seq": int, "case_id": str, "at": str, "body": str}, ("plan",)),
    "tokens": ({"seq": int, "checkpoint": int, "authority": str, "token": str, "time": str}, ("seq",)),
    "runs": ({"seq": int, "at": str, "body": str}, ("seq",)),
}  # fmt: skip


# What a page says night after night stands once: a look, or a file of the buyer's, names its telling (all that it says and
# where each thing stands), and a telling names its statements. This is how they are asked for.
VIEWS = {
    "facts": """
select s.id as snapshot, s.case_id, a.name, a.state, a.value, t.reader, t.place, s.at, s.seq, 0 as saved,
  iif(s.outcome = 'complete', '', s.why) as lacks, t.n, t.statement, t.telling
from snapshots s join looks l on l.origin = s.id join told t on t.telling = l.telling join statements a on a.id = t.statement
union all
select f.id, f.case_id, a.name, a.state, a.value, t.reader, t.place, t.at, f.seq, 1, t.lacks, t.n, t.statement, t.telling
from files f join looks l on l.origin = f.id join told t on t.telling = l.telling join statements a on a.id = t.statement""",
}
INDEXES = {
    "tellings_by_mark": ("tellings", "mark"), "statements_by_mark": ("statements", "mark"),
    "statements_by_name": ("statements", "name"), "told_by_statement": ("told", "statement"),
    "snapshots_of_case": ("snapshots", "case_id", "seq"), "snapshots_in_order": ("snapshots", "seq"),
    "snapshots_of_page": ("snapshots", "case_id", "target", "outcome", "seq"),
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
            self.connection.execute("create temp table held as select * from facts order by seq, n")
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
        for view in database.view_names():
            database.view(view).drop()
        for name in (*TABLES, *VIEWS, *fulltext.TABLES):  # what is a view now was a table once
            database.table(name).drop(ignore=True)
        for name, (columns, key) in TABLES.items():
            database.table(name).create(columns, pk=key or None)
        for name, (table, *indexed) in INDEXES.items():
            database.table(table).create_index(indexed, name)
        for name, asked in VIEWS.items():
            self.connection.execute(f"create view {name} as {asked}")
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
                self._take_file(entry, archive, read_saved)
            case "picture.read":
                self._take_words(entry, archive)
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
            why=snapshot.why, status=snapshot.visit.status,
            identified=next((step.outcome for step in snapshot.steps if step.name == "identify"), ""),
            masked=json.dumps(shown) if again is not None else "",
            mask=again["mask"] if again is not None else snapshot.visit.mask,
        )  # fmt: skip
        facts = read_facts(snapshot)
        self._put_facts(snapshot.id, (replace(fact, at=None, lacks="") for fact in facts))  # they are those of the visit
        if self.texts:
            self.fulltext.take(fulltext.passages_of(snapshot, facts, _page_text(snapshot, archive)))

    def _take_file(self, entry: Entry, archive: Archive, read_saved: ReadSaved) -> None:
        """A file that was added; or one that stands already, of which the buyer now says something else: what it is, when it
        was saved, or that it is withdrawn. One that is withdrawn says nothing.
        """
        body, at, seq = entry.body, entry.at, entry.seq
        if entry.kind == "file.described":
            row = next(iter(self._rows("select * from files where id = ?", body["id"])), None)
            if row is None:
                return
            body, at, seq = {**json.loads(row["body"]), **body}, row["at"], row["seq"]
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
        self._put_facts(body["id"], reading.facts)
        words = (body["kind"], body["name"], body["note"])
        text = reading.text if self.texts else ""
        passages = fulltext.file_passages(body["case"], body["id"], *words, at, reading.facts, text)
        self.fulltext.take(() if withdrawn else passages)
        self._find_words(body["id"], archive)

    def _take_words(self, entry: Entry, archive: Archive) -> None:
        """What a machine read in a picture: the first reading stands, so that a pack that was made can be made again."""
        body, opening = entry.body, self.ledger.opening(entry.body["commitment"])
        if opening is None or self._rows("select 1 from words_in_pictures where file = ?", body["file"]):
            return
        self._put("words_in_pictures", file=body["file"], case_id=body["case"], seq=entry.seq, digest=opening.digest)
        self._find_words(body["file"], archive)

    def _find_words(self, file: str, archive: Archive) -> None:
        """Has the words in a picture found; nothing of one that is withdrawn, or that no machine read."""
        asked = "select f.*, w.digest from files f join words_in_pictures w on w.file = f.id where f.id = ?"
        for row in self._rows(asked, file) if self.texts else ():
            body = json.loads(row["body"])
            reading = kept_reading(archive.objects, row["digest"])
            if reading is not None and not body.get("withdrawn"):
                told = (body["kind"], body["name"], row["at"], reading)
                self.fulltext.take(fulltext.picture_passages(row["case_id"], file, *told))

    def _put_facts(self, origin: str, facts: Iterable[Fact]) -> None:
        """What a visit or a file says. Mostly that is what another one said, and stands there already."""
        told = [
            (
                (fact.name, fact.state, json.dumps(as_json(fact.value))),
                (fact.reader, json.dumps(as_json(fact.place)), instant(fact.at) if fact.at else "", fact.lacks),
            )
            for fact in facts
        ]
        self._put("looks", origin=origin, telling=self._known("tellings", _mark(told)) or self._new_telling(told))

    def _new_telling(self, told: Sequence[tuple[tuple[str, str, str], tuple[str, str, str, str]]]) -> int:
        telling = self._new("tellings", mark=_mark(told), says=_mark([statement for statement, _ in told]))
        for n, ((name, state, value), (reader, place, at, lacks)) in enumerate(told):
            mark = _mark((name, state, value))
            statement = self._known("statements", mark) or self._new(
                "statements", mark=mark, name=name, state=state, value=value
            )
            self._put("told", telling=telling, n=n, statement=statement, reader=reader, place=place, at=at, lacks=lacks)
        return telling

    def _known(self, table: str, mark: str) -> int | None:
        """The number of the row of that mark."""
        found = self._rows(f"select id from {table} where mark = ?", mark)  # noqa: S608 - one of our names
        return int(found[0]["id"]) if found else None

    def _new(self, table: str, **row: str) -> int:
        """The number of a row that is put in."""
        number = int(self._rows(f"select max(id) from {table}")[0][0] or 0) + 1  # noqa: S608 - one of our names
        self._put(table, id=number, **row)
        return number


def _mark(told: object) -> str:
    return sha256(json.dumps(told).encode())


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
    if rebuild and not _removed(archive.index_path):
        raise ArchiveError(
            f"{archive.index_path} is open in another program, and this system does not let it be made anew.",
            "End the other tradewitness (close its pages, too) and run the command again.",
        )
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
            if attempt == "as it is" and not _removed(archive.index_path):
                break
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


def _removed(path: Path) -> bool:
    """Deletes the file and what the database keeps beside it; Windows refuses while another program has it open."""
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            beside = path.with_name(path.name + suffix)
            while_held(partial(beside.unlink, missing_ok=True))
    except PermissionError:
        return False
    return True
