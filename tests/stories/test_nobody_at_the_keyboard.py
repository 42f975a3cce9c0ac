"""Nobody looks, and the buyer is told: the looks and reminders of a story run alone, and real servers listen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from casework.notices.notify import add_address
from casework.notices.remind import remind
from rules.language.words import time_words
from tests.casework.notices.listening import mail_server, web_server
from tests.casework.notices.test_telling import Nobody
from tests.paper_desk import quiet
from tests.stories.diary import HOME, Diary, instant

_HOURLY = timedelta(hours=8)  # from the end of the timer: the steps of hours; else four reminders a day are enough


@dataclass(frozen=True)
class Silence:
    """A buyer who does nothing: the day on which he should, by which deadline, and what he is told of it.

    He is listened to on these days, from the first on; from the `silent` one on the story goes another way than his.
    """

    scenario: str
    asked: int
    deadline: str
    label: str
    todo: str
    days: range
    silent: int
    steps: tuple[str, ...]


FANS = Silence(
    "led-fans", 75, "evidence", "Provide evidence", "Upload the evidence on the dispute page", range(75, 83), 79,
    ("5 days 3 hours left", "2 days 21 hours left", "21 hours left", "6 hours left", "1 hour left", "Do it now", "Overdue"),
)  # fmt: skip
SHIRTS = Silence(
    "t-shirts", 52, "buyer_answer", "Answer in the dispute", "Open the dispute page and respond", range(63, 72), 61,
    ("6 days 21 hours left", "2 days 21 hours left", "21 hours left", "6 hours left", "1 hour left", "Do it now"),
)  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """What reached the mailbox and the webhook, and when the deadline ended."""

    story: Silence
    ends: datetime
    mails: tuple[str, ...]
    hooks: tuple[str, ...]

    @property
    def of_the_deadline(self) -> list[str]:
        return [text for text in self.mails if self.story.label in text.splitlines()[0]]


def watched(diary: Diary, story: Silence, ends: datetime, *urls: str) -> None:
    """A night each day and reminders, as the schedule runs them; nobody types anything."""
    for url in urls:
        add_address(diary.ws, url, Nobody(), lang="en", zone=HOME, discreet=False)
    for day in story.days:
        diary.night(day)
        if day in diary.story.days and day < story.silent:
            diary.keep(day)
        for hour in range(24):
            diary.clock.at = instant(day, 15 + hour)
            if hour % 6 == 0 or abs(ends - diary.clock.at) <= _HOURLY:
                remind(diary.ws, quiet)


@pytest.fixture(scope="module", params=[FANS, SHIRTS], ids=lambda story: str(story.scenario))
def heard(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Heard:
    """A buyer who does nothing, from before he should until after it is too late."""
    story: Silence = request.param
    diary = Diary(tmp_path_factory.mktemp("silent"), story.scenario)
    for day in (day for day in diary.story.days if day < story.asked):
        diary.keep(day)
    ends = diary.look(story.asked).deadlines[story.deadline].act_by
    assert ends is not None
    with mail_server() as (box, mail), web_server() as (hooks, host):
        watched(diary, story, ends, mail, f"json://{host}/hook")
        mails = (f"{message['subject']}\n{text}" for message, text in zip(box.messages, box.texts(), strict=True))
        return Heard(story, ends, tuple(mails), tuple(f"{one['title']}\n{one['message']}" for one in hooks.messages()))


def test_the_timer_reaches_the_buyer_at_each_step_before_it_ends_in_his_own_time(heard: Heard) -> None:
    told, there = heard.of_the_deadline, time_words(heard.ends, HOME)
    assert tuple(text.partition(":")[0] for text in told) == heard.story.steps
    assert all(there in text for text in told)
    assert all(heard.story.todo in text for text in told if " left: " in text)
    assert [text.splitlines()[0] for text in heard.hooks] == [text.splitlines()[0] for text in heard.mails]


def test_that_nobody_looks_any_more_is_told_each_day_with_the_last_timer_and_the_page(heard: Heard) -> None:
    blind = [text for text in heard.mails if "No complete look for" in text]
    assert len(blind) >= 5
    assert all("issueId=" in text for text in blind)
    assert sum(time_words(heard.ends, HOME) in text for text in blind) >= 5


def test_each_message_is_told_once(heard: Heard) -> None:
    assert len(heard.mails) == len(heard.hooks) <= 2 * len(heard.story.days)
