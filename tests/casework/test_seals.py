"""What a person asks of the seal: `status`, `timestamp`, `verify --deep` and `verify --against`."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.doctor import _key
from casework.workspace import workspace
from fixtures.authority import Served
from fixtures.signer import HOLDER, ISSUER, ROOT, identity
from tests.archives import edit_index
from tests.pack_reader import checker_says, openssl_says, unpacked
from tests.paper_desk import PaperDesk

pytestmark = pytest.mark.stories


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    """A case that was kept, given to a witness, packed, kept again, and packed again."""
    desk = PaperDesk(tmp_path_factory.mktemp("told"), authority)
    desk.begin()
    desk.keep()
    desk.did("timestamp", "--witness", desk.folder / "witness.json")
    desk.pack("first.zip")
    desk.keep()
    desk.pack("second.zip")
    return desk


@pytest.fixture
def desk(told: PaperDesk, tmp_path: Path) -> PaperDesk:
    """A copy that a test may spoil; its configuration, with the key, too."""
    shutil.copytree(told.folder, tmp_path / "copy")
    return told.elsewhere(tmp_path / "copy")


def test_status_says_that_all_is_timestamped_by_whom_and_when(told: PaperDesk) -> None:
    said = told.did("status")
    assert said["seal"] == "timestamped"
    assert said["records"]["unsigned"] == said["records"]["pending"] == 0
    assert [token["authority"] for token in said["tokens"]] == ["test"]
    assert said["missing"] == said["waiting"] == said["notes"] == []
    assert len(said["key"]) == 64


def test_of_an_authority_whose_certificates_name_nobody_to_ask_revocation_is_not_known(told: PaperDesk) -> None:
    """It is said, and no problem: neither is it called good."""
    assert "Revocation not known: test." in told.run("status").out
    for path in (told.archive, told.folder / "first.zip"):
        said = told.did("verify", path)
        assert (said["ok"], said["seal"]) == (True, "timestamped")
        assert all(line.endswith("; revocation not known") for line in said["tokens"])


def test_status_names_what_waits_and_timestamp_ends_it(desk: PaperDesk) -> None:
    """An authority out of reach leaves "pending", each kept thing by name; when it answers, `timestamp` is enough."""
    config = desk.archive / "config.toml"
    whole = config.read_text()
    config.write_text(whole.replace(desk.authority.url, "http://127.0.0.1:9/"))
    photo = desk.folder / "late.txt"
    photo.write_text("late")
    desk.did("add", desk.order, photo)
    said = desk.did("status")
    assert (said["seal"], said["missing"]) == ("pending", ["test"])
    assert any("late.txt" in waiting["what"] and waiting["seal"] == "pending" for waiting in said["waiting"])
    assert desk.did("timestamp")["seal"] == "pending"
    config.write_text(whole)
    assert desk.did("timestamp")["seal"] == "timestamped"
    assert desk.did("verify")["ok"]


def test_status_and_timestamp_of_no_archive_create_nothing(told: PaperDesk, tmp_path: Path) -> None:
    empty = told.elsewhere(tmp_path)
    for command in ("status", "timestamp"):
        assert empty.run(command).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["log"]  # which lies outside every archive


def test_an_untouched_archive_and_pack_agree_with_everything_given_before(told: PaperDesk) -> None:
    key = told.did("status")["key"]
    colons = ":".join(key[n : n + 2] for n in range(0, 64, 2)).upper()
    first = sorted((told.archive / "ledger" / "checkpoints").glob("*.json"))[0]
    for against in (told.folder / "witness.json", told.folder / "first.zip", first, key, f"SHA256 Fingerprint={colons}"):
        for path in (told.archive, told.folder / "second.zip"):
            said = told.did("verify", path, "--deep", "--against", against)
            assert (said["ok"], said["problems"]) == (True, []), (path, against)


def test_what_is_given_to_a_witness_shows_nothing_of_what_is_kept(told: PaperDesk) -> None:
    text = (told.folder / "witness.json").read_text()
    assert told.order not in text
    assert json.loads(json.loads(text)["checkpoint"]).keys() == {"v", "size", "root", "at", "previous"}


def forged(desk: PaperDesk, folder: Path) -> PaperDesk:
    """Another ledger of the same story, by another key: what somebody would make who rewrites everything."""
    other = desk.elsewhere(folder)
    folder.mkdir()
    other.begin()
    other.keep()
    other.keep()
    other.pack()
    return other


def test_a_ledger_written_anew_by_another_key_is_found_by_whatever_was_given_before(told: PaperDesk, tmp_path: Path) -> None:
    """It agrees with itself, so `verify` alone is content and names the key that it relied on."""
    other, key = forged(told, tmp_path / "other"), told.did("status")["key"]
    for path in (other.archive, other.folder / "case.zip"):
        alone = told.did("verify", path)
        assert alone["ok"]
        assert alone["key"] != key
        for against in (told.folder / "witness.json", told.folder / "first.zip", key):
            said = told.run("verify", path, "--against", against, "--json")
            assert said.code == 5, (path, against)
            assert "signed again by somebody else" in said.out


def test_records_cut_off_the_end_are_found_by_whatever_was_given_before(desk: PaperDesk) -> None:
    """With their checkpoints gone too, what is left agrees with itself."""
    size = json.loads(json.loads((desk.folder / "witness.json").read_text())["checkpoint"])["size"]
    older = sorted((desk.archive / "ledger" / "checkpoints").glob("*.json"))
    keep = max(int(path.stem) for path in older if int(path.stem) < size)
    ledger = desk.archive / "ledger" / "entries.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:keep]))
    for path in (desk.archive / "ledger" / "checkpoints").iterdir():
        if int(path.name[:6]) > keep or (int(path.name[:6]) == keep and path.suffix == ".tsr"):
            path.unlink()
    (desk.archive / "index.sqlite").unlink()
    assert desk.did("verify")["ok"]
    for against in ("witness.json", "first.zip"):
        said = desk.run("verify", "--against", desk.folder / against, "--json")
        assert said.code == 5
        assert "taken off its end" in said.out


def test_a_key_that_was_changed_later_is_named_where_it_changed(desk: PaperDesk) -> None:
    key = desk.did("status")["key"]
    shutil.move(desk.folder / "configuration" / "keys", desk.folder / "old keys")
    desk.keep()
    said = desk.run("verify", "--against", key, "--json")
    assert said.code == 5
    assert "from here on" in said.json["problems"][0]["what"]
    (problem,) = desk.run("verify", desk.pack("new.zip"), "--against", key, "--json").json["problems"]
    assert "ask its holder whether he did it" in problem["what"]
    assert desk.did("verify", "--against", desk.folder / "witness.json")["ok"]


def test_a_later_checkpoint_cannot_judge_an_earlier_pack_and_that_is_said(told: PaperDesk, tmp_path: Path) -> None:
    told.did("timestamp", "--witness", tmp_path)
    (later,) = tmp_path.iterdir()
    said = told.run("verify", told.folder / "first.zip", "--against", later, "--json")
    assert said.code == 5
    assert "cannot be held against" in said.json["problems"][0]["what"]


def test_beside_many_checkpoints_a_pack_is_held_against_other_packs_and_says_where_it_cannot_be(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other cases sealed is proven by the archive; every pack that was made before by the pack, too."""
    other = str(int(desk.order) + 1)
    assert desk.run("case", "open", other, "--zone", "UTC").code == 0
    of_another_case = desk.folder / "other.json"
    desk.did("timestamp", "--witness", of_another_case)
    assert desk.run("case", "open", str(int(other) + 1), "--zone", "UTC").code == 0
    desk.did("timestamp")  # the last token before the next visit of ours, which its pack shows, is another one
    desk.keep()
    monkeypatch.setattr("casework.proving.proof._NEWEST", 1)
    third = desk.pack("third.zip")
    assert desk.did("verify", third, "--against", desk.folder / "second.zip")["ok"]
    said = desk.run("verify", third, "--against", of_another_case, "--json")
    assert (said.code, "cannot be held against" in said.json["problems"][0]["what"]) == (5, True)
    assert desk.did("verify", "--against", of_another_case)["ok"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("ab" * 20, "64 hexadecimal digits"), ("nothing.json", "nothing at"), ("config.toml", "not a checkpoint")],
)
def test_what_cannot_be_held_against_is_said_in_a_sentence(told: PaperDesk, given: str, sentence: str) -> None:
    path = told.archive / given
    said = told.run("verify", "--against", path if path.exists() else given)
    assert said.code == 2
    assert sentence in said.err


def test_a_changed_witness_and_a_broken_pack_are_no_anchors(desk: PaperDesk) -> None:
    witness = desk.folder / "witness.json"
    record = json.loads(witness.read_text())
    checkpoint = json.loads(record["checkpoint"])
    forged = {**checkpoint, "root": "00" * 32}
    record["checkpoint"] = json.dumps(forged, separators=(",", ":"), sort_keys=True)
    witness.write_text(json.dumps(record))
    said = desk.run("verify", "--against", witness)
    assert (said.code, "was changed" in said.err) == (2, True)
    pack = desk.folder / "first.zip"
    pack.write_bytes(pack.read_bytes()[:-9])
    assert desk.run("verify", "--against", pack).code == 2


def test_a_witness_never_replaces_another_file(desk: PaperDesk) -> None:
    letter = desk.folder / "letter.txt"
    letter.write_text("dear")
    assert desk.run("timestamp", "--witness", letter).code == 2
    assert letter.read_text() == "dear"
    assert desk.run("timestamp", "--witness", desk.folder / "no" / "place.json").code == 2
    desk.did("timestamp", "--witness", desk.folder / "witness.json")


# -- the index, and facts against the bytes they cite --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("update snapshots set outcome = 'complete', why = 'edited' where rowid = 1", "snapshots"),
        ("delete from assertions", "assertions"),
        ("update tokens set time = '2020-01-01T00:00:00.000Z'", "tokens"),
    ],
)
def test_an_edited_index_is_named_and_reindex_mends_it(desk: PaperDesk, sql: str, table: str) -> None:
    desk.did("case")
    edit_index(desk.archive / "index.sqlite", sql)
    said = desk.run("verify", "--json")
    assert said.code == 5
    assert [(p["where"], table in p["what"]) for p in said.json["problems"]] == [("index.sqlite", True)]
    desk.did("reindex")
    assert desk.did("verify", "--deep")["ok"]


def test_an_edited_fact_is_found_by_reading_the_stored_bytes_again(desk: PaperDesk) -> None:
    desk.did("case")
    edit_index(desk.archive / "index.sqlite", "update facts set value = '\"Delivered in time\"' where name = 'order.status'")
    assert desk.did("verify")["ok"]
    said = desk.run("verify", "--deep", "--json")
    assert said.code == 5
    assert {p["where"].partition(" of ")[0] for p in said.json["problems"]} == {"index.sqlite: order.status"}


def test_a_fact_of_a_pack_that_its_original_does_not_say_is_found(desk: PaperDesk, tmp_path: Path) -> None:
    """Whoever holds the key can seal a wrong facts.json; the original beside it tells."""
    import zipfile

    with zipfile.ZipFile(desk.folder / "first.zip") as archive:
        archive.extractall(tmp_path)
    (bag,) = (path for path in tmp_path.iterdir() if (path / "bagit.txt").exists())
    (facts,) = bag.glob("data/exhibits/*-order/facts.json")
    record = json.loads(facts.read_text())
    next(f for f in record["facts"] if f["name"] == "order.status")["value"] = "Delivered in time"
    record["facts"] = [f for f in record["facts"] if f["name"] != "order.total"]
    facts.write_text(json.dumps(record))
    problems = [(p["where"], p["what"]) for p in desk.run("verify", bag, "--deep", "--json").json["problems"]]
    where = facts.relative_to(bag).as_posix()
    assert (where, "order.status: is not what the original says") in problems
    assert (where, "order.total: is on the page, and left out here") in problems


@pytest.mark.parametrize("how", ["deleted", "damaged", "emptied"])
def test_an_index_that_is_lost_or_damaged_loses_nothing(desk: PaperDesk, how: str) -> None:
    path = desk.archive / "index.sqlite"
    before = desk.did("facts", desk.order)["facts"]
    if how == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"SQLite format 3\x00 and then nothing of it" * 100 if how == "damaged" else b"")
    said = desk.run("verify", "--json").json
    assert [p["where"] for p in said["problems"]] == (["index.sqlite"] if how == "damaged" else [])
    assert desk.did("facts", desk.order)["facts"] == before
    assert desk.did("verify")["ok"]


def test_the_users_own_key_signs_from_then_on_and_the_change_is_told(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.collector.seal.test_keyring import own

    (desk.folder / "mine.p12").write_bytes(own("rsa", b"secret", datetime.now(UTC)))
    assert desk.run("init", "--key", desk.folder / "mine.p12").code == 2  # without its password
    assert desk.run("init", "--key", desk.folder / "absent.p12").code == 2
    monkeypatch.setenv("TRADEWITNESS_KEY_PASSWORD", "secret")
    desk.did("init", "--key", desk.folder / "mine.p12")
    desk.keep()
    for path in (desk.archive, desk.pack("own.zip")):
        said = desk.did("verify", path)
        assert (said["ok"], said["seal"]) == (True, "timestamped")
        assert any("the signing key changed" in note for note in said["notes"])
    told = checker_says(unpacked(desk.folder / "own.zip", desk.folder / "unpacked"))
    assert any("signer-0" in command for command in told)  # of a checkpoint before the change


def test_a_certificate_by_an_authority_is_carried_shown_and_leads_to_its_root_by_the_packs_commands(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    person = identity(datetime.now(UTC))
    (desk.folder / "mine.p12").write_bytes(person.p12(b"secret"))
    monkeypatch.setenv("TRADEWITNESS_KEY_PASSWORD", "secret")
    assert desk.did("init", "--key", desk.folder / "mine.p12")["notes"] == []
    desk.keep()
    assert desk.did("status")["signer"] == [HOLDER, ISSUER, ROOT]
    assert f"Its certificate: {HOLDER}, certified by {ISSUER}, certified by {ROOT}" in desk.run("status").out
    ws = workspace(desk.archive)
    found = _key(replace(ws, user=desk.folder / "configuration"))
    assert (found.state, found.found.endswith(f"{HOLDER}, certified by {ISSUER}, certified by {ROOT}")) == ("ok", True)
    pack = desk.pack("own.zip")
    assert desk.did("verify", pack)["ok"]
    assert desk.did("verify")["ok"]
    bag = unpacked(pack, tmp_path / "bag")
    said = openssl_says(bag)
    assert any("signer-issuer.pem" in command and "verify" in command for command in said)
    (named,) = (text for command, text in said.items() if "x509 -in data/proof/certificates/signer-issuer.pem" in command)
    assert ROOT in named
    assert f"{ISSUER}, and that by {ROOT}" in (bag / "data" / "VERIFY.md").read_text()


def test_a_certificate_above_that_expired_is_told_by_init_and_no_pack_rests_on_it(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expired = identity(datetime.now(UTC), issuer_until=timedelta(days=-1))
    (desk.folder / "mine.p12").write_bytes(expired.p12(b"secret"))
    monkeypatch.setenv("TRADEWITNESS_KEY_PASSWORD", "secret")
    (note,) = desk.did("init", "--key", desk.folder / "mine.p12")["notes"]
    assert f"“{ISSUER}”, above the signing certificate, expired on" in note
    told_again = _key(replace(workspace(desk.archive), user=desk.folder / "configuration"))
    assert (told_again.state, told_again.todo) == ("note", note)
    (desk.folder / "late.txt").write_text("late")
    desk.did("add", desk.order, desk.folder / "late.txt")
    bag = unpacked(desk.pack("own.zip"), tmp_path / "bag")
    assert not any("signer-issuer.pem" in command for command in openssl_says(bag))
    assert not (bag / "data" / "proof" / "certificates" / "signer-issuer.pem").exists()
