"""Messages are taken in to learn from only where they are sound and new (`scripts/learn.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import learn
from tests.rules.conversation.labelled import messages


def test_what_is_malformed_mislabelled_or_much_like_another_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken is written once, however often it is handed in."""
    monkeypatch.setattr(learn, "DATA", tmp_path)
    known = messages("development", "zh")[0].text
    handed = tmp_path / "zh.01.txt"
    lines = [
        "s|admits_quantity|第三层的纸箱是空的,打包的人去吃饭了忘了装。",
        "s|admits_quantity|第三层的纸箱是空的,打包的人去吃饭了忘记装。",
        "s|agreed_delay|卖方不能有买方的标签",
        "s|no_such_label|没有这个标签",
        "no line of a message",
        f"s|-|{known}",
    ]
    handed.write_text("\n".join(lines), "utf-8")
    told = learn.take("zh", [handed])
    assert told == {"taken": 1, "much like another": 2, "a label that its writer cannot have": 2, "malformed": 1}
    written = (tmp_path / "learned.zh.txt").read_text("utf-8")
    assert written == f"{lines[0]}\n"
    assert learn.take("zh", [handed])["taken"] == 0
    assert (tmp_path / "learned.zh.txt").read_text("utf-8") == written
