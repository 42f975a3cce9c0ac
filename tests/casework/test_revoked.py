"""What becomes of the seal when an authority says, or does not say, whether its certificates were revoked."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.authority import serve
from fixtures.revocation import Revocation
from tests.pack_reader import openssl_says, unpacked
from tests.paper_desk import PaperDesk

pytestmark = pytest.mark.stories


@dataclass
class Clock:
    """The authority's, which may be ahead."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def revocation() -> Revocation:
    return Revocation()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, revocation: Revocation, clock: Clock) -> Iterator[PaperDesk]:
    """A case that was kept and packed while the authority said that all was well."""
    folder = tmp_path_factory.mktemp("told")
    with serve(folder / "authority", clock=clock, revocation=revocation) as authority:
        desk = PaperDesk(folder / "desk", authority)
        desk.folder.mkdir()
        desk.begin()
        desk.keep()
        desk.pack()
        yield desk


@pytest.fixture
def desk(told: PaperDesk, revocation: Revocation, tmp_path: Path) -> Iterator[PaperDesk]:
    """A copy that a test may go on with, and an authority that may say something else."""
    shutil.copytree(told.folder, tmp_path / "copy")
    yield told.elsewhere(tmp_path / "copy")
    revocation.revoked, revocation.fault = {}, ""


def late(desk: PaperDesk) -> str:
    """Something is kept; what the command says."""
    (desk.folder / "late.txt").write_text("late")
    said = desk.run("add", desk.order, desk.folder / "late.txt")
    assert said.code == 0, said.err
    return " ".join(said.out.split())


def test_what_the_authority_says_lies_beside_the_token_and_in_the_pack(told: PaperDesk) -> None:
    status = told.did("status")
    newest = f"{status['checkpoint']['size']:06d}.test"
    beside = {path.name for path in (told.archive / "ledger" / "checkpoints").glob(f"{newest}.*")}
    assert beside == {f"{newest}.tsr", f"{newest}.1.ocsp", f"{newest}.2.crl"}
    assert [token["not_revoked"] for token in status["tokens"]] == [True]
    for path in (told.archive, told.folder / "case.zip"):
        said = told.did("verify", path)
        assert (said["ok"], said["seal"]) == (True, "timestamped")
        assert said["tokens"]
        assert all(line.endswith("; not revoked then") for line in said["tokens"])


def test_openssl_agrees_by_the_commands_of_the_packs_verify_md(told: PaperDesk, tmp_path: Path) -> None:
    said = openssl_says(unpacked(told.folder / "case.zip", tmp_path))
    (responder,) = (text for command, text in said.items() if command.startswith("openssl ocsp"))
    assert "Response verify OK" in responder
    assert "test-1.pem: good" in responder
    assert "WARNING" not in responder
    (listed,) = (text for command, text in said.items() if command.startswith("openssl verify"))
    assert listed.endswith("test-2.pem: OK\n")
    (shown,) = (text for command, text in said.items() if command.startswith("openssl crl"))
    assert "No Revoked Certificates" in shown


def test_where_the_authority_does_not_say_it_the_token_counts_and_revocation_is_not_known(
    desk: PaperDesk, revocation: Revocation
) -> None:
    revocation.fault = "absent"
    assert "timestamped" in late(desk)
    status = desk.did("status")
    assert (status["seal"], [token["not_revoked"] for token in status["tokens"]]) == ("timestamped", [False])
    assert "Revocation not known: test." in desk.run("status").out
    assert desk.did("verify")["tokens"][-1].endswith("; not revoked then")  # by what was said before, for a week
    pack = desk.pack("later.zip")
    assert desk.did("verify", pack)["ok"]


def test_a_revoked_authoritys_token_is_not_taken_and_that_is_said(desk: PaperDesk, revocation: Revocation) -> None:
    revocation.revoked = {"stamping": (datetime.now(UTC) - timedelta(days=1), "keyCompromise")}
    said = late(desk)
    assert "does not count: the certificate “Test Timestamp Authority” was revoked" in said
    status = desk.did("status")
    assert (status["seal"], status["missing"]) == ("pending", ["test"])


def test_a_lost_key_takes_earlier_timestamps_along_and_a_replaced_one_does_not(
    desk: PaperDesk, revocation: Revocation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the key can write an earlier date. It is known from when a token was refused, and kept as a record."""
    monkeypatch.setattr(clock, "ahead", timedelta(seconds=30))
    since = datetime.now(UTC) + timedelta(seconds=10)  # after the tokens that are there, before the next one
    revocation.revoked = {"stamping": (since, "superseded")}
    late(desk)
    said = desk.did("verify")
    assert (said["ok"], said["seal"], len(said["tokens"]) > 0) == (True, "pending", True)
    assert desk.did("status")["records"]["timestamped"] > 0
    revocation.revoked = {"stamping": (since, "keyCompromise")}
    late(desk)
    late(desk)
    said = desk.run("verify", "--json")
    assert said.code == 5
    earlier = {path.name for path in (desk.archive / "ledger" / "checkpoints").glob("*.tsr")}
    assert {problem["where"].rpartition("/")[2] for problem in said.json["problems"]} == earlier
    assert all("does not count: the certificate" in problem["what"] for problem in said.json["problems"])
    status = desk.did("status")
    assert (status["seal"], status["records"]["timestamped"], len(status["notes"])) == ("pending", 0, 2)
    pack = desk.did("verify", desk.pack("later.zip"))
    assert (pack["ok"], pack["seal"], pack["tokens"]) == (True, "pending", [])


def test_a_crash_between_the_record_and_the_names_of_what_arrived_loses_nothing(desk: PaperDesk) -> None:
    folder = desk.archive / "ledger" / "checkpoints"
    newest = f"{desk.did('status')['checkpoint']['size']:06d}"
    names = [path.name for path in folder.glob(f"{newest}.test.*")]
    for name in names:
        (folder / name).rename(folder / f"{name}.received")
    stray = folder / f"{newest}.other.1.ocsp.received"  # whose record was never written
    stray.write_bytes(b"torn")
    assert desk.did("verify")["ok"]
    desk.did("timestamp")
    assert {path.name for path in folder.glob(f"{newest}.test.*")} == set(names)
    assert not stray.exists()
    assert desk.did("verify")["ok"]


def test_a_pack_is_still_made_where_an_answer_was_damaged_and_says_less(desk: PaperDesk) -> None:
    """What was said of revocation is not worth losing the deadline over; `verify` names the damage."""
    for path in (desk.archive / "ledger" / "checkpoints").glob("*.ocsp"):
        path.write_bytes(b"damaged")
    pack = desk.pack("later.zip")
    assert desk.did("verify", pack)["ok"]
    assert desk.run("verify").code == 5
    with zipfile.ZipFile(pack) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("data/VERIFY.md"))
        assert "revocation not known" in archive.read(name).decode()


def test_the_same_plan_gives_the_same_bytes_whatever_is_said_now(desk: PaperDesk, revocation: Revocation) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    packs = []
    for number in (1, 2):
        out = desk.folder / f"{number}.zip"
        desk.did("pack", desk.order, "--reason", "damaged", "--as-of", now, "-o", out)
        with zipfile.ZipFile(out) as pack:
            packs.append({name: pack.read(name) for name in pack.namelist()})
        revocation.fault = "absent"
    first, second = packs
    assert any(name.endswith(".1.ocsp") for name in first)
    changed = {name.partition("/")[2] for name in {*first, *second} if first.get(name) != second.get(name)}
    assert changed <= {"tagmanifest-sha256.txt.p7s", "tagmanifest-sha256.txt.test.tsr"}
