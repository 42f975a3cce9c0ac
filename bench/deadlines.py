"""The deadlines of 1,000, 10,000 and 100,000 cases: the time for one case must not grow with their number."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from collector.model import Fact
from rules.case.casefile import CaseFile
from rules.deadlines.counting import deadlines
from rules.policy.platform import DEADLINE_IDS, policies

SIZES = (1_000, 10_000, 100_000)
MARK = 1.5
AS_OF = datetime(2027, 6, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Sydney")


def cases(number: int) -> Iterator[CaseFile]:
    """So many cases, no two neighbours alike: other days, other zones, every third one in dispute."""
    for index in range(number):
        day = date(2026, 1, 1) + timedelta(days=index % 500)
        told = {"ship_by": day, "shipped_at": day + timedelta(days=index % 9), "received_at": day + timedelta(days=20)}
        if index % 3 == 0:
            told |= {"dispute_opened_at": day + timedelta(days=25), "evidence_requested_at": day + timedelta(days=30)}
        facts = tuple(Fact(name, when.isoformat(), "asserted", "", "buyer") for name, when in told.items())
        yield CaseFile(f"{index:018}", "", ZONES[index % len(ZONES)], AS_OF, AS_OF, facts)


def took(number: int) -> float:
    """Processor seconds for all deadlines of so many cases (others use the machine too); each must have every deadline."""
    began = time.process_time()
    for case in cases(number):
        assert {d.id for d in deadlines(case, *policies())} == set(DEADLINE_IDS) - {"return_goods"}
    return time.process_time() - began


def main() -> int:
    """Prints the processor time for a case at each size, and the largest beside the smallest; 0 when the mark is met."""
    took(SIZES[0])  # calendars and policies are read once
    each = {size: took(size) / size for size in SIZES}
    for size, seconds in each.items():
        print(f"{size:>7,} cases: {seconds * size:6.1f} s, {seconds * 1000:.2f} ms a case")
    ratio = each[SIZES[-1]] / each[SIZES[0]]
    print(f"a case among {SIZES[-1]:,} beside one among {SIZES[0]:,}: ratio {ratio:.2f} (at most {MARK})")
    return 0 if ratio <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
