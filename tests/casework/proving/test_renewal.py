"""`timestamp --renew` as a person asks for it, and the packs made before and after, verified when an authority ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.doctor import _term
from casework.workspace import workspace
from collector.archive.config import write_config
from collector.archive.sealing import signing_key
from collector.seal.ask.request import request_token
from collector.seal.signature import sign
from collector.seal.timestamp import Authority
from fixtures.authority import serve
from rules.pack.bag.verify import verify_pack
from tests.archives import TestClock
from tests.pack_reader import checker_says, openssl_says, unpacked
from tests.paper_desk import PaperDesk
from tests.rules.pack.forging import base_of, files_of, remade, rezip

pytestmark = pytest.mark.stories
NOW = datetime.now(UTC).replace(microsecond=0)
ENDS, LATER = NOW + timedelta(days=40), NOW + timedelta(days=90)


@dataclass
class Told:
    """A case sealed and packed by an authority that ends in 40 days, renewed by another one, and packed again."""

    desk: PaperDesk
    first: Path
    second: Path
    before: str  # what Today said before it was renewed
    said: str  # what `timestamp --renew` said


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    with serve(folder / "short", valid_until=ENDS) as short, serve(folder / "lasting") as lasting:
        desk = PaperDesk(folder / "desk", short)
        desk.folder.mkdir()
        desk.begin()
        desk.keep()
        first, before = desk.pack("first.zip"), desk.run().out
        authorities = Authority("test", short.url, short.root_pem), Authority("lasting", lasting.url, lasting.root_pem)
        write_config(desk.archive / "config.toml", authorities)
        said = desk.run("timestamp", "--renew").out
        yield Told(desk, first, desk.pack("second.zip"), before, said)


def test_today_warns_until_it_is_renewed(told: Told) -> None:
    assert "Before then, run: tradewitness timestamp --renew" in " ".join(told.before.split())
    assert "--renew" not in told.desk.run().out
    assert "Stamped anew: its time was proven until" in told.said


def test_status_and_doctor_say_until_when_and_warn_ninety_days_before(told: Told) -> None:
    said = told.desk.did("status")
    assert said["until"].startswith("2030-12-31")
    ws = workspace(told.desk.archive)
    assert [item.state for item in _term(ws)] == ["ok"]
    (item,) = _term(workspace(told.desk.archive, clock=TestClock(datetime(2030, 11, 1, tzinfo=UTC))))
    assert (item.state, item.todo) == ("note", "Before then, run: tradewitness timestamp --renew")


def test_verify_says_until_when_each_proof_stands(told: Told) -> None:
    said = told.desk.did("verify")
    assert said["until"].startswith("2030-12-31")
    carried = [one for one in said["proofs"] if one["through"]]
    assert carried
    assert all(one["stands"] for one in said["proofs"])
    text = " ".join(told.desk.run("verify").out.split())
    assert "Its time is proven until Tue 31 Dec 2030: the key of" in text
    assert "carried on by later ones, which were made before they ended" in text


def test_the_pack_made_before_ends_with_its_authority_and_the_one_made_after_goes_on(told: Told) -> None:
    first, second = verify_pack(told.first, at=LATER), verify_pack(told.second, at=LATER)
    assert first.seal == "pending"
    assert ["ask its maker for a pack made anew" in problem.what for problem in first.problems] == [True]
    assert (second.seal, second.problems) == ("timestamped", ())
    in_it = [term for term in second.terms if term.name.startswith("data/proof/")]
    assert {term.stands(LATER) for term in in_it} == {True}
    assert len(in_it) > 2
    assert verify_pack(told.first, at=NOW).problems == ()


def test_the_later_pack_carries_the_chain_from_the_first_seal_and_outside_judges_agree(told: Told, tmp_path: Path) -> None:
    files = {path.partition("/")[2]: data for path, data in files_of(told.second).items()}
    kinds = [json.loads(line)["kind"] for line in files["data/proof/entries.jsonl"].splitlines()]
    assert "timestamp.renewed" in kinds
    sealed = min(int(json.loads(data)["size"]) for data in _checkpoints(files))
    first = min(int(json.loads(data)["size"]) for data in _checkpoints(_members(told.first)))
    assert sealed <= first
    bag = unpacked(told.second, tmp_path)
    assert checker_says(bag)
    assert openssl_says(bag)


def _members(pack: Path) -> dict[str, bytes]:
    return {path.partition("/")[2]: data for path, data in files_of(pack).items()}


def _checkpoints(files: dict[str, bytes]) -> list[bytes]:
    return [data for path, data in files.items() if path.startswith("data/proof/checkpoints/") and path.endswith(".json")]


def _by_holder(told: Told, out: Path, change: dict[str, bytes]) -> Path:
    """The later pack with other files, listed and signed again by its holder, and stamped with its first tokens."""
    members, base = files_of(told.second), base_of(files_of(told.second))
    members |= {base + path: data for path, data in change.items()}
    made = remade(members, base)
    key = signing_key(workspace(told.desk.archive).archive, told.desk.folder / "configuration")
    signature = sign(made[base + "tagmanifest-sha256.txt"], key, NOW)
    kept = {path: data for path, data in made.items() if not path.endswith(("txt.test.tsr", "txt.lasting.tsr"))}
    rezip({**kept, base + "tagmanifest-sha256.txt.p7s": signature}, out)
    return out


def test_a_token_exchanged_in_a_pack_by_its_holder_is_named_by_both_checkers(told: Told, tmp_path: Path) -> None:
    files = _members(told.second)
    early = min(path for path in files if path.startswith("data/proof/checkpoints/") and path.endswith(".test.tsr"))
    with serve(told.desk.folder.parent / "short", valid_until=ENDS) as short:
        authority = Authority("test", short.url, short.root_pem)
        signature = files[early.replace(".test.tsr", ".p7s")]
        other = request_token(authority, signature, timeout_s=8, now=lambda: datetime.now(UTC)).tsr
    spoiled = _by_holder(told, tmp_path / "spoiled.zip", {early: other})
    found = verify_pack(spoiled, at=LATER)
    assert any(problem.where.endswith(early) and "is not the token" in problem.what for problem in found.problems)
    assert not next(term for term in found.terms if term.name == early).stands(LATER)
    checker: list[str | Path] = [sys.executable, "-I", unpacked(spoiled, tmp_path) / "data" / "verify.py"]
    printed = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert printed.returncode == 1
    assert f"{early}: is not what ledger line" in printed.stdout
