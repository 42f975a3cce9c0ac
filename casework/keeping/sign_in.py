"""Signing in: the person does it, in a window of their own browser; here it is asked for and proved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from casework.keeping.capture import close_windows, keep_snapshots
from casework.workspace import Workspace, keep
from collector.archive.sealing import SealState, seal, signing_key
from collector.browser.accounts import DEFAULT, Account
from collector.browser.browsers import AccountsInUse
from collector.browser.window import find_door, open_window, reached
from collector.errors import PersonNeeded
from collector.model import Snapshot, Target
from collector.progress import Progress
from collector.reading.stored import stored_page
from collector.site import SIGNED_IN_AS
from rules.policy.platform import load_policy

CONSENT = "consent.visits"
TERMS = """Before the first visit with your account, three things; you are asked once:
  · {site}'s terms may not allow automated visits, and the site could restrict an account for them. tradewitness visits
    the pages of your own orders only, slowly, in a window of your own browser, and never hides what it is.
  · Opening a conversation may mark its messages as read.
  · It never writes, pays, confirms or sends anything, and never solves a check that is meant for a person."""
_TRIES = 3


class Person(Protocol):
    """Somebody who reads and answers, or nobody: off a terminal `present` is False and nothing is ever asked."""

    @property
    def present(self) -> bool:
        """Whether anybody can answer."""
        ...

    def tell(self, text: str) -> None:
        """Shows a few lines."""
        ...

    def ask(self, question: str) -> str:
        """One line of text, trimmed; "" when only Enter was pressed."""
        ...

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        """Yes or no; Enter alone is yes when `unless_no`."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that a page proved signed in, the snapshot that proved it, and what seals it."""

    account: Account
    snapshot: Snapshot
    seal: SealState


def login(ws: Workspace, name: str, attach_to: str, person: Person, *, yes: bool, progress: Progress) -> SignedIn:
    """Signs an account in, proves it by the order list, and keeps the session. Raises PersonNeeded when it is abandoned."""
    keep(ws)
    name = ws.accounts.require_name(name or ws.accounts.only() or DEFAULT)
    in_use, site = AccountsInUse(), ws.accounts.read(name).site
    with holding(ws, in_use):
        snapshot = sign_in(ws, name, site, attach_to, person, in_use, yes=yes, progress=progress)
    sealed = seal(ws.archive, signing_key(ws.archive, ws.user), progress)
    return SignedIn(ws.accounts.read(name), snapshot, sealed)


@contextmanager
def holding(ws: Workspace, in_use: AccountsInUse) -> Iterator[None]:
    """Windows stay open between the visits of the block, and end with it, whatever happens."""
    try:
        yield
    finally:
        close_windows(ws, in_use)


def require_consent(ws: Workspace, person: Person, site: str, *, yes: bool) -> None:
    """Says once, plainly, what visits with an account may cost, asks, and records the answer. Raises PersonNeeded."""
    if any(e.body.get("name") == CONSENT for e in ws.archive.ledger.latest("setting.changed")):
        return
    person.tell(TERMS.format(site=load_policy(site).words.name))
    if not yes:
        if not person.present:
            raise PersonNeeded("Visits with your account need your consent first.", "Run it in a terminal, or add --yes.")
        if not person.agrees("Do you want to go on?"):
            raise PersonNeeded(
                "Nothing was visited.", "Pages that you save by hand can be added: tradewitness add CASE FILE"
            )
    ws.archive.record("setting.changed", {"case": "", "name": CONSENT, "value": "given", "who": "buyer"})


def sign_in(
    ws: Workspace,
    name: str,
    site: str,
    attach_to: str,
    person: Person,
    in_use: AccountsInUse,
    *,
    yes: bool,
    progress: Progress,
) -> Snapshot:
    """The consent, the window, the person, and the proof: the snapshot of the site's order list, seen signed in."""
    require_consent(ws, person, site, yes=yes)
    if attach_to:
        find_door(attach_to)  # said before anything is asked of the person
        ws.accounts.write(replace(ws.accounts.read(name), attach=attach_to, site=site))
        in_use.windows.add(name)
        return _proof(ws, name, in_use, progress)
    if not person.present:
        raise PersonNeeded(
            f"Only a person can sign the account {name} in.", f"Run in a terminal, at the desktop: tradewitness login {name}"
        )
    with ws.accounts.in_use(name):
        ws.accounts.write(replace(ws.accounts.read(name), attach="", site=site))
        folder = ws.accounts.window(name)
        in_use.windows.add(name)
        if not reached(folder):
            open_window(folder, ws.alias.to_local(_first_page(ws, name)))
        return _signed_in_by(ws, name, person, in_use, progress)


def _signed_in_by(ws: Workspace, name: str, person: Person, in_use: AccountsInUse, progress: Progress) -> Snapshot:
    person.tell("A browser window is open. Sign in there, as you always do, until you see your orders; then come back here.")
    for attempt in range(1, _TRIES + 1):
        if not person.agrees("Signed in?", unless_no=True):
            raise PersonNeeded("Nobody signed in; nothing of it was kept.", f"When you are ready: tradewitness login {name}")
        if not reached(ws.accounts.root / name / "window"):
            raise PersonNeeded(
                "The window was closed before tradewitness could look.",
                f"Leave it open this time: tradewitness login {name}",
            )
        try:
            return _proof(ws, name, in_use, progress)
        except PersonNeeded as error:
            if attempt == _TRIES or name not in in_use.lost:
                raise
            in_use.lost.discard(name)
            person.tell(f"Not yet: {error.message} Look at the window once more.")
    raise AssertionError("the last try returns or raises")


def _proof(ws: Workspace, name: str, in_use: AccountsInUse, progress: Progress) -> Snapshot:
    """The order list as the account sees it, kept as any page is. Raises PersonNeeded when it does not prove the sign-in."""
    account = ws.accounts.read(name)
    site = ws.site_named(account.site)
    target = Target("", "", "order_list", site.address("order_list"), name, expecting(account), account.site)
    snapshot = keep_snapshots(ws, (target,), progress, in_use=in_use)[0]
    if snapshot.outcome != "complete":
        hint = "Sign in there as that account, or give this one a name of its own: tradewitness login NAME"
        raise PersonNeeded(
            f"The sign-in could not be proved: {snapshot.why}",
            hint if account.label and account.label in snapshot.why else f"Try again: tradewitness login {name}",
        )
    label = site.signed_in_as(stored_page(snapshot, ws.archive.objects.get, ws.alias))
    at = snapshot.visit.machine_time.isoformat()
    ws.accounts.write(replace(account, label=label or account.label, proved_at=at))
    return snapshot


def expecting(account: Account) -> dict[str, str]:
    """What each page of the account must show: the name that stands on it, where one is known."""
    return {SIGNED_IN_AS: account.label} if account.label else {}


def _first_page(ws: Workspace, name: str) -> str:
    """Where the window begins: the page that stopped the account, else the order list; both lead through the sign-in."""
    paused = ws.index.paused().get(name)
    stopped = ws.index.snapshot(paused.snapshot) if paused else None
    return stopped.target.url if stopped else ws.site_named(ws.accounts.read(name).site).address("order_list")
