"""Whether the order is covered: the site's protection, the supplier's badge and limit, payment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from collector.model import Fact, Finding, Money, Undetermined, Verdict
from rules.case.chronology import Chronology
from rules.case.history import history
from rules.check.contract import order_time
from rules.check.protection import protections
from rules.check.record import changes
from rules.check.refund import ceiling, limit_at_order, limits_read, money, payments_made
from rules.conversation.messages import not_whole, quoted, statements
from rules.language.facts import page_words
from rules.language.phrases import sentences
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in

_APPROVES = re.compile(
    r"sample\b[^.!?]{0,30}\b(?:is|are|was|been)? ?(?:approved|right|confirmed|fine|perfect|ok)\b"
    r"|approve[sd]? (?:the|your|this) sample|样品?[^。]{0,8}(?:确认|没问题|可以)",
    re.IGNORECASE,
)


_DOES_NOT = re.compile(r"[?？]|\b(?:not|never|no|cannot|if|when|once|until|before|after)\b|n['’]t\b|不|没|未", re.IGNORECASE)


def coverage(chronology: Chronology) -> tuple[Finding, ...]:
    """Every finding on cover that does not depend on the reason, in the order in which a case manager asks."""
    rules = (_order, _badge, _badge_changed, _limit, _limit_changed, _record_changed, _ceiling, _claimed, _payment, _sample)
    asked = (rule for rule in rules if chronology.policy.wholesale or rule not in _OF_WHOLESALE)
    return tuple(finding for rule in asked for finding in rule(chronology))


def _source(chronology: Chronology, id: str = "") -> str:
    source = chronology.policy.source(id) if id else chronology.policy.base
    return f"{source.title} ({source.effective})"


def _yes_no(chronology: Chronology, name: str, id: str, words: tuple[str, str, str], todo: str) -> Finding:
    """A finding on a fact that is true, false or unknown; `words` for each."""
    value = chronology.casefile.value(name)
    verdicts: dict[object, tuple[Verdict, str]] = {True: ("ok", words[0]), False: ("problem", words[1])}
    verdict, text = (
        verdicts.get(value, ("undetermined", words[2])) if isinstance(value, bool) else ("undetermined", words[2])
    )
    return Finding(id, verdict, text, (name,), "" if verdict == "ok" else todo, _source(chronology))


def _order(chronology: Chronology) -> Iterator[Finding]:
    cover = chronology.policy.words.protection
    yield _yes_no(
        chronology, "order.trade_assurance", "coverage.order",
        (f"The order is a {cover} order.", f"The order page says that this is not a {cover} order.",
         f"No page kept so far says whether this is a {cover} order."),
        f"Capture the order page; if it shows no {cover}, ask customer service in writing if it is covered.",
    )  # fmt: skip


def _badge(chronology: Chronology) -> Iterator[Finding]:
    cover = chronology.policy.words.protection
    yield _yes_no(
        chronology, "supplier.badge", "coverage.supplier_badge",
        (f"The supplier's page shows the {cover} badge.", f"The supplier's page shows no {cover} badge.",
         f"No page kept so far says whether the supplier has the {cover} badge."),
        "Capture the supplier's page: tradewitness case set CASE --supplier URL, then tradewitness capture CASE.",
    )  # fmt: skip


def _badge_changed(chronology: Chronology) -> Iterator[Finding]:
    """The badge over the visits: one that came is told with its days; of one that is gone `changed` tells."""
    casefile = chronology.casefile
    for name, page in (("supplier.badge", "supplier's"), ("product.badge", "product")):
        kind = name.partition(".")[0]
        own = {s.id for s in casefile.snapshots if s.target.kind == kind}
        looks = [f for f in casefile.facts if f.name == name and f.snapshot in own]
        gone = any(a.value is True and b.value is not True for a, b in pairwise(looks) if b.state != "unreadable")
        if not gone and (story := history(looks, name, casefile.zone)):
            text = f"The badge on the {page} page changed: {story}."
            todo = "What stood there on the day of the order counts: keep both snapshots in the pack."
            yield Finding("coverage.badge_changed", "undetermined", text, (name,), todo, _source(chronology))


def _limit(chronology: Chronology) -> Iterator[Finding]:
    fact = limit_at_order(chronology)
    name = "order.total" if money(chronology.casefile, "order.total") else "order.paid"
    value, limit = money(chronology.casefile, name), fact.value if fact else None
    facts, source = (name, "supplier.limit"), _source(chronology)
    if fact is None or not isinstance(limit, Money):
        text = "The supplier's limit is not shown on any page kept so far; that does not mean that there is none."
        todo = (
            f"Ask the supplier in the {chronology.policy.words.messages} for its limit, then enter it:"
            ' tradewitness case set CASE supplier.limit="USD …".'
        )
        yield Finding("coverage.limit", "undetermined", text, facts, todo, source)
        return
    as_read = _as_read(chronology, fact)
    if value is None:
        text = f"The limit is {money_words(limit)}{as_read}; the order's value is not known."
        yield Finding("coverage.limit", "undetermined", text, facts, "Capture the order page, or set order.total.", source)
    elif value.currency != limit.currency:
        both = f"The order's value {money_words(value)} and the limit {money_words(limit)}"
        text = f"{both} are in two currencies and cannot be compared."
        yield Finding(
            "coverage.limit",
            "undetermined",
            text,
            facts,
            "Ask customer service for the limit in the order's currency.",
            source,
        )
    elif value.amount > limit.amount:
        text = f"The order's value {money_words(value)} is above the supplier's limit {money_words(limit)}{as_read}."
        todo = f"Claim all the same; expect at most the limit from {chronology.policy.words.name}."
        yield Finding("coverage.limit", "problem", text, facts, todo, source)
    else:
        text = f"The order's value {money_words(value)} is within the supplier's limit {money_words(limit)}{as_read}."
        yield Finding("coverage.limit", "ok", text, facts, "", source)


def _as_read(chronology: Chronology, fact: Fact) -> str:
    if fact.state != "read":
        return " (as you entered it)"
    if fact.at is None:
        return " (as read on a page that you saved)"
    return f" (as read on {day_words(day_in(fact.at, chronology.casefile.zone))})"


def _limit_changed(chronology: Chronology) -> Iterator[Finding]:
    readings = limits_read(chronology.casefile)
    used = limit_at_order(chronology)
    if used is not None and len({(f.value.amount, f.value.currency) for f in readings}) > 1:
        story = ", then ".join(f"{money_words(f.value)}{_as_read(chronology, f)}" for f in readings)
        text = f"The supplier's limit changed: {story}. The ceiling is counted with {money_words(used.value)}."
        todo = "Keep both snapshots in the pack; the limit at the time of the order is the one to claim."
        yield Finding("coverage.limit_changed", "undetermined", text, ("supplier.limit",), todo, _source(chronology))


def _record_changed(chronology: Chronology) -> Iterator[Finding]:
    """What the site measures of the supplier, where the last look at a page shows another figure than the first."""
    casefile = chronology.casefile
    for kind in ("supplier", "product"):
        own = {s.id for s in casefile.snapshots if s.target.kind == kind}
        if told := changes((f for f in casefile.facts if f.snapshot in own), casefile.zone):
            text = f"What the {page_words(kind)} says of the supplier's record changed. {'; '.join(told.values())}."
            todo = "It proves nothing of your order; both visits are kept, should the supplier point to its record."
            yield Finding("coverage.record_changed", "undetermined", text, tuple(told), todo, _source(chronology))


def _ceiling(chronology: Chronology) -> Iterator[Finding]:
    result = ceiling(chronology)
    facts, source = ("order.paid", "supplier.limit"), _source(chronology, chronology.policy.refund_source)
    if isinstance(result, Undetermined):
        entry = " ".join(f'{name}="USD …"' for name in result.needs)
        todo = f"Capture the page that shows it, or enter it: tradewitness case set CASE {entry}"
        yield Finding("refund.ceiling", "undetermined", result.reason, facts, todo, source)
        return
    if not result.paid.amount:
        todo = (
            "Pay on the order page only; if you paid elsewhere, gather every proof: tradewitness add CASE FILE --as payment."
        )
        text = f"{result} The page shows no payment, and what is paid elsewhere is not covered."
        yield Finding("refund.ceiling", "undetermined", text, facts, todo, source)
        return
    verdict: Verdict = "problem" if result.uncovered.amount else "ok"
    yield Finding("refund.ceiling", verdict, str(result), facts, "", source)


def _claimed(chronology: Chronology) -> Iterator[Finding]:
    names = ("dispute.amount", "amount_claimed")
    name = next((n for n in names if money(chronology.casefile, n)), names[1])
    claimed, most = money(chronology.casefile, name), ceiling(chronology)
    if claimed is None or isinstance(most, Undetermined) or claimed.currency != most.amount.currency:
        return
    if claimed.amount > most.amount.amount:
        text = f"The claim of {money_words(claimed)} is above the refund ceiling of {money_words(most.amount)}."
        yield Finding("refund.claimed", "problem", text, (name, "order.paid", "supplier.limit"),
                      "Say in the claim how the amount is made up; ask the supplier for the part above the ceiling.",
                      _source(chronology, chronology.policy.refund_source))  # fmt: skip


def _payment(chronology: Chronology) -> Iterator[Finding]:
    """Whether a page shows the payment; the buyer's own word that it does is none."""
    casefile = chronology.casefile
    said_by_buyer = casefile.value("paid_on_platform")
    paid, payments = casefile.read("order.paid"), casefile.read("order.payments")
    shown = paid if paid and paid.value else payments if payments_made(payments) else None
    facts: tuple[str, ...] = ("order.paid", "order.payments", "paid_on_platform")
    if said_by_buyer is False:
        verdict: Verdict = "problem"
        text = "You say that not all was paid through the platform; what was paid elsewhere is not covered."
        todo = (
            "Gather every proof of payment and the message that asked for it, and add them:"
            " tradewitness add CASE FILE --as payment."
        )
    elif shown and (not isinstance(shown.value, Money) or shown.value.amount > 0):
        facts = (shown.name,)
        amount = f" ({money_words(shown.value)})" if isinstance(shown.value, Money) else ""
        verdict, text, todo = "ok", f"The order page itself shows the payment{amount}.", ""
    elif said_by_buyer is True:
        verdict, text = "missing", "You say that all was paid through the platform; no page kept so far shows it."
        todo = "Capture the order page with its payments."
    else:
        verdict, text = "undetermined", "No page kept so far shows that the payment went through the platform."
        todo = "Capture the order page with its payments, or enter it: tradewitness case set CASE paid_on_platform=yes."
    yield Finding("payment.on_platform", verdict, text, facts, todo, _source(chronology))


def _sample(chronology: Chronology) -> Iterator[Finding]:
    """Whether a sample was approved before the order: in the conversation; else the buyer's word or picture of one."""
    casefile, ordered, source = chronology.casefile, order_time(chronology), _source(chronology)
    told = chronology.casefile.fact("sample_approved_at")
    pictures = [file for file in casefile.files if file.kind == "sample"]
    approvals = [(s, words) for s in statements(casefile) if s.who == "buyer" for words in _approvals(s.text)]
    before = [(s, words) for s, words in approvals if not ordered or (s.earliest and s.earliest <= ordered)]
    if before:
        text = f"A sample was approved: {quoted(*before[0])}."
        yield Finding("coverage.sample", "ok", text, (before[0][0].fact,), "", source)
    elif told or pictures:
        text = (
            "That a sample was approved before the order, only you say."
            if told
            else "There are pictures of a sample, added by you; nothing shows that it was approved."
        )
        todo = (
            f"Keep what shows it: the {chronology.policy.words.messages} thread, or a letter to the supplier"
            " (tradewitness add CASE FILE --as sample)."
        )
        facts = ("sample_approved_at",) if told else tuple(f"file: {file.name}" for file in pictures)
        yield Finding("coverage.sample", "undetermined", text, facts, todo, source)
    else:
        text = "Nothing that is kept shows that a sample was approved before the order."
        if approvals:
            text = f"A sample was approved only after the order was paid: {quoted(*approvals[0])}."
        todo = (
            "If there was one, enter the day (tradewitness case set CASE sample_approved_at=DAY) and add pictures of it:"
            " tradewitness add CASE FILE --as sample."
        )
        verdict: Verdict = "undetermined" if not_whole(casefile) and not approvals else "missing"
        yield Finding("coverage.sample", verdict, text, ("sample_approved_at", "thread.messages"), todo, source)


def _approvals(text: str) -> Iterator[str]:
    """The sentences that approve a sample: neither a question nor a refusal."""
    return (words for words in sentences(text) if _APPROVES.search(words) and not _DOES_NOT.search(words))


_OF_WHOLESALE = frozenset({_badge, _limit, _limit_changed, _sample})  # of a supplier with a limit, and of goods agreed on


def other_protection(chronology: Chronology) -> tuple[Finding, ...]:
    """What else can protect the order before shipment: where part of it is not covered, or the limit is not known."""
    shipped = any(chronology.happened(event) for event in ("shipped", "received", "dispute_opened"))
    if shipped or not chronology.policy.wholesale:
        return ()
    value = money(chronology.casefile, "order.total") or money(chronology.casefile, "order.paid")
    limit = limit_at_order(chronology)
    if value is None or (limit and limit.value.currency == value.currency and limit.value.amount >= value.amount):
        return ()
    known = limit is not None and limit.value.currency == value.currency
    rest = Money(value.amount - limit.value.amount, value.currency) if limit and known else None
    return protections(value, rest, chronology.policy)
