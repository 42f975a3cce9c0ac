"""Outlook's .msg: the same message as of a mail in a file, and a sentence for one that is damaged."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.canonical import sha256
from collector.saved.chats.table import read_chat
from tests.collector.saved.chats.compound import Storage, compound, properties, texts
from tests.collector.saved.chats.reading import chat, files, refused, times, told

AT = datetime(2026, 9, 24, 10, 2, 11, tzinfo=UTC)
SAID = texts(
    p0037="Your fans", p0C1A="Cindy", p0C1F="cindy@supplier.example", p0E04="Marta", p1000="They ship tomorrow.\r\n"
)


def msg(*more: Storage) -> bytes:
    root: dict[str, bytes | Storage] = {**properties(32, AT), **SAID}
    for one in more:
        root.update(one)
    return compound(root)


def test_a_mail_of_outlook_is_read() -> None:
    found = chat(msg())
    assert (found.app, times(found), found.caution.text) == ("e-mail", [(AT, AT)], "")
    assert told(found) == [("Cindy <cindy@supplier.example>, to Marta", "Your fans\nThey ship tomorrow.")]
    assert found.messages[0]["printed"] == "2026-09-24 10:02:11 UTC"


def test_its_date_is_that_of_its_heads_where_it_kept_them() -> None:
    found = chat(msg(texts(p007D="From: x\r\nDate: Thu, 24 Sep 2026 18:02:11 +0800\r\nSubject: y\r\n\r\n")))
    assert (found.messages[0]["printed"], times(found)) == ("Thu, 24 Sep 2026 18:02:11 +0800", [(AT, AT)])


def test_what_is_attached_has_its_digest_and_an_enclosed_mail_is_a_message_too() -> None:
    data = b"%PDF" * 2000
    inner = {**properties(24, AT), **texts(p0037="Older", p1000="Before.")}
    found = chat(
        msg(
            {"__attach_version1.0_#00000000": {**properties(8), **texts(p3707="PI.pdf"), "__substg1.0_37010102": data}},
            {"__attach_version1.0_#00000001": {**properties(8), **texts(p3001="Older"), "__substg1.0_3701000D": inner}},
        )
    )
    assert files(found) == [("PI.pdf", sha256(data)), ("Older", None)]
    assert [text.partition("\n")[0] for _, text in told(found)] == ["Your fans", "Older"]


def test_words_in_markup_are_read_and_of_rich_text_it_is_said_that_they_are_not() -> None:
    bare = {name: value for name, value in SAID.items() if "1000001F" not in name}
    html = compound({**properties(32, AT), **bare, "__substg1.0_10130102": b"<p>They ship tomorrow.</p>"})
    assert "They ship tomorrow." in chat(html).messages[0]["text"]
    rich = compound({**properties(32, AT), **bare, "__substg1.0_10090102": b"LZFu"})
    assert "rich text" in chat(rich).caution.text


@pytest.mark.parametrize("cut", [600, 2000, 9000])
def test_a_torn_file_is_said_in_a_sentence(cut: int) -> None:
    assert "damaged" in refused(msg()[:cut])


def test_a_document_of_an_old_office_is_no_mail() -> None:
    assert read_chat(compound({"WordDocument": b"text"})) is None
