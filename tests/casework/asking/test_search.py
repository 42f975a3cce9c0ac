"""`search` as a person uses it: words in, passages out, nothing that is typed or kept can do harm."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli
from casework import views
from casework.asking.search import EXCERPT, SearchAnswer, excerpt_of, search
from casework.blocks import Excerpt, Span
from casework.cases import set_case
from casework.keeping.add import FileDetails, add_files
from casework.terminal import Terminal
from casework.workspace import Workspace
from collector.archive.archive import Archive
from collector.archive.fulltext import spans, terms_of
from collector.ledger.log import Opening, new_salt
from collector.model import Snapshot, Target
from tests.archives import TestClock, archive_at, keep_snapshot, snapshot_for

FANS, SHIRTS = "250861947301028446", "250861947301020001"
URL = "https://message.alibaba.com/message/messenger.htm#/"
HOSTILE = (
    "[bold red]now[/bold red] [/] \x1b[31mred\x1b]0;title\x07 \x9b2J \u202eeman [link=file:///etc/passwd]open[/link] hostile"
)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    def hits(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        found: list[dict[str, Any]] = json.loads(self.out)["hits"]
        return found


Run = Callable[..., Result]


def thread_page(*messages: tuple[str, str, str]) -> bytes:
    """A conversation of (side, printed time, text)."""
    blocks = "".join(
        f'<div class="message-item-wrapper item-{side}"><div class="item-base-info"><span class="name">{side}</span>'
        f'<span class="time">{printed}</span></div><div class="session-rich-content text">{escape(text)}</div></div>'
        for side, printed, text in messages
    )
    head = '<div class="contact-item-container selected"><span class="contact-company">Foshan Lights</span></div>'
    return f"<!doctype html><html><body>{head}<div>{blocks}</div></body></html>".encode()


def with_text(archive: Archive, snapshot: Snapshot, text: str) -> Snapshot:
    """The same snapshot with this page text."""
    data = text.encode()
    artefacts = tuple(
        replace(a, digest=archive.objects.put(data), size=len(data), salt=new_salt()) if a.role == "text" else a
        for a in snapshot.artefacts
    )
    return replace(snapshot, artefacts=artefacts)


def keep_thread(archive: Archive, case: str, text: str, *messages: tuple[str, str, str]) -> Snapshot:
    snapshot = snapshot_for(archive, Target("thread", case, "thread", URL), thread_page(*messages))
    snapshot = with_text(archive, snapshot, text)
    keep_snapshot(archive, snapshot)
    return snapshot


def keep_file(archive: Archive, case: str, name: str, note: str) -> None:
    opening = Opening(archive.objects.put(name.encode()), new_salt())
    body = {"case": case, "id": "F-00000001", "name": name, "kind": "photo", "media_type": "image/jpeg", "size": 1}
    archive.record("file.added", {**body, "note": note, "commitment": opening.commitment}, (opening,))


WET = ("left", "2026-10-03 09:12", "The outer carton was wet. 外箱损坏了，请退款。")
SORRY = ("right", "2026-10-03 10:00", "We do not accept this; the cartons were yours")
PAY = ("left", "2026-10-01 08:00", "Please pay by 微信")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases: fans with two visits of its thread and a photo, shirts with one visit; Berlin and New York."""
    root = tmp_path_factory.mktemp("kept") / "archive"
    clock = TestClock()
    archive = archive_at(root, [], clock)
    archive.record("case.opened", {"case": FANS, "name": "fans", "zone": "Europe/Berlin", "account": ""})
    archive.record("case.opened", {"case": SHIRTS, "name": "", "zone": "America/New_York", "account": ""})
    keep_thread(archive, FANS, "Messages\nThe outer carton was wet.", WET)
    clock.move(days=1)
    keep_thread(archive, FANS, "Messages\nThe outer carton was wet. We do not accept this", WET, SORRY)
    keep_thread(archive, SHIRTS, "Messages", PAY, ("left", "2026-10-02 08:00", HOSTILE))
    keep_file(archive, FANS, "carton-damage.jpg", "wet corner of the first carton")
    fact = {"case": FANS, "name": "reason", "round": 1, "value": "damaged", "who": "buyer"}
    archive.record("fact.asserted", fact)
    archive.record("fact.asserted", {**fact, "value": "late"})
    return root


@pytest.fixture
def run(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(kept))
    monkeypatch.setenv("TRADEWITNESS_CONFIG", str(tmp_path / "configuration"))

    def run(*arguments: str) -> Result:
        code = cli.run(["search", *arguments])
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


def marked(hit: dict[str, Any]) -> list[str]:
    return [hit["excerpt"][start:end] for start, end in hit["marks"]]


def test_a_message_is_found_once_with_who_said_it_when_and_the_visits_that_show_it(run: Run) -> None:
    (hit,) = run("wet", "outer", "--kind", "message", "--json").hits()
    assert (hit["source"], hit["kind"], hit["case"], hit["said_by"], hit["name"]) == (
        "message", "thread", FANS, "supplier", "left",
    )  # fmt: skip
    assert hit["visits"] == 2
    assert hit["snapshot"] != hit["first_snapshot"]
    assert hit["begun"] < hit["ended"], "its time is printed without a zone"
    assert hit["when"] == "Sat 3 Oct 2026, 03:12 to 18:12 (Europe/Berlin)"
    assert marked(hit) == ["outer", "wet"]


@pytest.mark.parametrize("word", ["损", "损坏", "外箱损坏了", "退款", "坏了，请"])
def test_chinese_words_are_found_whatever_their_length(run: Run, word: str) -> None:
    (hit,) = run(word, "--kind", "message", "--json").hits()
    assert marked(hit) == [word]


def test_what_was_said_comes_before_facts_and_pages(run: Run) -> None:
    sources = [hit["source"] for hit in run("carton", "--json").hits()]
    assert sources == ["file", "message", "message", "page"]


def test_among_equals_the_newest_comes_first(run: Run) -> None:
    hits = run("carton", "--kind", "message", "--json").hits()
    assert [hit["said_by"] for hit in hits] == ["buyer", "supplier"]
    assert hits == sorted(hits, key=lambda hit: str(hit["ended"]), reverse=True)


def test_a_page_that_says_it_on_two_days_is_one_answer(run: Run) -> None:
    (hit,) = run("wet", "--kind", "page", "--json").hits()
    assert hit["visits"] == 2
    assert (hit["begun"], hit["ended"]) == ("2026-10-04T12:00:00.000Z", "2026-10-05T12:00:00.000Z")


def test_an_entered_fact_is_found_as_it_stands_not_as_it_was(run: Run) -> None:
    (hit,) = run("late", "--kind", "fact", "--json").hits()
    assert (hit["label"], hit["excerpt"], hit["kind"], hit["said_by"]) == ("reason", "late", "asserted", "buyer")
    assert run("damaged", "--kind", "fact", "--json").hits() == []


def test_a_read_fact_is_found_by_its_name_and_by_its_value(run: Run) -> None:
    names = {hit["label"] for hit in run("foshan", "--kind", "fact", "--json").hits()}
    assert names == {"thread.with"}
    assert run("thread.with", "--kind", "fact", "--json").hits()[0]["label_marks"] == [[0, 11]]


@pytest.mark.parametrize("case", ["fans", FANS, FANS[-5:]])
def test_a_case_may_be_named_as_everywhere(run: Run, case: str) -> None:
    assert {hit["case"] for hit in run("messages", "--case", case, "--json").hits()} == {FANS}


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        (["--since", "2026-10-02"], 2), (["--since", "2026-10-04"], 0), (["--until", "2026-10-01"], 0),
        (["--until", "2026-10-03"], 2), (["--since", "2026-10-03", "--until", "2026-10-03"], 2),
        (["--kind", "thread"], 3), (["--kind", "photo", "--kind", "message"], 3), (["--kind", "order"], 0),
        (["--limit", "1"], 1),
    ],
)  # fmt: skip
def test_filters_take_away_what_is_not_asked_for(run: Run, filters: list[str], number: int) -> None:
    kind = [] if {"--kind", "--limit"} & set(filters) else ["--kind", "message"]
    assert len(run("carton", "--case", "fans", *kind, *filters, "--json").hits()) == number


def test_how_many_there_are_is_said_when_not_all_are_shown(run: Run) -> None:
    result = run("carton", "--limit", "1")
    assert "1 of 4 are shown" in result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["  "], "what to look for"), ([], "WORDS"), (["x", "--limit", "0"], "limit"),
        (["x", "--case", "nosuch"], "no case"),
        (["x", "--since", "yesterday"], "not a day"), (["x", "--until", "2026-13-01"], "not a day"),
        (["x", "--since", "0001-01-01"], "not a day"), (["x", "--kind", "poem"], "poem"),
        (["x", "--since", "2026-10-09", "--until", "2026-10-01"], "is after"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_answered_in_a_sentence(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert words in result.err


@pytest.mark.parametrize(
    "word", ["*", "-", '"', "OR", "NEAR(a b)", '"unbalanced', "a AND", "text:wet", "^wet", "{}", "();--"]
)
def test_signs_of_query_languages_mean_nothing(run: Run, word: str) -> None:
    assert run(word).code == 0
    assert run(word, "--json").code == 0


def test_a_word_may_begin_with_a_dash_and_options_stay_options(run: Run) -> None:
    assert run("-carton", "--json", "--case", "fans").hits() == run("carton", "--json", "--case", "fans").hits()
    assert json.loads(run("-carton", "--json", "--", "--wet").out)["sought"] == ["-carton", "--wet"]
    assert run("carton", "--nosuch").code == 2


def test_nothing_found_says_so(run: Run) -> None:
    assert "Nothing was found for zebra." in run("zebra").out
    assert "no letter or digit" in run("***").out


@settings(max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_text_is_an_error(run: Run, typed: str) -> None:
    """Nothing but white space is nothing to look for; every other text is looked for."""
    for arguments in (["--", typed], ["--json", "--", typed]):
        assert run(*arguments).code == (0 if typed.strip() else 2)


def test_hostile_text_is_printed_shown_in_line(run: Run) -> None:
    result = run("hostile", "--kind", "message")
    assert "[bold red]now[/bold red] [/]" in result.out
    assert "[link=file:///etc/passwd]open[/link]" in result.out
    assert not set("\x1b\x07\x9b\u202e") & set(result.out)
    assert HOSTILE.split()[-1] in run("hostile", "--kind", "message", "--json").hits()[0]["excerpt"]


def test_what_was_looked_for_is_bold_on_a_terminal_and_nothing_else_is_changed(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casework.asking.search import search
    from casework.workspace import workspace

    answer = search(workspace(kept), ["损坏"])
    (hit,), (passage,) = answer.hits, views.found(answer).blocks
    assert isinstance(passage, Excerpt)
    assert Span("损坏", "sought") in passage.said
    assert hit.excerpt in "".join(part.text if isinstance(part, Span) else str(part) for part in passage.said)
    assert "Sat 3 Oct 2026" in passage.head
    assert "Europe/Berlin" in passage.head
    terminal = StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    Terminal().show(views.found(answer))
    assert "\x1b[1;33m损坏\x1b[0m" in terminal.getvalue()


@given(st.text(max_size=400), st.text(max_size=3), st.integers(0, 300))
def test_an_excerpt_is_a_stretch_of_the_text_and_its_marks_lie_within(text: str, word: str, pad: int) -> None:
    whole = " ".join((text, "lorem " * pad, word, text))
    excerpt, marks = excerpt_of(whole, spans(whole, terms_of([word])))
    assert excerpt in whole
    assert len(excerpt) <= EXCERPT
    assert all(0 <= start < end <= len(excerpt) for start, end in marks)
    assert bool(marks) == bool(spans(whole, terms_of([word])))


@pytest.mark.parametrize(
    "damage", ["overwritten", "words lost", "passages lost", "cut short", "another format", "in the way"]
)
def test_a_damaged_index_is_built_again(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = archive_at(tmp_path / "archive", [])
    archive.record("case.opened", {"case": FANS, "name": "fans", "zone": "Europe/Berlin", "account": ""})
    keep_thread(archive, FANS, "", WET)
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(archive.root))
    assert cli.run(["search", "损坏", "--json"]) == 0
    before = capsys.readouterr().out
    if damage == "overwritten":
        archive.index_path.write_bytes(b"not a database at all " * 500)
    elif damage == "in the way":
        archive.index_path.unlink()
        archive.index_path.mkdir()  # nothing can be written there: the index is built aside
    elif damage == "cut short":
        data = archive.index_path.read_bytes()
        archive.index_path.write_bytes(data[: len(data) // 8192 * 4096])
    else:
        with sqlite3.connect(archive.index_path) as index:
            if damage == "words lost":
                index.execute("drop table words")
            elif damage == "passages lost":
                index.execute("drop table passages")
            else:
                index.execute("update meta set value = '1' where key = 'format'")
                index.execute("drop table passages")
        index.close()
    assert cli.run(["search", "损坏", "--json", "--kind", "message"]) == 0
    assert capsys.readouterr().out == before
    assert len(json.loads(before)["hits"]) == 1


def test_catching_up_finds_what_rebuilding_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = TestClock()
    archive = archive_at(tmp_path / "archive", [], clock)
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(archive.root))
    archive.record("case.opened", {"case": FANS, "name": "", "zone": "UTC", "account": ""})
    for day in range(3):
        keep_thread(archive, FANS, f"day {day}", WET, *([SORRY] if day else []))
        clock.move(days=1)
        assert cli.run(["search", "carton", "--json"]) == 0
    capsys.readouterr()
    answers = []
    for prepare in ([], ["reindex"]):
        assert not prepare or cli.run([*prepare, "--quiet"]) == 0
        capsys.readouterr()
        assert cli.run(["search", "carton", "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert {hit["visits"] for hit in json.loads(answers[0])["hits"]} == {3, 2}


def test_a_message_whose_time_cannot_be_read_is_not_dated_by_the_day_of_its_file(ws: Workspace, tmp_path: Path) -> None:
    table = tmp_path / "talk.csv"
    table.write_text("date,from,text\n03/08/2025 10:00,Cindy,quince\n")
    add_files(ws, FANS, [table], FileDetails(kind="chat"))
    (hit,) = (hit for hit in search(ws, ["quince"]).hits if hit.source == "message")
    (shown,) = views.found(SearchAnswer(("quince",), True, (hit,), 1)).blocks
    assert isinstance(shown, Excerpt)
    assert "sent at a time that could not be read · printed “03/08/2025 10:00”" in shown.head


def test_a_day_that_was_entered_is_shown_in_words(ws: Workspace) -> None:
    set_case(ws, FANS, ("offer_made_at=2026-11-10T14:00+01:00",), {})
    (shown,) = views.found(search(ws, ["offer_made_at"])).blocks
    assert isinstance(shown, Excerpt)
    assert "Tue 10 Nov 2026, 14:00" in str(shown.said)
