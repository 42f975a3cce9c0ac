"""The plan of the night: what the archive knows of every open case's pages, handed to the rule that plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from casework.cases import case_with_deadlines, cases, targets_of
from casework.keeping.account_lists import AccountLists
from casework.keeping.capture import with_accounts
from casework.workspace import Workspace
from collector.archive.queries import Case, PageHistory
from collector.kinds import page_kind
from collector.model import Target
from rules.night.plan import A_NIGHT, Limits, NightPlan, PageState, WatchedCase, plan_of
from rules.night.running import running

_MASKED = "[redacted:"


def plan_lists(ws: Workspace) -> NightPlan:
    """The lists that a night would visit now: what they say decides about the pages of the cases."""
    return plan_of(_lists(ws, AccountLists(ws)), (), _limits(ws), ws.clock.now())


def plan_night(ws: Workspace) -> NightPlan:
    """All that a night would visit now."""
    lists, nights, now = AccountLists(ws), [night.seq for night in ws.index.nights()], ws.clock.now()
    watched = [_watched(ws, case, lists, nights, now) for case in cases(ws) if not case.closed]
    return plan_of(_lists(ws, lists), watched, _limits(ws), now)


def _limits(ws: Workspace) -> Limits:
    paused = {account.name: account.why for account in ws.index.paused().values()}
    return Limits(paused, ws.archive.config.budget, ws.index.visits_since(ws.clock.now() - A_NIGHT))


def _lists(ws: Workspace, lists: AccountLists) -> list[PageState]:
    """Those of every signed-in account with which a private page of an open case is visited."""
    targets = (t for case in cases(ws) if not case.closed for t in with_accounts(ws, targets_of(ws, case.order)))
    names = {target.account for target in targets if page_kind(target.kind).private}
    return [page for name in sorted(names) if name and ws.accounts.read(name).signed_in for page in lists.pages(name)]


def _watched(ws: Workspace, case: Case, lists: AccountLists, nights: list[int], now: datetime) -> WatchedCase:
    file, found = case_with_deadlines(ws, case, now)
    histories = ws.index.histories(case.order)
    first_night = next((seq for seq in nights if seq > case.seq), None)
    targets = with_accounts(ws, targets_of(ws, case.order))
    states = (_state(target, histories.get(target.id), first_night) for target in targets)
    return WatchedCase(tuple(_with_news(states, lists)), running(file, found))


def _state(target: Target, history: PageHistory | None, first_night: int | None) -> PageState:
    """What came of the looks at a page; those at another address that it had before say nothing of it.

    A case's first night visits every page: it begins with the first run that the ledger has after the case.
    """
    if history is None or (history.look.url != target.url and _MASKED not in history.look.url):
        return PageState(target)
    look = history.look
    held = look.outcome == "complete" or (look.outcome == "partial" and history.status < 500)
    first = first_night is None or history.seq < first_night
    return PageState(target, history.whole, look.at, held, look.why, first)


def _with_news(pages: Iterable[PageState], lists: AccountLists) -> Iterable[PageState]:
    for page in pages:
        seen = page.tried if page.held else page.kept
        yield replace(page, news=lists.news(page.target, seen)) if seen else page
