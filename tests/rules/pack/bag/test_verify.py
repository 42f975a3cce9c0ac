"""Verification: one tampered pack for each attack, each named at the right file, and nothing that raises."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import WrongRequest
from collector.seal.keyring import load_or_create
from collector.seal.signature import sign
from rules.pack.bag.verify import PackReport, verify_pack
from rules.pack.bag.zipform import read_zip
from rules.pack.plan.exhibits import Choices
from rules.pack.plan.plan import PackPlan
from tests.rules.pack.forging import Files, base_of, files_of, remade, rezip, unpack, zipped
from tests.rules.pack.synthetic import AS_OF, Sealed

pytestmark = pytest.mark.stories  # each makes, spoils or checks a whole pack


def standalone(bag: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(bag / "data" / "verify.py")], capture_output=True, text=True, check=False, cwd=bag.parent
    )


def test_a_pack_verifies_as_zip_and_as_folder(pack: Path, tmp_path: Path) -> None:
    """An untouched pack has no problem and is timestamped, straight from the zip, unpacked, or in a folder of folders."""
    for place in (pack, unpack(files_of(pack), tmp_path), tmp_path):
        report = verify_pack(place)
        assert (report.ok, report.seal, report.problems) == (True, "timestamped", ())
        assert [authority for authority, _ in report.tokens] == ["loopback"]
        assert len(report.signer_fingerprint) == 64


def test_a_pack_without_tokens_is_pending_and_without_problems(sealed: Sealed, tmp_path: Path) -> None:
    """An authority out of reach is said, and is no failure."""
    report = verify_pack(sealed.pack(tmp_path / "a.zip", stamped=False).path)
    assert (report.seal, report.problems) == ("pending", ())


def test_one_flipped_byte_in_any_member_is_named(pack: Path, tmp_path: Path) -> None:
    """The first, the middle and the last byte of every member, signature and token included."""
    whole = pack.read_bytes()
    members, _ = read_zip(io.BytesIO(whole))
    out = tmp_path / "flipped.zip"
    for member in members:
        for inside in {0, member.size // 2, member.size - 1}:
            flipped = bytearray(whole)
            flipped[member.start + inside] ^= 0x04
            out.write_bytes(flipped)
            report = verify_pack(out)
            assert any(problem.where == member.path for problem in report.problems), member.path


def test_a_flipped_byte_is_named_without_the_help_of_the_zip(pack: Path, tmp_path: Path) -> None:
    """In an unpacked bag the manifests, the signature and the token alone name the file."""
    files = files_of(pack)
    bag = unpack(files, tmp_path)
    for path, data in files.items():
        inside = path.removeprefix(base_of(files))
        file = bag / inside
        file.write_bytes(bytes((data[0] ^ 1,)) + data[1:])
        assert any(problem.where == inside for problem in verify_pack(bag).problems), inside
        file.write_bytes(data)


@pytest.mark.parametrize("name", ["data/report.pdf", "data/verify.py", "bagit.txt", "bag-info.txt", "manifest-sha256.txt",
                                  "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s", "data/proof/proofs.json",
                                  "data/proof/certificates/loopback-root.pem", "data/proof/entries.jsonl"])  # fmt: skip
def test_a_removed_member_is_named(pack: Path, tmp_path: Path, name: str) -> None:
    """Also the tag manifest and its signature, which no list names."""
    files = files_of(pack)
    del files[base_of(files) + name]
    report = verify_pack(rezip(files, tmp_path / "a.zip"))
    assert any(problem.where.endswith("/" + name) for problem in report.problems)


@pytest.mark.parametrize("name", ["data/exhibits/A01-order/tile-99.png", "data/extra.txt", "extra.txt", "fetch.txt",
                                  "tagmanifest-sha256.txt.p7s.bak", "tagmanifest-sha256.txt.Loop.tsr"])  # fmt: skip
def test_an_added_member_is_named(pack: Path, tmp_path: Path, name: str) -> None:
    """In the payload and beside it, under names close to those that are allowed."""
    files = files_of(pack)
    files[base_of(files) + name] = b"added"
    report = verify_pack(rezip(files, tmp_path / "a.zip"))
    assert any(problem.where.endswith("/" + name) and "added" in problem.what for problem in report.problems)


def test_a_renamed_member_is_named_with_both_names(pack: Path, tmp_path: Path) -> None:
    """The reader is told where the bytes went."""
    files = files_of(pack)
    base = base_of(files)
    files[base + "data/exhibits/A01-order/other.txt"] = files.pop(base + "data/exhibits/A01-order/text.txt")
    report = verify_pack(rezip(files, tmp_path / "a.zip"))
    (missing,) = [p for p in report.problems if p.where.endswith("text.txt")]
    assert "data/exhibits/A01-order/other.txt" in missing.what


def test_a_token_that_nobody_knows_is_no_seal(pack: Path, tmp_path: Path) -> None:
    """A token is believed only under a root that the signed list holds."""
    files = files_of(pack)
    base = base_of(files)
    files[base + "tagmanifest-sha256.txt.other.tsr"] = files.pop(base + "tagmanifest-sha256.txt.loopback.tsr")
    report = verify_pack(rezip(files, tmp_path / "a.zip"))
    assert report.seal == "pending"
    assert any(problem.where.endswith("other.tsr") for problem in report.problems)


def test_a_forger_with_new_manifests_is_stopped_by_the_signature(pack: Path, tmp_path: Path) -> None:
    """Manifests computed anew do not fit the signature."""
    files = files_of(pack)
    base = base_of(files)
    files[base + "data/timeline.csv"] += b"a line more\r\n"
    report = verify_pack(rezip(remade(files, base), tmp_path / "a.zip"))
    assert report.seal == "unsigned"
    assert any(problem.where.endswith(".p7s") for problem in report.problems)


def change(path: str, how: Callable[[bytes], bytes]) -> Callable[[Files, str], str]:
    def attack(files: Files, base: str) -> str:
        files[base + path] = how(files[base + path])
        return path

    return attack


def another_original(files: Files, base: str) -> str:
    files[base + "data/exhibits/A01-order/tile-02.png"] = b"a picture that was never captured"
    return "data/exhibits/A01-order/tile-02.png"


def edit_json(edit: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def how(data: bytes) -> bytes:
        record = json.loads(data)
        edit(record)
        return json.dumps(record).encode()

    return how


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


PROOF = "data/proof/"
CONTENT_ATTACKS = {
    "an original is swapped": change("data/exhibits/A01-order/text.txt", lambda data: b"Delivered in time"),
    "an original is added": another_original,
    "the record of a visit is edited": change(
        "data/exhibits/A01-order/snapshot.json", edit_json(lambda r: r.update(outcome="partial"))
    ),
    "an entry is edited": change(f"{PROOF}entries.jsonl", lambda data: data.replace(b"complete", b"partial!", 1)),
    "an entry is left out": change(f"{PROOF}entries.jsonl", lambda data: data.split(b"\n", 1)[1]),
    "an entry is torn": change(f"{PROOF}entries.jsonl", lambda data: data[:-9]),
    "the root is another": change(f"{PROOF}proofs.json", edit_json(lambda r: r.update(root="0" * 64))),
    "the size is another": change(f"{PROOF}proofs.json", edit_json(lambda r: r.update(size=3))),
    "the proofs are no JSON": change(f"{PROOF}proofs.json", lambda data: b"[" * 100_000),
    "the proofs are of other types": change(f"{PROOF}proofs.json", edit_json(lambda r: r.update(entries=7))),
    "an opening opens nothing": change(f"{PROOF}openings.jsonl", lambda data: data.replace(b'"salt":"', b'"salt":"00', 1)),
    "the checkpoint is another": change(f"{PROOF}checkpoints/000015.json", lambda data: data.replace(b"15", b"16")),
    "the checkpoint's signature is another": change(f"{PROOF}checkpoints/000015.p7s", flipped),
    "the checkpoint's token is another": change(f"{PROOF}checkpoints/000015.loopback.tsr", flipped),
}


@pytest.mark.parametrize("name", CONTENT_ATTACKS)
def test_a_forger_who_could_sign_is_stopped_by_the_ledger(sealed: Sealed, pack: Path, tmp_path: Path, name: str) -> None:
    """With manifests, signature and token made anew by the key's holder, the sealed ledger still tells."""
    files = files_of(pack)
    base = base_of(files)
    where = CONTENT_ATTACKS[name](files, base)
    files = remade(files, base)
    signature = sealed.sign(files[base + "tagmanifest-sha256.txt"])
    files[base + "tagmanifest-sha256.txt.p7s"] = signature
    files[base + "tagmanifest-sha256.txt.loopback.tsr"] = sealed.stamp(signature)["loopback"]
    report = verify_pack(rezip(files, tmp_path / "a.zip"))
    assert report.seal == "timestamped"
    folder = where.rpartition("/")[0] if "checkpoints" not in where else PROOF
    assert any(folder in problem.where for problem in report.problems), report.problems


@pytest.mark.parametrize("checkpoints_too", [False, True])
def test_signing_again_with_another_key_is_found(pack: Path, tmp_path: Path, checkpoints_too: bool) -> None:
    """Who can rewrite a pack can sign it, but not with the key that the sealed ledger names."""
    files = files_of(pack)
    base = base_of(files)
    thief = load_or_create(tmp_path / "thief", AS_OF)
    files[base + "data/index.html"] = files[base + "data/index.html"].replace(b"USD", b"EUR")
    if checkpoints_too:
        name = next(n for n in files if n.startswith(base + "data/proof/checkpoints/") and n.endswith(".json"))
        files[name.removesuffix(".json") + ".p7s"] = sign(files[name], thief, AS_OF)
        files[base + "data/proof/certificates/signer.pem"] = thief.certificate_pem.encode()
        files = {n: data for n, data in files.items() if not n.endswith(".tsr")}
    files = remade(files, base)
    files[base + "tagmanifest-sha256.txt.p7s"] = sign(files[base + "tagmanifest-sha256.txt"], thief, AS_OF)
    problems = verify_pack(rezip(files, tmp_path / "a.zip")).problems
    assert any("signed by key" in problem.what and problem.where.endswith(".p7s") for problem in problems), problems


def test_a_repacked_zip_still_names_what_was_removed(pack: Path, tmp_path: Path) -> None:
    """A zip made by another program is not canonical, and what it lacks is said all the same."""
    files = files_of(pack)
    del files[base_of(files) + "data/report.pdf"]
    out = tmp_path / "a.zip"
    out.write_bytes(zipped(files))
    assert any(p.where.endswith("data/report.pdf") and "missing" in p.what for p in verify_pack(out).problems)


@given(st.data())
def test_a_torn_pack_gives_problems_and_no_exception(
    pack: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A download that broke off, at any place, or with any stretch overwritten."""
    whole = pack.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=40))
    out = tmp_path_factory.mktemp("torn") / "a.zip"
    out.write_bytes(whole[:start] + junk)
    assert verify_pack(out).problems


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    """An empty file, a text and an empty zip."""
    out = tmp_path / "a.zip"
    out.write_bytes(content)
    report: PackReport = verify_pack(out)
    assert report.seal == "unsigned"
    assert report.problems[0].where == "a.zip"


def test_a_path_that_is_not_there_is_a_wrong_request(tmp_path: Path) -> None:
    """Nothing to verify is exit code 2, not 5."""
    with pytest.raises(WrongRequest):
        verify_pack(tmp_path / "absent.zip")


def test_an_unpacked_bag_with_a_link_is_refused(pack: Path, tmp_path: Path) -> None:
    """A link could show other bytes to every reader."""
    bag = unpack(files_of(pack), tmp_path)
    (bag / "data" / "report.pdf").unlink()
    (bag / "data" / "report.pdf").symlink_to(pack)
    assert any(p.where == "data/report.pdf" and "plain file" in p.what for p in verify_pack(bag).problems)


# -- the standalone checker in the pack ---------------------------------------------------------------------------------


def test_the_packs_own_checker_agrees_that_all_is_well(pack: Path, tmp_path: Path) -> None:
    """Python's standard library alone says so, ends with 0, and prints openssl lines that hold."""
    bag = unpack(files_of(pack), tmp_path)
    result = standalone(bag)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Signatures and timestamps are genuine" in result.stdout
    commands = [line.strip() for line in result.stdout.splitlines() if line.startswith("  openssl")]
    assert len(commands) == 4
    for command in commands:
        assert subprocess.run(command, shell=True, cwd=bag, capture_output=True, check=False).returncode == 0, command


def test_the_packs_own_checker_finds_a_file_that_was_changed_with_all_lists_written_anew(pack: Path, tmp_path: Path) -> None:
    """Every list agrees with itself; who has not the key cannot sign it. Without OpenSSL it says what it did not check."""
    files = files_of(pack)
    base = base_of(files)
    files[f"{base}data/timeline.csv"] += b"forged\n"
    bag = unpack(remade(files, base), tmp_path)
    result = standalone(bag)
    assert result.returncode == 1
    assert "PROBLEM  openssl cms -verify" in result.stdout
    blind = [sys.executable, "-I", str(bag / "data" / "verify.py")]
    said = subprocess.run(blind, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert "NOT CHECKED" in said.stdout
    assert "genuine" not in said.stdout


@pytest.mark.parametrize("name", [".DS_Store", "data/exhibits/Thumbs.db", "data/._report.pdf"])
def test_what_systems_put_into_folders_is_named_with_what_to_do(pack: Path, tmp_path: Path, name: str) -> None:
    """It was not there when the pack was made, and yet nobody did any harm: the reader is told to delete it."""
    bag = unpack(files_of(pack), tmp_path)
    (bag / name).write_bytes(b"\0")
    problem = next(problem for problem in verify_pack(bag).problems if problem.where == name)
    assert "delete it, and check again" in problem.what
    assert f"PROBLEM  {name}: was added" in (said := standalone(bag).stdout)
    assert "delete it, and check again" in said


def test_the_packs_own_checker_names_a_flip_in_every_file(pack: Path, tmp_path: Path) -> None:
    """All files but the checker itself and the bytes of signatures, which openssl judges."""
    files = files_of(pack)
    bag = unpack(files, tmp_path)
    checker = files[base_of(files) + "data/verify.py"]
    for path, data in files.items():
        inside = path.removeprefix(base_of(files))
        if inside == "data/verify.py" or (inside.endswith((".p7s", ".tsr")) and inside.startswith("tagmanifest")):
            continue
        if inside.startswith("data/exhibits/A0") and not inside.startswith("data/exhibits/A01"):
            continue  # one exhibit of a kind is enough: each run starts a program
        (bag / inside).write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
        result = standalone(bag)
        assert result.returncode == 1
        assert f"PROBLEM  {inside}" in result.stdout, inside
        (bag / inside).write_bytes(data)
    assert (bag / "data" / "verify.py").read_bytes() == checker


def test_the_packs_own_checker_sees_a_token_over_other_bytes(sealed: Sealed, pack: Path, tmp_path: Path) -> None:
    """The imprint is compared with the signature, whatever the token's own signature says."""
    bag = unpack(files_of(pack), tmp_path)
    (bag / "tagmanifest-sha256.txt.loopback.tsr").write_bytes(sealed.stamp(b"other bytes")["loopback"])
    result = standalone(bag)
    assert result.returncode == 1
    assert "PROBLEM  tagmanifest-sha256.txt.loopback.tsr" in result.stdout


@pytest.mark.parametrize("name", ["tagmanifest-sha256.txt", "tagmanifest-sha256.txt.p7s", "data/report.pdf"])
def test_the_packs_own_checker_names_a_removed_file(pack: Path, tmp_path: Path, name: str) -> None:
    """Presence is checked, not only equality."""
    bag = unpack(files_of(pack), tmp_path)
    (bag / name).unlink()
    result = standalone(bag)
    assert result.returncode == 1
    assert f"PROBLEM  {name}" in result.stdout


@pytest.mark.parametrize("name", [n for n in CONTENT_ATTACKS if "checkpoint's" not in n])
def test_the_packs_own_checker_is_not_fooled_by_new_manifests(pack: Path, tmp_path: Path, name: str) -> None:
    """Proofs and openings are checked beside the lists."""
    files = files_of(pack)
    base = base_of(files)
    CONTENT_ATTACKS[name](files, base)
    files = remade(files, base)
    result = standalone(unpack(files, tmp_path))
    assert (result.returncode, result.stderr) == (1, "")


def test_the_packs_own_checker_needs_no_newer_python_than_it_says(made: PackPlan) -> None:
    """Its syntax is that of Python 3.8."""
    import ast

    source = (Path(__file__).parents[4] / "rules" / "pack" / "templates" / "verify.py").read_text()
    ast.parse(source, feature_version=(3, 8))
    assert "removeprefix" not in source
    assert "file_digest" not in source


def test_what_is_withheld_is_named_with_its_commitment_and_is_no_problem(pack: Path, made: PackPlan, tmp_path: Path) -> None:
    """By our own verification and by the pack's checker alike: nothing that stays with the buyer is called missing."""
    report = verify_pack(pack)
    told = {one.commitment: (one.where, one.role, one.size) for one in report.withheld}
    assert told.keys() == {w.commitment for w in made.withheld}
    assert told[made.withheld[0].commitment] == ("data/exhibits/A01-order/", "dom", made.withheld[0].size)
    said = standalone(unpack(files_of(pack), tmp_path))
    assert said.returncode == 0
    lines = [line for line in said.stdout.splitlines() if line.startswith("WITHHELD")]
    assert len(lines) == len(made.withheld)
    for one in made.withheld:
        assert any(one.commitment in line and f"{one.size} bytes, committed to as sha256" in line for line in lines)
    assert "missing" not in said.stdout


def test_a_file_opened_later_is_the_one_that_the_earlier_pack_committed_to(
    sealed: Sealed, made: PackPlan, tmp_path: Path
) -> None:
    """The later pack opens that very commitment, its file has the sealed digest, and another file in its place is found."""
    closed = next(w for w in made.withheld if (w.exhibit, w.role) == ("A01", "dom"))
    later = sealed.pack(tmp_path / "later.zip", sealed.plan(Choices(open=("A01/dom",)))).path
    report = verify_pack(later)
    assert report.problems == ()
    assert closed.commitment not in {one.commitment for one in report.withheld}
    files = files_of(later)
    opening = next(json.loads(line) for line in files[base_of(files) + "data/proof/openings.jsonl"].splitlines()
                   if closed.commitment.encode() in line)  # fmt: skip
    source = base_of(files) + "data/exhibits/A01-order/dom.html.txt"
    assert opening["digest"] == hashlib.sha256(files[source]).hexdigest()
    bag = unpack(remade({**files, source: b"another page"}, base_of(files)), tmp_path / "forged")
    assert any("is not a file that" in problem.what for problem in verify_pack(bag).problems)
    assert "is not a file that an entry sealed" in standalone(bag).stdout
