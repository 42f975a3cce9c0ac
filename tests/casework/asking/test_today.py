"""Today: blindness while a deadline runs is said loudly, and another page's good look does not hide it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casework.asking.today import today
from casework.cases import open_case, set_case, targets_of
from casework.workspace import Workspace
from collector.alias import Alias
from collector.sites.table import site_named
from tests.archives import NOON, TestClock, archive_at, keep_snapshot, snapshot_for

ORDER = "250861947301028446"
PAGES = {
    "order": (f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}",),
    "dispute": ("https://biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946",),
}


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A case in dispute since yesterday, with an order page and a dispute page to watch."""
    clock = TestClock(NOON)
    archive = archive_at(tmp_path / "archive", [], clock)
    made = Workspace(archive, site_named, Alias(), clock, tmp_path / "configuration")
    open_case(made, ORDER, PAGES, zone="Europe/Berlin")
    set_case(made, ORDER, ["dispute_opened_at=2026-10-03"], {})
    return made


def look_at(ws: Workspace, kind: str) -> None:
    target = next(t for t in targets_of(ws, ORDER) if t.kind == kind)
    keep_snapshot(ws.archive, snapshot_for(ws.archive, target, f"<html>{kind} {ws.clock.now()}</html>".encode()))
    ws.refresh()


def alarms(ws: Workspace) -> tuple[str, ...]:
    return today(ws).lines[0].alarms


def test_a_dispute_whose_page_was_never_kept_is_an_alarm_though_the_order_page_was(ws: Workspace) -> None:
    look_at(ws, "order")
    assert any("No complete look" in alarm and PAGES["dispute"][0] in alarm for alarm in alarms(ws))


def test_a_good_look_at_the_dispute_page_holds_for_twelve_hours(ws: Workspace) -> None:
    look_at(ws, "dispute")
    assert alarms(ws) == ()
    assert today(ws, NOON + timedelta(hours=12)).lines[0].alarms == ()
    assert today(ws, NOON + timedelta(hours=12, minutes=1)).lines[0].alarms
