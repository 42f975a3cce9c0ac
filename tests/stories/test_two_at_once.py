"""Two nights and a person at once, each a process of its own: one night works, and nothing is kept twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fixtures.authority import Served
from tests.stories.desk import Desk, desk

_WITHIN_S = 240


def started(own: Desk, *command: str) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("tradewitness")
    return subprocess.Popen(
        [program, *command, "--json"],
        env=os.environ | own.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def snapshots(said: str) -> list[dict[str, Any]]:
    return list(json.loads(said).get("snapshots", [])) if said.strip() else []


@pytest.mark.proof
def test_two_nights_and_a_persons_capture_at_once_keep_each_page_whole_and_no_night_twice(
    tmp_path: Path, authority: Served
) -> None:
    with desk(tmp_path, authority) as own:
        own.init()
        own.open_case()
        running = [started(own, "nightly"), started(own, "nightly"), started(own, "capture", own.order)]
        done = [(*process.communicate(timeout=_WITHIN_S), process.returncode) for process in running]
        assert not [err for _, err, _ in done if "Traceback" in err]
        nights, person = done[:2], done[2]
        assert [code for *_, code in nights if code == 2], "the second night had to be refused"
        assert "Another night is running on this archive." in "".join(out + err for out, err, _ in nights)
        kept = [one for out, _, code in nights if code != 2 for one in snapshots(out)]
        assert set(Counter((one["kind"], one["outcome"]) for one in kept).values()) == {1}
        assert {one["outcome"] for one in (*kept, *snapshots(person[0]))} == {"complete"}
        assert {one["kind"] for one in snapshots(person[0])} == set(own.pages)
        again = own.run("nightly", "--json")
        assert (snapshots(again.out), again.code in (0, 6)) == ([], True)
        assert own.run("verify", own.archive).code == 0
