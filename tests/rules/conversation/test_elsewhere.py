"""Conversations kept by hand that were not read, or not with certainty, are named; those that were are not."""

from __future__ import annotations

from dataclasses import replace

from collector.model import SavedPage
from rules.conversation.elsewhere import unsure_conversations
from tests.rules.cases import added, case

READ = SavedPage("WhatsApp", "read", "WhatsApp: 1 message", "chat")


def test_each_file_that_was_not_read_or_not_with_certainty_is_named_with_what_to_do() -> None:
    sure, open_dates, torn = added("chat", 3)
    files = (
        replace(sure, name="sure.txt", page=READ),
        replace(open_dates, name="open.txt", page=replace(READ, caution="Two readings.", todo="Say which.")),
        replace(torn, name="torn.zip", page=SavedPage("chat", "unknown", "The zip is damaged.", "chat")),
    )
    (finding,) = unsure_conversations(case(files=files))
    assert (finding.verdict, finding.todo) == ("undetermined", "Say which.")
    assert finding.text == "open.txt: Two readings. torn.zip: It was not read. The zip is damaged."


def test_of_conversations_that_were_read_and_of_other_files_nothing_is_said() -> None:
    (chat,) = added("chat")
    assert unsure_conversations(case(files=(replace(chat, page=READ), *added("photo", 2)))) == ()
