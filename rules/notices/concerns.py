"""What is worth telling somebody who does not look: each once, and again when it gets worse. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from collector.model import ALIBABA, Deadline

Matter = Literal[
    "deadline",
    "overdue",
    "now",
    "opening",
    "others",
    "passed",
    "unsure",
    "blind",
    "wall",
    "changed",
    "unbegun",
    "stopped",
    "failed",
]
MATTERS: tuple[Matter, ...] = get_args(Matter)

STEPS = (timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=6), timedelta(hours=1))
URGENT_WITHIN = timedelta(days=1)
# A countdown in whole minutes or hours, read again, ends a little earlier or later each time: that is no news.
JITTER = timedelta(hours=1)
_TIMED = ("deadline", "now", "overdue")  # what ends by itself stands before what goes on, however long that has
_SEEN = ("printed", "copied")  # a timer that somebody set: the first sight of it is news, however far its end


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to tell. `key` names it among all; `level` grows as it gets worse, `by` is the time that it is about.

    `about` is the case's order number, or "" where it is about the archive as a whole; `name` what the buyer calls the case.
    `id` is a deadline's (of `site`), `what` its title or a sentence, `todo` what to do; `detail` may hold names and amounts,
    and so may `link`, the page to open.
    """

    key: str
    matter: Matter
    level: int
    urgent: bool
    about: str = ""
    name: str = ""
    id: str = ""
    what: str = ""
    todo: str = ""
    detail: str = ""
    link: str = ""
    by: datetime | None = None
    site: str = ALIBABA


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told of a concern last: how bad it was then, and the time that it was about."""

    level: int
    by: datetime | None
    at: datetime


def deadline_concern(
    deadline: Deadline,
    as_of: datetime,
    *,
    name: str = "",
    link: str = "",
    site: str = ALIBABA,
    steps: tuple[timedelta, ...] = STEPS,
) -> Concern | None:
    """What of a deadline is to be told as of an instant; None where it is far off, met, or nobody's loss yet.

    The level counts the steps that have been reached; past the safe date and overdue are two more. Of what the platform does
    by itself the last steps are told, and of others' deadlines that they have passed: then the buyer can do something.
    """
    if deadline.over or deadline.state in ("met", "not_started"):
        return None

    def concern(
        matter: Matter, level: int, todo: str, by: datetime | None, detail: str = "", *, urgent: bool = False
    ) -> Concern:
        key = f"deadline {deadline.case} {deadline.id} {deadline.round}"
        label = deadline.label or deadline.id
        return Concern(key, matter, level, urgent, deadline.case, name, deadline.id, label, todo, detail, link, by, site)

    if deadline.act_by is None or deadline.latest is None:
        return concern("unsure", 1, "", None, deadline.basis) if deadline.who == "you" and deadline.needs else None
    left = deadline.act_by - as_of
    if deadline.opening:
        opens = deadline.latest
        return concern("opening", 1, deadline.todo, opens) if as_of >= opens else None
    if deadline.who != "you":
        if deadline.state == "overdue":
            return concern("passed", 3, deadline.if_missed, deadline.latest)
        level = sum(left <= step for step in steps if step <= timedelta(days=3)) if deadline.who == "platform" else 0
        end = deadline.act_by if left >= timedelta(0) else deadline.latest  # where the sources differ, the later one is left
        return concern("others", min(level, 2), deadline.todo, end) if level else None
    if deadline.state == "overdue":
        return concern("overdue", len(steps) + 2, deadline.if_missed, deadline.latest, urgent=True)
    if left < timedelta(0):
        return concern("now", len(steps) + 1, deadline.todo, deadline.act_by, deadline.if_missed, urgent=True)
    level = sum(left <= step for step in steps)
    if not level and not (deadline.must and deadline.sure in _SEEN):
        return None
    return concern("deadline", level, deadline.todo, deadline.act_by, deadline.if_missed, urgent=left <= URGENT_WITHIN)


def to_tell(concerns: Iterable[Concern], told: Mapping[str, Told]) -> tuple[Concern, ...]:
    """Those that were not told yet, or are worse than when they were told: a higher level, or an earlier end.

    The most urgent comes first. An end that moved away begins anew: its steps are told again as they come.
    """
    news = [concern for concern in concerns if _is_news(concern, told.get(concern.key))]
    return tuple(sorted(news, key=_rank))


def _is_news(concern: Concern, before: Told | None) -> bool:
    if before is None or concern.level > before.level:
        return True
    if concern.by is None or before.by is None:
        return False
    if concern.by - before.by > JITTER:
        return concern.level > 0
    return before.by - concern.by > JITTER


def _rank(concern: Concern) -> tuple[object, ...]:
    end = concern.by.timestamp() if concern.by is not None else float("inf")
    return not concern.urgent, concern.matter not in _TIMED, -concern.level, end, concern.key


def remembered(told: Mapping[str, Told], sent: Iterable[Concern], live: Iterable[Concern], at: datetime) -> dict[str, Told]:
    """What is known to have been told, after these were sent.

    What is no concern any more is forgotten, so that it is told anew should it come back.
    """
    keys = {concern.key for concern in live}
    kept = {key: value for key, value in told.items() if key in keys}
    return kept | {concern.key: Told(concern.level, concern.by, at) for concern in sent}
