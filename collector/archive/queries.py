"""What the index is asked: a method for each question, values for answers. Nobody outside writes SQL or sees a row."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from collector.archive import fulltext
from collector.archive.memory import Recall
from collector.archive.records import FileRecord, RenderingRecord, snapshot_of, valued
from collector.canonical import as_json, made
from collector.clock import instant
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger.log import Ledger, Opening, about_case
from collector.media import belied
from collector.model import ALIBABA, AddedFile, Fact, FilePart, Outcome, PageTrace, Place, Snapshot, Target
from collector.saved.record import page_of_record

_AT_ONCE = 64  # snapshots whose openings are asked for together
_OF_MESSAGES = frozenset({"thread.messages", "thread.complete", "thread.disagreements", "thread.unshown"})
_LOOKED_BACK = 10  # visits to a page, for the last that kept the whole of it
_LOOK = "s.id, s.at, s.target, s.url, s.kind, s.outcome, s.why, t.says, s.seq"  # of a look, without what it kept
_LOOKS = "snapshots s join looks l on l.origin = s.id join tellings t on t.id = l.telling"
# Of each page of a case's own list the newest look.
_NEWEST = "select max(seq) from snapshots where case_id = ? and target != '' group by target"
Table = Literal["cases", "snapshots", "facts", "files"]
_Asked = ParamSpec("_Asked")
_T = TypeVar("_T")


class DamagedIndex(DamagedArchive):
    """The index cannot be read. It is derived: whoever asked may build it again and ask once more."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the case list. `zone` is the buyer's, IANA; `opened_at` UTC; `seq` the ledger number of its opening."""

    order: str
    name: str
    zone: str
    account: str
    opened_at: datetime
    closed: bool
    site: str
    seq: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """What was last entered for a fact, or for a round of one: the entry's ledger number, the fact, its value as the entry
    has it (JSON; None: it was withdrawn), the one before it (None: there was none), and why, where the buyer said so.
    """

    seq: int
    fact: Fact
    entered: object
    previous: object = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What the buyer said afterwards of a file: of kind, note, saved_at, url and dates those that were said; `withdrawn`
    says that it was (True) or stands again (False), and `why`, where the buyer said so.
    """

    seq: int
    file: str
    at: datetime
    said: Mapping[str, str]
    withdrawn: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A visit as the list of visits has it: when (UTC), at what ("" as the target of an address outside the case's own
    list), what came of it, and a digest of what the page said, the same for two looks that said the same; `seq` is its
    place in the ledger.
    """

    snapshot: str
    at: datetime
    target: str
    url: str
    kind: str
    outcome: Outcome
    why: str
    says: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class PageHistory:
    """The newest look at a page of a case, its HTTP status (0 where nothing answered) and its place in the ledger; and when
    (UTC) the page was last kept whole, None for never.
    """

    look: Look
    status: int
    seq: int
    whole: datetime | None


@dataclass(frozen=True, slots=True)
class NightRecord:
    """What the ledger says of a run of `nightly`: that it began, or that it `finished`; when, and what it recorded."""

    seq: int
    at: datetime
    finished: bool
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PausedAccount:
    """An account that a wall stopped: nothing is visited with it until a person has acted."""

    name: str
    why: str
    at: datetime
    snapshot: str = ""


def of_case(
    question: Callable[Concatenate[Queries, str, _Asked], _T],
) -> Callable[Concatenate[Queries, str, _Asked], _T]:
    """A question of one case, whose answer changes only when something is written about it: where the index has a memory,
    it is asked once.
    """

    @functools.wraps(question)
    def asked(self: Queries, case: str, /, *args: _Asked.args, **named: _Asked.kwargs) -> _T:
        wanted = (question.__name__, args, tuple(named.items()))
        return self.recalled(case, wanted, lambda: question(self, case, *args, **named))

    return asked


class Queries:
    """Answers questions about an archive from an index that somebody keeps up to date (`index.Index`)."""

    recall: Recall | None = None

    def __init__(self, connection: sqlite3.Connection, ledger: Ledger) -> None:
        connection.row_factory = sqlite3.Row
        self.connection = connection
        self.ledger = ledger
        self.fulltext = fulltext.FullText(connection)

    def recalled(self, case: str, question: object, answer: Callable[[], _T], *, beside: object = None) -> _T:
        """The answer to a question of a case ("": of the archive) that was given since something was last written about it,
        or a new one. `beside` is all else that it depends on.
        """
        return self.recall.of(case, question, beside, answer) if self.recall is not None else answer()

    def lasting(self, case: str, question: object, now: datetime, answer: Callable[[], tuple[_T, datetime | None]]) -> _T:
        """The same of what turns by itself: the answer says until when it holds (None: until something is written)."""
        return self.recall.lasting(case, question, now, answer) if self.recall is not None else answer()[0]

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return list(self.connection.execute(sql, values))

    @contextmanager
    def whole(self) -> Iterator[None]:
        """For who can have the index built again. Raises ArchiveError where another process writes to it, and DamagedIndex,
        the index then being closed, where it cannot be read.
        """
        try:
            yield
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise ArchiveError("The index is being written to.", "Run the command again in a moment.") from error
            self.connection.close()  # Windows keeps a file that is open from being replaced
            raise DamagedIndex("The index cannot be read.", "Run: tradewitness reindex") from error

    def counts(self, *tables: Table) -> dict[str, int]:
        """How many of each there are."""
        return {table: self._rows(f"select count(*) from {table}")[0][0] for table in tables}  # noqa: S608 - one of four

    # -- cases --------------------------------------------------------------------------------------------------------

    def cases(self) -> list[Case]:
        """Every case, in the order in which they were opened."""
        return self.recalled("", "cases", self._cases)

    def _cases(self) -> list[Case]:
        return [
            Case(
                row["order_id"], row["name"], row["zone"], row["account"], datetime.fromisoformat(row["opened_at"]),
                bool(row["closed"]), row["site"], row["seq"],
            )
            for row in self._rows("select * from cases order by opened_at, order_id")
        ]  # fmt: skip

    def site(self, case: str) -> str:
        """The name of the site that a case is of."""
        return next((str(row["site"]) for row in self._rows("select site from cases where order_id = ?", case)), ALIBABA)

    @of_case
    def targets(self, case: str) -> tuple[Target, ...]:
        """The targets of a case, in the order in which they were first named; one without an address was given up."""
        rows = self._rows("select * from targets where case_id = ? order by rowid", case)
        return tuple(
            Target(r["id"], case, r["kind"], r["url"], r["account"], json.loads(r["expects"]), r["site"]) for r in rows
        )

    def assertions(self, case: str) -> list[Assertion]:
        """Standing assertions of a case, oldest first; withdrawn ones are left out."""
        return [one for one in self.entered(case) if one.entered is not None]

    @of_case
    def entered(self, case: str) -> list[Assertion]:
        """What the buyer last said of each fact, oldest first; also that it is withdrawn."""
        return [_asserted(row) for row in self._rows("select * from assertions where case_id = ? order by seq", case)]

    def last_round(self, case: str, name: str) -> int:
        """The highest round of an asserted fact, withdrawn ones too; 0 where there is none."""
        rows = self._rows("select max(round) from assertions where case_id = ? and name = ?", case, name)
        return int(rows[0][0] or 0)

    def paused(self) -> dict[str, PausedAccount]:
        """The accounts that a wall stopped, by name."""
        return {
            row["account"]: PausedAccount(row["account"], row["why"], datetime.fromisoformat(row["at"]), row["snapshot"])
            for row in self._rows("select * from paused")
        }

    def renderings(self, plan: str) -> dict[str, str] | None:
        """Path and commitment of what was made for a plan that was packed before; None for another plan."""
        rows = self._rows("select body from packs where plan = ?", plan)
        if not rows:
            return None
        renderings = made(tuple[RenderingRecord, ...], json.loads(rows[0]["body"])["renderings"])
        return {one.path: one.commitment for one in renderings}

    def packs(self, case: str) -> list[tuple[datetime, dict[str, Any]]]:
        """When each pack of a case was made for the first time, oldest first, and what was noted of it."""
        rows = self._rows("select at, body from packs where case_id = ? order by seq", case)
        return [(datetime.fromisoformat(row["at"]), json.loads(row["body"])) for row in rows]

    # -- visits -------------------------------------------------------------------------------------------------------

    def snapshot(self, identifier: str) -> Snapshot | None:
        return next((snapshot for _, snapshot in self._snapshots("id = ?", identifier)), None)

    @of_case
    def snapshots(self, case: str) -> list[tuple[int, Snapshot]]:
        """Ledger number and snapshot of each visit for a case, oldest first."""
        return list(self._snapshots("case_id = ?", case))

    @of_case
    def snapshots_among(self, case: str, identifiers: frozenset[str]) -> list[tuple[int, Snapshot]]:
        """The same of those among them that have these ids, oldest first."""
        where = "+case_id = ? and id in (select value from json_each(?))"
        return list(self._snapshots(where, case, json.dumps(list(identifiers))))

    def all_snapshots(self) -> Iterator[Snapshot]:
        """Of every case and of none, newest first; read as they are asked for."""
        return (snapshot for _, snapshot in self._snapshots("1", order="seq desc"))

    def snapshots_of_kind(self, kind: str) -> list[Snapshot]:
        """Every visit to pages of a kind, oldest first."""
        return [snapshot for _, snapshot in self._snapshots("kind = ?", kind)]

    def snapshots_named(self, beginning: str) -> list[Snapshot]:
        """Those whose id begins so, oldest first."""
        return [snapshot for _, snapshot in self._snapshots("substr(id, 1, length(?)) = ?", beginning, beginning)]

    @of_case
    def last_whole(self, case: str, kind: str = "") -> datetime | None:
        """When a visit for a case (to its page of that kind) last kept the whole page; None for never."""
        whole = "case_id = ? and outcome = 'complete' and ? in ('', kind) order by seq desc limit 1"
        rows = self._rows(f"select at from snapshots where {whole}", case, kind)  # noqa: S608 - it is above
        return next((datetime.fromisoformat(row["at"]) for row in rows), None)

    def number_of(self, snapshot: str) -> int | None:
        """The ledger number of a visit; None of one that is not there."""
        return next((int(row["seq"]) for row in self._rows("select seq from snapshots where id = ?", snapshot)), None)

    def address_of(self, snapshot: str) -> str:
        """The address that a visit was to; "" of one that is not there."""
        return next((str(row["url"]) for row in self._rows("select url from snapshots where id = ?", snapshot)), "")

    def sealed(self, case: str) -> dict[str, Mapping[str, Any]]:
        """By id what the ledger's entries say of each visit for a case, as it was sealed."""
        rows = self._rows("select id, seq from snapshots where case_id = ? order by seq", case)
        entries = self.ledger.entries_at(row["seq"] for row in rows)
        return {row["id"]: entry.body for row, entry in zip(rows, entries, strict=True)}

    def masked_before(self, mask: int, case: str = "") -> list[str]:
        """The ids of the visits (of a case, or of all) that kept something, masked by rules of a lower number."""
        sql = "select id from snapshots where mask < ? and outcome != 'failed' and ? in ('', case_id) order by seq"
        return [row["id"] for row in self._rows(sql, mask, case)]

    @of_case
    def looks(self, case: str) -> list[Look]:
        """Every visit for a case, oldest first, without what it kept."""
        sql = f"select {_LOOK} from {_LOOKS} where case_id = ? order by seq"  # noqa: S608
        return [_look(row) for row in self._rows(sql, case)]

    def whole_since(self, case: str, since: datetime) -> list[datetime]:
        """When visits for a case kept the whole page, from an instant on, oldest first."""
        sql = "select at from snapshots where case_id = ? and at >= ? and outcome = 'complete' order by seq"
        return [datetime.fromisoformat(row["at"]) for row in self._rows(sql, case, instant(since))]

    def looks_after(self, case: str, since: datetime) -> list[datetime]:
        """When the visits for a case were that are later than an instant."""
        rows = self._rows("select at from snapshots where case_id = ? and at > ?", case, instant(since))
        return [datetime.fromisoformat(row["at"]) for row in rows]

    def looks_from(self, case: str, since: str) -> list[Look]:
        """The visits for a case from an instant on (ISO, as the ledger writes it), oldest first, without what they kept; and
        of each page those before, back to the last that kept the whole of it, at most so many as are looked through.
        """
        sql = f"select {_LOOK} from {_LOOKS} where case_id = ?"  # noqa: S608
        found = [_look(row) for row in self._rows(f"{sql} and s.at >= ? order by seq", case, since)]
        before: list[Look] = []
        for page in {(look.target, look.kind, look.url): look for look in found}:
            same = f"{sql} and target = ? and kind = ? and url = ? and s.at < ? order by seq desc limit ?"
            for row in self._rows(same, case, *page, since, _LOOKED_BACK):
                before.append(_look(row))
                if before[-1].outcome == "complete":
                    break
        return [*sorted(before, key=lambda look: look.at), *found]

    def last_said(self, case: str, target: str, name: str, before: str) -> Fact | None:
        """What the newest visit to a page before an instant told of a fact: read, or not shown; None where none told it."""
        sql = (
            "select f.* from facts f join snapshots s on s.id = f.snapshot where f.case_id = ? and f.name = ?"
            " and s.target = ? and f.state in ('read', 'not_shown') and not f.saved and s.at < ?"
            " order by f.seq desc, f.n desc limit 1"
        )
        return next(map(fact_of_row, self._rows(sql, case, name, target, before)), None)

    def kept_after(self, size: int, case: str) -> frozenset[str]:
        """The ids of a case's visits whose entries are not among the first so many of the ledger."""
        rows = self._rows("select id from snapshots where case_id = ? and seq >= ?", case, size)
        return frozenset(row["id"] for row in rows)

    def looks_that_tell(self, case: str, until: datetime, always: str) -> list[Look]:
        """Of the looks at each page of a case up to an instant the first and the last of those that followed each other and
        showed the same, oldest first; and all that say something, legibly or not, under a name that begins with `always`.
        """
        page = "partition by iif(s.target = '', s.url, s.target) order by s.seq"
        shown = "json_array(s.kind, s.url, s.outcome, s.why, t.says)"
        sql = f"""
            with beside as (
              select {_LOOK}, l.telling, {shown} as shown, lag({shown}) over w as before, lead({shown}) over w as after
              from {_LOOKS} where s.case_id = ? and s.at <= ? window w as ({page})
            )
            select * from beside where shown is not before or shown is not after or telling in (
              select telling from told where statement in (
                select id from statements where name >= ? and name < ? and state != 'not_shown'))
            order by seq"""  # noqa: S608 - constants of this module
        return [_look(row) for row in self._rows(sql, case, instant(until), always, f"{always}\U0010ffff")]

    def facts_that_tell(self, origins: Iterable[str], always: Iterable[str]) -> list[Fact]:
        """What these looks and files of a case say, oldest first: of what looks at one page say under one name the first and
        the last of those that followed each other and said the same, and all under names that begin with one of `always`.
        """
        names = [name for each in always for name in (each, each)]
        kept = " or ".join(["substr(a.name, 1, length(?)) = ?"] * (len(names) // 2))
        same = "t.statement is {0}(t.statement) over w and p.url is {0}(p.url) over w and p.lacks is {0}(p.lacks) over w"
        # Only what is wanted is put together, and in this order: a join with all facts would make them all each time.
        sql = f"""
            with page as (
              select o.value as origin, l.telling, iif(s.target = '', s.url, s.target) as page, s.url, s.at,
                coalesce(s.seq, f.seq) as seq, iif(s.outcome = 'complete', '', s.why) as lacks
              from json_each(?) o join looks l on l.origin = o.value
              left join snapshots s on s.id = o.value left join files f on f.id = o.value
            ), said as (
              select p.*, t.n, {kept} as kept, ({same.format("lag")}) and ({same.format("lead")}) as amid
              from page p join told t on t.telling = p.telling join statements a on a.id = t.statement
              window w as (partition by p.page, a.name order by p.seq, t.n)
            )
            select p.origin as snapshot, a.name, a.state, a.value, t.reader, t.place, coalesce(p.at, t.at) as at,
              p.page is null as saved, coalesce(p.lacks, t.lacks) as lacks
            from said p cross join told t on t.telling = p.telling and t.n = p.n
            cross join statements a on a.id = t.statement
            where p.page is null or p.kept or not p.amid order by p.seq, p.n"""  # noqa: S608 - constants of this class
        return [fact_of_row(row) for row in self._rows(sql, json.dumps(list(origins)), *names)]

    @of_case
    def newest_not_whole(self, case: str) -> list[Look]:
        """Of each page of a case the newest visit, where that kept less than the whole; newest first."""
        rows = self._rows(
            f"select {_LOOK} from {_LOOKS} where s.seq in ({_NEWEST} union"  # noqa: S608 - constants of this module
            " select max(seq) from snapshots where case_id = ? and target = '' group by url) and outcome != 'complete'"
            " order by s.seq desc",
            case, case,
        )  # fmt: skip
        return [_look(row) for row in rows]

    @of_case
    def histories(self, case: str) -> dict[str, PageHistory]:
        """By target what came of the looks at each page of a case; those at addresses outside its own list are left out."""
        newest = self._rows(
            f"select {_LOOK}, s.status from {_LOOKS} where s.seq in ({_NEWEST})",  # noqa: S608 - constants of this module
            case,
        )
        whole = self._rows(
            "select target, at from snapshots where seq in (select max(seq) from snapshots where case_id = ?"
            " and target != '' and outcome = 'complete' group by target)",
            case,
        )
        kept = {row["target"]: datetime.fromisoformat(row["at"]) for row in whole}
        return {row["target"]: PageHistory(_look(row), row["status"], row["seq"], kept.get(row["target"])) for row in newest}

    @of_case
    def traces(self, case: str) -> list[PageTrace]:
        """Of each page of a case what its newest look tells beside the one before that kept it whole.

        Looks at which the page was not there (a wall, an error, another page) tell nothing. A page kept in part does not
        show what is missing; where nothing at all of it could be read, it is another page than it was.
        """
        newest = self._rows(
            "select id, target, kind, at, outcome, seq from snapshots where seq in (select max(seq) from ("
            " select target, seq from snapshots where case_id = ? and target != '' and outcome = 'complete' union all"
            " select target, seq from snapshots where case_id = ? and target != '' and outcome = 'partial'"
            " and status < 400 and identified in ('ok', 'partial')) group by target)",
            case, case,
        )  # fmt: skip
        return [self._trace(case, row) for row in newest]

    def _trace(self, case: str, row: sqlite3.Row) -> PageTrace:
        sql = (
            "select id from snapshots where case_id = ? and target = ? and outcome = 'complete' and seq < ?"
            " order by seq desc limit 1"
        )
        before = self._rows(sql, case, row["target"], row["seq"])
        now, then = self._told(row["id"]), self._told(before[0]["id"]) if before else {}
        told = {name for name, (state, _, _) in then.items() if state == "read"}
        read = frozenset(name for name, (state, _, _) in now.items() if state == "read")
        whole = row["outcome"] == "complete"
        lost = {name for name, (state, placed, _) in now.items() if state == "unreadable" and (placed or whole)}
        if not whole and not read:
            lost = told
        counts = [each["thread.messages"][2] if "thread.messages" in each else None for each in (now, then)]
        if whole and counts[1] and read and lost & told <= _OF_MESSAGES and self._silent(row["id"], before[0]["id"]):
            lost -= _OF_MESSAGES
        emptied = whole and counts[1] and "thread.messages" not in read | lost
        return PageTrace(
            row["kind"],
            datetime.fromisoformat(row["at"]),
            read,
            frozenset(lost & told),
            0 if emptied else counts[0],
            counts[1],
        )

    def _told(self, snapshot: str) -> dict[str, tuple[str, bool, int | None]]:
        """By name the state of what a visit tells, whether it stands somewhere, and of a list how long it is."""
        sql = (
            "select name, state, place != 'null' as placed, case when name = 'thread.messages' and state = 'read'"
            " then json_array_length(value) end as items from facts where snapshot = ?"
        )
        return {row["name"]: (row["state"], bool(row["placed"]), row["items"]) for row in self._rows(sql, snapshot)}

    def _silent(self, snapshot: str, before: str) -> bool:
        """Whether a visit kept the words of its page, and none of the messages of an earlier one is among them."""
        pages = self._rows("select text from passages where source = 'page' and last_origin = ?", snapshot)
        there = " ".join(" ".join(str(row["text"]) for row in pages).split()).casefold()
        texts = (
            str(message.get("text") or "")
            for fact in self._facts("snapshot = ? and name = 'thread.messages'", before)
            for message in fact.value or ()
        )
        words = [" ".join(text.split()).casefold() for text in texts]
        return bool(there) and not any(one in there for one in words if one)

    def looks_of_account(self, kind: str, account: str) -> list[Look]:
        """The looks at pages of that kind which belong to no case, of one account, oldest first."""
        sql = (
            f"select {_LOOK} from {_LOOKS}"  # noqa: S608 - constants of this module
            " where case_id = '' and kind = ? and account = ? order by seq"
        )
        return [_look(row) for row in self._rows(sql, kind, account)]

    def visits_since(self, instant: datetime) -> dict[str, int]:
        """How many pages were looked at since then, by account."""
        sql = "select account, count(*) from snapshots where at >= ? group by account"
        return dict(map(tuple, self._rows(sql, as_json(instant))))

    def nights(self) -> list[NightRecord]:
        """Every beginning and end of a run of `nightly`, oldest first."""
        return self.recalled("", "nights", self._nights)

    def _nights(self) -> list[NightRecord]:
        rows = ((row, json.loads(row["body"])) for row in self._rows("select * from runs order by seq"))
        return [NightRecord(row["seq"], datetime.fromisoformat(row["at"]), "snapshots" in body, body) for row, body in rows]

    def last_night(self) -> NightRecord | None:
        """The run of `nightly` that ended last; None where none has."""
        return next((night for night in reversed(self.nights()) if night.finished), None)

    def lacks(self, snapshot: str) -> str:
        """What a visit was kept without; "" of a complete one."""
        rows = self._rows("select why from snapshots where id = ? and outcome != 'complete'", snapshot)
        return str(rows[0]["why"]) if rows else ""

    def _snapshots(self, where: str, *values: Any, order: str = "seq") -> Iterator[tuple[int, Snapshot]]:
        """As the ledger has them, or as they are shown since they were masked anew."""
        sql = f"select seq, masked from snapshots where {where} order by {order}"  # noqa: S608 - constants of this class
        found = self.connection.execute(sql, values)
        while rows := found.fetchmany(_AT_ONCE):
            sealed = {entry.seq: entry.body for entry in self.ledger.entries_at(r["seq"] for r in rows if not r["masked"])}
            told = [(r["seq"], json.loads(r["masked"]) if r["masked"] else sealed[r["seq"]]) for r in rows]
            openings = self.openings_of(*(body for _, body in told))
            yield from ((seq, snapshot_of(body, openings)) for seq, body in told)

    def openings_of(self, *bodies: Mapping[str, Any]) -> dict[str, Opening]:
        """What opens the commitments of snapshots' entries, as the ledger has it."""
        return self.ledger.openings(a["commitment"] for body in bodies for a in body["artefacts"])

    # -- files --------------------------------------------------------------------------------------------------------

    def added_files(self, case: str) -> list[AddedFile]:
        """The buyer's own files of a case, oldest first; withdrawn ones are left out."""
        return self._added_files(case, withdrawn=False)

    def added_digests(self) -> list[str]:
        """Of every file that was added, with its parts, the digest that the ledger's openings give."""
        bodies = [json.loads(row["body"]) for row in self._rows("select body from files")]
        names = [name for body in bodies for name in (body["commitment"], *(p["commitment"] for p in body.get("parts", ())))]
        return [opening.digest for opening in self.ledger.openings(names).values()]

    @of_case
    def masked_anew(self, case: str) -> list[tuple[int, datetime, str]]:
        """Of each entry by which a visit of a case is shown otherwise: ledger number, when it was made, the visit's id."""
        entries = self.ledger.entries(kinds=("snapshot.masked",), about=about_case(case))
        return [(e.seq, datetime.fromisoformat(e.at), str(e.body["snapshot"])) for e in entries]

    def withdrawn_files(self, case: str) -> list[AddedFile]:
        """Those that were withdrawn, oldest first."""
        return self._added_files(case, withdrawn=True)

    @of_case
    def _added_files(self, case: str, *, withdrawn: bool) -> list[AddedFile]:
        rows = self._rows(
            "select f.*, r.page from files f join readings r on r.file = f.id where case_id = ? order by seq", case
        )
        told = ((made(FileRecord, json.loads(row["body"])), row) for row in rows)
        files = (self._added_file(one, row) for one, row in told if one.withdrawn is withdrawn)
        return [file for file in files if file is not None]

    def _added_file(self, told: FileRecord, row: sqlite3.Row) -> AddedFile | None:
        """None where what opens its commitment is lost, which `verify` names."""
        opening = self.ledger.opening(told.commitment)
        if opening is None:
            return None
        parts = ((part, self.ledger.opening(part.commitment)) for part in told.parts)
        return AddedFile(
            told.id, told.name, told.kind, told.media_type, told.size, opening.digest, opening.salt,
            datetime.fromisoformat(row["at"]), row["seq"], told.note,
            tuple(FilePart(part.name, part.size, own.digest, own.salt) for part, own in parts if own),
            page_of_record(json.loads(row["page"])), belied(told.name, told.media_type),
        )  # fmt: skip

    @of_case
    def picture_readings(self, case: str) -> dict[str, str]:
        """By a file's id, withdrawn ones too, the digest of what a machine read in it."""
        rows = self._rows("select file, digest from words_in_pictures where case_id = ? order by seq", case)
        return {row["file"]: row["digest"] for row in rows}

    @of_case
    def descriptions(self, case: str) -> list[Description]:
        """What the buyer said afterwards of the case's files, oldest first."""
        found = []
        for row in self._rows("select * from descriptions where case_id = ? order by seq", case):
            body = json.loads(row["body"])
            said = {key: body[key] for key in ("kind", "note", "saved_at", "url", "dates") if key in body}
            at, withdrawn = datetime.fromisoformat(row["at"]), body.get("withdrawn")
            found.append(Description(row["seq"], row["file"], at, said, withdrawn, body.get("why", "")))
        return found

    # -- facts --------------------------------------------------------------------------------------------------------

    def holds(self, origin: str) -> bool:
        """Whether that is the id of a snapshot or of an added file."""
        both = "select 1 from snapshots where id = ? union select 1 from files where id = ?"
        return bool(self._rows(both, origin, origin))

    def facts_of(self, origin: str) -> list[Fact]:
        """What one snapshot or file says, in its readers' order."""
        return self._facts("snapshot = ?", origin)

    @of_case
    def facts(self, case: str, name: str = "") -> list[Fact]:
        """What a case's visits and saved pages say (under one name), oldest first."""
        return self._facts("case_id = ? and ? in ('', name)", case, name)

    @of_case
    def facts_among(self, case: str, origins: frozenset[str]) -> list[Fact]:
        """What these snapshots and files of a case say, oldest first."""
        return self._facts("+case_id = ? and snapshot in (select value from json_each(?))", case, json.dumps(list(origins)))

    def visits_with_facts(self, case: str) -> frozenset[str]:
        """The ids of a case's snapshots and files that say something."""
        rows = self._rows("select distinct snapshot from facts where case_id = ?", case)
        return frozenset(row["snapshot"] for row in rows)

    def _facts(self, where: str, *values: Any) -> list[Fact]:
        sql = f"select * from facts where {where} order by seq, n"  # noqa: S608 - constants of this class
        return [fact_of_row(row) for row in self._rows(sql, *values)]

    # -- the index beside another, for `verify` -----------------------------------------------------------------------

    def meta(self) -> dict[str, str]:
        """What the index says of itself; {} of an empty one."""
        if not self.has("meta"):
            return {}
        # It has four rows; somebody else's could have no end.
        return {row["key"]: row["value"] for row in self._rows("select key, value from meta limit 16")}

    def has(self, table: str) -> bool:
        return bool(self._rows("select 1 from sqlite_master where name = ?", table))

    def made_as(self) -> dict[str, str]:
        """The statement that each table, view or index was made with, by name."""
        made = "select name, type || ' ' || sql as made from sqlite_master where name is not null and sql is not null"
        return {row["name"]: row["made"] for row in self._rows(made)}

    def contents(self, table: str, columns: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
        """The rows of a table and how often each stands there; names are those of `index.TABLES`."""
        sql = f"select {', '.join(columns)} from {table}"  # noqa: S608 - the index's own names
        return Counter(tuple(row) for row in self._rows(sql))


def _look(row: sqlite3.Row) -> Look:
    return Look(
        row["id"], datetime.fromisoformat(row["at"]), row["target"], row["url"], row["kind"], row["outcome"],
        row["why"], row["says"], row["seq"],
    )  # fmt: skip


def _asserted(row: sqlite3.Row) -> Assertion:
    entered = json.loads(row["value"])
    fact = Fact(
        row["name"], valued(entered), "asserted", "", row["who"],
        at=datetime.fromisoformat(row["at"]), round=row["round"],
    )  # fmt: skip
    return Assertion(row["seq"], fact, entered, json.loads(row["previous"]), row["why"])


def fact_of_row(row: sqlite3.Row) -> Fact:
    at = datetime.fromisoformat(row["at"]) if row["at"] else None
    return Fact(
        row["name"], _value(row["value"]), row["state"], row["snapshot"], row["reader"], _place(row["place"]), at,
        saved=bool(row["saved"]), lacks=row["lacks"],
    )  # fmt: skip


# A page says the same night after night: what its facts say is made once.
@functools.lru_cache(maxsize=1 << 14)
def _value(text: str) -> Any:
    return valued(json.loads(text))


@functools.lru_cache(maxsize=1 << 14)
def _place(text: str) -> Place | None:
    told = json.loads(text)
    return made(Place, told) if told else None
