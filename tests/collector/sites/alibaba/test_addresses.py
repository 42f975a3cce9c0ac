"""Addresses tell kinds of pages apart, whichever host, language or device they are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.kinds import page_kind
from collector.sites.alibaba.addresses import absolute, address_of, canonical_url, kind_of

ORDER = "250861947301028446"
KINDS = {
    "https://www.alibaba.com/product-gs/Garden-Lamp_1600123456789.html": "product",
    "https://m.alibaba.com/product/1600123456789/Garden-Lamp.html": "product",
    "https://www.alibaba.com/catalog/led-lamps_cid100003070?page=2": "search",
    "https://spanish.alibaba.com/g/school-bags.html": "search",
    f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}&tracelog=x": "order",
    "https://biz.alibaba.com/ta/list/scene/mainList.htm": "order_list",
    "https://message.alibaba.com/message/messenger.htm#/": "thread",
    "https://message.alibaba.com/message/messenger.htm#/?to=200418837755": "thread",
    "https://onetalk.alibaba.com/message/weblitePWA.htm#/": "conversations",
    "https://brightwing.en.alibaba.com/": "supplier",
    "https://brightwing.en.alibaba.com/company_profile/feedback.html": "supplier",
    "https://brightwing.m.en.alibaba.com/?productId=1": "supplier",
    "https://maximizewear.trustpass.alibaba.com/company_profile.html": "supplier",
    "https://www.alibaba.com/product-detail/Wide-Fan_1600691082191.html?spm=a": "product",
    "https://spanish.alibaba.com/product-detail/ventilador-1600691082191.html": "product",
    "https://m.alibaba.com/product-detail/_1600691082191.html": "product",
    "https://www.alibaba.com/trade/search?SearchText=fan&ta=y": "search",
    "https://www.alibaba.com/products/led_fan.html": "search",
    "https://biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946": "dispute",
    "https://biz.alibaba.com/ta/dispute/list.htm": "dispute_list",
    "https://login.alibaba.com/newlogin/icbuLogin.htm?return_url=https%3A%2F%2Fbiz.alibaba.com": "login",
    "https://www.alibaba.com/": "",
    f"https://biz.alibaba.com/ta/logistics/tracking.htm?orderId={ORDER}": "tracking",
    "https://message.alibaba.com/msgsend/contact.htm?action=contact_action": "",
    "https://example.com/product-detail/x_1600691082191.html": "",
    "https://alibaba.com.example.org/ta/detail.htm?orderId=1": "",
    "file:///etc/passwd": "",
    "not an address": "",
    "https://[bad": "",
}


@pytest.mark.parametrize(("url", "kind"), KINDS.items())
def test_every_known_address_has_its_kind(url: str, kind: str) -> None:
    assert kind_of(url) == kind


@pytest.mark.parametrize("url", KINDS)
def test_the_one_address_of_a_page_is_of_the_same_kind_and_is_its_own(url: str) -> None:
    assert kind_of(canonical_url(url)) == kind_of(url)
    assert canonical_url(canonical_url(url)) == canonical_url(url)


@pytest.mark.parametrize("url", [url for url, kind in KINDS.items() if kind and "?" in url and page_kind(kind).of_order])
def test_a_page_of_an_order_is_one_page_whatever_an_advertisement_adds_to_its_address(url: str) -> None:
    assert canonical_url(f"{url}&spm=a2700.ad") == canonical_url(url)


def test_tracking_and_device_are_dropped() -> None:
    assert (
        canonical_url(f"https://biz.alibaba.com/ta/detail.htm?a=1&orderId={ORDER}#x")
        == f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
    )
    assert (
        canonical_url("https://brightwing.m.en.alibaba.com/?a=1") == "https://brightwing.en.alibaba.com/company_profile.html"
    )
    assert canonical_url("https://www.alibaba.com/trade/search?tab=all&ta=y&SearchText=led+fan") == (
        "https://www.alibaba.com/trade/search?SearchText=led%20fan&ta=y"
    )


def test_an_address_names_the_number_that_tells_its_page_from_others() -> None:
    assert address_of(f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}").order == ORDER
    assert address_of("https://message.alibaba.com/message/messenger.htm#/?to=42424242").contact == "42424242"
    assert address_of("https://russian.alibaba.com/product-detail/a-b-60710065303.html").product == "60710065303"


def test_links_of_a_local_stand_in_are_read_as_the_real_sites() -> None:
    base = f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
    assert absolute("http://brightwing.en.alibaba.localhost:8123/company_profile.html", base) == (
        "https://brightwing.en.alibaba.com/company_profile.html"
    )
    assert absolute("//www.alibaba.com/x", base) == "https://www.alibaba.com/x"
    assert absolute("javascript:;", base) == ""


@given(st.text(max_size=100))
def test_no_text_raises(text: str) -> None:
    for url in (text, "https://" + text, "https://biz.alibaba.com/" + text, f"https://{text}.alibaba.com/"):
        assert isinstance(kind_of(url), str)
        canonical_url(url)
        absolute(text, url)
