"""Small pages in the shapes that the site has had, made here, for the reader tests. The firms and goods are invented."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from collector.model import Money
from tests.collector.sites.alibaba.stored import facts, stored

SHOP = "https://harbourlamps.en.alibaba.com/company_profile.html"
PRODUCT = "https://www.alibaba.com/product-detail/Garden-Lamp_1600123456789.html"
SEARCH = "https://www.alibaba.com/trade/search?SearchText=lamp"
NAME = "Ningbo Harbour Lamps Co., Ltd."
OTHER = "Shaoxing Elsewhere Lighting Co., Ltd."


def values(kind: str, body: str, url: str) -> dict[str, Any]:
    """What is read, by name without its group; "not_shown" and "unreadable" as such."""
    return {n: f.value if f.state == "read" else f.state for n, f in facts(kind, stored(body, url)).items()}


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def script(variable: str, value: Any) -> str:
    return f"<script>{variable} = {json.dumps(value)};</script>"


def module_data(name: str, data: dict[str, Any]) -> str:
    encoded = quote(json.dumps({"gdc": {"siteId": 1}, "mds": {"moduleName": name, "moduleData": {"data": data}}}))
    return f"<div module-name='{name}' module-data='{encoded}'></div>"


SIGN = {
    "companyName": NAME,
    "companyRegisterCountry": "CN",
    "companyJoinYears": "7",
    "companyLocation": "Zhejiang, China (Mainland)",
    "companyBusinessType": {"authenticated": False, "value": "Manufacturer"},
    "baoAccountAmount": "42,000",
    "baoAccountIsDisplayAssurance": True,
    "esiteSubDomain": "harbourlamps.en.alibaba.com",
}


def supplier(body: str) -> dict[str, Any]:
    """What a shop's page says of the company and of its cover."""
    read = values("supplier", body, SHOP)
    return {name: read[f"supplier.{name}"] for name in ("name", "country", "years", "badge", "limit")}


def detail(**product: Any) -> dict[str, Any]:
    goods = {
        "productId": 1600123456789,
        "subject": "Garden Lamp",
        "moq": 50,
        "price": {
            "productLadderPrices": [
                {"min": 50, "max": 499, "price": 3.5, "dollarPrice": 3.5, "formatPrice": "$3.50"},
                {"min": 500, "max": -1, "price": 3.1, "dollarPrice": 3.1, "formatPrice": "$3.10"},
            ]
        },
        "productBasicProperties": [
            {"attrName": "Material", "attrValue": "Steel"},
            {"attrName": "Material", "attrValue": "Glass"},
        ],
    }
    seller = {
        "companyName": NAME,
        "companyJoinYears": "7",
        "localCompanyJoinYears": "7 yrs",
        "companyRegisterCountry": "CN",
        "baoAccountIsDisplayAssurance": True,
        "companyProfileUrl": SHOP,
    }
    return {"globalData": {"product": goods | product, "seller": seller, "trade": {}}, "nodeMap": {}}


def other_lamp() -> dict[str, Any]:
    """Data of another product than the page's own, as recommendations carry it."""
    price = detail()["globalData"]["product"]["price"]
    return {"subject": "Other lamp", "productId": 60111222333, "moq": 5, "price": price}


def bare_product(head: str = "", price: str = "$3.26-4.59", more: str = "") -> str:
    return f"""<html><head>{head}</head><body><div data-module-name="module_title"><h1>Garden Lamp</h1></div>
      <div data-module-name="module_price"><div>{price}</div></div>{more}</body></html>"""


OLD = f"""<body><h1 class="ma-title"><span>Garden Lamp</span></h1>
  <div class="ma-price-wrap"><div class="ma-reference-price"><span class="ma-ref-price">
    <span itemprop="priceCurrency" content="USD">$</span><span>1.50 - 3.00</span></span> / Piece
    <span class="ma-min-order">| <b>100</b> Pieces (Min. Order)</span></div></div>
  <div class="do-overview"><div class="do-entry-list">
    <dl class="do-entry-item"><dt class="do-entry-item"><span>Material:</span></dt>
    <dd class="do-entry-item-val"><div class="ellipsis" title="Steel">Steel</div></dd></dl></div></div>
  <div data-aui="supplier-card"><a class="company-name company-name-lite-vb" data-aui="company-name"
    href="https://harbourlamps.en.alibaba.com/"><font><font>{NAME}</font></font></a>
    <p><span class="register-country">CN</span> <span class="join-year"><span>7</span>YRS</span></p>
    <a href="https://harbourlamps.en.alibaba.com/company_profile.html">Company Profile</a></div>
  <div class="list"><div class="card"><a href="/product-detail/Other_60111222333.html">Other lamp</a>
    <b>US $0.10</b>
    <span>5 Pieces (Min. Order)</span>
    <a href="//elsewhere.en.alibaba.com">{OTHER}</a><span>3 YRS</span></div></div></body>"""


def card(number: int, shop: str, company: str, years: str, mark: str = "", kv: str = "") -> str:
    product = f"//www.alibaba.com/product-detail/Lamp_{number}.html"
    return f"""<div class="fy23-search-card"><h2><a href="{product}"><span>Lamp {number}</span></a></h2>
      <div>$1.58 - $2.38</div>{kv}<a href="{product}"><img src="x.jpg"></a><div class="seller">
      <a href="//{shop}.en.alibaba.com/company_profile.html"><span><span>{years}</span><span>CN</span></span></a>
      <a class="search-card-e-company" href="//{shop}.en.alibaba.com/company_profile.html">{company}</a>{mark}</div>
      <a href="//{shop}.en.alibaba.com/company_profile.html">Contact Supplier</a></div>"""


OFFER = {
    "id": 1,
    "title": "Garden <b>Lamp</b>",
    "productUrl": "//www.alibaba.com/product-detail/Lamp_60000001.html",
    "companyName": NAME,
    "goldSupplierYears": "7 yrs",
    "countryCode": "CN",
    "halfTrust": True,
    "tradeProduct": True,
}


NEIGHBOUR_SHOP = {
    **SIGN,
    "companyName": OTHER,
    "companyJoinYears": "3",
    "baoAccountAmount": "9,000",
    "esiteSubDomain": "elsewhere.en.alibaba.com",
}


def shop_2026(**changes: Any) -> str:
    modules = {
        "supplierPerformance": {
            "companyName": NAME,
            "years": {"value": "7 yrs", "avgValue": "4 yrs"},
            "reviews": {"value": "4.8", "count": 39},
        },
        "supplierActionBar": {"companyName": NAME, "rating": "4.8"},
        "factoryCapability": {
            "cards": [{"items": [{"fieldName": "exporting_years", "label": "Exporting", "value": "8 years"}]}]
        },
        "similarSuppliers": {"list": [NEIGHBOUR_SHOP]},
    } | changes
    shop = {
        "globalData": {"esiteSubDomain": {"value": "harbourlamps.en.alibaba.com"}, "csrf": "x"},
        "pageModuleMap": [{"moduleName": name, "moduleData": data} for name, data in modules.items()],
    }
    return f"""<body><section class="company-card"><a class="company-name" href="//harbourlamps.en.alibaba.com">{NAME}</a>
      <img src="https://s.alicdn.com/@u/mobile/g/common/flags/1.0.0/assets/cn.png" alt=""><span>CN</span></section>
      <section data-module-name="supplierPerformance"><div>4 yrs</div><div>Industry average</div></section>
      {script("window.shopBizData", shop)}</body>"""


PROFILE_2018 = f"""<body>
  <header><a class="trade-assurance-icon" href="//tradeassurance.alibaba.com">Trade Assurance</a></header>
  <div class="head"><h1><a class="company-name" href="//harbourlamps.en.alibaba.com/">{NAME}</a></h1>
    <span class="join-year"><span class="value">7</span>YRS</span>
    <p class="ta" data-ta-price="42,000"><i class="ui2-icon ui2-icon-ta ico-ta"></i> Trade Assurance</p></div>
  <table class="company-basicInfo">
    <tr><td class="field-title">Business Type:</td><td class="field-content">Manufacturer</td></tr>
    <tr><td class="field-title">Country / Region:</td><td class="field-content">Zhejiang, China (Mainland)</td></tr>
    <tr><td class="field-title">Year Established:</td><td class="field-content">2009</td></tr></table>
  <div class="similar-suppliers"><div class="card"><a href="//elsewhere.en.alibaba.com">{OTHER}</a><span>3 yrs</span>
    <span class="ta" data-ta-price="9,000"><i class="ico-ta"></i></span></div></div></body>"""
