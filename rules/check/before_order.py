"""Before an order: what a product, supplier or search page says of the cover; offers side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collector.model import Fact, Finding, Money, kept_in_part
from rules.case.history import day_read, history
from rules.check.protection import protections
from rules.check.record import MEASURED, changes, figures, named, told_in_words
from rules.language.facts import page_words
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in
from rules.policy.platform import Policy


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One look at a page: its kind and address as the real site has it, when, the outcome, and what was read there.

    `earlier` are the facts of earlier visits to the same page or supplier, oldest first.
    """

    kind: str
    url: str
    snapshot: str
    at: datetime
    outcome: str
    why: str
    facts: tuple[Fact, ...]
    earlier: tuple[Fact, ...] = ()

    def value(self, name: str) -> Any:
        """What the page shows, or None."""
        return next((f.value for f in self.facts if f.name == name and f.state == "read"), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the comparison: `covered` is yes, in part, no or unknown; `badge` True, False or None (not shown)."""

    title: str
    supplier: str
    url: str
    years: int | None
    country: str
    badge: bool | None
    limit: Money | None
    covered: str
    words: str


def before_order(pages: tuple[PageSeen, ...], amount: Money | None, policy: Policy, zone: str) -> tuple[Finding, ...]:
    """What to know of each page before money is sent, then what to do for any order."""
    pages = completed(pages)
    found = dict.fromkeys(finding for page in pages for finding in _page(page, amount, policy, zone))
    source = _guide(policy)
    if not policy.wholesale:
        return tuple(found)
    return (
        *found,
        *(_amount_missing(source) if amount is None else ()),
        *_steps(policy),
        *_others(pages, amount, policy),
    )


def completed(pages: tuple[PageSeen, ...]) -> tuple[PageSeen, ...]:
    """Product pages with the limit that the same company's own page shows: a product page seldom names it."""
    shown = {p.value("supplier.name"): f for p in pages for f in p.facts if f.name == "supplier.limit" and f.state == "read"}
    return tuple(
        replace(page, facts=(*page.facts, shown[page.value("supplier.name")]))
        if page.kind == "product" and not page.value("supplier.limit") and page.value("supplier.name") in shown
        else page
        for page in pages
    )


def _guide(policy: Policy) -> str:
    return policy.base.title


def _page(page: PageSeen, amount: Money | None, policy: Policy, zone: str) -> Iterator[Finding]:
    in_part = page.outcome != "complete"
    if not page.facts or (in_part and not any(fact.state == "read" for fact in page.facts)):
        why = (page.why or "what it shows is not what was expected").rstrip(".")
        text = f"The visit was {page.outcome}: {why}. Nothing can be said of its cover ({page.url})."
        yield Finding("before.page", "undetermined", text, (), f"Open {page.url} yourself, save it, or try again later.")
        return
    if in_part:
        text = f"The page was {kept_in_part(page.why)}. What it does not show may stand in the rest ({page.url})."
        yield Finding("before.page", "undetermined", text, (), f"Open {page.url} yourself, or try again later.")
    if page.kind == "search":
        yield from _search(page, policy)
    elif page.kind in ("product", "supplier"):
        yield from _badge(page, policy)
        yield from _limit(page, amount, policy, zone) if policy.wholesale else ()
        yield from _history(page, policy, zone)
        yield from _record(page, policy, zone)
    else:
        text = f"Cover is shown on product, supplier and search pages; this is another one: {page_words(page.kind)}."
        yield Finding("before.page", "undetermined", text, (), "Give the address of the product or of the supplier.")


def _search(page: PageSeen, policy: Policy) -> Iterator[Finding]:
    if not policy.wholesale:
        return
    filtered = "ta=y" in page.url.partition("?")[2].split("&")
    offers = page.value("search.offers")
    number = len(offers) if isinstance(offers, list | tuple) else 0
    if filtered:
        text = f"The search is filtered for {policy.words.protection} (ta=y): {number} results were read."
        yield Finding("before.filter", "ok", text, ("search.offers",), "", _guide(policy))
    else:
        text = f"The search is not filtered for {policy.words.protection}: of {number} results some may have none."
        todo = f"Tick “{policy.words.protection}” on the search page, or put &ta=y at the end of its address."
        yield Finding("before.filter", "problem", text, ("search.offers",), todo, _guide(policy))
    if not number:
        yield Finding("before.offers", "undetermined", "No result could be read from the search page.", ("search.offers",),
                      "Look at the page yourself, and check the product's or supplier's page.")  # fmt: skip


def _badge(page: PageSeen, policy: Policy) -> Iterator[Finding]:
    name, cover = f"{page.kind}.badge", policy.words.protection
    badge = page.value(name)
    who = page.value("supplier.name") or page.value("product.title") or page.url
    if badge is True:
        yield Finding("before.badge", "ok", f"{who}: the page shows the {cover} badge.", (name,), "", _guide(policy))
        return
    ask = (
        f"Ask in the {policy.words.messages}: “Do you offer {cover}, and up to what amount?”"
        " If not, choose another supplier."
    )
    if badge is False:
        text = f"{who}: the page says that there is no {cover}."
        yield Finding("before.badge", "problem", text, (name,), ask, _guide(policy))
    else:
        text = f"{who}: no {cover} badge was found on the page."
        yield Finding("before.badge", "undetermined", text, (name,), ask, _guide(policy))


def _limit(page: PageSeen, amount: Money | None, policy: Policy, zone: str) -> Iterator[Finding]:
    limit = page.value("supplier.limit")
    facts, source = ("supplier.limit",), _guide(policy)
    if not isinstance(limit, Money):
        last = next((f for f in reversed(page.earlier) if f.name == "supplier.limit" and isinstance(f.value, Money)), None)
        then = f" An earlier visit still showed {money_words(last.value)} ({day_read(last, zone)})." if last else ""
        text = f"The supplier's limit is not shown on this page; that does not mean that there is none.{then}"
        words = policy.words
        todo = f"Ask in the {words.messages} up to what amount {words.protection} covers, and keep the answer."
        yield Finding("before.limit", "undetermined", text, facts, todo, source)
    elif amount is None:
        yield Finding("before.limit", "ok", f"The supplier's limit is {money_words(limit)}.", facts, "", source)
    elif amount.currency != limit.currency:
        text = f"The limit {money_words(limit)} and your amount {money_words(amount)} are in two currencies."
        yield Finding("before.limit", "undetermined", text, facts, "Give the amount in the limit's currency.", source)
    elif amount.amount > limit.amount:
        rest = Money(amount.amount - limit.amount, amount.currency)
        text = (
            f"Your amount {money_words(amount)} is above the supplier's limit {money_words(limit)}: "
            f"at most {money_words(limit)} could be refunded, {money_words(rest)} would not be covered."
        )
        todo = "Order less at a time, choose a supplier with a higher limit, or protect the rest in another way (below)."
        yield Finding("before.limit", "problem", text, facts, todo, source)
    else:
        text = f"Your amount {money_words(amount)} is within the supplier's limit {money_words(limit)}."
        yield Finding("before.limit", "ok", text, facts, "", source)


def _history(page: PageSeen, policy: Policy, zone: str) -> Iterator[Finding]:
    """Badge and limit in every visit that is kept: told where they changed."""
    limit = (("supplier.limit", "The limit"),) if page.kind == "supplier" else ()
    for name, what in ((f"{page.kind}.badge", "The badge"), *limit):
        if story := history((*page.earlier, *page.facts), name, zone):
            yield Finding("before.history", "undetermined", f"{what} changed: {story}.", (name,),
                          "Ask why before you order; what is shown on that day counts.", _guide(policy))  # fmt: skip


def _record(page: PageSeen, policy: Policy, zone: str) -> Iterator[Finding]:
    """What the site measures of the supplier: told as it stands there, because nobody says what is enough."""
    source, where = _guide(policy), f"the {page_words(page.kind)} on {day_words(day_in(page.at, zone))}"
    who = page.value("supplier.name") or page.url
    read, hidden, unread = figures(page.facts), named(page.facts, "not_shown"), named(page.facts, "unreadable")
    if page.value("supplier.verified") is True:
        text = f"{who}: {where} says that the site verified the supplier."
        yield Finding("before.verified", "ok", text, ("supplier.verified",), "", source)
    if read:
        text = f"{who}, as the site measures it: {told_in_words(read)} ({where})."
        todo = "Weigh it yourself: compare it with other suppliers, and ask about what you do not like before you pay."
        yield Finding("before.measured", "undetermined", text, tuple(fact.name for fact in read), todo, source)
    parts = [
        f"{state} there: {', '.join(MEASURED[name][0] for name in names)}"
        for state, names in (("Not shown", hidden), ("Not found or not understood", unread)) if names
    ]  # fmt: skip
    if parts:
        text = f"{who}, {where}. {'. '.join(parts)}."
        todo = f"Look for it on the supplier's other pages, or ask in the {policy.words.messages}."
        yield Finding("before.record_missing", "undetermined", text, (*hidden, *unread), todo, source)
    if told := changes((*page.earlier, *page.facts), zone):
        text = f"{who}: the {page_words(page.kind)} changed. {'; '.join(told.values())}."
        todo = "Ask why before you order; each visit is kept with its day."
        yield Finding("before.record_changed", "undetermined", text, tuple(told), todo, source)


def _amount_missing(source: str) -> tuple[Finding, ...]:
    text = "Without an amount the limit cannot be held against your order."
    return (Finding("before.amount", "undetermined", text, (), 'Give it: --amount "USD 15,000".', source),)


def _steps(policy: Policy) -> Iterator[Finding]:
    """What to do before any order, from the policy's moments; one finding, so that it is read."""
    words = policy.words
    todo = (
        "Approve a sample first. Put every term into the order's contract (tradewitness draft CASE contract). Talk only in"
        f" the {words.messages}. Select “Order with {words.protection}” at checkout, and pay only on the order page or by"
        " wire to the account it shows."
    )
    text = f"Before you order: sample, contract, {words.messages}, “Order with {words.protection}”, payment on the platform."
    yield Finding("before.steps", "undetermined", text, (), todo, _guide(policy))


def _others(pages: tuple[PageSeen, ...], amount: Money | None, policy: Policy) -> tuple[Finding, ...]:
    """Other protection where the cover is not known to reach."""
    limits = [p.value("supplier.limit") for p in pages if p.kind in ("product", "supplier")]
    if not limits:
        return ()
    known = [limit for limit in limits if isinstance(limit, Money)]
    enough = amount and any(limit.currency == amount.currency and limit.amount >= amount.amount for limit in known)
    return () if enough else protections(amount, None, policy)


# -- offers side by side -----------------------------------------------------------------------------------------------


def offers(pages: tuple[PageSeen, ...], amount: Money | None, policy: Policy) -> tuple[Offer, ...]:
    """Every result of the search pages, and each product and supplier page, those that cover the amount first."""
    companies = {page.value("supplier.name") for page in pages if page.kind == "product"}
    shown = [page for page in completed(pages) if page.kind != "supplier" or page.value("supplier.name") not in companies]
    found = [_row(entry, amount, policy) for page in shown for entry in _entries(page)]
    order = {"yes": 0, "in part": 1, "unknown": 2, "no": 3}
    return tuple(sorted(found, key=lambda offer: (order[offer.covered], -(offer.years or 0), offer.supplier, offer.title)))


def _entries(page: PageSeen) -> Iterator[Mapping[str, Any]]:
    if page.kind == "search":
        listed = page.value("search.offers")
        yield from (entry for entry in listed or () if isinstance(entry, Mapping))
    elif page.kind in ("product", "supplier") and page.facts:
        yield {
            "title": page.value("product.title"), "supplier": page.value("supplier.name"), "url": page.url,
            "years": page.value("supplier.years"), "country": page.value("supplier.country"),
            "badge": page.value(f"{page.kind}.badge"), "limit": page.value("supplier.limit"),
        }  # fmt: skip


def _row(entry: Mapping[str, Any], amount: Money | None, policy: Policy) -> Offer:
    badge, limit, years = entry.get("badge"), entry.get("limit"), entry.get("years")
    badge = badge if isinstance(badge, bool) else None
    limit = limit if isinstance(limit, Money) else None
    covered, words = _covered(badge, limit, amount, policy.words.protection)
    names = (str(entry.get(key) or "") for key in ("title", "supplier", "url"))
    title, supplier, url = names
    return Offer(title, supplier, url, years if isinstance(years, int) else None, str(entry.get("country") or ""),
                 badge, limit, covered, words)  # fmt: skip


def _covered(badge: bool | None, limit: Money | None, amount: Money | None, cover: str) -> tuple[str, str]:
    if badge is False:
        return "no", f"no {cover}"
    if limit is None or amount is None or limit.currency != amount.currency:
        if badge is None:
            return "unknown", "neither badge nor limit known" if limit is None else "badge not shown; ask"
        return "unknown", f"{cover}; ask for its limit" if limit is None else f"up to {money_words(limit)}"
    if amount.amount <= limit.amount:
        return "yes", "the whole amount"
    rest = Money(amount.amount - limit.amount, amount.currency)
    return "in part", f"{money_words(limit)}; {money_words(rest)} not covered"
