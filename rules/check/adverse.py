"""The adverse side: what the other side says, offers and sends, with what answers it; what one's own record lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from collector.model import Finding, Money, Printed
from rules.case.chronology import Chronology, day_text
from rules.check.contact import problem_since
from rules.check.contract import contract, order_time
from rules.check.refund import money
from rules.conversation.messages import Statement, heard, quoted, statements
from rules.language.facts import page_words
from rules.language.phrases import Flag, load_phrases
from rules.language.stated import amounts_in
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in

_PAGES = ("product", "supplier", "order", "thread")


def adverse(chronology: Chronology) -> tuple[Finding, ...]:
    """What a case manager will hear from the supplier or find lacking, each with what to do about it."""
    rules = (_arguments, _offer, _uploads, _receipt_confirmed, _first_seen)
    return tuple(finding for rule in rules for finding in rule(chronology))


def _arguments(chronology: Chronology) -> Iterator[Finding]:
    """Each argument once, where it was last made; what the contract says to it stands beside it."""
    matcher, found = load_phrases("arguments"), dict[str, tuple[Flag, Statement, str]]()
    words = chronology.policy.words
    answer = chronology.casefile.read("dispute.supplier_answer")
    for told in _supplier_says(chronology):
        for hit in matcher.hits(told.text):
            found[hit.flag.id] = hit.flag, told, hit.sentence
    terms = {finding.id: finding for finding in contract(chronology)} if found or answer else {}
    for flag, told, sentence in found.values():
        item = terms.get(f"contract.{flag.answer}")
        text = f"The supplier says that {flag.label}: {quoted(told, sentence)}."
        if item is not None and item.verdict == "ok":
            answered = f"{text} The contract answers: {item.text}"
            yield Finding(f"other_side.{flag.id}", "ok", answered, (told.fact, *item.facts), words.filled(flag.todo))
        else:
            yield Finding(f"other_side.{flag.id}", "missing", text, (told.fact,), words.filled(flag.todo))
    if answer and not any(told.place == "dispute page" for _, told, _ in found.values()):
        text = (
            f"The supplier answered on the dispute page: {quoted(Statement('supplier', str(answer.value), 'dispute page'))}."
        )
        todo = "Answer each point there, with the exhibit that shows it: tradewitness draft CASE statement."
        yield Finding("other_side.answer", "undetermined", text, ("dispute.supplier_answer",), todo)


def _supplier_says(chronology: Chronology) -> Iterator[Statement]:
    """The supplier's messages since there can be a problem, and its answer on the dispute page, which comes last."""
    since = problem_since(chronology)
    for told in statements(chronology.casefile):
        if told.who == "supplier" and since and told.earliest and told.earliest >= since:
            yield told
    answer = chronology.casefile.read("dispute.supplier_answer")
    if answer and isinstance(answer.value, str):
        yield Statement("supplier", answer.value, "dispute page", fact="dispute.supplier_answer")


def _offer(chronology: Chronology) -> Iterator[Finding]:
    """The supplier's offer against what is claimed: what accepting it closes."""
    casefile = chronology.casefile
    fact = casefile.fact("dispute.offer")
    if fact is None or fact.value in (None, ""):
        return
    amounts = (fact.value,) if isinstance(fact.value, Money) else amounts_in(str(fact.value))
    offered = money_words(amounts[0]) if amounts else str(fact.value)
    name = "dispute.amount" if money(casefile, "dispute.amount") else "amount_claimed"
    claimed = money(casefile, name)
    against = f" of the {money_words(claimed)} that you claim" if claimed else ""
    enough = bool(claimed and amounts and amounts[0].currency == claimed.currency and amounts[0].amount >= claimed.amount)
    text = f"The supplier offers {offered}{against}. Accepting it on the dispute page closes the dispute for good."
    todo = "Accept only on the dispute page, and only if it is enough; else press “Reject” with your reason, or escalate."
    yield Finding("other_side.offer", "ok" if enough else "undetermined", text, ("dispute.offer", name), todo)


def _uploads(chronology: Chronology) -> Iterator[Finding]:
    """Files that the supplier sent since there can be a problem: they will be shown to the case manager too."""
    since = problem_since(chronology)
    names = [
        str(attachment.get("name") or attachment.get("kind") or "a file")
        for message in heard(chronology.casefile)
        if message.get("from") == "supplier" and _after(message, since)
        for attachment in message.get("attachments") or ()
        if isinstance(attachment, Mapping)
    ]
    if names:
        text = (
            f"The supplier sent {len(names)} file{'s' if len(names) > 1 else ''} since the problem: {', '.join(names[:5])}."
        )
        todo = "Look at each: what it shows, of which goods and day; uploads on the dispute page are seen by both sides."
        yield Finding("other_side.uploads", "undetermined", text, ("thread.messages",), todo)


def _after(message: Mapping[str, object], since: datetime | None) -> bool:
    printed = message.get("printed")
    return bool(since and isinstance(printed, Printed) and printed.earliest >= since)


def _receipt_confirmed(chronology: Chronology) -> Iterator[Finding]:
    """Receipt confirmed before the dispute: it will be held against the buyer."""
    confirmed, opened = chronology.happened("receipt_confirmed"), chronology.happened("dispute_opened")
    if confirmed and (opened is None or confirmed.earliest < opened.latest):
        text = f"You confirmed receipt on {day_text(confirmed)}: the supplier will say that the goods were in order."
        todo = "Say when and how the defect was found, and why not before; newer texts give 30 days from the confirmation."
        rule = chronology.policy.deadline("claim")
        counts = [count.source for count in rule.counts if count.start == "receipt_confirmed"] if rule else []
        source = chronology.policy.source(counts[0]).title if counts else chronology.policy.base.title
        yield Finding("own.receipt_confirmed", "problem", text, (confirmed.fact,), todo, source)


def _first_seen(chronology: Chronology) -> Iterator[Finding]:
    """The pages whose first complete visit came after the order: what they showed before is not witnessed."""
    casefile = chronology.casefile
    ordered = order_time(chronology)
    if ordered is None:
        return
    late = []
    for kind in _PAGES:
        first = next((s for s in casefile.snapshots if s.target.kind == kind and s.outcome in ("complete", "partial")), None)
        days = (day_in(first.visit.machine_time, casefile.zone) - day_in(ordered, casefile.zone)).days if first else 0
        if days > 0:
            late.append(f"the {page_words(kind)} ({days} day{'' if days == 1 else 's'} later)")
    if late:
        day = day_words(day_in(ordered, casefile.zone))
        text = f"The watch began late. First seen after the order ({day}): {', '.join(late)}."
        todo = (
            "For what a page showed before, look for other witnesses: the order page's own copy of the product, the chat, a"
            " web archive. Add what you find: tradewitness add CASE FILE --as page."
        )
        yield Finding("first_seen", "undetermined", text, ("paid_at", "order.payments"), todo)
