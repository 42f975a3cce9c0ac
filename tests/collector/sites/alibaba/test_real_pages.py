"""The saved real pages read as what stands on them. (What is expected here was read off the pages by eye.)"""

from __future__ import annotations

import re
from decimal import Decimal

from bs4 import BeautifulSoup

from collector.capture.machinery import VisitText
from collector.capture.masking import Mask
from collector.capture.secrets import secrets_of
from collector.model import Money, Target
from tests.collector.sites.alibaba.stored import (
    ALIBABA,
    atoms,
    facts,
    pointed_at,
    saved,
    standing,
    stands,
    stored,
    without_scripts,
)

PRODUCT = ("product-2026.html", "https://www.alibaba.com/product-detail/Custom-Shoes_1600691082191.html")
SEARCH = ("search-2024.html", "https://www.alibaba.com/trade/search?SearchText=school+bags")
ITEM = ("search-item-2018.html", "https://www.alibaba.com/trade/search?SearchText=wall+panel")


def test_a_product_page_of_2026_without_scripts_gives_all_it_shows() -> None:
    read = facts("product", saved(*PRODUCT))
    assert read["product.title"].value.startswith("Wholesale Custom New Design Luxury Sneakers")
    tiers = read["product.price_tiers"].value
    assert [(t["from"], t["to"]) for t in tiers] == [(300, 1000), (1001, 2000), (2001, 5000), (5001, None)]
    assert tiers[0]["price"] == Money(Decimal("80.51"), "GHS")
    assert read["product.min_order"].value == 300
    assert {"name": "Upper Material", "value": "Genuine Leather, Microfiber Leather"} in read["product.attributes"].value
    assert len(read["product.attributes"].value) == 19
    assert read["product.badge"].value is True
    assert read["supplier.name"].value == "Quanzhou Zhenben Network Technology Co., Ltd."
    assert (read["supplier.country"].value, read["supplier.years"].value) == ("CN", 6)
    assert {read[name].state for name in ("supplier.badge", "supplier.limit")} == {"not_shown"}


def test_other_products_prices_on_the_page_are_not_taken_for_its_own() -> None:
    page = saved(*PRODUCT)
    body = page.documents[0].html.decode()
    assert "GH₵184.16" in body
    assert all("184.16" not in atom for fact in facts("product", page).values() for atom in atoms(fact.value))


def test_a_search_page_of_2024_gives_every_offer_from_its_data() -> None:
    page = saved(*SEARCH)
    offers = facts("search", page)["search.offers"]
    stated = pointed_at(page.documents[0].html, offers.place)
    assert len(offers.value) == len(stated) == 48
    for offer, entry in zip(offers.value, stated, strict=True):
        assert offer["title"] == " ".join(entry["title"].replace("<b>", "").replace("</b>", "").split())
        assert (offer["supplier"], offer["country"]) == (" ".join(entry["companyName"].split()), entry["countryCode"])
        assert offer["url"] == "https:" + entry["productUrl"]
        assert f"{offer['years']} " in entry["goldSupplierYears"]
        assert (offer["badge"], offer["limit"]) == ("not_shown", "not_shown")


def test_saved_without_scripts_a_search_page_of_2024_is_not_understood_rather_than_empty() -> None:
    """Chrome leaves scripts out of a page that it saves as one file: products are linked there, no offer is around them."""
    body = without_scripts(saved(*SEARCH).documents[0].html)
    offers = facts("search", stored(body, SEARCH[1]))["search.offers"]
    assert (offers.state, offers.value) == ("unreadable", None)
    assert offers.place is not None
    assert "School Bag" in offers.place.quote


def test_a_search_result_of_2018_gives_the_badge_and_the_limit_apart() -> None:
    (offer,) = facts("search", saved(*ITEM))["search.offers"].value
    assert offer == {
        "title": "INTCO WATER PROOF QUICK INSTALL DECORATIVE 3D WALL PANEL",
        "supplier": "Shanghai INTCO Industries Co., Ltd.",
        "url": "https://www.alibaba.com/product-detail/INTCO-WATER-PROOF-QUICK-INSTALL-DECORATIVE_60710065303.html?s=p",
        "years": 2,
        "country": "China (Mainland)",
        "badge": True,
        "limit": Money(Decimal(532000), "USD"),
    }


def test_every_place_on_a_real_page_leads_to_its_quote_and_every_value_stands_there() -> None:
    for kind, (name, url) in {"product": PRODUCT, "search": ITEM}.items():
        page = saved(name, url)
        soup = BeautifulSoup(page.documents[0].html, "lxml")
        all_of_it = standing(page.documents[0].html, soup)
        for fact in facts(kind, page).values():
            assert all(stands(atom, all_of_it) for atom in atoms(fact.value)), fact
            if fact.place is not None:
                found = soup.select(fact.place.path)
                assert len(found) == 1
                assert fact.place.quote in " ".join(found[0].get_text(" ").split())


def test_real_pages_are_recognised_and_never_taken_for_a_barrier() -> None:
    for name, url in (PRODUCT, SEARCH, ITEM):
        seen = ALIBABA.recognise(saved(name, url))
        assert (seen.kind, seen.barrier) == (ALIBABA.kind_of(url), ""), seen.why


def test_a_real_page_that_does_not_say_which_product_it_is_proves_no_identity() -> None:
    target = Target("t", "c", "product", PRODUCT[1], expects={"product": "1600691082191"})
    assert ALIBABA.identity(saved(*PRODUCT), target).ok is None


def test_a_product_pages_supplier_is_found() -> None:
    assert ALIBABA.discover(saved(*PRODUCT)) == {"supplier": "https://zhenbenchina.en.alibaba.com/company_profile.html"}


def test_fewer_than_one_word_in_ten_thousand_is_masked_that_is_no_token_of_the_site() -> None:
    """A search page gives each offer a token to chat with; whatever else is masked on these pages is a false alarm."""
    words = false = 0
    for name, url in (PRODUCT, SEARCH, ITEM):
        page = saved(name, url).documents[0].html.decode("utf-8", "replace")
        source = VisitText(page, "html")
        kept = Mask(secrets_of([], [], [source])).mask(page, "dom:0")
        words += len(re.findall(r"\w+", page))
        masked = len(re.findall(r"\[redacted:", kept))
        false += masked - len(re.findall(r"""(?:chatToken|\btoken)(?:=|["']?\s?:\s?["'])\[redacted:token""", kept))
    assert words > 100_000
    assert false / words < 1 / 10_000
