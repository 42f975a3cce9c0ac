"""Signs that act on a terminal, turn writing round or hide are shown as what they are, and nothing else is touched."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.inert import opens_a_device, shown, shown_in_json, shown_in_line

ACTING = ("Cc", "Cs", "Zl", "Zp")  # categories of Unicode
TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),
        ("Bright\u200bwing\u2060 Ltd", "Bright\\u200bwing\\u2060 Ltd"),
        ("Bright\u200dwing", "Bright\\u200dwing"),
        ("\ufeffOrder\xad", "\\ufeffOrder\\xad"),
        ("a\u3164b \U000e0041", "a\\u3164b \\U000e0041"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_acts_or_hides_is_seen(text: str, seen: str) -> None:
    assert shown(text) == shown_in_line(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "Défaut – photo.jpeg",
        "亲，每台风扇用五层彩盒",
        "نمی\u200cخواهم",
        "👩\u200d🔧 fixed it",
        "שלום",
        "a\tb\r\nc",
        "C:\\u202e is a folder",
        "❤\ufe0f",
    ],
)
def test_text_of_any_script_stands_as_it_was(text: str) -> None:
    assert shown(text) == text
    assert json.loads(shown_in_json(json.dumps(text, ensure_ascii=False))) == text


def test_a_line_has_no_line_ends() -> None:
    assert shown_in_line("a\r\nb\tc") == "a  b c"


@given(st.text(st.characters(codec=None), max_size=80))
def test_nothing_that_acts_is_left(text: str) -> None:
    seen = shown_in_line(text)
    assert not [c for c in seen if unicodedata.category(c) in ACTING or unicodedata.bidirectional(c) in TURNING]
    assert shown_in_line(seen) == seen


@given(st.text(max_size=80))
def test_json_means_the_same_and_holds_nothing_that_acts(text: str) -> None:
    written = shown_in_json(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert json.loads(written) == {"text": text}
    assert not [c for c in written if c != "\n" and unicodedata.category(c) in ACTING]


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("con", True), ("NUL.txt", True), ("Com1.tar.gz", True), ("lpt².jpg", True), ("CONIN$", True), ("aux .pdf", True),
        ("console", False), ("com.pdf", False), ("com10.pdf", False), ("my con.txt", False), ("nul-1.txt", False),
    ],
)  # fmt: skip
def test_a_name_that_windows_takes_for_a_machine_is_known(name: str, device: bool) -> None:
    assert opens_a_device(name) is device
