"""What a person wrote is content: no text of theirs has a word masked anywhere else, whatever it says."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.canonical import as_json
from collector.capture.machinery import Form, VisitText
from collector.capture.masking import Mask, holds
from collector.capture.secret_names import is_plain
from collector.capture.secrets import secrets_of
from collector.capture.tab import Credential
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.noise import Tokens
from fixtures.marketplace.pages import history, render
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS
from fixtures.marketplace.story import Field, Message, Scenario
from tests.collector.capture.planted import NAMES
from tests.collector.sites.alibaba.stored import BASE, address, stored

MESSAGE = "see http://x.test/?token=single-wall,&sid=Sep%2028,%202026&auth=broken%20blades"
PASSWORD = "password='6,880.00'"
TITLE = "12 Inch LED Fan ?token=USD%208,600.00&auth=USD%206,020.00"
TRACKING = "1Z999AA10123456784"
TICKET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
MARK = "zqxhostile"
# What the story's pages show and a supplier may wish away: amounts, days, numbers, names, a telephone number, words.
SEEN = (
    "USD 8,600.00", "USD 6,020.00", "8,600.00", "6,880.00", "Jul 26, 2026", "2026-07-26", "250861947301028446", TRACKING,
    "BX2208846173NL", "Marta Jansen", "Noordlicht Home B.V.", "broken blades", "single-wall", "double-wall", "7200 mAh",
    "DAP Utrecht", "+86 138 0013 8000", "Trade Assurance", "Purchase-Contract-BW-F12L.pdf", "Waiting", "refund",
)  # fmt: skip
_WAYS = tuple(
    r"""?token={q}&sid={q}&auth={p}
http://x.test/?access_token={p}
token={v}
&csrf_token={v}
password='{v}'
password = "{v}"
"csrfToken":"{v}"
{{"token": "{v}"}}
{{"auth": {{"sessionId": "{v}"}}}}
["token", "{v}"]
<input type=hidden name=csrf value='{v}'>
<meta name="csrf-token" content="{v}">
</script><script>token='{v}'
'; var token = '{v}'; '
"; window.csrfToken = "{v}"; "
<!-- sessionToken: '{v}' -->
Bearer {v}
Set-Cookie: session={v}; HttpOnly
\"token\":\"{v}\"
`token={v}`
%3Ftoken%3D{q}
data-token="{v}\"""".splitlines()
)
_WRITTEN = st.characters(exclude_categories=("Cc", "Cs"))  # a markup holds no other, and readers take none
HOSTILE = st.builds(
    lambda ways, values: " ".join(
        way.format(v=v, q=quote(v, safe=","), p=quote_plus(v)) for way, v in zip(ways, values, strict=False)
    ),
    st.lists(st.sampled_from(_WAYS), min_size=1, max_size=3),
    st.lists(st.sampled_from(SEEN) | st.text(_WRITTEN, min_size=8, max_size=20), min_size=3, max_size=3),
)


def masked(text: str, *sources: VisitText, credentials: tuple[Credential, ...] = ()) -> str:
    return Mask(secrets_of(credentials, (), sources)).mask(text, "other:0")


def carried(text: str) -> tuple[VisitText, ...]:
    """A person's text in each of the ways in which a page, its scripts and its answers carry one."""
    data = json.dumps({"messages": [{"content": {"text": text}, "fileName": text}], "subject": text, text: text})
    ways: tuple[tuple[str, Form], ...] = (
        (f"<p>{html.escape(text)}</p><a title='{html.escape(text)}' href='{html.escape(text)}'>x</a>", "html"),
        (f"<textarea>{html.escape(text)}</textarea><input name=title value='{html.escape(text)}'>", "html"),
        (f"<div data-query='{html.escape(json.dumps({'fileName': text}))}'>{html.escape(text)}</div>", "html"),
        (f"<script>window.pageData = {data.replace('<', chr(92) + 'u003c')};</script><p>{html.escape(text)}</p>", "html"),
        (data, "json"),
        (json.dumps({"body": data}), "json"),
        (f"callback({data})", "script"),
        (f"data: {data}\n\n", "json"),
        (text, "shown"),
    )
    return tuple(VisitText(written, form) for written, form in ways)


@pytest.mark.parametrize("text", [MESSAGE, PASSWORD, TITLE])
def test_a_link_or_a_password_in_a_message_or_a_title_has_no_word_masked_anywhere(text: str) -> None:
    others = "Sep 28, 2026: broken blades, single-wall, 6,880.00 of USD 8,600.00, USD 6,020.00 paid"
    assert masked(others, *carried(text)) == others
    assert masked(text, *carried(text)) == text


@pytest.mark.parametrize("value", [TRACKING, "aB3xK9qLm2Zt7Yw", TICKET])
def test_a_links_own_ticket_is_masked_in_the_link_and_nowhere_else(value: str) -> None:
    """Even one that looks like a secret: the tracking number that a supplier put there stays where the site shows it."""
    text = f"see http://x.test/?token={value}"
    assert value not in masked(text, *carried(text))
    if value != TICKET:
        assert masked(f"Number: {value}", *carried(text)) == f"Number: {value}"
    assert not Mask(secrets_of((), (), carried(text))).found_in(text)  # so that MHTML and PDF are kept


@pytest.mark.parametrize(
    "value", [*(v for v in SEEN if v != TRACKING), "€8.600,00", "2026-09-28T12:00:00Z", "张伟先生的工厂"]
)
def test_words_numbers_amounts_and_days_are_anybodys(value: str) -> None:
    assert is_plain(value)
    for holder in (Credential("cookie", "session", value, hidden=True), Credential("storage", "token", value)):
        assert masked(value, credentials=(holder,)) == value
    for page in (f"<input type=hidden name=csrf value='{value}'>", f"<script>var d = {{token: '{value}'}}</script>"):
        assert masked(value, VisitText(page, "html")) == value


@pytest.mark.parametrize(
    "page",
    [
        '<input type="hidden" name="_tb_token_" value="1234567890123">',
        '<meta content="1234567890123" name="csrf-token">',
        '<script>var d = {"csrfToken": "1234567890123"};</script>',
        "<div data-csrf-token='1234567890123'></div>",
    ],
)
def test_a_number_under_a_secret_name_is_masked_there_and_stays_elsewhere(page: str) -> None:
    shown = masked(f"{page}<p>Order 1234567890123</p>", VisitText(page, "html"))
    assert shown.count("1234567890123") == 1
    assert shown.endswith("<p>Order 1234567890123</p>")


def test_an_mhtml_with_a_field_whose_secret_is_a_number_is_not_kept() -> None:
    mask = Mask(secrets_of((), (), [VisitText("<input type=hidden name=csrf value=1234567890123>", "html")]))
    head = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
    assert holds(mask, "multipart/related", head + b"<input name='csrf' value='1234567890123'>")
    assert not holds(mask, "multipart/related", head + b"<p>Order 1234567890123</p>")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"data": "{\\"csrfToken\\": \\"abc123DEF\\"}"}', "json"),
        ('cb({"accessToken": "abc123DEF"})', "json"),
        (')]}\'\n{"accessToken": "abc123DEF"}', "json"),
        ('data: {"accessToken": "abc123DEF"}\n\ndata: {}\n', "json"),
        ('42["auth", {"token": "abc123DEF"}]', "json"),
        ('{"tokens": ["abc123DEF"]}', "json"),
        ('{"headers": {"Authorization": "Bearer abc123DEF"}}', "json"),
        ("var r = /[\"']/g, d = {sessionId: 'abc123DEF'};", "script"),
        ("// don't\nvar d = {sessionId: 'abc123DEF'};", "script"),
        ("/* it's */ window.token = 'abc123DEF'", "script"),
        ("api_secret=abc123DEF&x=1", "sent"),
        ("data=%7B%22token%22%3A%22abc123DEF%22%7D", "sent"),
        ('<div data-props=\'{"csrfToken": "abc123DEF"}\'></div>', "html"),
        ("<button onclick=\"send({token: 'abc123DEF'})\">x</button>", "html"),
        ("<form action='/post?_csrf_token=abc123DEF'></form>", "html"),
    ],
)
def test_the_machinerys_own_secrets_are_learnt_from_each_of_its_grammars(text: str, form: Form) -> None:
    assert "abc123DEF" not in masked("it stands elsewhere: abc123DEF", VisitText(text, form))


@contextmanager
def played(story: Scenario) -> Iterator[str]:
    """The story under a name of its own while the block runs."""
    SCENARIOS["hostile"] = story
    try:
        yield "hostile"
    finally:
        del SCENARIOS["hostile"]


def with_texts(text: str) -> Scenario:
    """The LED fans with the text in each field that the supplier fills in."""
    story, written = SCENARIOS["led-fans"], text.replace("{", "{{").replace("}", "}}")
    last = story.messages[-1].at
    return replace(
        story,
        supplier=replace(story.supplier, company=f"{story.supplier.company} {text}", about=text),
        product=replace(
            story.product,
            title=f"{story.product.title} {text}",
            attributes=(*story.product.attributes, Field(text, text, text)),
            description=(*story.product.description, text),
        ),
        messages=(*story.messages, Message(last, "supplier", written, written), Message(last, "supplier", file=text)),
    )


def read_masked(kind: str, story: Scenario) -> dict[str, Any]:
    """The facts of a page as a visit keeps it, with the secrets of the same visit masked."""
    with played(story) as name:
        page = render(name, 85, kind, base=BASE, origin=ORIGIN, settled=True).decode()
        told = history(name, 85, -1, 100, base=BASE, origin=ORIGIN) if kind == "thread" else {}
    cookies = [Credential("cookie", name, value) for name, value in Tokens.of("hostile", 0).cookies().items()]
    sources = [VisitText(page, "html"), VisitText(json.dumps(told), "json")]
    mask = Mask(secrets_of(cookies, [address(kind)], sources))
    facts = Alibaba().read(kind, stored(mask.mask(page, "dom:0"), address(kind)))
    assert not [
        s for s in Tokens.of("hostile", 0).cookies().values() if mask.mask(s, "x") == s and len(s) > 24 and "=" not in s
    ]
    return {fact.name: (fact.state, as_json(fact.value)) for fact in facts}


@cache
def known_of(kind: str) -> dict[str, Any]:
    """The facts of a page on which nothing hostile is written."""
    return read_masked(kind, SCENARIOS["led-fans"])


@pytest.mark.parametrize("kind", ["order", "supplier", "product", "thread", "dispute"])
@settings(max_examples=settings().max_examples // 2)
@given(text=HOSTILE)
def test_no_text_that_a_supplier_writes_changes_another_fact(kind: str, text: str) -> None:
    """In message, translation, title, company, attribute and file name: all that is not the text itself is as it was."""
    known = known_of(kind)
    spoiled = read_masked(kind, with_texts(f"{MARK} {text}"))
    for name, (state, value) in known.items():
        if name in ("thread.messages", "product.attributes"):
            assert spoiled[name][1][: len(value)] == value
        elif MARK not in json.dumps(spoiled[name]):
            assert spoiled[name] == (state, value), name
    assert "redacted" not in json.dumps([spoiled.get(f"order.{name}") for name in ("total", "paid", "payments", "terms")])


MODEL = "HX-2024-PRO-v2"
CHOSEN = {"attributes": {"token": MODEL, "secret": "Lamp-77b-XL2"}}


@pytest.mark.parametrize(
    "beside",
    [
        VisitText(f"12 inch fan {MODEL}, black", "shown"), VisitText(f"<h1>Fan {MODEL}</h1>", "html"),
        VisitText(json.dumps({"messages": [{"text": f"please send {MODEL} by Friday"}]}), "json"),
        VisitText(json.dumps({"messages": [{"text": f"The model is {MODEL}."}]}), "json"),
    ],
    ids=("on the screen", "in the page", "in a message", "at a sentence's end"),
)  # fmt: skip
@pytest.mark.parametrize("form", ["json", "html", "script"])
def test_a_key_that_a_supplier_chose_masks_his_words_there_and_nowhere_else(form: Form, beside: VisitText) -> None:
    """An attribute of goods may be called token; its value is a person's where people read or write it."""
    text = json.dumps(CHOSEN)
    made = {"json": text, "script": f"window.data = {text};", "html": f"<script>window.data = {text};</script>"}[form]
    words = f"We agreed on {MODEL}."
    assert masked(words, VisitText(made, form), beside) == words
    assert MODEL not in masked(made, VisitText(made, form), beside)


@pytest.mark.parametrize("said", ["Authorization: Bearer {}", "token {}", "sid={} is set", '{{"a":"{}"}}'])
def test_what_only_machines_say_of_a_token_makes_it_nobodys_word(said: str) -> None:
    value = "q7Xw93LpZk2MvB81nT5c"
    page, machine = VisitText(json.dumps({"token": value}), "json"), VisitText(json.dumps([said.format(value)]), "json")
    assert value not in masked(f"elsewhere {value}", page, machine)


@given(
    st.sampled_from([name for name in NAMES if name[0].islower()]),
    st.from_regex(r"[A-Z][A-Za-z0-9]{2,6}-[A-Za-z0-9]{3,8}-v[0-9]{1,2}", fullmatch=True),
    st.sampled_from(["json", "script", "html"]),
)
def test_no_key_that_a_supplier_chooses_takes_his_value_out_of_a_message(name: str, value: str, form: Form) -> None:
    """Any secret's name for an attribute, any model for its value; what people wrote with it is as they wrote it."""
    text = json.dumps({"attributes": {name: value}})
    made = {"json": text, "script": f"window.data = {text};", "html": f"<script>window.data = {text};</script>"}[form]
    message = json.dumps({"messages": [{"text": f"Please send the {value} this week."}]})
    assert masked(message, VisitText(made, form), VisitText(message, "json")) == message


RANDOM = "Zk3vQ9xT7bLm2Np4Rt8Vw1Yc6Hd5Jf0Gs/aUeIoKq+Xr"


@pytest.mark.parametrize("page", ['<input type=hidden name=x value="{}">', '<meta name="page-state" content="{}">'])
def test_a_long_value_that_nobody_wrote_is_masked_in_a_hidden_field_of_any_name(page: str) -> None:
    """And there alone: elsewhere it may be the number by which the page knows a conversation."""
    source = VisitText(page.format(RANDOM), "html")
    assert RANDOM not in masked(source.text, source)
    assert RANDOM in masked(f'{{"conversation": "{RANDOM}"}}', source)


SEALED: dict[str, tuple[str, Form]] = {
    "attribute": ('<div data-page-state="{}"></div>', "html"),
    "attribute of an unknown name": ('<div data-xq="{}"></div>', "html"),
    "data": ('{{"pageState": "{}"}}', "json"),
    "data in a list": ('{{"a": [{{"sign": "{}"}}]}}', "json"),
    "script": ('<script>var d = {{loginTicket: "{}"}};</script>', "html"),
    "comment": ("<!-- served: {} -->", "html"),
    "comment of a script": ("<script>/* build={} */</script>", "html"),
    "form that is sent": ("a=1&fingerprint={}", "sent"),
}


@pytest.mark.parametrize("place", SEALED)
def test_a_long_value_that_nobody_wrote_is_masked_where_no_words_belong(place: str) -> None:
    """Attributes, comments, and data under a name of what nobody reads; there alone, and not where a person can read it."""
    text, form = SEALED[place]
    source = VisitText(text.format(RANDOM), form)
    assert RANDOM not in masked(source.text, source)
    assert RANDOM in masked(f'{{"conversation": "{RANDOM}"}}', source)
    assert masked(source.text, source, VisitText(f"pay to {RANDOM}", "shown")) == source.text


@pytest.mark.parametrize(
    "text",
    [
        '{{"text": "{}"}}', '{{"encContactId": "{}"}}', '{{"tmlid": "{}"}}', '{{"message": {{"content": "{}"}}}}',
        '<a href="/x?e={}">x</a>', '<div data-conversation-id="{}" data-clipboard-text="{}"></div>', "<p>{}</p>",
        '<script>var a = {{"account": "{}"}};</script>',
    ],
)  # fmt: skip
def test_a_long_value_stays_where_a_message_or_an_identifier_stands(text: str) -> None:
    """An account to pay to, and the numbers by which the site knows a conversation, are evidence."""
    page = text.format(RANDOM, RANDOM)
    source = VisitText(page, "json" if page.startswith("{") else "html")
    assert masked(page, source) == page


def test_a_header_of_any_name_whose_value_nobody_wrote_is_masked() -> None:
    mask = Mask(())
    assert mask.header("x-page", RANDOM, "network:0") == "[redacted:secret:1]"
    assert mask.header("etag", f'"{RANDOM}"', "network:0") == f'"{RANDOM}"'


@pytest.mark.parametrize(
    "value",
    [
        "IDX1QhmYYmhJxgQhWIxmZvnZQMUpXfe6ZBBnePFnwUlSoRw4z1", "sha256-6ECeqR44fJwaOutcKduMSqpUYfmYP+R4pTW1d9RjtXg",
        "index_module_idAiSummary__header__174b454c0000", "//sc04.alicdn.com/kf/H01375944c6664afb8afb274067251234.jpg",
        "12 inch rechargeable fan with LED light 7200 mAh", "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d65",
        "Foshan-Brightwing-Electric-Appliance-Co-Ltd-2026", "width=device-width,initial-scale=1,maximum-scale=1",
    ],
)  # fmt: skip
def test_what_is_no_session_stays_in_a_hidden_field(value: str) -> None:
    """Numbers of members, digests of scripts, names of styles, addresses of pictures, words."""
    source = VisitText(f'<input type=hidden name=x value="{value}"><meta name=y content="{value}">', "html")
    assert masked(source.text, source) == source.text


def test_a_token_that_the_browser_sent_is_one_though_the_page_shows_it() -> None:
    value = "q7Xw93LpZk2MvB81nT5c"
    assert value not in masked(f"<p>{value}</p>", VisitText(f"csrf_token={value}", "sent"), VisitText(value, "shown"))


def test_an_answer_with_a_link_that_needs_no_mask_is_the_same_bytes() -> None:
    data = json.dumps({"text": MESSAGE, "next": "/orders?token=250861947301028446"}).encode()
    mask = Mask(())
    assert mask.mask_bytes(data, "body:0") is data
    assert mask.redactions == ()
