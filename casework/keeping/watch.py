"""watch: from an order's number to its pages kept and its deadlines printed, with the person's own sign-in in between."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from casework.asking.today import TodayAnswer, today
from casework.cases import cases, open_case, targets_of
from casework.keeping.capture import keep_snapshots
from casework.keeping.discovery import stands
from casework.keeping.sign_in import Person, holding, require_consent, sign_in
from casework.workspace import Workspace, keep
from collector.archive.sealing import SealState, seal_if_possible
from collector.browser.accounts import DEFAULT
from collector.browser.browsers import AccountsInUse
from collector.capture.pace import Pace
from collector.errors import PersonNeeded, WrongRequest
from collector.kinds import case_pages
from collector.model import ALIBABA, Snapshot, Target
from collector.progress import Progress
from collector.reading.reader import identified, read_stored
from collector.reading.stored import stored_page
from collector.site import ListedOrder, StoredPage

_NUMBER = re.compile(r"[0-9]{10,24}")
_ADDRESS = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/", re.IGNORECASE)  # without its beginning
_CUT_BY_A_SPREADSHEET = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order as `watch` found it. `pages` are addresses by kind; `why` says why its page is not whole, or "".

    `status`, `supplier` and `total` are as printed, "" where the page does not say.
    """

    order: str
    status: str
    supplier: str
    total: str
    pages: Mapping[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True)
class WatchAnswer:
    """What `watch` found and kept, and Today for these orders. `notes` are sentences that the person should read."""

    found: tuple[FoundOrder, ...]
    snapshots: tuple[Snapshot, ...]
    seal: SealState
    today: TodayAnswer
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What was asked for: order numbers or addresses, all orders of the list, a file of them, an account, consent given."""

    orders: tuple[str, ...] = ()
    everything: bool = False
    table: Path | None = None
    account: str = ""
    yes: bool = False


def watch(ws: Workspace, request: WatchRequest, person: Person, progress: Progress) -> WatchAnswer:
    """Finds the orders and their pages, asks whether these are meant, keeps the pages, and says what is due.

    Raises WrongRequest before any visit, PersonNeeded where only a person can go on; what was kept by then stays kept.
    """
    named = named_orders(ws, request, person)
    site = _one_site(ws, named)
    keep(ws)
    in_use = AccountsInUse()
    try:
        with holding(ws, in_use):
            account, listing = _account(ws, request, person, site, in_use, progress)
            listed, beyond = (
                _listed(ws, listing, site, account, in_use, progress) if request.everything or listing else ({}, ())
            )
            if request.everything:
                named |= {number: order.url for number, order in listed.items()}
            seal_if_possible(ws.archive, ws.user, progress)  # its token says "not before" of every visit that follows
            budget = ws.archive.config.budget
            looks = _look(ws, dict(list(named.items())[:budget]), site, account, in_use, progress)
            found = tuple(_found(ws, number, looks.get(number), listed.get(number)) for number in named)
            _confirm(found, person, request)
            progress("writing down what is watched")
            for order in found:
                open_case(ws, order.order, _addresses(ws, order, named[order.order]), account=account, sealed=False)
            _stop_at_wall(tuple(looks.values()), account)
            pages = [t for number in looks for t in targets_of(ws, number) if t.kind != "order"]
            now, later = pages[: max(0, budget - len(looks))], pages[max(0, budget - len(looks)) :]
            in_use.stay = False  # the last visits of this command: their windows end with them
            snapshots = (
                *looks.values(),
                *keep_snapshots(ws, now, progress, pace=_pace(ws), in_use=in_use, wanted=_further()),
            )
    finally:
        sealed = seal_if_possible(ws.archive, ws.user, progress)  # also what was kept before a no, or a closed window
    ws.refresh()
    report = today(ws)
    mine = replace(report, lines=tuple(line for line in report.lines if line.case in named))
    unlisted = beyond if request.everything else ()
    return WatchAnswer(found, snapshots, sealed, mine, (*in_use.notes(), *unlisted, *_later(ws, later), *_notes(ws, found)))


# -- which orders -----------------------------------------------------------------------------------------------------


def named_orders(ws: Workspace, request: WatchRequest, person: Person) -> dict[str, str]:
    """Order number to the address of its page, from what was typed, a file, or an answer. Raises WrongRequest."""
    texts = [*request.orders, *(numbers_in(request.table) if request.table else ())]
    if not texts and not request.everything:
        if not person.present:
            raise WrongRequest("Say which order to watch.", "tradewitness watch ORDER_NUMBER, or --all for all your orders.")
        return _asked(ws, person)
    return dict(_order(ws, text) for text in texts)


def _asked(ws: Workspace, person: Person) -> dict[str, str]:
    person.tell("The number is on the order's page and in the site's e-mails. You can also paste the page's address.")
    for _ in range(3):
        try:
            return dict([_order(ws, person.ask("Which order? Number or address:"))])
        except WrongRequest as error:
            person.tell(f"{error.message} {error.hint}")
    raise WrongRequest("No order number was given.", "Copy it from the order's page, then run: tradewitness watch")


def _order(ws: Workspace, text: str) -> tuple[str, str]:
    """A number or an address as number and address. Raises WrongRequest."""
    text = text.strip().strip("\"'")
    if "://" in text or _ADDRESS.match(text):
        url = text if "://" in text else f"https://{text}"
        site = ws.site_named(ws.site_at(url) or ALIBABA)
        number = site.order_in(ws.alias.to_real(url))
        if not number:
            raise WrongRequest(f"{text} is not the address of an order page.", "It holds orderId= and the order's number.")
        return number, site.address("order", number)
    number = re.sub(r"[\s#.-]", "", text)
    if not _NUMBER.fullmatch(number):
        raise WrongRequest(f"{text!r} is not an order number.", "It has 15 to 18 digits and stands on the order's page.")
    watched = {case.order: case.site for case in cases(ws)} if ws.archive.exists else {}
    return number, ws.site_named(watched.get(number, ALIBABA)).address("order", number)


def _one_site(ws: Workspace, named: Mapping[str, str]) -> str:
    """The site that all the orders are of: they are visited with one account. Raises WrongRequest."""
    sites = {ws.site_at(url) or ALIBABA for url in named.values()} or {ALIBABA}
    if len(sites) > 1:
        raise WrongRequest("These orders are of different sites.", "Watch those of one site at a time.")
    return sites.pop()


def numbers_in(table: Path) -> list[str]:
    """The order numbers of a CSV file: of each row the first cell that is one; a heading has none. Raises WrongRequest."""
    try:
        text = table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongRequest(f"{table} cannot be read as a text file.", "Save the list as CSV (UTF-8).") from error
    found: list[str] = []
    rows = csv.reader(text.splitlines(), delimiter=";" if text.count(";") > text.count(",") else ",")
    for line, row in enumerate(rows, 1):
        cells = [cell.strip().strip("\"'=") for cell in row]
        if any(_CUT_BY_A_SPREADSHEET.fullmatch(cell) for cell in cells):
            raise WrongRequest(
                f"Line {line} of {table.name} holds a number that a spreadsheet has cut short ({', '.join(cells)[:60]}).",
                "Format the column as text and save the file again.",
            )
        found += [cell for cell in cells if _NUMBER.fullmatch(cell) or "orderId=" in cell][:1]
    if not found:
        raise WrongRequest(f"There is no order number in {table.name}.", "One order a line; the number has 15 to 18 digits.")
    return list(dict.fromkeys(found))


def _listed(
    ws: Workspace, listing: Snapshot | None, site: str, account: str, in_use: AccountsInUse, progress: Progress
) -> tuple[dict[str, ListedOrder], tuple[str, ...]]:
    """The orders of the order list by number, as it was just kept, and what to know of those on its further pages.

    Raises PersonNeeded when it could not be seen.
    """
    if listing is None:
        target = Target("", "", "order_list", ws.site_named(site).address("order_list"), account, site=site)
        listing = keep_snapshots(ws, (target,), progress, in_use=in_use)[0]
    if listing.outcome != "complete":
        raise PersonNeeded(f"Your order list could not be seen: {listing.why}", _sign_in_hint(account))
    page = _page(ws, listing)
    listed = {order.order: order for order in ws.site_named(site).listed(page)}
    rest = ws.site_named(site).orders_in_all(page) - len(listed)
    further = f"Your order list has {rest} more on its further pages, which were not looked at. Name them: "
    return listed, (further + "tradewitness watch ORDER_NUMBER…",) * (rest > 0)


# -- the account ------------------------------------------------------------------------------------------------------


def _account(
    ws: Workspace, request: WatchRequest, person: Person, site: str, in_use: AccountsInUse, progress: Progress
) -> tuple[str, Snapshot | None]:
    """The account to visit with, signed in where somebody is there to do it; and the order list if that was seen for it.

    With nobody there, pages are asked for without an account: what needs one is kept as blocked, and said.
    """
    name = request.account or ws.accounts.only(site)
    if name and (account := ws.accounts.read(ws.accounts.require_name(name))).signed_in:
        if account.site != site:
            raise WrongRequest(f"The account {name} is one of another site.", "Leave --account out, or give another name.")
        require_consent(ws, person, site, yes=request.yes)
        return name, None
    if not person.present:
        return name, None
    name = name or ws.accounts.new_name(site)
    return name, sign_in(ws, name, site, "", person, in_use, yes=request.yes, progress=progress)


def _sign_in_hint(account: str) -> str:
    return f"Sign in first, at the desktop: tradewitness login {account or DEFAULT}"


# -- what was found ---------------------------------------------------------------------------------------------------


def _look(
    ws: Workspace, named: dict[str, str], site: str, account: str, in_use: AccountsInUse, progress: Progress
) -> dict[str, Snapshot]:
    """A look at each order's page, kept like any other. Raises what kept every window from opening."""
    if not named:
        raise WrongRequest("Your order list shows no orders.", "Give an order's number: tradewitness watch ORDER_NUMBER")
    known = {t.case: t for c in cases(ws) for t in targets_of(ws, c.order) if t.kind == "order"}
    targets = [
        known.get(number) or Target("order", number, "order", url, account, {"order": number}, site)
        for number, url in named.items()
    ]
    targets = [replace(t, account=t.account or account) for t in targets]
    snapshots = {
        s.target.case: s for s in keep_snapshots(ws, targets, progress, pace=_pace(ws), in_use=in_use, wanted=frozenset())
    }
    if not snapshots:
        raise next(iter(in_use.failed.values()))
    return snapshots


def _stop_at_wall(looks: tuple[Snapshot, ...], account: str) -> None:
    """Raises PersonNeeded when a wall stood before every order: the cases are open, and can be told what the buyer knows."""
    blocked = [look for look in looks if look.outcome == "blocked"]
    if blocked and all(look.outcome == "blocked" for look in looks):
        case = blocked[0].target.case
        raise PersonNeeded(
            f"The order could not be seen: {blocked[0].why}",
            f"{_sign_in_hint(account)} - or enter what you know: tradewitness case set {case} received_at=2026-09-30",
        )


def _found(ws: Workspace, number: str, look: Snapshot | None, listed: ListedOrder | None) -> FoundOrder:
    """The order as its own page shows it, else as the list does; its dispute also as the order list names it."""
    dispute = {"dispute": listed.dispute} if listed and listed.dispute else {}
    facts = read_stored(look, ws.archive.objects, ws.site_of(look.target), ws.alias) if look else ()
    values = {f.name: f.value for f in facts if f.state == "read"}
    if look is None or (look.outcome != "complete" and not values):
        why = look.why if look else "Its own page has not been visited yet."
        said = (listed.status, listed.supplier, listed.total) if listed else ("", "", "")
        return FoundOrder(number, *said, dispute, why)
    status, supplier, total = (str(values.get(name) or "") for name in ("order.status", "order.supplier", "order.total"))
    sure = look.outcome == "complete" or identified(look) == "ok"  # what may be another order's page leads nowhere
    pages = {
        kind: url for kind, url in ws.site_of(look.target).discover(_page(ws, look)).items() if kind in _further() and sure
    }
    return FoundOrder(number, status, supplier, total, {**dispute, **pages}, look.why if look.outcome != "complete" else "")


def _addresses(ws: Workspace, order: FoundOrder, url: str) -> dict[str, tuple[str, ...]]:
    """The pages that join the case: its order page, and what that leads to; pages that it has already stay as they are."""
    found = {"order": url, **order.pages}
    return {kind: (address,) for kind, address in found.items() if not stands(ws, order.order, kind, address)}


def _further() -> frozenset[str]:
    """The kinds of pages that an order page leads to."""
    return frozenset(case_pages()) - {"order"}


def _later(ws: Workspace, pages: list[Target]) -> tuple[str, ...]:
    """What the budget of one run left for the night."""
    budget = ws.archive.config.budget
    return (
        f"{len(pages)} pages are left for the night: one run visits {budget} at most. Run: tradewitness nightly",
    ) * bool(pages)


def _confirm(found: Iterable[FoundOrder], person: Person, request: WatchRequest) -> None:
    """Shows what was found and asks whether it is meant. Raises PersonNeeded on no."""
    for order in found:
        what = " · ".join(filter(None, (order.status, order.supplier, order.total))) or order.why or "not seen"
        person.tell(f"  {order.order}  {what}\n    its pages: {', '.join(('order', *order.pages))}")
    if person.present and not request.yes and not person.agrees("Is this what you mean?", unless_no=True):
        raise PersonNeeded("Nothing is watched.", "Run it again with another order number: tradewitness watch ORDER_NUMBER")


def _notes(ws: Workspace, found: Iterable[FoundOrder]) -> tuple[str, ...]:
    """What the person should know: pages that were not found, and conversations that never speak of the order."""
    notes = []
    for order in found:
        if order.why:
            notes.append(f"{order.order}: {order.why}")
        kinds = {t.kind for t in targets_of(ws, order.order)}
        lacking = [kind for kind in ("thread", "supplier") if kind not in kinds]
        if lacking and not order.why:
            given = " ".join(f"--{kind} ADDRESS" for kind in lacking)
            notes.append(
                f"{order.order}: no {' and no '.join(lacking)} page was found from the order page. Give it: "
                f"tradewitness case set {order.order} {given}"
            )
        if _is_silent(ws, order.order):
            notes.append(
                f"{order.order}: the conversation that was kept does not mention this order's number. Is it the right one?"
            )
    return tuple(notes)


def _is_silent(ws: Workspace, case: str) -> bool:
    """Whether a whole conversation was read and the order's number stands nowhere in it."""
    facts = [fact for fact in ws.index.facts(case, "thread.messages") if fact.state == "read"]
    return any(not fact.lacks for fact in facts) and not any(case in str(fact.value) for fact in facts)


def _page(ws: Workspace, snapshot: Snapshot) -> StoredPage:
    return stored_page(snapshot, ws.archive.objects.get, ws.alias)


def _pace(ws: Workspace) -> Pace:
    return Pace(ws.archive.config.pause_s)
