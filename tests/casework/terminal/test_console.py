"""Output into the older encodings of Windows says all there is to say, and never ends a command."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper

import pytest

from casework.blocks import Bar, Result, Table, View, line
from casework.terminal import Terminal, take_every_sign

VIEW = View(
    {"supplier": "深圳 Müller ✓ 😀"}, (line("✓ 深圳 Müller… 5 × 3"), Table(("Left",), ((Bar(1, 2),),)), Result("“货”", ""))
)


def printed(encoding: str, monkeypatch: pytest.MonkeyPatch, *, as_json: bool = False) -> str:
    """What stands in a file that standard output was sent into, read as that encoding."""
    file = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(file, encoding, newline="\n"))
    take_every_sign()
    Terminal(as_json).show(VIEW)
    sys.stdout.flush()
    return file.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "+ \\u6df1\\u5733 Müller… 5 × 3"),
        ("cp437", "+ \\u6df1\\u5733 Müller... 5 x 3"),
        ("ascii", "+ \\u6df1\\u5733 M\\xfcller... 5 x 3"),
        ("gbk", "+ 深圳 Müller… 5 × 3"),
        ("utf-8", "✓ 深圳 Müller… 5 × 3"),
    ],
)
def test_a_sign_that_an_encoding_lacks_stands_plainly_or_as_its_escape(
    encoding: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = printed(encoding, monkeypatch)
    assert words in said
    assert ("█░" if encoding in ("utf-8", "cp437") else "#.") in said or encoding == "gbk"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8", "gbk"])
def test_a_program_is_told_the_same_whatever_the_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = printed(encoding, monkeypatch, as_json=True)
    assert json.loads(said) == VIEW.json
    assert said.isascii() or encoding == "utf-8", "what is no UTF-8 would be read as such"
