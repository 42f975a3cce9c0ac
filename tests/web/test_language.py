"""The pages speak English and Chinese out of one catalogue; what they do not know stays English, and says so."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import astuple
from functools import lru_cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from casework.asking.dossier import CheckAnswer
from casework.blocks import Span, Table
from casework.notices import notify
from casework.views import findings
from casework.workspace import Workspace
from collector.model import Finding
from rules.policy.platform import load_policy
from scripts.catalogue import LOCALES, ROOT, literals, updated
from tests.modules import nodes
from tests.paper_desk import ORDER
from tests.web.serving import Visitor, serving
from web import language
from web.house import _Nobody
from web.language import COOKIE, Translated, Translations, preferred

CHINESE = LOCALES / "zh_CN" / "LC_MESSAGES"
BOTH = [CHINESE / "web.po", CHINESE / "told.po"]
CLAUSES = re.compile(r"\{\w+\}|[.,;:()]| · ")
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture
def visitor(ws: Workspace) -> Iterator[Visitor]:
    with serving(ws.archive.root) as one:
        yield one


def entries(path: Path) -> dict[str, str]:
    """Every text with what it is called."""
    return {str(message.id): str(message.string) for message in read_po(BytesIO(path.read_bytes())) if message.id}


# -- the catalogue ------------------------------------------------------------------------------------------------------


def test_the_catalogue_holds_what_the_pages_say_and_nothing_else() -> None:
    """If this fails: python -m scripts.catalogue, then translate what stands there empty."""
    assert updated(CHINESE / "web.po") == (CHINESE / "web.po").read_bytes()


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.name)
def test_every_text_is_translated_with_the_same_places(path: Path) -> None:
    found = entries(path)
    assert [text for text, said in found.items() if not said] == []
    assert [text for text, said in found.items() if sorted(PLACES.findall(text)) != sorted(PLACES.findall(said))] == []


def test_a_sentence_of_a_command_is_translated_only_while_a_command_says_it() -> None:
    """Its own words stand somewhere in the code or in the rules' texts."""
    sources = spoken()
    stale = [
        text for text in entries(CHINESE / "told.po") if not all(is_spoken(part.strip(), sources) for part in parts_of(text))
    ]
    assert stale == []


def parts_of(text: str) -> Iterator[str]:
    """Its clauses, cut where the words of the site stand in them, which are its policy's."""
    words = "|".join(sorted(map(re.escape, astuple(load_policy().words)), key=len, reverse=True))
    return (part for clause in CLAUSES.split(text) for part in re.split(words, clause))


def is_spoken(clause: str, sources: str) -> bool:
    """Whether it stands there, whole or in two parts that are put together."""
    return any(clause[:at].strip() in sources and clause[at:].strip() in sources for at in range(len(clause) + 1))


@lru_cache
def spoken() -> str:
    """Every text in the code and in what it holds as data."""
    said: list[str] = []
    for package in ("casework", "rules", "collector"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in nodes(path):
                if isinstance(node, ast.Constant | ast.JoinedStr):
                    said += literals(node)
    for path in sorted((ROOT / "rules" / "policies").glob("*.toml")):
        said += texts_in(tomllib.loads(path.read_text("utf-8")))
    return "\n".join(re.sub(r"\{[\w.]+\}", "\n", text) for text in said)


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


# -- what is looked up ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few() -> Translations:
    """A catalogue of a few sentences."""
    return Translations(
        "zh",
        {
            "Entered.": "已录入。", "photo": "照片", "Kept {name} as {kind}.": "已将 {name} 保存为{kind}。",
            "by {when}, {span} left": "最迟 {when}，还剩{span}",
            "{span} left": "还剩{span}", "open": "进行中", "due soon": "即将到期",
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Entered.", "已录入。"),
        ("Kept box of fans.jpg as photo.", "已将 box of fans.jpg 保存为照片。"),
        ("Photo", "照片"),
        ("open, due soon", "进行中、即将到期"),
        ("by Fri 30 Oct 2026, 08:59 (Europe/Berlin), 3 days 4 hours left",
         "最迟 2026年10月30日(周五)08:59 (Europe/Berlin)，还剩3天4小时"),
        ("2 hours left", "还剩2小时"),
        ("USD 6,000.00", "USD 6,000.00"),
        ("Mon 31 Feb 2026", "Mon 31 Feb 2026"),
    ],
)  # fmt: skip
def test_a_sentence_is_looked_up_whole_by_pattern_or_part_by_part(few: Translations, text: str, said: str) -> None:
    assert few.plain(text) == said


def test_what_is_not_known_stays_english_and_is_marked_so(few: Translations) -> None:
    assert [(one.text, one.lang) for one in few.pieces("Entered. Nobody knows this. Nor that.")] == [
        ("已录入。", None), ("Nobody knows this. Nor that.", "en"),
    ]  # fmt: skip


def test_the_words_that_raised_a_finding_stay_as_they_were_written() -> None:
    finding = Finding("redflag.payment", "problem", "The supplier asks for money elsewhere.", words="pay to my own account")
    (table,) = (one for one in findings([CheckAnswer(ORDER, (), (finding,))]).blocks if isinstance(one, Table))
    (raised,) = (part.text for cell in table.rows[0] if isinstance(cell, tuple) for part in cell if isinstance(part, Span))
    known = language.catalogue("zh")
    assert known is not None
    assert known.pieces(raised) == (Translated("依据的词语："), Translated("pay to my own account", ""))


def test_what_others_said_keeps_its_words_and_its_days(few: Translations) -> None:
    assert [(one.text, one.lang) for one in few.pieces("Kept “open on Fri 30 Oct 2026. Photo.” as photo.")] == [
        ("已将 ", None), ("“open on Fri 30 Oct 2026. Photo.”", ""), (" 保存为照片。", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "part", ["the page, the first of x and the limit; is not covered: ", "x and y; ", "Entered. ", " (order page, "]
)
def test_a_text_made_of_our_own_words_over_and_over_is_given_up_soon(part: str) -> None:
    """Places of patterns may stand in such a text in more ways than anybody can try."""
    known = language.catalogue("zh")
    assert known is not None
    for times in (13, 400):
        assert known.plain(part * times)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", ""), ("zh", "zh"), ("zh-Hant-TW,en;q=0.5", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("de,fr;q=0.9", ""),
        ("de,zh;q=0.1", "zh"), ("en;q=0,zh;q=0.001", "zh"), ("zh;q=0", ""), ("*", ""), ("zh;q=nan", ""),
        ("zh;q=1e9,en", "en"),
        ("," * 100_000 + "zh", ""), ("zh;" * 50, ""), ("\u202ezh\x00;q=١", ""), ("<script>,zh", "zh"), ("zh_CN/../..", ""),
    ],
)  # fmt: skip
def test_the_browsers_languages_are_read_whatever_stands_there(header: str, lang: str) -> None:
    assert preferred(header) == lang


# -- the pages -----------------------------------------------------------------------------------------------------------


def test_the_pages_are_in_the_language_that_the_browser_asks_for(visitor: Visitor) -> None:
    for header, lang, word in (("zh-CN", "zh-CN", "今日"), ("fr", "en", "Today"), ("\xff;;q=,,", "en", "Today")):
        body = visitor.get("/", **{"Accept-Language": header}).body
        assert f'<html lang="{lang}">' in body
        assert word in body


def test_a_language_that_is_chosen_stays_and_leads_back_to_the_page(visitor: Visitor) -> None:
    answer = visitor.post("/language", {"lang": "zh", "back": f"/case/{ORDER}/facts?all=1"})
    assert (answer.status, answer.headers["location"]) == (303, f"/case/{ORDER}/facts?all=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=zh;")
    assert "samesite=strict" in cookie.lower()
    own = f"{visitor.keys.cookie_name}={visitor.keys.cookie}"
    assert '<html lang="zh-CN">' in visitor.get("/", Cookie=f"{own}; {COOKIE}=zh").body
    assert '<html lang="en">' in visitor.get("/", Cookie=f"{own}; {COOKIE}=xx").body


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "//[", "javascript:alert(1)", ""])
def test_the_choice_of_a_language_leads_nowhere_else(visitor: Visitor, back: str) -> None:
    assert visitor.post("/language", {"lang": "zh", "back": back}).headers["location"] == "/"


def test_a_language_that_is_not_there_is_refused_in_a_sentence(visitor: Visitor) -> None:
    answer = visitor.post("/language", {"lang": "../../x", "back": "/"})
    assert answer.status == 400
    assert "There are no pages in that language." in answer.body


def test_the_readers_language_in_the_book_of_notices_is_that_of_the_pages(visitor: Visitor, ws: Workspace) -> None:
    notify.add_address(ws, "json://127.0.0.1:9/x", _Nobody(), discreet=False, lang="zh", zone="Asia/Shanghai")
    assert '<html lang="zh-CN">' in visitor.get("/", **{"Accept-Language": "en"}).body


def test_a_refusal_is_understood_too(visitor: Visitor) -> None:
    stranger = Visitor(visitor.port, visitor.keys, signed_in=False)
    assert "访问密钥" in stranger.get("/", **{"Accept-Language": "zh"}).body


def test_no_page_shows_a_word_of_ours_that_the_catalogue_was_not_asked_for(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a language in which each text stands in brackets, everything outside of them is evidence or marked as English."""
    known = language.catalogue("zh")
    assert known is not None
    bracketed = Translations("zh", {text: f"⟦{text}⟧" for text in known.texts})
    monkeypatch.setattr(language, "catalogue", lambda lang: bracketed)
    chinese = {"Accept-Language": "zh"}
    visit = re.search(r'href="(/snapshot/[^"]+)"', visitor.get(f"/case/{ORDER}").body)
    assert visit is not None
    work = visitor.post("/new", {"order": "not an order"}).headers["location"]
    visitor.get(f"{work}/events")
    pages = (
        "/", "/new", "/nights", "/settings", "/verify", "/search", "/search?q=carton", visit[1], work, "/nothing",
        *(f"/case/{ORDER}{rest}" for rest in ("", "/facts", "/changes", "/thread", "/draft", "/pack", "/pack?look=1")),
    )  # fmt: skip
    bare = {path: left for path in pages if (left := list(Words.of(visitor.get(path, **chinese).body)))}
    assert bare == {}


class Words(HTMLParser):
    """The words of a page outside of brackets, and of what is marked as English or as of no known language."""

    VOID = ("meta", "link", "input", "br", "img", "image", "rect")
    WITHIN = ("span", "a", "small", "strong", "time")  # a sentence goes on in them
    READ = ("alt", "aria-label", "placeholder")
    BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
    NAMES = re.compile(r"tradewitness|[A-Z]\w+/[A-Z]\w+")  # the brand, and time zones

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []  # the elements around, and whether their words are not ours
        self.text = ""

    @classmethod
    def of(cls, body: str) -> Iterator[str]:
        parser = cls()
        parser.feed(body)
        before, text = "", parser.text
        while before != text:
            before, text = text, cls.BRACKETS.sub("", text)
        return (line.strip() for line in text.split("\n") if language.has_words(cls.NAMES.sub("", line)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        apart = (self.open[-1][1] if self.open else False) or tag in ("script", "style")
        if "lang" in told and tag != "html":
            apart = told["lang"] != "zh-CN"
        self.text += "" if tag in self.WITHIN else "\n"
        for name in self.READ:
            if name in told and not apart:
                self.text += f"{told[name]}\n"
        if tag not in self.VOID:
            self.open.append((tag, apart))

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag in self.WITHIN else "\n"
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.text += data.replace("\n", " ")
