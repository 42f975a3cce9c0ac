"""What runs in a case: the deadlines that somebody must watch, and whether a dispute is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from collector.model import Deadline
from rules.case.casefile import CaseFile
from rules.deadlines.next_steps import next_steps
from rules.policy.platform import load_policy


@dataclass(frozen=True, slots=True)
class Running:
    """The deadlines of a case that run, most urgent first; `in_dispute` says that one of them began with a dispute."""

    deadlines: tuple[Deadline, ...] = ()
    in_dispute: bool = False

    def __bool__(self) -> bool:
        return bool(self.deadlines)

    @property
    def act_by(self) -> datetime | None:
        """The first time by which somebody must or may act."""
        return min((d.act_by for d in self.deadlines if d.act_by), default=None)

    @property
    def timer(self) -> datetime | None:
        """The end of the most urgent timer that a page printed."""
        return next((d.act_by for d in self.deadlines if d.printed and d.act_by), None)


NOTHING = Running()


def running(casefile: CaseFile, deadlines: Iterable[Deadline]) -> Running:
    """What runs of these deadlines."""
    found = tuple(step.deadline for step in next_steps(casefile, deadlines))
    rules = [rule for d in found if (rule := load_policy(casefile.site).deadline(d.id)) is not None]
    return Running(found, any("dispute_opened" in rule.starts for rule in rules))
