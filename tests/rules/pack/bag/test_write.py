"""A written pack: a bag that other programs accept, the same bytes twice, and instructions that hold word for word."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import bagit
import pytest

from collector.errors import DamagedArchive, WrongRequest
from collector.model import Private
from collector.seal.keyring import load_or_create
from fixtures.authority import prepare
from rules.pack.bag.verify import verify_pack
from rules.pack.bag.write import write_pack
from rules.pack.plan.plan import AuthorityStamp, PackPlan
from rules.pack.plan.withheld import together
from tests.rules.pack.forging import base_of, files_of, unpack
from tests.rules.pack.synthetic import AS_OF, Objects, Sealed, led_fans, seal, unread

pytestmark = pytest.mark.stories  # each makes, spoils or checks a whole pack

UNLISTED = re.compile(r"tagmanifest-sha256\.txt\.(p7s|[a-z0-9-]+\.tsr)$")


@pytest.fixture
def bag(pack: Path, tmp_path: Path) -> Path:
    return unpack(files_of(pack), tmp_path)


def test_the_library_of_congress_program_accepts_the_bag(bag: Path) -> None:
    """And refuses it when a listed file changes."""
    assert bagit.Bag(str(bag)).validate()
    (bag / "data" / "timeline.csv").write_bytes(b"changed")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


def test_the_same_plan_gives_the_same_bytes_but_for_the_unlisted_files(
    sealed: Sealed, made: PackPlan, tmp_path: Path
) -> None:
    """Two packs made apart differ in the pack's own signature and tokens alone."""
    first, second = (files_of(sealed.pack(tmp_path / name, made).path) for name in ("a.zip", "b.zip"))
    assert first.keys() == second.keys()
    assert {path for path in first if first[path] != second[path]} <= {path for path in first if UNLISTED.search(path)}


def test_members_stand_in_byte_order_below_one_base_directory(pack: Path, made: PackPlan) -> None:
    """The base directory is the pack's name."""
    with zipfile.ZipFile(pack) as archive:
        names = archive.namelist()
    assert names == sorted(names, key=str.encode)
    assert {name.partition("/")[0] for name in names} == {made.name}


def commands(markdown: str) -> list[str]:
    """Every line of every fenced block."""
    return [line for block in re.findall(r"^```\n(.*?)^```", markdown, re.M | re.S) for line in block.splitlines() if line]


def test_every_command_of_verify_md_holds_word_for_word(bag: Path) -> None:
    """sha256sum, bagit, openssl and the pack's own checker, run as they stand in the bag's folder."""
    listed = commands((bag / "data" / "VERIFY.md").read_text())
    assert {line.split()[0] for line in listed} == {"sha256sum", "bagit.py", "openssl", "python3"}
    assert len(listed) == 11
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    for command in listed:
        result = subprocess.run(
            command, shell=True, cwd=bag, env={"PATH": path}, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{command}\n{result.stderr}"
        if "signer.pem -noout -fingerprint" in command:  # printed as the text gives it, so that two lines can be compared
            assert result.stdout.strip().rpartition("=")[2] in (bag / "data" / "VERIFY.md").read_text()
    assert sorted(p.name for p in bag.iterdir()) == sorted({p.partition("/")[0] for p in _inside(bag)})


def _inside(bag: Path) -> list[str]:
    return [path.relative_to(bag).as_posix() for path in bag.rglob("*")]


def test_the_commands_of_verify_md_fail_where_they_should(bag: Path) -> None:
    """A changed file, a changed list and a changed signature are each found by at least one of them."""
    listed = commands((bag / "data" / "VERIFY.md").read_text())
    for name in ("data/report.pdf", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s"):
        whole = (bag / name).read_bytes()
        (bag / name).write_bytes(whole[:40] + bytes((whole[40] ^ 1,)) + whole[41:])
        codes = [subprocess.run(c, shell=True, cwd=bag, capture_output=True, check=False).returncode for c in listed]
        assert any(codes), name
        (bag / name).write_bytes(whole)


def test_nothing_is_mentioned_that_is_not_there(bag: Path) -> None:
    """Every file that VERIFY.md, the viewer and list.txt name lies in the bag."""
    verify = (bag / "data" / "VERIFY.md").read_text()
    for path in re.findall(r"data/[\w./-]+\w", verify):
        assert (bag / path).exists(), path
    viewer = (bag / "data" / "index.html").read_text()
    links = [link for link in re.findall(r'(?:href|src)="([^"]+)"', viewer) if not link.startswith("#")]
    assert links
    for link in links:
        assert (bag / "data" / link).is_file(), link
    uploads = re.findall(r"^  (\S+)   \(\d+ KB\)", (bag / "data" / "submission" / "list.txt").read_text(), re.M)
    there = {path.name for path in (bag / "data" / "submission").iterdir()} - {
        "list.txt",
        "statement.txt",
        "statement-zh.txt",
    }
    assert set(uploads) == there
    assert "wacz" not in verify + viewer


def test_the_submission_keeps_to_the_limits_and_names_what_is_left_out(bag: Path) -> None:
    """Ten JPG or PDF files of five megabytes at most; the video and the withheld conversation are named."""
    folder = bag / "data" / "submission"
    uploads = [path for path in folder.iterdir() if path.suffix != ".txt"]
    assert 0 < len(uploads) <= 10
    assert all(path.stat().st_size <= 5_000_000 and path.suffix in (".jpg", ".pdf") for path in uploads)
    text = (folder / "list.txt").read_text()
    assert "unboxing.mp4" in text
    assert "A02-thread" in text
    assert "not published: a default that we assume" in text


def test_the_bag_is_described(bag: Path, made: PackPlan) -> None:
    """Payload count, day, order and checkpoint, and the stand-in where there was one."""
    info = (bag / "bag-info.txt").read_text()
    assert f"External-Identifier: {made.order}\n" in info
    assert "Bagging-Date: 2026-09-23\n" in info
    assert re.search(r"^Payload-Oxum: \d+\.\d+$", info, re.M)
    assert "Tradewitness-Local-Stand-In: alibaba.localhost:8123=alibaba.com" in info


def test_a_pack_of_ours_is_replaced_and_anything_else_is_left_alone(sealed: Sealed, made: PackPlan, tmp_path: Path) -> None:
    """A pack can be made again in its place; a file, a folder or another zip is not lost to a slip of the hand."""
    out = tmp_path / "a.zip"
    renderings = sealed.renderings(made)
    first = sealed.pack(out, made, renderings=renderings)
    assert sealed.pack(out, made, renderings=renderings).path == first.path
    other = tmp_path / "letter.zip"
    other.write_bytes(b"not a pack")
    for place in (other, tmp_path, tmp_path / "absent" / "a.zip"):
        with pytest.raises(WrongRequest):
            sealed.pack(place, made, renderings=renderings)
    assert other.read_bytes() == b"not a pack"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "letter.zip"]


def test_a_stored_object_that_changed_makes_no_pack(sealed: Sealed, made: PackPlan, tmp_path: Path) -> None:
    """Nothing is written, and the archive is said to be damaged."""
    renderings = sealed.renderings(made)
    with pytest.raises(DamagedArchive):
        write_pack(
            made,
            renderings,
            lambda _: (b"rotten",),
            sealed.proof(made),
            inspect=unread,
            sign=sealed.sign,
            stamp=sealed.stamp,
            out=tmp_path / "a.zip",
        )
    assert list(tmp_path.iterdir()) == []


def test_whoever_signs_the_certificate_is_told_what_was_withheld_or_left_out(sealed: Sealed, made: PackPlan) -> None:
    """Point 7 never says that there is nothing while something stays with the buyer."""
    number = next(e.number for e in made.exhibits if e.kind == "product")
    told = replace(made, exchanges={e.snapshot: Private(exchanges=(3,)) for e in made.exhibits if e.number == number})
    exceptions = sealed.renderings(told)["data/certificate.md"].decode().partition("**Exceptions.**")[2]
    assert f"{number}: 1 exchange: left out of the web archive" in exceptions
    for group in together(made.withheld):
        assert group.what in exceptions


def test_pending_tokens_are_said_in_the_pack(sealed: Sealed, made: PackPlan, tmp_path: Path) -> None:
    """The report and VERIFY.md say "not yet timestamped", and no command names a token that is not there."""
    witness = replace(made.covering.authorities[0], stamped_at=None)
    pending = replace(made, covering=replace(made.covering, authorities=(witness,)))
    made_of = sealed.renderings(pending)
    verify = made_of["data/VERIFY.md"].decode()
    assert "not yet timestamped" in verify
    assert "checkpoints/000015.loopback.tsr" not in verify
    assert "not yet timestamped" in made_of["data/index.html"].decode()


def test_a_machine_whose_clock_is_behind_sends_no_reader_back_before_the_tokens(sealed: Sealed, made: PackPlan) -> None:
    """An authority's certificate may be younger than such a machine believes today to be."""
    later = made.as_of + timedelta(days=500)
    ahead = replace(made, covering=replace(made.covering, authorities=(AuthorityStamp("loopback", "http://x", later),)))
    verify = sealed.renderings(ahead)["data/VERIFY.md"].decode()
    stamps = [line for line in commands(verify) if line.startswith("openssl ts -verify")]
    assert [line.rpartition("-attime ")[2] for line in stamps] == [str(int(later.timestamp()))] * 2


def test_without_an_authority_the_pack_says_whose_clock_it_rests_on(sealed: Sealed, made: PackPlan) -> None:
    """No timestamp is promised that nobody was asked for."""
    alone = replace(made, covering=replace(made.covering, authorities=()))
    made_of = sealed.renderings(alone)
    assert "No timestamp authority" in made_of["data/VERIFY.md"].decode()
    assert "openssl ts" not in made_of["data/VERIFY.md"].decode()
    assert "No timestamp authority" in made_of["data/index.html"].decode()


def test_the_base_directory_is_read_from_the_zip(pack: Path, made: PackPlan) -> None:
    assert base_of(files_of(pack)) == f"{made.name}/"


def test_a_token_whose_authority_expired_since_verifies_as_verify_md_says(tmp_path: Path) -> None:
    """The authority's certificate was valid for the hour of the pack only: without `-attime` openssl refuses the token."""
    key = load_or_create(tmp_path / "keys", AS_OF - timedelta(days=90))
    authority = prepare(
        tmp_path / "authority", valid_from=AS_OF - timedelta(minutes=30), valid_until=AS_OF + timedelta(minutes=30)
    )
    objects = Objects()
    root_pem = (tmp_path / "authority" / "root.pem").read_text()
    sealed = seal(led_fans(objects), objects, tmp_path / "ledger", key, authority, root_pem)
    pack = sealed.pack(tmp_path / "case.zip").path
    report = verify_pack(pack)
    assert (report.problems, report.seal) == ((), "timestamped")
    bag = unpack(files_of(pack), tmp_path / "unpacked")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    stamps = [line for line in commands((bag / "data" / "VERIFY.md").read_text()) if line.startswith("openssl ts -verify")]
    assert len(stamps) == 2
    for command in stamps:
        now = re.sub(r" -attime \d+", "", command)
        codes = [
            subprocess.run(c, shell=True, cwd=bag, env={"PATH": path}, capture_output=True, check=False).returncode
            for c in (command, now)
        ]
        assert (codes[0], codes[1] != 0) == (0, True), command
