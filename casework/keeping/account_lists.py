"""The lists of a signed-in account, of its orders and of its disputes: where they are, and what is new on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from casework.keeping.capture import with_accounts
from casework.workspace import Workspace
from collector.archive.queries import Look
from collector.errors import DamagedArchive
from collector.model import Target
from collector.reading.stored import stored_page
from collector.site import ListedOrder, Site, StoredPage
from rules.language.facts import page_words
from rules.night.plan import PageState

LISTS = ("order_list", "dispute_list")


@dataclass
class AccountLists:
    """What was kept of the lists; each is read once."""

    ws: Workspace
    _looks: dict[tuple[str, str], list[Look]] = field(default_factory=dict)
    _rows: dict[str, dict[str, ListedOrder]] = field(default_factory=dict)

    def pages(self, account: str) -> Iterator[PageState]:
        """The lists of an account as pages to visit: that of its orders and, where it links to one, that of its disputes."""
        site = self.ws.accounts.read(account).site
        for kind, url in self._addresses(account, self.ws.site_named(site)).items():
            (target,) = with_accounts(self.ws, (Target("", "", kind, url, account, {}, site),))
            looks, whole = self.looks(kind, account), self._whole(kind, account)
            last = looks[-1] if looks else None
            kept = whole[-1].at if whole else None
            held = last is None or last.outcome in ("complete", "partial")
            yield PageState(target, kept, last.at if last else None, held, last.why if last else "")

    def _addresses(self, account: str, site: Site) -> dict[str, str]:
        whole = self._whole("order_list", account)
        page = self._page(whole[-1]) if whole else None
        linked = site.lists(page) if page else {}
        return {**linked, "order_list": site.address("order_list")}

    def looks(self, kind: str, account: str) -> list[Look]:
        """The looks at a list, oldest first."""
        if (kind, account) not in self._looks:
            self._looks[kind, account] = self.ws.index.looks_of_account(kind, account)
        return self._looks[kind, account]

    def _whole(self, kind: str, account: str) -> list[Look]:
        return [look for look in self.looks(kind, account) if look.outcome == "complete"]

    def news(self, target: Target, since: datetime) -> str:
        """What a list says now of the order of a page and did not say at `since`, in words; "" for nothing."""
        for kind in LISTS:
            looks = self._whole(kind, target.account)
            before = next((look for look in reversed(looks) if look.at <= since), None)
            if before is None or looks[-1] is before:
                continue
            said, says = (self.rows(look).get(target.case) for look in (before, looks[-1]))
            if news := news_words(kind, said, says):
                return news
        return ""

    def rows(self, look: Look) -> dict[str, ListedOrder]:
        """The orders that a list showed, by number."""
        if look.snapshot not in self._rows:
            snapshot = self.ws.index.snapshot(look.snapshot)
            page = self._page(look)
            listed = self.ws.site_of(snapshot.target).listed(page) if snapshot and page else ()
            self._rows[look.snapshot] = {row.order: row for row in listed}
        return self._rows[look.snapshot]

    def _page(self, look: Look) -> StoredPage | None:
        snapshot = self.ws.index.snapshot(look.snapshot)
        try:
            return stored_page(snapshot, self.ws.archive.objects.get, self.ws.alias) if snapshot else None
        except DamagedArchive:
            return None  # `verify` names what became of it


def news_words(kind: str, said: ListedOrder | None, says: ListedOrder | None) -> str:
    """How two readings of an order's row differ, in words. An order that is not listed may stand on a further page."""
    if says is None or said is None:
        return ""
    where = f"the {page_words(kind)}"
    if says.status != said.status:
        return f"{where} says “{says.status or 'nothing'}” now, and said “{said.status or 'nothing'}” before"
    if says.total != said.total:
        return f"{where} says {says.total or 'no amount'} now, and said {said.total or 'no amount'} before"
    if says.timer != said.timer:
        return f"{where} shows a timer until {says.timer} now" if says.timer else f"{where} shows no timer any more"
    return f"{where} shows another dispute than before" if says.dispute != said.dispute else ""
