"""All that changed on a page, and on the pages of a case, from look to look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.model import Fact
from rules.case.casefile import CaseFile
from rules.changes.change import KINDS, Change, PageReading, WatchedPage
from rules.changes.facts import fact_changes
from rules.changes.messages import message_changes
from rules.changes.policy import ChangePolicy, load_change_policy
from rules.changes.texts import standing_changes

PageKey = tuple[str, str, str]  # a target's id, the kind of its page, and its address


def page_changes(
    page: WatchedPage, readings: Iterable[PageReading], zone: str, policy: ChangePolicy | None = None
) -> tuple[Change, ...]:
    """The changes over the looks at one page; `readings` are oldest first, those that kept nothing left out."""
    looks, rules = tuple(readings), policy or load_change_policy(page.site)
    told = (*fact_changes(page, looks, rules, zone), *message_changes(page, looks, rules, zone))
    return in_order((*told, *standing_changes(page, looks, told)))


def case_changes(casefile: CaseFile, policy: ChangePolicy | None = None) -> tuple[Change, ...]:
    """The changes of a case's pages by what their visits say: facts and messages, not every word."""
    found: list[Change] = []
    for (target, kind, _), looks in _pages(casefile).items():
        found += page_changes(WatchedPage(casefile.order, target, kind, casefile.site), looks, casefile.zone, policy)
    return in_order(found)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """As they were seen, oldest first; those of one look in a fixed order."""
    return tuple(sorted(changes, key=lambda c: (c.then.at, c.page.case, c.page.target, KINDS.index(c.kind), c.name, c.text)))


def _pages(casefile: CaseFile) -> Mapping[PageKey, list[PageReading]]:
    """The looks at each page that kept something of it, oldest first. A target with a new address is another page."""
    said: dict[str, list[Fact]] = {}
    for fact in casefile.facts:
        if fact.snapshot:
            said.setdefault(fact.snapshot, []).append(fact)
    pages: dict[PageKey, list[PageReading]] = {}
    for snapshot in sorted(casefile.snapshots, key=lambda s: s.visit.machine_time):
        if snapshot.outcome in ("complete", "partial"):
            facts = tuple(said.get(snapshot.id, ()))
            target, whole = snapshot.target, snapshot.outcome == "complete"
            look = PageReading(snapshot.id, snapshot.visit.machine_time, facts, whole)
            pages.setdefault((target.id, target.kind, target.url), []).append(look)
    return pages
