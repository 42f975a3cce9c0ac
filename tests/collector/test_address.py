"""Any text is taken apart as an address."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.address import parts_of
from collector.alias import Alias


@pytest.mark.parametrize("url", ["https://a.example:8/p?q=1#f", "https://[::1]:8/p", "/p?q", ""])
def test_an_address_is_taken_apart_as_everywhere(url: str) -> None:
    assert parts_of(url) == urlsplit(url)


def test_an_address_whose_password_was_masked_has_its_host_and_path() -> None:
    parts = parts_of("https://ana:[redacted:password:7]@a.example/p?q=1")
    assert (parts.hostname, parts.path, parts.query) == ("a.example", "/p", "q=1")


@given(st.text(max_size=60), st.sampled_from(["", "http://", "//[", "https://a:[redacted:password:1]@", "http://\u2100"]))
def test_no_text_is_refused(text: str, before: str) -> None:
    parts_of(before + text)
    Alias("alibaba.localhost:1", "alibaba.com").to_real(before + text)
