"""Two files that the browser wrote of one page are the same file when its stamps are out."""

from __future__ import annotations

import email
import re
import secrets

from hypothesis import given
from hypothesis import strategies as st

from collector.capture.unstamped import mhtml_without_stamps, pdf_without_stamps

TOKEN = st.text("abcXYZ019", min_size=42, max_size=42)
NAMES = st.lists(st.text("0123456789ABCDEF", min_size=32, max_size=32), min_size=2, max_size=2, unique=True)


def mhtml(token: str, names: list[str], second: int, text: str = "Hello", cut: int = 30) -> bytes:
    """As Chromium writes it: a page, in it a frame, whose name is broken at the end of a line."""
    page, frame = names
    mark = f"------MultipartBoundary--{token}----"
    named = f"cid:frame-{frame}"
    lines = [
        "From: <Saved by Blink>", "Subject: ", f"Date: Sat, 28 Nov 2026 20:09:{second:02d} GMT", "MIME-Version: 1.0",
        "Content-Type: multipart/related;", '\ttype="text/html";', f'\tboundary="{mark[2:]}"', "", "",
        mark, "Content-Type: text/html", f"Content-ID: <frame-{page}@mhtml.blink>",
        "Content-Transfer-Encoding: quoted-printable", "",
        f'<p>{text}</p><iframe src=3D"{named[:cut]}=', f'{named[cut:]}@mhtml.blink"></iframe>',
        mark, "Content-Type: text/html", f"Content-ID: <frame-{frame}@mhtml.blink>",
        "Content-Transfer-Encoding: quoted-printable", "", "<p>inner</p>", f"{mark}--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@given(TOKEN, TOKEN, NAMES, NAMES, st.integers(11, 41))
def test_two_files_of_one_page_become_the_same(one: str, other: str, names: list[str], others: list[str], cut: int) -> None:
    first = mhtml_without_stamps(mhtml(one, names, 13, cut=cut))
    assert first == mhtml_without_stamps(mhtml(other, others, 14, cut=cut))
    assert first == mhtml_without_stamps(first)


def test_the_frame_is_still_found_by_its_name_and_every_part_is_there() -> None:
    data = mhtml_without_stamps(mhtml("a" * 42, [secrets.token_hex(16).upper() for _ in range(2)], 13))
    _, page, frame = email.message_from_bytes(data).walk()
    shown = page.get_payload(decode=True)
    assert isinstance(shown, bytes)
    named = re.search(rb"cid:([^\"]+)", shown)
    assert named is not None
    assert frame["Content-ID"] == f"<{named[1].decode()}>"
    assert page["Content-ID"] != frame["Content-ID"]
    assert b"<p>inner</p>" in frame.as_bytes()


def test_two_pages_stay_two() -> None:
    names = ["A" * 32, "B" * 32]
    assert mhtml_without_stamps(mhtml("a" * 42, names, 1, "USD 10")) != mhtml_without_stamps(
        mhtml("a" * 42, names, 1, "USD 11")
    )


def test_what_a_page_says_is_never_taken_for_a_stamp() -> None:
    """A name, a date or a boundary in a message is the message's own."""
    said = (
        "0123456789abcdef0123456789abcdef\r\nContent-ID: <frame-0123456789abcdef0123456789abcdef@mhtml.blink>\r\n"
        "Date: Fri, 1 May 2026 10:00:00 GMT\r\n------MultipartBoundary--" + "b" * 42 + "----"
    )
    assert said.encode() in mhtml_without_stamps(mhtml("a" * 42, ["A" * 32, "B" * 32], 1, said))


@given(st.binary(max_size=200))
def test_what_chromium_did_not_write_stays_as_it_is(data: bytes) -> None:
    assert mhtml_without_stamps(data) == data
    assert pdf_without_stamps(data) == data


def test_a_printed_page_loses_its_times_and_nothing_moves() -> None:
    time = b"(D:20261128200913+00'00')"
    info = b"%PDF-1.4\n1 0 obj\n<</Title (a)\n/CreationDate " + time + b"\n/ModDate " + time + b">>\n"
    rest = b"x" * 70_000 + b"/ModDate " + time
    data = pdf_without_stamps(info + rest)
    assert len(data) == len(info + rest)
    assert b"D:2026" not in data[: len(info)]
    assert data.endswith(rest)
