"""Pictures on all cores: the same bytes as on one, in their order, and few in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from rules.pack import cores


@pytest.mark.parametrize("subsampling", [0, -1])
def test_a_jpeg_is_the_one_that_one_core_makes(subsampling: int, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Image.effect_noise((300, 200), 90).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True, subsampling=subsampling)
    assert cores.as_jpeg(picture, 85, subsampling) == out.getvalue()
    monkeypatch.delattr("os.memfd_create", raising=False)  # as on a system without such files
    assert cores.as_jpeg(picture, 85, subsampling) == out.getvalue()


def test_things_are_taken_as_cores_are_free_and_what_is_made_keeps_their_order() -> None:
    made: list[int] = []
    ahead: list[int] = []

    def things() -> Iterator[int]:
        for number in range(50):
            ahead.append(number - len(made))
            yield number

    def make(number: int) -> int:
        made.append(number)
        return -number

    assert cores.on_all_cores(make, things()) == [-number for number in range(50)]
    assert max(ahead) <= cores._CORES + 1


def test_nothing_more_is_made_after_an_error() -> None:
    made: list[int] = []

    def make(number: int) -> None:
        made.append(number)
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        cores.on_all_cores(make, range(1000))
    assert len(made) <= 2 * cores._CORES + 1
