"""What can go wrong with disk, folder, clock, key and lock: each ends in a sentence, with the archive whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from collector.archive import archive as archives
from collector.archive.archive import Archive
from collector.archive.records import entry_body
from collector.archive.sealing import seal, signing_key
from collector.clock import SystemClock
from collector.errors import SealError
from collector.ledger.log import Opening
from collector.model import Snapshot
from collector.verify import verify_archive
from fixtures.authority import Served
from rules.pack.bag.verify import verify_pack
from tests.archives import NOON, TestClock, archive_at, authority_of, seal_archive
from tests.paper_desk import PaperDesk

pytestmark = pytest.mark.stories

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    desk = PaperDesk(tmp_path_factory.mktemp("told"), authority)
    desk.begin()
    desk.keep()
    return desk


@pytest.fixture
def desk(told: PaperDesk, tmp_path: Path) -> PaperDesk:
    shutil.copytree(told.folder, tmp_path / "copy")
    return told.elsewhere(tmp_path / "copy")


@contextmanager
def full_disk(after: int) -> Iterator[list[int]]:
    """The disk takes so many writes more, and from then on none; the list holds how many were asked for."""
    sync, asked = os.fsync, [0]

    def refuse(fd: FileDescriptorLike) -> None:
        asked[0] += 1
        if asked[0] > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(fd)

    os.fsync = refuse
    try:
        yield asked
    finally:
        os.fsync = sync


@pytest.mark.parametrize("points", [4, pytest.param(30, marks=pytest.mark.proof)])
def test_a_disk_that_fills_at_any_write_loses_nothing_that_was_kept(desk: PaperDesk, points: int) -> None:
    """One sentence and exit code 4; what was kept verifies, and the next run goes on once there is space."""
    with full_disk(10**6) as asked:
        desk.did("capture", desk.order)
    for after in range(0, asked[0], max(1, asked[0] // points)):
        with full_disk(after):
            said = desk.run("capture", desk.order)
        assert (said.code, said.err.count("\n")) == (4, 2), said.err
        assert "disk is full" in said.err
        assert desk.did("verify", "--deep")["problems"] == []
    desk.did("capture", desk.order)
    assert desk.did("verify")["seal"] == "timestamped"


@pytest.mark.parametrize("points", [2, pytest.param(30, marks=pytest.mark.proof)])
def test_a_pack_that_does_not_fit_leaves_the_one_before_it_or_is_whole(desk: PaperDesk, points: int) -> None:
    desk.pack()
    with full_disk(10**6) as asked:
        desk.pack("other.zip")
    for after in range(0, asked[0], max(1, asked[0] // points)):
        with full_disk(after):
            said = desk.run("pack", desk.order, "--reason", "damaged", "-o", desk.folder / "case.zip")
        assert said.code in (0, 2, 4), said.err
        assert verify_pack(desk.folder / "case.zip").problems == ()
        assert desk.did("verify")["problems"] == []


def test_a_pack_that_is_stopped_while_its_copies_are_drawn_leaves_nothing_and_says_so(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rules.pack.render.renderings.page_copies", stop)
    there = sorted(desk.folder.rglob("*"))
    said = desk.run("pack", desk.order, "--reason", "damaged", "-o", desk.folder / "case.zip")
    assert (said.code, said.err.splitlines()[-1]) == (
        130, "Stopped before it was done; what was kept so far is kept.",
    )  # fmt: skip
    assert sorted(desk.folder.rglob("*")) == there


def test_a_folder_that_cannot_be_written_to_can_still_be_read_and_verified(told: PaperDesk) -> None:
    """As an ordinary user, since the administrator may write anywhere."""
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copytree(told.folder, folder / "copy")
        desk = told.elsewhere(folder / "copy")
        desk.did("verify", "--deep")
        desk.run("facts", desk.order)  # what prints is imported: the ordinary user may be kept from this Python's own files
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        with ordinary_user():
            kept = desk.run("case", "set", desk.order, "units_total=200")
            looked = desk.run("facts", desk.order)
            verified = desk.run("verify", "--json")
        assert (kept.code, kept.err.count("\n")) == (2, 2), kept.err
        assert "cannot be written to" in kept.err
        assert looked.code == 0, looked.err
        assert verified.json["problems"] == []
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def ordinary_user() -> Iterator[None]:
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_second_writer_is_told_who_holds_the_archive_and_readers_are_not_kept_waiting(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys; from pathlib import Path; from collector.archive.archive import Archive;"
        "from collector.clock import SystemClock; archive = Archive(Path(sys.argv[1]), SystemClock())\n"
        "with archive.writing(): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(desk.archive)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        monkeypatch.setattr(archives, "LOCK_WAIT_S", 0.1)
        said = desk.run("case", "set", desk.order, "units_total=200")
        assert said.code == 2
        assert f"process {holder.pid}" in said.err
        for command in (("facts", desk.order), ("deadlines", desk.order), ("status",), ("verify",)):
            assert desk.run(*command).code in (0, 6), command
    finally:
        holder.communicate("")
    desk.did("case", "set", desk.order, "units_total=200")


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_is_wrong_is_a_finding_with_its_size_and_no_failure(
    tmp_path: Path, authority: Served, hours: int
) -> None:
    clock = TestClock(datetime.now(UTC) + timedelta(hours=hours))
    archive = archive_at(tmp_path / "archive", [authority_of(authority)], clock)
    assert seal_archive(archive) == "timestamped"
    report = verify_archive(archive)
    assert report.problems == ()
    way = "behind" if hours < 0 else "ahead of"
    (note,) = [note for note in report.notes if "measured when its token arrived" in note]
    assert way in note
    assert abs(int(note.split(" seconds")[0].rsplit(" ", 1)[1].replace(",", "")) - 108_000) < 60


def test_a_line_dated_before_a_token_that_stands_before_it_is_a_finding(tmp_path: Path, authority: Served) -> None:
    """The holder sets his clock back after a token has arrived, and enters what he wants to have had before."""
    clock = TestClock(datetime.now(UTC))
    archive = archive_at(tmp_path / "archive", [authority_of(authority)], clock)
    seal_archive(archive)
    clock.move(days=-20)
    archive.record("case.opened", {"case": "1", "name": "", "zone": "UTC", "account": ""})
    seal_archive(archive)
    report = verify_archive(archive)
    assert report.problems == ()
    assert any("before a timestamp that was received before it" in note for note in report.notes), report.notes


def test_a_lost_key_is_said_and_a_new_one_begins_with_a_record(desk: PaperDesk) -> None:
    keys = desk.folder / "configuration" / "keys"
    (keys / "signing-key.pem").unlink()
    photo = desk.folder / "new.txt"
    photo.write_text("new")
    for command in (("capture", desk.order), ("nightly",), ("add", desk.order, photo)):
        said = desk.run(*command)
        assert (said.code, "NOT yet sealed" in said.out, "is gone" in said.out) == (3, True, True), command
    told, waiting = desk.did("verify"), desk.did("status")["waiting"]
    assert (told["problems"], told["seal"]) == ([], "unsigned")
    assert len(waiting) == 5  # two visits of two pages, and the file: a page may be gone tomorrow, and a key comes back
    shutil.move(keys, desk.folder / "lost keys")
    assert "ATTENTION: a new key" in desk.run("capture", desk.order).out
    verified = desk.did("verify")
    assert (verified["problems"], verified["seal"]) == ([], "timestamped")
    assert any("the signing key changed" in note for note in verified["notes"])


def test_an_expired_certificate_keeps_everything_unsealed_until_there_is_a_new_key(
    tmp_path: Path, authority: Served
) -> None:
    clock = TestClock(NOON)
    archive = archive_at(tmp_path / "archive", [authority_of(authority)], clock)
    key = signing_key(archive, tmp_path / "configuration")
    seal_archive(archive)
    clock.move(days=21 * 365)
    archive.record("case.opened", {"case": "1", "name": "", "zone": "UTC", "account": ""})
    with pytest.raises(SealError, match="not valid at this time"):
        seal(archive, key)
    assert _all_that_is_wrong(archive) == (["ledger/checkpoints/000001.test.tsr"], "unsigned")
    new = signing_key(archive, tmp_path / "new configuration")
    seal(archive, new)
    assert _all_that_is_wrong(archive) == (["ledger/checkpoints/000004.test.tsr"], "pending")
    assert verify_archive(archive).key == new.fingerprint


def _all_that_is_wrong(archive: Archive) -> tuple[list[str], str]:
    """Where a token stands whose certificates have ended, by a clock that was moved for many years, and the seal."""
    report = verify_archive(archive)
    assert all("no longer" in problem.what for problem in report.problems)
    return [problem.where for problem in report.problems], report.seal


def spoiled(desk: PaperDesk, what: str) -> None:
    """One thing of the ledger is gone, or is not what was sealed; of files the newest."""
    ledger = desk.archive / "ledger"
    if what == "a record":
        lines = (ledger / "entries.jsonl").read_bytes()
        (ledger / "entries.jsonl").write_bytes(lines.replace(b'"kind":"case.opened"', b'"kind":"case.0pened"'))
    else:
        for path in sorted(ledger.glob(f"checkpoints/*{what}"))[-1 if what == ".p7s" else 0 :]:
            path.unlink()


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("which", "how"),
    [(0, b"{"), (-1, DEEP), *(pytest.param(*more, marks=pytest.mark.proof) for more in ((-1, b"{"), (0, DEEP)))],
    ids=lambda given: str(given)[:8],
)
def test_a_damaged_checkpoint_keeps_nobody_from_looking_keeping_or_packing(desk: PaperDesk, which: int, how: bytes) -> None:
    """It is said at once and named by verify; what it sealed is sealed again by the next, which takes no file's place."""
    path = sorted((desk.archive / "ledger" / "checkpoints").glob("*.json"))[which]
    path.write_bytes(how)
    assert desk.run().code in (0, 6)
    assert f"{path.name} in the ledger's checkpoints cannot be read" in desk.run("capture", desk.order).out
    assert f"{path.name} is damaged" in desk.run("status").out
    assert desk.did("verify", desk.pack())["ok"]
    assert path.read_bytes() == how
    places = {p["where"] for p in desk.run("verify", "--json").json["problems"]}
    assert f"ledger/checkpoints/{path.name}" in places


@pytest.mark.parametrize("what", [".tsr", ".p7s"])
def test_with_a_token_or_a_signature_lost_a_pack_rests_on_a_checkpoint_that_is_whole(desk: PaperDesk, what: str) -> None:
    """The importer's last day is no day to restore a backup: what is left is enough, and what is lost is named."""
    spoiled(desk, what)
    assert desk.did("status")["seal"] == ("pending" if what == ".tsr" else "unsigned")
    assert desk.run("timestamp").code == 0
    assert desk.did("status")["seal"] == "timestamped"
    assert desk.did("verify", desk.pack())["ok"]
    assert {p["where"].rpartition(".")[2] for p in desk.run("verify", "--json").json["problems"]} == {what[1:]}


def test_a_pack_of_an_archive_that_is_not_whole_is_written_and_said_not_to_verify(desk: PaperDesk) -> None:
    """So that it is not the other side who says it; and the next sealing says it, too."""
    spoiled(desk, "a record")
    assert "records are not those that were sealed" in desk.run("case", "set", desk.order, "units_total=200").out
    said = desk.run("pack", desk.order, "--reason", "damaged", "-o", desk.folder / "case.zip")
    assert said.code == 5, said.out
    assert "It does not verify, because the archive is not whole" in said.out
    assert not verify_pack(desk.folder / "case.zip").ok


def test_settings_that_are_gone_are_said_and_written_anew_by_init(desk: PaperDesk) -> None:
    """Without them nobody would ever be asked for a timestamp, while it is said that they are asked again."""
    (desk.archive / "config.toml").unlink()
    photo = desk.folder / "new.txt"
    photo.write_text("new")
    assert "names no timestamp authority" in desk.run("add", desk.order, photo).out
    assert "names no timestamp authority" in desk.run("status").out
    root = desk.authority.root_file
    said = desk.run("init", "--authority", f"test={desk.authority.url}", "--authority-root", root)
    assert "config.toml was gone" in said.out
    assert "timestamped" in desk.run("timestamp").out
    assert desk.did("verify")["ok"]


def test_what_a_later_version_adds_to_its_records_does_not_keep_this_one_from_using_them(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New optional keys and kinds are free: what they say is sealed, stands in the pack, and is not understood here."""

    def added(snapshot: Snapshot) -> tuple[dict[str, Any], tuple[Opening, ...]]:
        body, openings = entry_body(snapshot)
        for record in (body, body["visit"], body["target"], *body["steps"], *body["artefacts"]):
            record["weather"] = "fair"
        return body, openings

    with monkeypatch.context() as later:
        later.setattr("casework.keeping.capture.entry_body", added)
        seen = desk.did("capture", desk.order)["snapshots"]
    archive = archives.Archive(desk.archive, SystemClock())
    with archive.writing():
        archive.ledger.append("weather.changed", {"to": "rain"}, datetime.now(UTC))
    shown = desk.did("facts", desk.order)["facts"]
    assert {fact["snapshot"] for fact in shown if fact["state"] == "read"} <= {s["id"] for s in seen}
    assert desk.did("verify", "--deep")["problems"] == []
    pack = desk.pack()
    assert desk.did("verify", pack, "--deep")["problems"] == []
    with zipfile.ZipFile(pack) as members:
        records = [json.loads(members.read(name)) for name in members.namelist() if name.endswith("/snapshot.json")]
    assert any(record.get("weather") == "fair" for record in records)
