"""A program that goes on remembers what the index said, and never what is not so any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casework.asking import today as desk
from casework.asking.blindness import JudgedCase
from casework.asking.dossier import check_cases, deadlines_of
from casework.asking.timeline import timeline
from casework.asking.today import next_of, today
from casework.cases import casefile, close_case, find_case, open_case, set_case
from casework.workspace import Workspace, workspace
from collector.archive.memory import Memory
from collector.clock import StandingClock
from collector.progress import silent
from tests.paper_desk import ORDER

OTHER = "250861947301028999"


@pytest.fixture
def memory() -> Memory:
    return Memory()


def at(ws: Workspace, memory: Memory, moment: datetime | None = None) -> Workspace:
    """The archive as one request of a program that goes on has it."""
    return workspace(ws.archive.root, StandingClock(moment or datetime.now(UTC)), memory)


def names(ws: Workspace) -> set[str]:
    return {fact.name for fact in casefile(ws, find_case(ws, ORDER), ws.clock.now()).facts}


def test_what_is_entered_in_another_request_is_known_at_once(ws: Workspace, memory: Memory) -> None:
    assert "amount_claimed" not in names(at(ws, memory))
    set_case(at(ws, memory), ORDER, ["amount_claimed=USD 500"], {})
    assert "amount_claimed" in names(at(ws, memory))


def test_what_a_command_writes_is_known_at_once(ws: Workspace, memory: Memory) -> None:
    before = today(at(ws, memory))
    open_case(ws, OTHER, {})
    assert [line.case for line in today(at(ws, memory)).lines] != [line.case for line in before.lines]
    close_case(ws, ORDER)
    assert [line.case for line in today(at(ws, memory)).lines] == [OTHER]


def test_an_index_that_is_made_again_is_asked_again(ws: Workspace, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "order.total" in names(at(ws, memory))
    monkeypatch.setattr(Workspace, "readers", (lambda _: (), ws.readers[1]))
    at(ws, memory).rebuild()
    assert "order.total" not in names(at(ws, memory))


def test_a_case_of_which_nothing_was_written_is_not_read_again(ws: Workspace, memory: Memory) -> None:
    open_case(ws, OTHER, {})
    now = datetime.now(UTC)
    first = at(ws, memory, now)
    before = casefile(first, find_case(first, ORDER), now)
    set_case(ws, OTHER, ["amount_claimed=USD 500"], {})
    second = at(ws, memory, now)
    assert casefile(second, find_case(second, ORDER), now) is before


def test_what_is_due_is_counted_anew_each_minute(ws: Workspace, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[datetime] = []
    real = desk.judged_cases

    def judged(ws: Workspace, now: datetime) -> list[JudgedCase]:
        counted.append(now)
        return real(ws, now)

    monkeypatch.setattr(desk, "judged_cases", judged)
    soon = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    times = [soon + timedelta(seconds=seconds) for seconds in (0, 59, 60, 119, 3600)]
    assert [today(at(ws, memory, time)).as_of for time in times] == [times[0], times[0], times[2], times[2], times[4]]
    assert counted == [times[0], times[2], times[4]]


def test_what_is_found_and_due_follows_what_is_written_and_the_time(ws: Workspace, memory: Memory) -> None:
    start = max(look.at for look in ws.index.looks(ORDER))
    for days in (0, 1, 2, 20, 27, 29, 31, 60, 5):  # a clock that is set back is none that lies ahead
        moment = start + timedelta(days=days)
        if days == 20:
            set_case(ws, ORDER, ["amount_claimed=USD 500"], {})
        kept, fresh = at(ws, memory, moment), at(ws, Memory(), moment)
        assert deadlines_of(kept, (ORDER,)) == deadlines_of(fresh, (ORDER,))
        assert check_cases(kept, (ORDER,), False, (), "", silent) == check_cases(fresh, (ORDER,), False, (), "", silent)
        assert next_of(kept, ORDER) == next_of(fresh, ORDER)
        assert timeline(kept, ORDER) == timeline(fresh, ORDER)


def test_a_visit_from_a_clock_that_was_ahead_counts_from_then_on(ws: Workspace, memory: Memory) -> None:
    last = max(look.at for look in ws.index.looks(ORDER))
    seen = [len(casefile(one, find_case(one, ORDER), one.clock.now()).snapshots)
            for one in (at(ws, memory, last + timedelta(seconds=seconds)) for seconds in (-1, 0, 60))]  # fmt: skip
    assert seen[0] < seen[1] == seen[2]


def test_what_still_holds_is_not_counted_again(ws: Workspace, memory: Memory) -> None:
    first, second = (at(ws, memory, datetime.now(UTC) + timedelta(seconds=seconds)) for seconds in (0, 1))
    found = [check_cases(one, (ORDER,), False, (), "", silent)[0] for one in (first, second)]
    assert found[0] is found[1]


def test_a_list_that_somebody_changes_is_his_own(ws: Workspace, memory: Memory) -> None:
    at(ws, memory).index.looks(ORDER).clear()
    assert at(ws, memory).index.looks(ORDER)


def test_two_archives_do_not_answer_for_each_other(
    ws: Workspace, memory: Memory, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert today(at(ws, memory)).lines
    other = workspace(tmp_path_factory.mktemp("other") / "archive", memory=memory)
    open_case(other, OTHER, {})
    assert [line.case for line in today(workspace(other.archive.root, memory=memory)).lines] == [OTHER]
