"""What looks into files that a page brought never fails at them: a visit would end with it."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from collector.capture.unpacking import texts_in
from collector.saved.acting import may_do


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "token=abc " * 20)
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


WHOLE = _zip()


def test_the_texts_in_a_zip_are_found() -> None:
    assert "token=abc " * 20 in list(texts_in(WHOLE))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, len(WHOLE)), st.binary(max_size=4))
def test_a_zip_that_was_cut_and_written_over_is_looked_into_as_far_as_it_goes(at: int, end: int, instead: bytes) -> None:
    damaged = WHOLE[:4] + (WHOLE[:at] + instead + WHOLE[at + len(instead) : end])[4:]
    list(texts_in(damaged))
    may_do(damaged)
