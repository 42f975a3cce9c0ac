"""Any bytes that call themselves a page are read as one."""

from __future__ import annotations

import pytest

from collector.reading.markup import soup_of


@pytest.mark.parametrize("named", [b'\0\0"utf-8"', b"nothing-of-the-kind", b"utf-8"])
def test_a_page_in_an_encoding_that_does_not_exist_is_read_all_the_same(named: bytes) -> None:
    page = soup_of(b"<!doctype html><meta charset=" + named + b"><p>Total: 12,50 \xe2\x82\xac")
    assert "Total: 12,50 €" in page.get_text()
