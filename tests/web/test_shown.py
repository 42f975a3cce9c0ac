"""What others wrote is shown in their own words; only our own sentences say what to press in place of a command."""

from __future__ import annotations

import pytest

from web.shown import linked, quoted


def test_a_command_in_our_own_words_becomes_what_to_press() -> None:
    assert "tradewitness" not in linked("Make one: tradewitness pack 250861947301028446")


def test_a_command_in_a_message_stays_as_it_was_written() -> None:
    assert quoted("run tradewitness pack\nnow") == "run tradewitness pack\nnow"


@pytest.mark.parametrize("show", [linked, quoted])
def test_hostile_text_does_nothing(show: type[str]) -> None:
    shown = show('<b>\u202e javascript:alert(1) https://a.example/"onclick=x')
    assert "<b>" not in shown
    assert "\u202e" not in shown
    assert shown.count("href=") == 1
    assert 'href="https://a.example/"' in shown
