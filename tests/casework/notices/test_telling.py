"""Notices reach a real mail server and a webhook: each thing once, again when it gets worse, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina

from casework.asking.today import today
from casework.cases import open_case, set_case
from casework.notices.book import Recipient, read_book
from casework.notices.notify import add_address, confirm, remove_address, set_calendar, set_ping, set_steps, try_addresses
from casework.notices.remind import STOPPED_AFTER, remind
from casework.notices.sending import Stage, label_of, reason_of
from casework.notices.telling import ping_of, tell
from casework.views import notified
from casework.workspace import Workspace
from collector.alias import Alias
from collector.errors import ArchiveError, WrongRequest
from collector.sites.table import site_named
from rules.notices.concerns import Concern
from tests.archives import TestClock, archive_at
from tests.casework.notices.listening import Hooks, Mailbox, mail_server, web_server
from tests.paper_desk import quiet

ORDER = "250861947301028446"
ASKED = datetime(2026, 10, 15, 10, 30, tzinfo=UTC)
WALL = Concern("wall main", "wall", 1, True, detail="account main, stopped since Thursday")


class Nobody:
    """Nobody sits at the keyboard."""

    present = False

    def tell(self, text: str) -> None:
        raise AssertionError(text)

    def ask(self, question: str) -> str:
        raise AssertionError(question)

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        raise AssertionError(question)


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Nobody waits between two tries."""
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def watch() -> TestClock:
    return TestClock(ASKED)


@pytest.fixture
def ws(tmp_path: Path, watch: TestClock) -> Workspace:
    """An archive without authorities and a case in dispute, asked for evidence just now."""
    archive = archive_at(tmp_path / "archive", [], watch)
    made = Workspace(archive, site_named, Alias(), watch, tmp_path / "configuration")
    open_case(made, ORDER, {}, name="LED fans", zone="Europe/Berlin", sealed=False)
    set_case(made, ORDER, ["received_at=2026-10-01", "dispute_opened_at=2026-10-05", "buyer_answered_at=2026-10-08",
                           "evidence_requested_at=2026-10-15"], {}, insist=True)  # fmt: skip
    return made


@pytest.fixture
def hooks() -> Iterator[tuple[Hooks, str]]:
    with web_server() as served:
        yield served


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, str]]:
    with mail_server() as served:
        yield served


def add(ws: Workspace, url: str, *, lang: str = "en", zone: str = "Europe/Berlin", discreet: bool = False) -> None:
    add_address(ws, url, Nobody(), lang=lang, zone=zone, discreet=discreet)


def test_a_deadline_is_told_by_mail_in_the_readers_zone_with_what_to_press(
    ws: Workspace, watch: TestClock, mail: tuple[Mailbox, str]
) -> None:
    box, url = mail
    add(ws, url)
    watch.at += timedelta(days=2)
    remind(ws, quiet)
    assert "Provide evidence" in box.texts()[0]
    assert "(Europe/Berlin)" in box.texts()[0]
    assert "Upload the evidence on the dispute page" in box.texts()[0]


def test_the_evidence_timer_is_told_at_each_step_and_never_twice(
    ws: Workspace, watch: TestClock, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    titles: list[str] = []
    for hours in (*range(0, 24 * 5, 8), *range(24 * 5, 24 * 8)):
        watch.at = ASKED + timedelta(hours=hours)
        remind(ws, quiet)
        titles += [message["title"] for message in heard.messages()[len(titles) :]]
    ends = [title for title in titles if "Provide evidence" in title]
    assert [title.partition(":")[0] for title in ends] == [
        "6 days 21 hours left", "2 days 21 hours left", "23 hours 29 minutes left", "5 hours 29 minutes left",
        "29 minutes left", "Do it now", "Overdue",
    ]  # fmt: skip
    assert len(titles) == len(set(titles))


def test_a_notice_that_could_not_be_sent_is_tried_again_and_told_as_failed_until_then(
    ws: Workspace, watch: TestClock, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    heard.refuse = True
    assert remind(ws, quiet).failed
    failure = read_book(ws).failed["1"]
    assert failure.since == ASKED
    assert any("could not be sent since Thu 15 Oct 2026, 12:30 (Europe/Berlin)" in notice for notice in today(ws).notices)
    watch.at += timedelta(hours=1)
    assert remind(ws, quiet).failed
    assert read_book(ws).failed["1"].tries == 2
    assert read_book(ws).failed["1"].since == ASKED
    heard.refuse = False
    assert not remind(ws, quiet).failed
    assert read_book(ws).failed == {}
    assert len(heard.messages()) == 1


def test_one_address_that_fails_keeps_nothing_from_another(ws: Workspace, hooks: tuple[Hooks, str]) -> None:
    heard, host = hooks
    add(ws, "json://127.0.0.1:1/hook")
    add(ws, f"json://{host}/hook")
    answer = remind(ws, quiet)
    assert [one.ok for one in answer.sent] == [False, True]
    assert len(heard.messages()) == 1


def test_whatever_else_is_known_is_told_in_the_same_message(ws: Workspace, hooks: tuple[Hooks, str]) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    tell(ws, (WALL,), quiet)
    assert len(heard.messages()) == 1
    assert "stopped since Thursday" in heard.messages()[0]["message"]


def test_that_the_nights_have_stopped_is_told_and_again_each_day(
    ws: Workspace, watch: TestClock, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    ws.archive.record("run.finished", {"planned": 0, "snapshots": [], "outcomes": {}, "skipped": []})
    ws.refresh()
    add(ws, f"json://{host}/hook")
    remind(ws, quiet)
    assert "nights have stopped" not in str(heard.messages())
    for days in (0, 1):
        watch.at = ASKED + STOPPED_AFTER + timedelta(days=days, minutes=1)
        remind(ws, quiet)
        assert "No night has run for" in heard.messages()[-1]["message"]


def test_that_no_night_ever_ran_is_told_each_day_where_pages_are_watched(
    ws: Workspace, watch: TestClock, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    watch.at = ASKED + timedelta(days=2)
    remind(ws, quiet)
    assert "No night has run yet" not in str(heard.messages())
    set_case(ws, ORDER, [], {"order": (f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}",)})
    for days in (2, 3):
        watch.at = ASKED + timedelta(days=days, minutes=1)
        remind(ws, quiet)
        assert "no night has run yet, so nothing new is seen" in heard.messages()[-1]["message"]
    ws.archive.record("run.finished", {"planned": 0, "snapshots": [], "outcomes": {}, "skipped": []})
    ws.refresh()
    before = len(heard.messages())
    remind(ws, quiet)
    assert "No night has run yet" not in str(heard.messages()[before:])


def test_what_ends_within_the_hour_is_the_title_however_long_nobody_has_looked(
    ws: Workspace, watch: TestClock, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    ws.archive.record("run.finished", {"planned": 0, "snapshots": [], "outcomes": {}, "skipped": []})
    ws.refresh()
    watch.at = ASKED + timedelta(days=6, hours=23, minutes=15)
    add(ws, f"json://{host}/hook")
    remind(ws, quiet)
    assert "Provide evidence" in heard.messages()[0]["title"]
    assert "No night has run for" in heard.messages()[0]["message"]


def test_nobody_to_tell_is_said(ws: Workspace) -> None:
    assert remind(ws, quiet).silent


def test_what_opens_an_address_is_shown_nowhere(ws: Workspace, hooks: tuple[Hooks, str], tmp_path: Path) -> None:
    _, host = hooks
    add(ws, f"json://ana:pass-word-1@{host}/secret-path?+X-Key=secret-key")
    add(ws, "json://ana:pass-word-1@127.0.0.1:1/secret-path")
    answers = [try_addresses(ws, quiet), remove_address(ws, 1)]
    said = [json.dumps(notified(answer).json) + str(notified(answer).blocks) for answer in answers]
    assert [word for word in ("pass-word-1", "secret-path", "secret-key") if any(word in text for text in said)] == []
    kept = [path for path in (tmp_path / "archive").rglob("*") if path.is_file() and b"pass-word-1" in path.read_bytes()]
    assert kept == []
    folder = tmp_path / "configuration" / "notices"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_test_counts_as_arrived_only_when_its_reader_says_its_number(ws: Workspace, hooks: tuple[Hooks, str]) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    answer = try_addresses(ws, quiet)
    assert [one.ok for one in answer.sent] == [True]
    assert read_book(ws).addresses[0].confirmed is None
    with pytest.raises(WrongRequest, match="No test that was sent"):
        confirm(ws, "")
    code = heard.messages()[0]["message"].split()[-1]
    assert confirm(ws, code).book.addresses[0].confirmed == ASKED


@pytest.mark.parametrize(
    "wrong", ["", "not an address", "https://", "bogus://x", "mailto://", "syslog://", "RSYSLOG://host"]
)
def test_an_address_that_no_service_is_known_by_is_refused(ws: Workspace, wrong: str) -> None:
    with pytest.raises(WrongRequest):
        add(ws, wrong)
    assert read_book(ws).addresses == ()


def test_an_address_is_asked_for_where_none_was_given(ws: Workspace) -> None:
    class Somebody(Nobody):
        present = True

        def ask(self, question: str) -> str:
            return " ntfy://fans "

    answer = add_address(ws, "", Somebody(), lang="zh", zone="", discreet=True)
    assert answer.book.addresses[0].url == "ntfy://fans"


def test_the_calendar_file_stays_current(ws: Workspace, watch: TestClock, tmp_path: Path) -> None:
    set_calendar(ws, tmp_path / "fans.ics")
    remind(ws, quiet)
    assert b"Provide evidence" in (tmp_path / "fans.ics").read_bytes()
    set_case(ws, ORDER, ["evidence_submitted_at=2026-10-15"], {})
    remind(ws, quiet)
    assert b"Provide evidence" not in (tmp_path / "fans.ics").read_bytes()
    with pytest.raises(WrongRequest, match="no folder"):
        set_calendar(ws, tmp_path / "nowhere" / "fans.ics")


def test_a_calendar_folder_that_is_gone_is_said_and_the_notices_go_out_all_the_same(
    ws: Workspace, tmp_path: Path, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    add(ws, f"json://{host}/hook")
    (tmp_path / "phone").mkdir()
    set_calendar(ws, tmp_path / "phone" / "fans.ics")
    (tmp_path / "phone").rmdir()
    (tmp_path / "phone").write_text("in the way")
    answer = remind(ws, quiet)
    assert len(heard.messages()) == 1
    assert answer.failed
    assert "calendar file was not renewed" in answer.notes[0]


def test_a_dead_mans_service_hears_how_a_night_goes(ws: Workspace, hooks: tuple[Hooks, str]) -> None:
    heard, host = hooks
    set_ping(ws, f"http://{host}/ping/abc")
    stages: tuple[Stage, ...] = ("start", "success", "fail")
    for stage in stages:
        assert ping_of(ws, stage, "3 pages kept") == ""
    assert [path for path, _ in heard.posted] == ["/ping/abc/start", "/ping/abc", "/ping/abc/fail"]
    assert heard.posted[1][1] == "3 pages kept"


def test_a_dead_mans_service_that_does_not_hear_is_written_down_until_it_does(
    ws: Workspace, hooks: tuple[Hooks, str]
) -> None:
    heard, host = hooks
    set_ping(ws, f"http://{host}/ping/abc")
    heard.refuse = True
    assert "500" in ping_of(ws, "success")
    ping = read_book(ws).ping
    assert ping is not None
    assert ping.failed is not None
    heard.refuse = False
    ping_of(ws, "success")
    mended = read_book(ws).ping
    assert mended is not None
    assert mended.failed is None


@pytest.mark.parametrize("wrong", ["7", "0d", "d", "-1h", "1w", "99999d", "７d", "000001999999999d", "9" * 5000 + "h"])
def test_a_step_that_is_no_span_of_time_is_refused(ws: Workspace, wrong: str) -> None:
    with pytest.raises(WrongRequest, match="not a length of time"):
        set_steps(ws, ("3d", wrong))
    assert read_book(ws).steps_h == (168, 72, 24, 6, 1)


def test_steps_are_the_buyers_to_choose(ws: Workspace) -> None:
    assert set_steps(ws, ("2h", "5d", "5d")).book.steps_in_words == "5 days and 2 hours"


def test_a_list_that_cannot_be_read_is_said_and_left_as_it_is(ws: Workspace, tmp_path: Path) -> None:
    set_steps(ws, ("5d",))
    file = next((tmp_path / "configuration" / "notices").glob("*.json"))
    file.write_text('{"addresses": 7}')
    with pytest.raises(ArchiveError, match="who is told of deadlines is not understood"):
        remind(ws, quiet)
    assert any("Nobody is told of deadlines" in notice for notice in today(ws).notices)
    assert file.read_text() == '{"addresses": 7}'


@pytest.mark.parametrize(
    "wrong",
    ['{"steps_h": [1000000000000]}', '{"steps_h": [0]}', "[]", '{"told": {"1": {"x": {"level": "2", "by": null}}}}',
     '{"addresses": [{"number": 1, "url": "json://h", "label": "x", "zone": "No/Where"}]}',
     '{"addresses": [{"number": 1, "url": "json://h", "label": "x", "zone": "../../etc/passwd"}]}',
     '{"addresses": [{"number": 1, "url": "json://h", "label": "x", "zone": "UTC", "lang": "xx"}]}'],
)  # fmt: skip
def test_a_list_of_wrong_values_is_said_and_today_is_shown_all_the_same(ws: Workspace, tmp_path: Path, wrong: str) -> None:
    set_steps(ws, ("5d",))
    file = next((tmp_path / "configuration" / "notices").glob("*.json"))
    file.write_text(wrong)
    assert any("Nobody is told of deadlines" in notice for notice in today(ws).notices)
    with pytest.raises(ArchiveError, match="not understood"):
        remind(ws, quiet)


def test_what_a_later_version_wrote_beside_ours_does_no_harm(ws: Workspace, tmp_path: Path) -> None:
    set_steps(ws, ("5d",))
    file = next((tmp_path / "configuration" / "notices").glob("*.json"))
    file.write_text(json.dumps({**json.loads(file.read_text()), "of_later": {"x": 1}}))
    assert read_book(ws).steps_h == (120,)


@pytest.mark.parametrize(
    "wrong",
    [
        "ftp://hc.example/x", "file:///etc/passwd", "https://hc.example/x?y=1", "https://hc.example/x#y", "x",
        "https://hc.example/a b", "https://hc.example/é", "https://user:word@hc.example/x", "javascript:alert(1)",
        "https://hc.example/x\nHost: y",
    ],
)  # fmt: skip
def test_a_dead_mans_address_that_could_not_be_told_how_it_went_is_refused(ws: Workspace, wrong: str) -> None:
    with pytest.raises(WrongRequest, match="dead-man"):
        set_ping(ws, wrong)
    assert read_book(ws).ping is None


@pytest.mark.parametrize(
    "place", ["http://localhost:{port}/login", "http://{host}/login", "ftp://{host}/ping/abc", "file:///etc/passwd"]
)
def test_a_sign_in_page_in_between_is_not_taken_for_being_heard(ws: Workspace, hooks: tuple[Hooks, str], place: str) -> None:
    """The network of a hotel answers 200 to everybody, from another page."""
    heard, host = hooks
    heard.leads_to = place.format(host=host, port=host.rpartition(":")[2])
    set_ping(ws, f"http://{host}/ping/abc")
    assert ping_of(ws, "success") != ""
    assert "/login" not in [path for path, _ in heard.posted]


def test_a_reason_names_no_token_that_stands_where_a_host_does() -> None:
    address = Recipient(1, "ntfy://a-topic-nobody-guesses", "ntfy (a-…)", "UTC")
    assert "nobody-guesses" not in reason_of("could not send to a-topic-nobody-guesses: 500", address)


def test_an_address_with_a_thousand_readers_has_a_label_that_can_be_read() -> None:
    many = ",".join(f"ana{number}@example.com" for number in range(1000))
    assert len(label_of(f"mailto://u:word@example.com?to={many}")) < 200
