"""The command line as another program meets it: one sentence, the right exit code, nothing created by looking."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli

ROOT = Path(__file__).parent.parent
ORDER = "250861947301028446"
URL = f"http://biz.alibaba.localhost:8123/ta/detail.htm?orderId={ORDER}"


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in process, with an archive and a configuration folder of its own."""
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("TRADEWITNESS_CONFIG", str(tmp_path / "configuration"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        code = cli.run(list(arguments))
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


@pytest.fixture
def opened(run: Run, tmp_path: Path) -> Run:
    """The same, with one case open and no authority asked."""
    root = tmp_path / "root.pem"
    root.write_text((ROOT / "collector/seal/roots/digicert-trusted-root-g4.pem").read_text())
    assert run("init", "--authority", "nobody=http://127.0.0.1:9/", "--authority-root", str(root)).returncode == 0
    assert run("case", "open", ORDER, "--order", URL, "--name", "fans").returncode == 0
    return run


def answer(result: Result) -> dict[str, object]:
    value: dict[str, object] = json.loads(result.stdout)
    return value


def test_without_an_archive_looking_creates_nothing(run: Run, tmp_path: Path) -> None:
    assert run().returncode == 0
    assert run("deadlines", "received_at=2099-01-01").returncode == 0
    assert run("verify").returncode == 2
    assert run("facts", "1234").returncode == 2
    assert not (tmp_path / "archive").exists()


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "no such command": (("nosuch",), "nosuch"),
    "no web address": (("case", "open", ORDER, "--order", "not a url"), "not a web address"),
    "a file address": (("case", "open", ORDER, "--order", "file:///etc/passwd"), "not a web address"),
    "no order number": (("case", "open", "../x"), "not an order number"),
    "another page's address": (("case", "open", ORDER, "--supplier", URL.replace(".localhost:8123", ".com")), "order page"),
    "no such zone": (("case", "open", ORDER, "--zone", "Mars/Olympus"), "not a time zone"),
    "no date": (("deadlines", "received_at=2026-13-45"), "2026-13-45"),
    "no such fact": (("deadlines", "recieved_at=2026-09-30"), "recieved_at"),
    "no case": (("pack", "999"), "no archive"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_asked_wrongly_is_answered_in_a_sentence_with_exit_code_2(run: Run, tmp_path: Path, name: str) -> None:
    arguments, words = BAD[name]
    result = run(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert not (tmp_path / "archive").exists()


IN_A_CASE: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown case": (("pack", "000000"), "no case"),
    "unknown reason": (("check", "fans", "--reason", "ugly"), "ugly"),
    "unknown reason for a pack": (("pack", "fans", "--reason", "ugly"), "ugly"),
    "missing file": (("add", "fans", "nowhere.jpg"), "nowhere.jpg"),
    "folder instead of a file": (("add", "fans", "archive"), "folder"),
    "unknown kind": (("add", "fans", str(ROOT / "README.md"), "--as", "poem"), "poem"),
    "as of no date": (("deadlines", "fans", "--as-of", "tomorrow"), "tomorrow"),
    "unknown page": (("capture", "--url", "ftp://example.org/x"), "not a web address"),
    "no value for a round that is not there": (("case", "set", "fans", "evidence_requested_at#3=2026-10-01"), "#3"),
    "a date that is none": (("case", "set", "fans", "received_at=yesterday"), "yesterday"),
    "a path that is not there": (("verify", "nothing.zip"), "nothing.zip"),
}


@pytest.mark.parametrize("name", IN_A_CASE)
def test_a_wrong_request_about_a_case_changes_nothing(opened: Run, tmp_path: Path, name: str) -> None:
    arguments, words = IN_A_CASE[name]
    ledger = tmp_path / "archive" / "ledger" / "entries.jsonl"
    before = ledger.read_bytes()
    result = opened(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert ledger.read_bytes() == before


def test_an_archive_path_that_is_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for command in (("init",), ("case", "open", ORDER), ("verify",), ()):
        result = run(*command, "--archive", str(tmp_path / "file"))
        assert result.returncode == 2
        assert "is a file" in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_corrupt_pack_is_a_verification_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 torn")
    result = run("verify", str(tmp_path / "torn.zip"), "--json")
    assert result.returncode == 5
    assert answer(result)["ok"] is False
    assert answer(result)["problems"]


def test_a_case_is_found_by_a_unique_ending_and_by_name(opened: Run) -> None:
    assert opened("deadlines", ORDER[-5:], "--json").returncode == 0
    assert opened("deadlines", "fans", "--json").returncode == 0


def test_asserted_facts_recur_are_corrected_and_withdrawn(opened: Run) -> None:
    def standing() -> list[tuple[int, object]]:
        facts = answer(opened("facts", "fans", "--json"))["facts"]
        assert isinstance(facts, list)
        return sorted((f["round"], f["value"]) for f in facts if f["name"] == "evidence_requested_at")

    opened("case", "set", "fans", "evidence_requested_at=2026-10-01", "evidence_requested_at=2026-10-09")
    assert standing() == [(1, "2026-10-01"), (2, "2026-10-09")]
    opened("case", "set", "fans", "evidence_requested_at#2=2026-10-10")
    assert standing() == [(1, "2026-10-01"), (2, "2026-10-10")]
    opened("case", "set", "fans", "evidence_requested_at#1=")
    assert standing() == [(2, "2026-10-10")]


OPENED = ("deadlines", "received_at=2026-09-30", "dispute_opened_at=2026-10-10")
MINE = ("dispute.status=Waiting for your response", "dispute.deadline=2026-10-22T18:00+08:00")
THEIRS = ("dispute.status=Waiting for supplier response", "dispute.deadline=2026-10-22T18:00+08:00")


@pytest.mark.parametrize(
    ("facts", "as_of", "id", "state", "code"),
    [
        (("buyer_answered_at=2026-10-12", *MINE), "2026-10-21T09:00Z", "buyer_answer", "due_soon", 6),
        (
            ("buyer_answered_at=2026-10-12", "escalated_at=2026-10-14", *MINE),
            "2026-10-21T09:00Z",
            "buyer_answer",
            "due_soon",
            6,
        ),
        (
            ("buyer_answered_at=2026-10-12", "offer_made_at=2026-10-15", MINE[0]),
            "2026-10-16T00:00Z",
            "buyer_answer",
            "open",
            6,
        ),
        (("decided_at=2026-10-20",), "2026-11-10T00:00Z", "supplier_answer", "met", 0),
        (("supplier_answered_at=2026-10-12", *THEIRS), "2026-10-20T00:00Z", "supplier_answer", "due_soon", 0),
    ],
)
def test_what_is_asked_again_runs_again_and_what_a_decision_ends_is_over(
    run: Run, facts: tuple[str, ...], as_of: str, id: str, state: str, code: int
) -> None:
    """The newest round of each; the offer's day is 6 by the first evidence, which is due that day."""
    result = run(*OPENED, *facts, "--as-of", as_of, "--json")
    rows = answer(result)["deadlines"]
    assert isinstance(rows, list)
    newest = max((row for row in rows if row["id"] == id), key=lambda row: int(row["round"]))
    assert (newest["state"], result.returncode) == (state, code)


def test_goods_shipped_late_are_shown_as_done_so_many_days_late(run: Run) -> None:
    result = run("deadlines", "ship_by=2026-10-20", "shipped_at=2026-11-19", "--as-of", "2026-11-28")
    assert "30 days late" in " ".join(result.stdout.split())
    assert "overdue" not in result.stdout


def test_deadlines_of_dates_alone_need_no_archive_and_no_browser(run: Run) -> None:
    result = run("deadlines", "received_at=2026-09-30", "dispute_opened_at=2026-10-04", "--as-of", "2026-10-05", "--json")
    deadlines = answer(result)["deadlines"]
    assert isinstance(deadlines, list)
    found = {d["id"]: d for d in deadlines}
    assert found["claim"]["earliest"] == "2026-10-30T15:59:59.000Z"
    assert found["claim"]["latest"] == "2026-10-31T06:59:59.000Z"
    assert found["auto_escalation"]["who"] == "platform"


@pytest.mark.parametrize(
    ("shell", "asked"),
    [
        ("complete_bash", {"COMP_WORDS": "tradewitness pack --red", "COMP_CWORD": "2"}),
        ("complete_zsh", {"_TYPER_COMPLETE_ARGS": "tradewitness pack --red"}),
        ("complete_fish", {"_TYPER_COMPLETE_ARGS": "tradewitness pack --red", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_the_tab_key_completes_options_and_leaves_nothing_in_the_log(
    shell: str, asked: dict[str, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell asks by variables of the environment, at each press."""
    for name, value in {"_TRADEWITNESS_COMPLETE": shell, **asked}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TRADEWITNESS_LOG", str(tmp_path / "log"))
    said = run().stdout
    assert ("--redact-box" in said, "--reason" in said) == (True, False)
    assert not (tmp_path / "log").exists()


def test_what_is_due_sets_the_exit_code(opened: Run) -> None:
    opened("case", "set", "fans", "received_at=2026-09-30")
    assert opened("deadlines", "fans", "--as-of", "2026-10-02").returncode == 0
    assert opened("deadlines", "fans", "--as-of", "2026-10-29").returncode == 6


def test_an_added_file_is_kept_sealed_and_said_to_be_the_buyers(opened: Run, tmp_path: Path) -> None:
    photo = tmp_path / "damage.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    result = opened("add", "fans", str(photo), "--json")
    files = answer(result)["files"]
    assert isinstance(files, list)
    assert files[0]["kind"] == "photo"
    assert answer(result)["seal"] == "pending"
    verified = opened("verify", "--json")
    assert verified.returncode == 0
    assert answer(verified)["seal"] == "pending"
    assert "not witnessed" in opened("add", "fans", str(photo)).stdout


def test_the_index_can_be_built_again(opened: Run, tmp_path: Path) -> None:
    (tmp_path / "archive" / "index.sqlite").unlink()
    assert opened("reindex").returncode == 0
    assert ORDER in opened("case").stdout
