"""What a page saved by hand says of itself: where it was, when, and which documents it holds."""

from __future__ import annotations

import plistlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.saved.page import folder_of, read_page

URL = "https://biz.alibaba.com/ta/detail.htm?orderId=250861947301028446"
HTML = "<!DOCTYPE html><html><head><title>订单</title></head><body>Order 250861947301028446</body></html>"


def mhtml(date: str = "Tue, 24 Nov 2026 18:01:14 -0000", *, url: str = URL, head: str = "") -> bytes:
    """As Chrome writes it."""
    when = f"Date: {date}" if date else "X: y"
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {url}\r\nSubject: Order\r\n{when}\r\n"
        f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--b--"\r\n\r\n'
        f"----b--\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: binary\r\nContent-Location: {url}\r\n\r\n{HTML}\r\n"
        "----b--\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "<p>caf=E9</p>\r\n----b----\r\n"
    ).encode()


def test_mhtml_says_where_and_when_it_was_saved_and_holds_every_frame() -> None:
    page = read_page("order.mhtml", mhtml(), {})
    assert page is not None
    assert (page.form, page.url) == ("mhtml", URL)
    assert page.saved_at == datetime(2026, 11, 24, 18, 1, 14, tzinfo=UTC)
    assert page.said_by
    assert "订单" in page.documents[0][1].decode()
    assert "café" in page.documents[1][1].decode()


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 18:01:14 +0000"])
def test_mhtml_without_a_readable_date_has_no_time_of_saving(date: str) -> None:
    page = read_page("order.mhtml", mhtml(date), {})
    assert page is not None
    assert (page.saved_at, page.said_by) == (None, "")


def test_mhtml_is_known_by_its_head_whatever_its_name() -> None:
    page = read_page("download", mhtml(), {})
    assert page is not None
    assert page.form == "mhtml"


def test_the_zone_of_the_date_counts() -> None:
    page = read_page("a.mht", mhtml("Tue, 24 Nov 2026 19:01:14 +0100"), {})
    assert page is not None
    assert page.saved_at == datetime(2026, 11, 24, 18, 1, 14, tzinfo=UTC)


def test_the_comment_of_chrome_and_edge_gives_the_address_and_no_time() -> None:
    html = f"<!DOCTYPE html>\n<!-- saved from url=({len(URL):04}){URL} -->\n<html><body>x</body></html>".encode()
    page = read_page("order.html", html, {})
    assert page is not None
    assert (page.url, page.saved_at) == (URL, None)


def test_a_comment_in_the_middle_of_the_page_is_the_pages_own_and_gives_nothing() -> None:
    html = f"<!DOCTYPE html><html><body><!-- saved from url=({len(URL):04}){URL} --></body></html>".encode()
    page = read_page("order.html", html, {})
    assert page is not None
    assert page.url == ""


def test_singlefile_gives_both() -> None:
    date = "Tue Nov 24 2026 19:01:14 GMT+0100 (Central European Standard Time)"
    html = (
        f"<!DOCTYPE html> <html lang=en><!--\n Page saved with SingleFile \n url: {URL} \n saved date: {date}\n-->x</html>"
    )
    page = read_page("order.html", html.encode(), {})
    assert page is not None
    assert (page.url, page.saved_at) == (URL, datetime(2026, 11, 24, 18, 1, 14, tzinfo=UTC))


def test_frames_of_a_saved_folder_are_documents_and_named_by_their_part() -> None:
    parts = {"order_files/saved_resource.html": b"<p>frame</p>", "order_files/site.css": b"p{}"}
    page = read_page("order.html", HTML.encode(), parts)
    assert page is not None
    assert [name for name, _ in page.documents] == ["", "order_files/saved_resource.html"]


@pytest.mark.parametrize("folder", ["Order page_files", "Order page-Dateien", "Order page_archivos"])
def test_the_folder_beside_the_page_is_found_by_the_pages_own_word_for_it(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    page = tmp_path / "Order page.html"
    html = f'<img src="./{folder.replace(" ", "%20")}/a.png"><script src="https://s.alicdn.com/x.js"></script>'.encode()
    assert folder_of(page, html) == tmp_path / folder


@pytest.mark.parametrize("reference", ["../order/a.png", "/etc/a.png", "other_files/a.png", "..%2forder/a.png"])
def test_no_other_folder_is_taken(tmp_path: Path, reference: str) -> None:
    for name in ("order", "other_files"):
        (tmp_path / name).mkdir()
    assert folder_of(tmp_path / "page.html", f'<img src="{reference}">'.encode()) is None


@pytest.mark.parametrize("page", ["Aufträge", "Auftra\u0308ge"])
@pytest.mark.parametrize("folder", ["Aufträge-Dateien", "Auftra\u0308ge-Dateien"])
@pytest.mark.parametrize("reference", ["Auftr%C3%A4ge-Dateien", "Auftra\u0308ge-Dateien"])
def test_a_folder_is_found_however_a_mac_wrote_its_accents(tmp_path: Path, page: str, folder: str, reference: str) -> None:
    (tmp_path / folder).mkdir()
    found = folder_of(tmp_path / f"{page}.html", f'<img src="./{reference}/a.png">'.encode())
    assert found is not None
    assert found.samefile(tmp_path / folder)


def test_safaris_web_archive_is_read_with_its_frames() -> None:
    main = {"WebResourceData": HTML.encode(), "WebResourceURL": URL, "WebResourceMIMEType": "text/html"}
    frame = {"WebMainResource": {"WebResourceData": b"<p>frame</p>"}}
    data = plistlib.dumps({"WebMainResource": main, "WebSubframeArchives": [frame]}, fmt=plistlib.FMT_BINARY)
    page = read_page("order.webarchive", data, {})
    assert page is not None
    assert (page.form, page.url, page.saved_at, len(page.documents)) == ("webarchive", URL, None, 2)


@pytest.mark.parametrize("name", ["photo.jpg", "report.pdf", "chat.txt"])
def test_what_is_no_page_is_none(name: str) -> None:
    assert read_page(name, b"\xff\xd8\xff\xe0 or %PDF-1.7 or words", {}) is None


@given(st.binary(max_size=400), st.sampled_from(["a.mhtml", "a.html", "a.webarchive", "a"]))
def test_strange_bytes_raise_nothing(data: bytes, name: str) -> None:
    read_page(name, data, {})


@given(st.integers(0, 1200), st.integers(0, 1200))
def test_a_cut_or_damaged_file_raises_nothing(start: int, length: int) -> None:
    whole = mhtml()
    read_page("a.mhtml", whole[:start] + whole[start + length :], {})
