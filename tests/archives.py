"""Archives for tests: a snapshot made by hand, sealed with the real key, log and loopback authority."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.archive.archive import Archive
from collector.archive.records import entry_body
from collector.archive.sealing import seal, signing_key
from collector.canonical import sha256
from collector.ledger.log import new_salt
from collector.model import Artefact, Outcome, Snapshot, Step, Target, Visit
from collector.seal.timestamp import Authority
from fixtures.authority import Served

NOON = datetime(2026, 10, 4, 12, 0, tzinfo=UTC)


# Writes through the view of all facts: the origin gets a telling of its own, in which one statement is another.
_EDITED = """
insert into tellings
  select max(id) + 1, 'edited ' || max(id), (select says from tellings where id = old.telling) from tellings;
insert into told select (select max(id) from tellings), n, statement, reader, place, at, lacks from told
  where telling = (select telling from looks where origin = old.snapshot);
update looks set telling = (select max(id) from tellings) where origin = old.snapshot;
"""
_EDITS = {
    "update": """
insert into statements select max(id) + 1, 'edited ' || max(id), new.name, new.state, new.value from statements;
update told set statement = (select max(id) from statements), reader = new.reader, place = new.place
  where telling = (select max(id) from tellings) and n = old.n;""",
    "delete": "delete from told where telling = (select max(id) from tellings) and n = old.n;",
}


def edit_index(path: Path, sql: str, *values: str) -> None:
    """Changes rows of an index as somebody could who knows how it is made; facts, too. At least one row must change."""
    connection = sqlite3.connect(path)
    with connection:
        if connection.execute("select 1 from sqlite_master where name = 'facts'").fetchone():
            for what, steps in _EDITS.items():
                connection.execute(
                    f"create temp trigger {what}_facts instead of {what} on main.facts begin {_EDITED} {steps} end"
                )
        before = connection.total_changes
        connection.execute(sql, values)
        assert connection.total_changes > before
    connection.close()


class TestClock:
    """A clock that stands until it is moved."""

    __test__ = False

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def ticks_ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def archive_at(root: Path, authorities: Iterable[Authority], clock: TestClock | None = None) -> Archive:
    """A new archive with its key in a folder beside it."""
    archive = Archive(root, clock or TestClock())
    key = signing_key(archive, root.parent / "configuration")
    archive.create(authorities, key.fingerprint, key.certificate_pem)
    return archive


def authority_of(served: Served) -> Authority:
    return Authority("test", served.url, served.root_pem)


def seal_archive(archive: Archive) -> str:
    return seal(archive, signing_key(archive, archive.root.parent / "configuration")).word


def snapshot_for(
    archive: Archive,
    target: Target,
    html: bytes,
    *,
    outcome: Outcome = "complete",
    identifier: str = "",
    why: str = "",
    text: str = "some text",
) -> Snapshot:
    """A snapshot of these bytes, as a capture would have made it."""
    now = archive.clock.now()
    digest = archive.objects.put(html)
    artefact = Artefact("dom", 0, "text/html; charset=utf-8", len(html), digest, new_salt())
    words = text.encode()
    artefacts = (artefact, Artefact("text", 0, "text/plain", len(words), archive.objects.put(words), new_salt()))
    visit = Visit(
        target.url,
        target.url,
        (),
        200,
        "",
        now,
        {"name": "Chromium"},
        {"viewport": "1280x2048"},
        "",
        (),
        (),
        {"system": "test"},
    )
    steps = tuple(Step(name, "ok", "", now, 5) for name in ("open", "settle", "read", "store", "identify"))
    return Snapshot(1, identifier or f"S-{sha256(html)[:8]}-{now:%H%M%S}", target, visit, steps, outcome, why, artefacts)


def keep_snapshot(archive: Archive, snapshot: Snapshot) -> None:
    body, openings = entry_body(snapshot)
    archive.record("snapshot", body, openings)
