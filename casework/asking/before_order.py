"""Before an order: visit the pages of a product, a supplier or a search, or take kept snapshots, and say what they cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.cases import cases, find_case, machine_zone
from casework.keeping.capture import Captured, capture_pages
from casework.workspace import Workspace
from collector.errors import WrongRequest
from collector.model import Finding, Money, Snapshot
from collector.progress import Progress
from rules.case.assertions import parse_money
from rules.check.before_order import Offer, PageSeen, before_order, offers
from rules.language.stated import amounts_in
from rules.policy.platform import load_policy

_PAGES = ("product", "supplier", "search")


@dataclass(frozen=True, slots=True)
class BeforeOrderAnswer:
    """What pages say before an order: findings, and the offers side by side. `captured`: None without a visit."""

    findings: tuple[Finding, ...]
    offers: tuple[Offer, ...]
    amount: Money | None
    captured: Captured | None
    protection: str


def check_before_order(ws: Workspace, what: Iterable[str], amount: str, progress: Progress) -> BeforeOrderAnswer:
    """What the pages say of the cover for that amount. Addresses are visited and kept; snapshots and cases are looked up.

    Raises WrongRequest before any visit.
    """
    named = tuple(dict.fromkeys(what))
    if not named:
        raise WrongRequest("Say which page to check.", "Give the address of a product, supplier or search page.")
    money, zone = order_amount(amount), machine_zone()
    addresses = tuple(text for text in named if "://" in text)
    kept = [snapshot for text in named if text not in addresses for snapshot in _kept(ws, text)]
    captured = capture_pages(ws, "", addresses, progress) if addresses else None
    seen: dict[str, list[PageSeen]] = {}
    for snapshot in (*kept, *(captured.snapshots if captured else ())):
        seen.setdefault(snapshot.target.site, []).append(_page(ws, snapshot))
    judged = [(tuple(pages), load_policy(site)) for site, pages in seen.items()]
    findings = dict.fromkeys(found for pages, policy in judged for found in before_order(pages, money, policy, zone))
    protection = " / ".join(policy.words.protection for _, policy in judged)
    side_by_side = tuple(offer for pages, policy in judged for offer in offers(pages, money, policy))
    return BeforeOrderAnswer(tuple(findings), side_by_side, money, captured, protection)


def is_before_order(named: tuple[str, ...], wanted: bool, amount: str) -> bool:
    """Whether it is about pages and not about a case: asked for, or an address or an amount says so."""
    return wanted or bool(amount) or any("://" in text for text in named)


def order_amount(text: str) -> Money | None:
    """ "USD 15,000", "15000 USD" or "$15,000"; None for no text. Raises WrongRequest."""
    if not text.strip():
        return None
    found = parse_money(text)
    named = amounts_in(text)
    money = found or (named[0] if len(named) == 1 and not any(c.isalpha() and c not in "usUS" for c in text) else None)
    if money is None or not money.amount:
        raise WrongRequest(f"{text!r} is not an amount of money.", 'Write it with its currency: --amount "USD 15,000"')
    return money


def _kept(ws: Workspace, text: str) -> list[Snapshot]:
    """A snapshot by its id, or a case's newest product, supplier and search pages. Raises WrongRequest."""
    ws.archive.require()
    if (exact := ws.index.snapshot(text)) is not None:
        return [exact]
    if not cases(ws):
        raise WrongRequest(f"{text!r} is neither a web address nor a kept snapshot.", "An address begins with https://")
    case = find_case(ws, text)
    read = ws.index.visits_with_facts(case.order)
    visits = [snapshot for _, snapshot in ws.index.snapshots(case.order) if snapshot.id in read]
    visits.sort(key=lambda s: s.outcome == "complete")  # the newest whole one, else the newest one kept in part
    newest = {s.target.id: s for s in visits}
    found = [snapshot for snapshot in newest.values() if snapshot.target.kind in _PAGES]
    if not found:
        raise WrongRequest(
            f"No product, supplier or search page is kept for case {case.order}.",
            f"Keep one: tradewitness case set {case.order} --supplier ADDRESS, then tradewitness capture {case.order}",
        )
    return found


def _page(ws: Workspace, snapshot: Snapshot) -> PageSeen:
    """A snapshot with its facts, and what earlier visits to the same address showed."""
    url = ws.alias.to_real(snapshot.target.url)
    earlier = [
        other.id
        for other in ws.index.snapshots_of_kind(snapshot.target.kind)
        if ws.alias.to_real(other.target.url) == url and other.visit.machine_time < snapshot.visit.machine_time
    ]
    return PageSeen(
        snapshot.target.kind, ws.alias.to_real(snapshot.visit.final or snapshot.target.url), snapshot.id,
        snapshot.visit.machine_time, snapshot.outcome, snapshot.why, tuple(ws.index.facts_of(snapshot.id)),
        tuple(fact for identity in earlier for fact in ws.index.facts_of(identity)),
    )  # fmt: skip
