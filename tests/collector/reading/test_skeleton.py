"""A skeleton keeps what a page is built of and nothing of what it tells."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from collector.reading.disguise import plain_words
from collector.reading.embedded import assignments, parsed
from collector.reading.skeleton import Skeleton, skeleton
from collector.sites.alibaba.pages import PAGES as SITE_PAGES
from fixtures.marketplace.pages import PAGES, shows
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from tests.collector.sites.alibaba.shapes import PRODUCT, SHOP, shop_2026
from tests.collector.sites.alibaba.stored import ALIBABA, address, facts, market, saved, stored, without_scripts
from tests.seeds import proof_marks

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
CODE = re.compile(r"[^\W_]*[0-9][^\W_]*")  # a word with figures in it is none
CODE_NUMBERS = {"2000", "10010"}  # kinds of messages


@cache
def public() -> set[str]:
    """The words that the site prints for everybody, or builds its pages of."""
    known = ALIBABA.vocabulary()
    words = {word.casefold() for word in (*known.words, *known.units, *known.forms, *known.names, *known.doors)}
    return words | {"html", "json", "jpeg", "webp"} | {word for domain in known.domains for word in plain_words(domain)}


def made(body: bytes | str, url: str = PRODUCT) -> Skeleton:
    return skeleton((body.encode() if isinstance(body, str) else body,), (), url, ALIBABA.vocabulary())


def plainly(body: bytes) -> str:
    """All that stands in a document, however it is written."""
    text = html.unescape(unquote(body.decode("utf-8", "replace")))
    return re.sub(r"\\u([0-9a-fA-F]{4})|\\+[nrtbf]", lambda found: chr(int(found[1], 16)) if found[1] else " ", text)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        inner = parsed(value) if value[:1] in "{[" and value else None
        yield from strings(inner) if isinstance(inner, dict | list) else [value]
    elif isinstance(value, dict | list):
        named = (
            [one for key, one in value.items() if key not in ALIBABA.vocabulary().named_by]
            if isinstance(value, dict)
            else value
        )
        for one in named:
            yield from strings(one)


def told(soup: BeautifulSoup) -> str:
    """What a page says: its texts, those of its attributes, and the strings in its data. Takes its scripts out."""
    data = [assignments(script.get_text()) for script in soup.find_all("script")]
    data += [parsed(script.get_text()) for script in soup.find_all("script", type=re.compile("json"))]
    for script in soup.find_all(["script", "style"]):
        script.decompose()
    attributes = [str(tag.get(key, "")) for tag in soup.find_all(True) for key in ("alt", "title", "content", "value")]
    return " ".join([soup.get_text(" "), *attributes, *(text for value in data for text in strings(value))])


def apart(text: str) -> str:
    """With a space before each capital inside a word, as names in code are written."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)


def survivors(body: bytes, sample: Skeleton) -> set[str]:
    """The words of four letters and more, numbers of four digits and more, and mail addresses that stand in both."""
    soup = BeautifulSoup(body, "lxml")
    elements = {tag.name for tag in soup.find_all(True)}
    kept = re.sub(r"data:image/\S+", "", plainly(b" ".join(sample.documents))) + sample.url
    words = {word for word in plain_words(apart(CODE.sub(" ", told(soup)))) if len(word) >= 4} - public()
    runs = {run for run in re.findall(r"[0-9]+", plainly(body)) if len(run) >= 4 and run.strip("0")} - CODE_NUMBERS
    mails = {mail.casefold() for mail in MAIL.findall(plainly(body))}
    words -= elements
    here = {*plain_words(apart(kept)), *re.findall(r"[0-9]+", kept), *(mail.casefold() for mail in MAIL.findall(kept))}
    return (words | runs | mails) & here


def structure(body: bytes) -> list[tuple[str, int]]:
    """The elements in their order, each with how many attributes it has; those that only carry a character set apart."""
    return [(tag.name, len(tag.attrs)) for tag in BeautifulSoup(body, "lxml").find_all(True) if tag.name != "meta"]


def states(kind: str, body: bytes, url: str) -> dict[str, str]:
    return {name: fact.state for name, fact in facts(kind, stored(body, url)).items()}


READ = [page.kind for page in SITE_PAGES if page.read and page.kind in PAGES]
# Each page of each story on the last day on which it has it.
CASES = [
    (name, kind, days[-1])
    for name, story in SCENARIOS.items()
    for kind in READ
    if kind in addresses(name, whole=True)
    and (days := [*islice((d for d in sorted(story.days, reverse=True) if shows(name, d, kind)), 1)])
]


# Without the data in its scripts each kind is tried on one story, and on all of them in the long proofs.
TRIED = [pytest.param(*case, False, marks=proof_marks(case[0])) for case in CASES]
BARE = [pytest.param(*case, True, marks=[pytest.mark.proof] * (case[0] != "led-fans")) for case in CASES]


@pytest.mark.stories
@pytest.mark.parametrize(("scenario", "kind", "day", "bare"), [*TRIED, *BARE])
def test_nothing_of_a_page_of_a_story_survives_and_its_readers_find_the_same(
    scenario: str, kind: str, day: int, bare: bool
) -> None:
    url, page = address(kind, scenario), market(kind, day, scenario=scenario)
    page = without_scripts(page) if bare else page
    sample = made(page, url)
    (document,) = sample.documents
    assert survivors(page, sample) == set()
    assert structure(document) == structure(page)
    assert states(kind, document, sample.url) == states(kind, page, url)


@pytest.mark.stories
@pytest.mark.parametrize(
    ("name", "kind", "url"),
    [
        ("product-2026.html", "product", "https://www.alibaba.com/product-detail/Sport-Shoes_1600691082191.html"),
        pytest.param(  # nearly a megabyte
            "search-2024.html",
            "search",
            "https://www.alibaba.com/trade/search?SearchText=school+bags&ta=y",
            marks=pytest.mark.proof,
        ),
        ("search-item-2018.html", "search", "https://www.alibaba.com/trade/search?SearchText=fans"),
    ],
)
def test_nothing_of_a_saved_real_page_survives_and_its_readers_find_the_same(name: str, kind: str, url: str) -> None:
    body = saved(name, url).documents[0].html
    sample = made(body, url)
    assert survivors(body, sample) == set()
    assert states(kind, sample.documents[0], sample.url) == states(kind, body, url)
    assert ALIBABA.kind_of(sample.url) == kind


LETTERS = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Lo"), max_codepoint=0x9FFF), min_size=4, max_size=14)
SECRETS = st.one_of(
    LETTERS,
    st.integers(1000, 10**18).map(str),
    st.tuples(LETTERS, LETTERS).map(" ".join),
    st.builds(
        "{}@{}.com".format, st.from_regex(r"[a-z]{4,9}", fullmatch=True), st.from_regex(r"[a-z]{4,9}", fullmatch=True)
    ),
    st.dates().map(lambda day: f"{day:%Y-%m-%d}"),
    st.decimals(1000, 99999, places=2).map(lambda amount: f"USD {amount:,}"),
)


@given(st.lists(SECRETS, min_size=1, max_size=6))
def test_whatever_a_page_says_and_wherever_it_says_it_does_not_survive(secrets: list[str]) -> None:
    """In texts, attributes, data, keys of the data, addresses, comments, scripts and styles."""
    parts = []
    for secret in secrets:
        written, data = (
            html.escape(secret, quote=True),
            json.dumps({"note": secret, secret: [secret, {"inner": json.dumps([secret])}]}),
        )
        parts.append(
            f"<!-- {written} --><p title='{written}' data-note='{written}' id='{written}'>{written}</p>"
            f"<b class='{written}'>x</b>"
            f"<a href='https://www.alibaba.com/product-detail/{written}.html?q={written}#{written}'>{written}: {written}</a>"
            f"<script>window.pageData = {data.replace('<', chr(92) + 'u003c')}; track({json.dumps(secret)});</script>"
            f"<style>.x {{ content: '{written}' }}</style><img alt='' src='https://img.example.org/{written}.jpg'>"
        )
    body = f"<html><head><title>{html.escape(secrets[0])}</title></head><body>{''.join(parts)}</body></html>".encode()
    assert survivors(body, made(body)) == set()


def test_two_runs_give_two_samples_and_within_one_equal_ids_stay_equal() -> None:
    body = "<p id='m-4417820'>Marta de Vries</p><p data-ref='4417820'>marta DE VRIES, 4,417,820 and 4417820</p>"
    (first,), (second,) = made(body).documents, made(body).documents
    assert first != second
    soup = BeautifulSoup(first, "lxml")
    name, ref = soup.p, soup.find(True, attrs={"data-ref": True})
    assert name is not None
    assert ref is not None
    number = str(ref["data-ref"])
    assert str(name["id"]) == f"m-{number}"
    words = ref.get_text().split()
    assert " ".join(words[:3]).rstrip(",").casefold() == name.get_text().casefold()
    assert words[3].replace(",", "") == words[5] == number


def test_in_a_long_text_equal_words_need_not_be_equal() -> None:
    """Or who counts them finds which are frequent."""
    body = "<p>" + "the parcel and the lorry and the driver and the ship and the harbour and the crane</p>"
    words = BeautifulSoup(made(body).documents[0], "lxml").get_text().split()
    assert len({words[0], words[3], words[6], words[9]}) > 1


@pytest.mark.parametrize(
    "text",
    [
        "Order number",
        "Store reviews (334)",
        "MOQ: 50 pieces",
        "6 yrs",
        "Supplier has 5 days to respond",
        "订单号",
        "Trade Assurance limit",
    ],
)
def test_what_the_site_prints_for_everybody_stays(text: str) -> None:
    shown = BeautifulSoup(made(f"<p>{text}</p>").documents[0], "lxml").get_text()
    assert re.sub("[0-9]", "#", shown) == re.sub("[0-9]", "#", text)


def signs(text: str) -> str:
    """Each sign by what it is: a letter by its case and script, a digit, or itself."""
    kinds = ((r"[0-9]", "9"), (r"[A-Z]", "A"), (r"[a-zöß]", "a"), (r"[А-Я]", "Я"), (r"[а-я]", "я"), (r"[一-鿿]", "汉"))
    for pattern, mark in kinds:
        text = re.sub(pattern, mark, text)
    return text


@pytest.mark.parametrize(
    "text",
    [
        "Marta's 2nd FAN", "2026-05-24 18:00:07", "May 24, 2026, 9:05 pm", "24 mei 2026", "Größe 5 m, 12.5 kg",
        "微信 136 1234 5678", "Привет, Мир", "USD 8,600.00 ≈ 7.912,40 €",
        "cindy.liang@bright.example", "LCS220915041AE", "共3件，约2026年5月4日发货",
    ],
)  # fmt: skip
def test_a_text_keeps_its_shape(text: str) -> None:
    """Letters by case and script, digits, marks and spaces, lengths; only a month's name may have another one."""
    shown = BeautifulSoup(made(f"<p>{text}</p>").documents[0], "lxml").get_text()
    assert shown != text
    if " mei " not in text:
        assert signs(shown) == signs(text)


@pytest.mark.parametrize("text", ["Will", "April", "May", "Sea", "Star Lamp", "Mark Price", "R***n"])
def test_a_name_that_is_also_a_word_of_the_site_does_not_stay(text: str) -> None:
    """One word of the site's alone stays only where pages state something by it."""
    shown = BeautifulSoup(made(f"<p>{text}</p>").documents[0], "lxml").get_text()
    assert all(was != now for was, now in zip(plain_words(text), plain_words(shown), strict=True))


@pytest.mark.parametrize(
    "text",
    ["no:" * 5000, "//" * 4000, "1." * 5000, "{" * 3000, "May " * 4000, "2026-99-99 31 February 2026 25:61", "％５０ ٣٤ ½"],
)
def test_a_strange_text_is_put_in_disguise_too(text: str) -> None:
    data = json.dumps({"note": text, "deep": json.dumps([json.dumps([text])])})
    sample = made(f"<p title='{text}'>{text}</p><script>window.pageData = {data};</script>")
    assert b"pageData" in sample.documents[0]


def test_a_picture_in_the_page_becomes_a_blank_of_its_size() -> None:
    out = io.BytesIO()
    Image.effect_noise((31, 17), 80).save(out, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    soup = BeautifulSoup(
        made(f"<img src='{source}' alt='Marta'><img src='data:image/png;base64,torn'>").documents[0], "lxml"
    )
    first, torn = (str(tag["src"]) for tag in soup.find_all("img"))
    with Image.open(io.BytesIO(base64.b64decode(first.partition(",")[2]))) as picture:
        assert picture.size == (31, 17)
        assert len(picture.getcolors() or ()) == 1
    assert torn.startswith("data:image/png")


def test_data_keep_their_keys_their_types_and_how_many_they_are() -> None:
    body = shop_2026(contacts={"cindy liang": [1, None, True, "x"], "cindy@bright.example": {}})
    (document,) = made(body, SHOP).documents
    value = next(iter(assignments(document.decode()).values()))
    kept = {module["moduleName"]: module["moduleData"] for module in value["pageModuleMap"]}
    assert {"supplierPerformance", "supplierActionBar", "factoryCapability"} <= kept.keys()
    assert kept["supplierPerformance"].keys() == {"companyName", "years", "reviews"}
    (listed,) = [part for part in kept["contacts"].values() if part]
    assert listed[:3] == [1, None, True]
    assert "cindy" not in document.decode().casefold()


def test_what_is_kept_is_listed_and_what_is_replaced_is_counted() -> None:
    sample = made("<div class='badge-zone'><p>Order number</p><p>Marta 4711</p></div>")
    assert "Order number" in sample.kept.texts
    assert "badge" in sample.kept.names or "badge" in ALIBABA.vocabulary().names
    assert sample.kept.replaced >= len("Marta4711")


def test_a_challenge_is_still_one() -> None:
    script = "<script src='https://g.alicdn.com/x5sec/punish.js'></script>"
    body = f"<html><head>{script}</head><body><div id='nc-container'></div></body></html>"
    url = "https://www.alibaba.com/product-detail/x_1600691082191.html"
    sample = made(body, url)
    assert ALIBABA.recognise(stored(sample.documents[0], sample.url)).barrier == "challenge"
