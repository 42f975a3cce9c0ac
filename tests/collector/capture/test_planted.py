"""Nothing that opens the account is left where the machinery writes it, whatever its name, its place and its encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.machinery import Form, VisitText
from collector.capture.masking import Mask
from collector.capture.secret_names import is_plain
from collector.capture.secrets import secrets_of
from tests.collector.capture.planted import (
    ADDRESSES,
    BODIES,
    NAMES,
    OPENING,
    PAGES,
    VALUES,
    WHERE_BLANKS_STAY,
    WITH_BLANKS,
    Planted,
    written,
)

PLACES: dict[tuple[str, Form], dict[str, Planted]] = {
    ("page", "html"): PAGES, ("address", "address"): ADDRESSES, ("body", ""): BODIES
}  # fmt: skip


def left_in(text: str, form: Form, value: str, beside: str = "") -> set[str]:
    """The forms of the value that can still be read in the text, and in what stands beside it, once they are masked."""
    addresses, documents = ([text], []) if form == "address" else ([], [VisitText(text, form)])
    mask = Mask(secrets_of([], addresses, documents))
    kept = mask.mask(text, "dom:0") + mask.mask(beside, "text:0")
    return {form for form in written(value) if form in kept}


def in_turn(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each name with a value, each value with several names."""
    return zip(names, cycle(VALUES.values()), strict=False)


def each_with_all(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each name with each value."""
    return product(names, VALUES.values())


@pytest.mark.parametrize("under", [in_turn, pytest.param(each_with_all, marks=pytest.mark.proof)])
@pytest.mark.parametrize(
    ("what", "place"), [(what, place) for what, places in PLACES.items() for place in places], ids=lambda each: str(each)
)
def test_no_secret_is_left_where_the_machinery_writes_it(
    what: tuple[str, Form], place: str, under: Callable[[Sequence[str]], Iterator[tuple[str, str]]]
) -> None:
    """Every name and every value in every place."""
    names = (*NAMES, *OPENING) if what[0] == "address" else NAMES
    plant = PLACES[what][place]
    assert [(n, v) for n, v in under(names) if left_in(plant(n, v), what[1], v)] == []


@pytest.mark.parametrize("place", WHERE_BLANKS_STAY)
def test_a_password_of_words_is_masked_in_its_place(place: str) -> None:
    """And nowhere else: its words may be anybody's."""
    assert left_in(PAGES[place]("password", WITH_BLANKS), "html", WITH_BLANKS) == set()
    page = PAGES[place]("password", WITH_BLANKS)
    assert WITH_BLANKS in Mask(secrets_of([], [], [VisitText(page, "html")])).mask(f"<p>{WITH_BLANKS}</p>", "dom:0")


# What is made of words, figures and amounts alone is masked in its place only: it may be anybody's.
TOKENS = st.from_regex("[A-Za-z0-9][A-Za-z0-9._~+/-]{19,58}={0,2}", fullmatch=True).filter(lambda text: not is_plain(text))


@given(st.sampled_from(NAMES), TOKENS, st.sampled_from(sorted(PAGES)), st.data())
def test_what_is_masked_in_one_place_is_masked_in_every_encoding(
    name: str, value: str, place: str, data: st.DataObject
) -> None:
    """Once the machinery has named it, it is known: where it stands elsewhere without a name, too."""
    beside = data.draw(st.sampled_from(sorted(written(value))))
    known = place in WHERE_BLANKS_STAY
    assert left_in(PAGES[place](name, value), "html", value, f"f('x{beside}y')" if known else "") == set()


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx3F9kQ7Zp\n-----END RSA PRIVATE KEY-----",
        "key AKIAIOSFODNN7EXAMPLE here", "LTAI5tQnKz8vB3XcW9pR2mYd", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "Authorization: Bearer q7Xw93LpZk2MvB81nT5c",
    ],
)  # fmt: skip
def test_a_key_is_masked_by_its_form_alone(text: str) -> None:
    """Wherever it stands, and only there: nothing is learnt from it."""
    mask = Mask([])
    assert "[redacted:" in mask.mask(text, "dom:0")
    assert not mask.found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/p?code=SAVE20&sign=USD%208,600.00&state=open", "https://x.example/hs?code=8414.59.2000",
        "<p>Signature: Jan de Vries, 28 Sep 2026</p>", "see https://x.example/docs:80/@team for the ticket 123456",
        '<script>var a = {"name": "Password", "value": "not needed"}; f("token", "of our thanks");</script>',
        '<table><tr><td>Token</td><td>Wooden, 20 mm</td></tr></table>',
    ],
)  # fmt: skip
def test_words_amounts_and_numbers_stay_where_people_write_them(text: str) -> None:
    """Under any name."""
    assert Mask(secrets_of([], [], [VisitText(text, "html")])).mask(text, "dom:0") == text
