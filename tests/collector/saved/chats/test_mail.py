"""E-mail as a file: who, to whom, when by its own Date, the words, what was attached and what it encloses."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from collector.canonical import sha256
from collector.saved.chats.mail import files_attached, mail_time
from collector.saved.chats.table import read_chat
from tests.collector.saved.chats.reading import anywhere, chat, files, times, told, wall

AT = datetime(2026, 9, 24, 10, 2, 11, tzinfo=UTC)


def mail(subject: str = "Your fans", date: str = "Thu, 24 Sep 2026 18:02:11 +0800") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Cindy <cindy@supplier.example>", "m@example.com", subject
    made["Date"] = date
    made.set_content("They ship tomorrow.\n")
    return made


def test_a_mail_is_one_message_with_its_own_date_and_the_digests_of_its_attachments() -> None:
    made = mail()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="PI.pdf")
    found = chat(made.as_bytes())
    assert (found.app, times(found)) == ("e-mail", [(AT, AT)])
    assert told(found) == [("Cindy <cindy@supplier.example>, to m@example.com", "Your fans\nThey ship tomorrow.")]
    assert files(found) == [("PI.pdf", sha256(b"%PDF"))]


def test_a_mail_of_markup_alone_gives_its_words_and_its_pictures() -> None:
    made = mail()
    made.set_content("<style>p {}</style><p>They ship&nbsp;<b>tomorrow</b>.</p><p>Yours</p>", subtype="html")
    made.add_related(b"\x89PNG", maintype="image", subtype="png", filename="seal.png", cid="<1>")
    found = chat(made.as_bytes())
    assert found.messages[0]["text"] == "Your fans\nThey ship tomorrow.\nYours"
    assert files(found) == [("seal.png", sha256(b"\x89PNG"))]


def test_a_mail_that_encloses_another_gives_both_messages() -> None:
    made = mail("Fwd: Your fans", "Fri, 25 Sep 2026 09:00:00 +0200")
    made.add_attachment(mail())
    found = chat(made.as_bytes())
    assert [text.partition("\n")[0] for _, text in told(found)] == ["Fwd: Your fans", "Your fans"]
    assert times(found)[1] == (AT, AT)
    assert files(found) == [("Your fans.eml", None)]


def test_the_bytes_of_what_it_brought_are_given_for_a_pack() -> None:
    inner, outer = mail(), mail("Fwd: Your fans")
    inner.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="lid.jpg")
    outer.add_attachment(inner)
    outer.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="PI.pdf")
    assert list(files_attached(outer.as_bytes())) == [("lid.jpg", b"\xff\xd8\xff"), ("PI.pdf", b"%PDF")]
    assert list(files_attached(b"no mail")) == []


def test_what_another_attachment_holds_is_never_taken_for_the_words() -> None:
    made = mail()
    made.add_attachment("their terms", filename="terms.txt")
    found = chat(made.as_bytes())
    assert "their terms" not in found.messages[0]["text"]
    assert [name for name, _ in files(found)] == ["terms.txt"]


@pytest.mark.parametrize("date", ["Thu, 24 Sep 2026 10:02:11 -0000", "Thu, 24 Sep 2026 10:02:11 GMT"])
def test_universal_time_is_an_instant_however_it_is_written(date: str) -> None:
    assert times(chat(mail(date=date).as_bytes())) == [(AT, AT)]


def test_a_date_without_a_zone_is_a_range() -> None:
    text = mail().as_bytes().replace(b" +0800", b"")
    assert times(chat(text)) == [anywhere(wall(2026, 9, 24, 18, 2, 11))]


@pytest.mark.parametrize("zone", ["GMT+0800 (China Standard Time)", "GMT+08:00", "+08:00", "+0800 (CST)"])
def test_an_offset_counts_however_it_is_written(zone: str) -> None:
    assert times(chat(mail().as_bytes().replace(b"+0800", zone.encode()))) == [(AT, AT)]


@pytest.mark.parametrize("zone", ["CST", "+8", "+0260", "+0800 +0000", "America/EST"])
def test_a_zone_that_can_be_several_is_a_range(zone: str) -> None:
    found = mail_time(f"Thu, 24 Sep 2026 18:02:11 {zone}")
    assert found is not None
    assert (found.earliest, found.latest) == anywhere(wall(2026, 9, 24, 18, 2, 11))


def test_a_date_with_a_mark_of_half_a_day_is_not_read_as_the_morning() -> None:
    assert mail_time("Thu, 24 Sep 2026 06:02:11 PM +0800") is None


def test_a_page_that_a_browser_saved_is_no_mail() -> None:
    head = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/\r\nSubject: x\r\n"
    head += b"Date: Thu, 24 Sep 2026 18:02:11 -0000\r\nMIME-Version: 1.0\r\n"
    assert read_chat(head + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n") is None


def test_words_in_a_charset_that_nobody_knows_are_read_as_far_as_they_go() -> None:
    text = mail().as_bytes().replace(b'charset="utf-8"', b'charset="x-unknown"')
    assert "They ship tomorrow." in chat(text).messages[0]["text"]
