"""Nobody looks, and the buyer is told: the looks and reminders of a story run alone, and real servers listen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from casework.notices.notify import add_address
from casework.notices.remind import remind
from rules.language.words import time_words
from tests.casework.notices.listening import mail_server, web_server
from tests.casework.notices.test_telling import Nobody
from tests.paper_desk import quiet
from tests.stories.diary import HOME, Diary, instant

ASKED, SILENT = 75, 79  # days of the story: evidence is asked for; it is sent, which this buyer does not do


def watched(diary: Diary, first: int, last: int, ends: datetime, *urls: str) -> None:
    """A look each day and reminders, as the schedule runs them; nobody types anything. Hour by hour near the end."""
    for url in urls:
        add_address(diary.ws, url, Nobody(), lang="en", zone=HOME, discreet=False)
    for day in range(first, last):
        diary.night(day)
        if day in diary.story.days and day < SILENT:
            diary.look(day)
        for hour in range(24):
            diary.clock.at = instant(day, 15 + hour)
            if hour % 6 == 0 or abs(ends - diary.clock.at) < timedelta(hours=30):
                remind(diary.ws, quiet)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[datetime, list[str], list[str]]:
    """The LED-fan buyer who does nothing, from before the request for evidence until after its end: the end, and what
    reached the mailbox and the webhook.
    """
    diary = Diary(tmp_path_factory.mktemp("fans"), "led-fans")
    for day in (day for day in diary.story.days if day < ASKED):
        diary.look(day)
    ends = diary.look(ASKED).deadlines["evidence"].act_by
    assert ends is not None
    with mail_server() as (box, mail), web_server() as (hooks, host):
        watched(diary, ASKED, ASKED + 8, ends, mail, f"json://{host}/hook")
        mails = [f"{message['subject']}\n{text}" for message, text in zip(box.messages, box.texts(), strict=True)]
        return ends, mails, [f"{one['title']}\n{one['message']}" for one in hooks.messages()]


def test_the_evidence_timer_reaches_the_buyer_at_each_step_before_it_ends_in_his_own_time(
    heard: tuple[datetime, list[str], list[str]],
) -> None:
    ends, mails, hooks = heard
    titles = [text.splitlines()[0] for text in mails if "Provide evidence" in text.splitlines()[0]]
    assert [title.partition(":")[0] for title in titles] == [
        "5 days 3 hours left", "2 days 21 hours left", "1 day left", "6 hours left", "1 hour left", "Do it now", "Overdue",
    ]  # fmt: skip
    there = time_words(ends, HOME)
    assert all(f"by {there}" in text or there in text for text in mails[:7] if "Provide evidence" in text)
    assert all("Upload the evidence on the dispute page" in text for text in mails if "left: Provide" in text)
    assert [text.splitlines()[0] for text in hooks] == [text.splitlines()[0] for text in mails]


def test_that_nobody_looks_any_more_is_told_each_day_with_the_last_timer_and_the_page(
    heard: tuple[datetime, list[str], list[str]],
) -> None:
    ends, mails, _ = heard
    blind = [text for text in mails if text.startswith("Nobody is looking")]
    assert len(blind) >= 5
    assert all(time_words(ends, HOME) in text and "issueId=" in text for text in blind)


def test_each_message_is_told_once(heard: tuple[datetime, list[str], list[str]]) -> None:
    _, mails, hooks = heard
    assert len(mails) == len(hooks) <= 2 * 8
