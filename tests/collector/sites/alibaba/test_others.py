"""What of a page's exchanges may tell of other conversations, and what is shown to be of the open one alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup

from collector.site import Document, ExchangeContent, StoredPage
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.neighbours import CONTACTS
from fixtures.marketplace.pages import contacts, history
from tests.collector.sites.alibaba.stored import address, market_page, stored

SITE, DAY = Alibaba(), 33
BASE, ORIGIN = date(2026, 7, 1), "http://alibaba.localhost"
ALONE, CROWDED = "led-fans", "nothing-wrong"  # the messenger beside no other contacts, and beside three
JSON = "application/json; charset=utf-8"
HOST = "https://message.alibaba.com"


def told(scenario: str) -> bytes:
    answer = history(scenario, DAY, -1, 40, base=BASE, origin=ORIGIN)
    return json.dumps({"success": True} | answer, ensure_ascii=False).encode()


def fetched(body: bytes, path: str = "/api/messages.json?before=-1&size=40", kind: str = JSON) -> ExchangeContent:
    return ExchangeContent("Fetch", HOST + path, kind, (body,))


def tells(page: StoredPage, carried: ExchangeContent) -> bool:
    return SITE.tells_others(page, carried, SITE.shows_others(page))


def thread(scenario: str) -> StoredPage:
    return market_page("thread", DAY, scenario=scenario)


@pytest.mark.parametrize("scenario", [ALONE, CROWDED])
def test_the_open_conversations_messages_are_its_own_and_a_list_of_contacts_is_not(scenario: str) -> None:
    assert not tells(thread(scenario), fetched(told(scenario)))
    listed = json.dumps(contacts(scenario, DAY, base=BASE, origin=ORIGIN)).encode()
    assert tells(thread(scenario), fetched(listed, "/api/contacts.json"))


@pytest.mark.parametrize(
    "beside",
    [
        {"contacts": [{"name": "Leo Shen"}]},
        {"list": [{"nick": "Leo Shen", "corp": "Yiwu Papermill"}]},
        {"unread": "Leo Shen"},
        {"type": "Leo Shen"},
        {"ids": [200417720311]},
        {"ids": ["200417720311"]},
        {"more": [{"messageId": "1", "conversationCode": "200977341206-200417720311#11011@icbu", "text": "hi"}]},
        {"more": [{"conversationCode": "own", "messages": []}]},
    ],
)
@pytest.mark.parametrize("scenario", [ALONE, CROWDED])
def test_one_word_beside_the_messages_that_is_not_shown_to_be_theirs_withholds_the_answer(
    scenario: str, beside: dict[str, object]
) -> None:
    """Under whatever key it stands: what is not known to be of this conversation is not shown."""
    answer = json.loads(told(scenario)) | beside
    assert tells(thread(scenario), fetched(json.dumps(answer).encode()))


def test_a_message_that_holds_one_of_another_conversation_is_withheld() -> None:
    answer = json.loads(told(CROWDED))
    answer["messages"][0]["quoted"] = {"conversationCode": "1-2#11011@icbu", "text": "hi"}
    assert tells(thread(CROWDED), fetched(json.dumps(answer).encode()))


def test_an_answer_to_a_question_about_another_contact_is_withheld_even_when_it_is_empty() -> None:
    for path in ("/api/messages.json?to=200417720311", "/api/messages.json?name=Leo%20Shen"):
        assert tells(thread(CROWDED), fetched(b'{"success": true, "messages": []}', path))


@pytest.mark.parametrize("kind", ["image/png", "text/css", "text/javascript", "text/html", ""])
def test_beside_other_conversations_nothing_is_shown_that_is_not_known_to_be_of_the_open_one(kind: str) -> None:
    """A picture may be somebody's portrait; a program may carry data."""
    assert tells(thread(CROWDED), fetched(b"anything", "/a", kind))
    assert tells(thread(CROWDED), ExchangeContent("Document", thread(CROWDED).url, "text/html", (b"<p>",)))


def test_a_page_that_shows_no_others_shows_its_document_programs_and_pictures() -> None:
    page = thread(ALONE)
    assert not tells(page, ExchangeContent("Document", page.url.partition("#")[0], "text/html", (b"<p>",)))
    assert not tells(page, fetched(b"let conversationCode = x.messageId;", "/a.js", "text/javascript"))
    assert not tells(page, ExchangeContent("Image", HOST + "/a.png", "image/png", ()))


def test_a_script_that_carries_a_conversation_as_data_is_withheld() -> None:
    body = b'callback({"conversationCode": "1-2#11011@icbu", "text": "hi"})'
    for page in (thread(ALONE), market_page("order", 26)):
        assert tells(page, fetched(body, "/a.js", "text/javascript"))


@pytest.mark.parametrize("messages", [(), (b"\x00binary",), (b'{"type": "push", "text": "Your gift boxes are ready."}',)])
def test_a_sockets_messages_are_withheld_unless_each_is_shown_to_be_of_the_open_conversation(
    messages: tuple[bytes, ...],
) -> None:
    own = (b'{"type": "auth", "accessToken": "[redacted:session:2]"}', told(ALONE))
    socket = ExchangeContent("WebSocket", "https://message.alibaba.com/socket?token=[redacted:csrf:1]", "", own)
    assert not tells(thread(ALONE), socket)
    assert tells(thread(ALONE), replace(socket, texts=(*own, *messages))) == bool(messages)
    assert tells(market_page("order", 26), socket)  # there nothing says which conversation is the case's own


def test_an_order_page_shows_its_answers_but_not_those_that_tell_of_conversations_or_are_lists_of_others() -> None:
    page, url = market_page("order", 26), "https://biz.alibaba.com/api/panel.json"
    assert not tells(page, ExchangeContent("Fetch", url, JSON, (b'{"status": "Shipped", "text": "In transit"}',)))
    for body in (told(CROWDED), b'{"html": "<i class=\\"contact-item\\">Leo"}'):
        assert tells(page, ExchangeContent("Fetch", url, JSON, (body,)))
    assert tells(page, ExchangeContent("Document", address("order_list"), "text/html", (b"<p>",)))


def test_a_messenger_saved_without_its_address_shows_others_all_the_same() -> None:
    """A page saved by hand need not say where it is from."""
    whole = market_page("conversations", 85)
    assert SITE.shows_others(stored(whole.documents[0].html, ""))
    assert SITE.shows_others(replace(thread(CROWDED), url=""))
    assert not SITE.shows_others(replace(thread(ALONE), url=""))


def test_an_order_page_with_a_messenger_in_a_frame_shows_others() -> None:
    order, messenger = market_page("order", DAY, scenario=CROWDED), thread(CROWDED)
    assert not SITE.shows_others(order)
    assert SITE.shows_others(replace(order, documents=(*order.documents, *messenger.documents)))


def walked(*more: str) -> StoredPage:
    """The crowded messenger with one stretch, its messages, and what else is written into that."""
    page = thread(CROWDED)
    box = BeautifulSoup(page.documents[0].html, "lxml").select_one(".scroll-box")
    assert box is not None
    markup = str(box).removesuffix("</div>") + "".join(more) + "</div>"
    return replace(page, stretches=(Document(0, "0" * 64, markup.encode()),))


def test_a_stretch_with_the_open_conversations_messages_alone_is_its_own() -> None:
    assert SITE.own_stretches(walked()) == {0}
    assert SITE.own_stretches(walked("<p>Leopold is not Leo, and a day divider is nobody.</p>")) == {0}


@pytest.mark.parametrize(
    "beside",
    [
        f"<p>{CONTACTS[0].name} wrote to you</p>",
        f"<i title='{CONTACTS[1].company.upper()}'></i>",
        "<div class='contact-item-container'>Somebody</div>",
        "<div data-contact-id='200417720311'></div>",
        "<iframe src='/message/other.htm'></iframe>",
        "<div class='message-item-wrapper' data-expinfo='{\"conversationCode\": \"1-2#11011@icbu\"}'>hi</div>",
        "<div class='message-item-wrapper'>hi</div>",
    ],
)
def test_a_stretch_that_names_or_may_show_somebody_else_is_not(beside: str) -> None:
    assert SITE.own_stretches(walked(beside)) == frozenset()


def test_beside_contacts_of_which_none_is_known_to_be_the_open_one_no_stretch_is_its_own() -> None:
    page = walked()
    unmarked = page.documents[0].html.replace(b"contact-item-container selected", b"contact-item-container")
    assert SITE.own_stretches(replace(page, documents=(replace(page.documents[0], html=unmarked),))) == frozenset()
