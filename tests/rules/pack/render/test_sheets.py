"""A report keeps the size that was asked for: its pictures grow smaller, then some of them are left out, and it says so."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from rules.pack.plan.bates import bates
from rules.pack.plan.plan import PackPlan
from rules.pack.render import sheets
from rules.pack.render.sheets import FEWER, LADDER, TALL, Fit, fits, sheets_of


def noisy(side: int = 200) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_what_fits_is_shown_as_it_is() -> None:
    assert next(iter(fits({"A01": [noisy()]}, 5_000_000))) == Fit(0, None)


def test_pictures_are_made_smaller_before_any_is_left_out() -> None:
    copies = {"A01": [noisy()] * 5}
    lossless = 5 * len(copies["A01"][0])
    first = next(iter(fits(copies, 400_000 + lossless // 3)))
    assert first.step > 0
    assert first.most is None
    assert next(iter(fits(copies, 400_000 + lossless // 20))).most in FEWER[1:]


def test_the_last_way_is_tried_though_nothing_fits() -> None:
    assert list(fits({"A01": [noisy()]}, 1)) == [Fit(len(LADDER) - 1, 1)]


def test_a_sheet_is_no_taller_than_a_page_and_the_pages_left_out_are_named(made: PackPlan) -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 900), "white").save(out, "PNG")
    copies = {"A01": [out.getvalue()] * 3}
    numbers = bates(made.exhibits, {"A01": 3})
    (sheet,) = sheets_of(made, copies, numbers, Fit(most=1))
    assert sheet.height <= TALL * 96 / 25.4 + 1
    assert sheet.more == "2 more pages of A01, from TW-000002 on, are in its folder in the pack."
    assert sheet.title == "Order page, page 1 of 3"


def test_a_picture_whose_size_was_asked_for_is_not_made_again(made: PackPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    resampled = sheets._resampled

    def counted(copy: bytes, step: int) -> bytes:
        asked.append(step)
        return resampled(copy, step)

    monkeypatch.setattr(sheets, "_resampled", counted)
    copies = {"A01": [noisy(), noisy()]}
    fit = next(iter(fits(copies, 400_000 + len(copies["A01"][0]))))
    before = len(asked)
    numbers = bates(made.exhibits, {"A01": 2})
    shown = sheets_of(made, copies, numbers, fit)
    assert len(asked) == before == 2 * (fit.step + 1)
    anew = sheets_of(made, copies, numbers, Fit(fit.step))
    assert [one.source for one in shown] == [one.source for one in anew]
