"""Cases: open one, change it, and read it back as one `CaseFile`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casework.history import entry_words, said_of_facts, said_of_files
from casework.workspace import Workspace, is_web_address, keep
from collector.archive.queries import Case, Look
from collector.archive.records import valued
from collector.archive.sealing import seal, signing_key
from collector.canonical import as_json
from collector.errors import WrongRequest
from collector.kinds import case_pages, page_kind, page_rank
from collector.model import ALIBABA, Deadline, Fact, Printed, Snapshot, Target, Visit
from rules.case.assertions import is_event, parse_assertion
from rules.case.casefile import CaseFile, LedgerEvent
from rules.check.review import NewContradictions, new_contradictions
from rules.deadlines.counting import deadlines
from rules.language.facts import fact_words, page_words, sentence
from rules.policy.fact_names import RECURRING
from rules.policy.platform import load_policy, policies

_LIKE_AN_ADDRESS = re.compile(r"/|^\S+\.[a-z]{2,}$", re.IGNORECASE)  # no company's name
_OF_A_DISPUTE = "dispute."
_TOLD_TOGETHER = (_OF_A_DISPUTE, "thread.")  # names of facts that mean something beside the others of the same look
_ASKING = timedelta(minutes=1)
_T = TypeVar("_T")
_ORDER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{2,39}")


def cases(ws: Workspace) -> list[Case]:
    """Every case, in the order in which they were opened."""
    return ws.index.cases()


def find_case(ws: Workspace, wanted: str) -> Case:
    """By order number, a unique ending of it, or name. Raises WrongRequest naming what is there."""
    known = cases(ws)
    exact = [c for c in known if wanted in (c.order, c.name)]
    found = exact or [c for c in known if len(wanted) >= 3 and c.order.endswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(c.order for c in found)
        raise WrongRequest(f"{wanted!r} fits several cases: {which}.", "Give more digits of the order number.")
    if not known:
        raise WrongRequest("There is no case yet.", "Open one: tradewitness case open ORDER_NUMBER --order ADDRESS")
    shown = ", ".join(c.order + (f" ({c.name})" if c.name else "") for c in known[:8])
    raise WrongRequest(f"There is no case {wanted!r}.", f"The cases are: {shown}")


def require_address(text: str) -> str:
    """The text when it is a web address. Raises WrongRequest."""
    if not is_web_address(text.strip()):
        raise WrongRequest(
            f"{text!r} is not a web address.", "Copy it whole from the browser's address bar; it begins with https://"
        )
    parts = urlsplit(text.strip())
    if parts.username or parts.password:
        raise WrongRequest("The address holds a user name or password.", "Give it without: https://host/path")
    return text.strip()


def require_zone(text: str) -> str:
    """The text when it is an IANA time zone. Raises WrongRequest."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongRequest(f"{text!r} is not a time zone.", "Write it as Europe/Berlin or America/New_York.") from error
    return text


def machine_zone() -> str:
    """The machine's IANA zone, or UTC where it has none."""
    from tzlocal import get_localzone_name

    try:
        return require_zone(get_localzone_name() or "UTC")
    except (WrongRequest, ZoneInfoNotFoundError):
        return "UTC"


Addresses = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A case after a change: what was entered, in sentences, and what does not fit together since."""

    case: Case
    entered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def open_case(
    ws: Workspace,
    order: str,
    addresses: Addresses,
    *,
    name: str = "",
    account: str = "",
    zone: str = "",
    sealed: bool = True,
) -> Case:
    """Opens a case, or adds to one that is open already. Everything is checked before anything is kept.

    `sealed` False leaves the sealing to the caller, who opens many.
    """
    if not _ORDER.fullmatch(order):
        raise WrongRequest(f"{order!r} is not an order number.", "It is the number of 15 to 18 digits on the order page.")
    zone = require_zone(zone) if zone else ""
    if account:
        ws.accounts.require_name(account)
    existing = {c.order: c for c in cases(ws)} if ws.archive.exists else {}
    site = existing[order].site if order in existing else _site_of(ws, addresses)
    ws.site_named(site)  # one that this version does not know is said before anything is made
    make_targets(ws, order, site, account, addresses, ())  # so is a wrong address
    keep(ws)
    account = account or (existing[order].account if order in existing else ws.accounts.only(site))
    if name and not any(c.isalpha() for c in name):
        raise WrongRequest(f"{name!r} could be taken for an order number.", "Choose a --name with a letter in it.")
    taken = name and any(name in (c.name, c.order) for c in existing.values() if c.order != order)
    if taken:
        raise WrongRequest(f"Another case is already called {name!r}.", "Choose another --name.")
    with ws.archive.writing():
        if order in existing:
            if existing[order].closed:
                again = existing[order]
                _append_opening(ws, order, site, again.name, again.zone, again.account)
            _change_settings(ws, existing[order], name=name, account=account, zone=zone)
        else:
            _append_opening(ws, order, site, name, zone or machine_zone(), account)
        keep_targets(ws, make_targets(ws, order, site, account, addresses, _standing(ws, order)))
    if sealed:
        seal(ws.archive, signing_key(ws.archive, ws.user))
    ws.refresh()
    return find_case(ws, order)


def _site_of(ws: Workspace, addresses: Addresses) -> str:
    """The site that the addresses of a new case are of, the first that is known; without any, Alibaba."""
    return next((site for urls in addresses.values() for url in urls if (site := ws.site_at(url))), ALIBABA)


def _append_opening(ws: Workspace, order: str, site: str, name: str, zone: str, account: str) -> None:
    body = {"case": order, "site": site, "name": name, "zone": zone, "account": account}
    ws.archive.ledger.append("case.opened", body, ws.clock.now())


def close_case(ws: Workspace, wanted: str) -> Case:
    """Ends the watching of a case; what was kept stays kept, and `watch` or `case open` takes it up again."""
    case = find_case(ws, wanted)
    if not case.closed:
        ws.archive.record("case.closed", {"case": case.order, "who": "buyer"})
        seal(ws.archive, signing_key(ws.archive, ws.user))
        ws.refresh()
    return find_case(ws, case.order)


def set_case(
    ws: Workspace,
    wanted: str,
    assignments: Iterable[str],
    addresses: Addresses,
    *,
    name: str = "",
    zone: str = "",
    why: str = "",
    insist: bool = False,
) -> CaseSet:
    """Asserts facts (`name=value`; `name=` withdraws), sets addresses, name or zone. All or nothing.

    `why` is what the buyer says of a correction or withdrawal. What cannot be beside all that is known raises WrongRequest,
    unless the buyer does `insist`.
    """
    case = find_case(ws, wanted)
    zone = require_zone(zone) if zone else ""
    targets = make_targets(ws, case.order, case.site, case.account, addresses, _standing(ws, case.order))
    facts = [_assertion(ws, case, text, zone or case.zone) for text in assignments]
    _number_rounds(ws, case, facts)
    found = _doubts(ws, replace(case, zone=zone or case.zone), facts)
    if found.slips and not insist:
        raise WrongRequest(found.slips[0].text, "Nothing was entered. Correct it, or add --yes if it is right all the same.")
    with ws.archive.writing():
        _change_settings(ws, case, name=name, account="", zone=zone)
        keep_targets(ws, targets)
        for fact in facts:
            entry = {**fact, "why": why.strip()} if why.strip() else fact
            ws.archive.ledger.append("fact.asserted", entry, ws.clock.now())
    seal(ws.archive, signing_key(ws.archive, ws.user))
    ws.refresh()
    entered = tuple(entry_words(fact, why.strip(), zone or case.zone, case.site) for fact in facts)
    return CaseSet(find_case(ws, case.order), entered, tuple(one.text for one in (*found.slips, *found.others)))


def _number_rounds(ws: Workspace, case: Case, facts: Iterable[dict[str, Any]]) -> None:
    """The next free round for what recurs and names none; several in one command follow each other."""
    rounds: dict[str, int] = {}
    for fact in facts:
        if fact["round"] == 0:
            fact["round"] = rounds.get(fact["name"], ws.index.last_round(case.order, fact["name"])) + 1
            rounds[fact["name"]] = fact["round"]


def _doubts(ws: Workspace, case: Case, said: Iterable[Mapping[str, Any]]) -> NewContradictions:
    """What does not fit together once these are entered, and did before."""
    entered = {(one["name"], one["round"]): _entry(one) for one in said}
    if all(fact.value is None for fact in entered.values()):  # a withdrawal takes a contradiction away
        return NewContradictions()
    now = ws.clock.now()
    before = casefile(ws, case, now, every_look=False)
    kept = (f for f in before.facts if f.state != "asserted" or (f.name, f.round) not in entered)
    new = (fact for fact in entered.values() if fact.value is not None and counts_by(fact, now, now, case.zone))
    return new_contradictions(before, replace(before, facts=(*kept, *new)), load_policy(case.site))


def _entry(said: Mapping[str, Any]) -> Fact:
    return Fact(said["name"], valued(said["value"]), "asserted", "", "buyer", round=said["round"])


def split_assignment(text: str) -> tuple[str, int, str]:
    """`name=value`, `name#2=value` or `name=` as name, round (0 where none was given) and value. Raises WrongRequest."""
    left, sep, value = text.partition("=")
    name, mark, number = left.strip().partition("#")
    if not sep or not name or (mark and not (number.isdigit() and int(number) > 0)):
        raise WrongRequest(f"{text!r} is not understood.", "Write it as name=value, for example received_at=2026-09-30")
    return name, int(number) if mark else 0, value.strip()


def _assertion(ws: Workspace, case: Case, text: str, zone: str) -> dict[str, Any]:
    name, number, value = split_assignment(text)
    parsed = parse_assertion(name, value, zone) if value else None
    if not value:
        parse_assertion(name, None, zone)  # an unknown name is refused here too
    recurring = name in RECURRING
    if number > 1 and not recurring:
        raise WrongRequest(f"{sentence(fact_words(name))} can be entered only once in a case.", f"Write: {name}=value")
    last = ws.index.last_round(case.order, name)
    asserted = [one.fact for one in ws.index.assertions(case.order) if one.fact.name == name]
    if recurring and not value and not number:  # the newest that stands
        number = max((fact.round for fact in asserted), default=1)
    if number > max(last, 1):
        which = f"{fact_words(name)} that is called {name}#{number}"
        raise WrongRequest(f"There is no entry of {which} yet.", f"Add the next one with: {name}=value")
    previous = [fact.value for fact in asserted if fact.round == (number if recurring else 1)]  # 0: one more of its kind
    if not value and not previous:
        raise WrongRequest(
            f"There is no entry of {fact_words(name, number or 1)} to withdraw.",
            f"See what you entered: tradewitness case show {case.order}",
        )
    return {
        "case": case.order, "name": name, "round": number if recurring else 1, "value": as_json(parsed), "text": value,
        "who": "buyer", "previous": as_json(previous[-1]) if previous else None,
    }  # fmt: skip


def _change_settings(ws: Workspace, case: Case, **settings: str) -> None:
    for key, value in settings.items():
        if value and value != getattr(case, key):
            body = {"case": case.order, "name": key, "value": value}
            ws.archive.ledger.append("setting.changed", body, ws.clock.now())


def targets_of(ws: Workspace, case: str) -> list[Target]:
    """The pages that are visited for a case, order page first."""
    return sorted((t for t in ws.index.targets(case) if t.url), key=lambda t: page_rank(t.kind))


def _standing(ws: Workspace, case: str) -> tuple[Target, ...]:
    return tuple(targets_of(ws, case))


def make_targets(
    ws: Workspace, order: str, site: str, account: str, addresses: Addresses, standing: Iterable[Target]
) -> list[Target]:
    """Targets for the addresses given, pages of the case's site.

    Of kinds that a case has several of they join those it has; others are replaced.

    A thread may be named by its supplier instead: all conversations can share one address.
    """
    known = list(standing)
    made: list[Target] = []
    for kind, urls in addresses.items():
        for url in urls:
            expects = {"order": order} if page_kind(kind).of_order else {}
            if page_kind(kind).by_supplier and url.strip() and not _LIKE_AN_ADDRESS.search(url):
                address, expects = _shared_address(ws, site, kind), {"supplier": url.strip()}
            else:
                address = require_address(url)
            same = next((t for t in known if t.kind == kind and t.url == address and t.expects == expects), None)
            siblings = [t for t in known if t.kind == kind]
            replace = siblings and not page_kind(kind).several
            number = len(siblings) + 1
            identity = same.id if same else siblings[0].id if replace else kind if number == 1 else f"{kind}-{number}"
            made.append(Target(identity, order, kind, address, account, expects, site))
            known = [t for t in known if t.id != identity] + [made[-1]]
            _warn_other_kind(ws, made[-1])
    return made


def _shared_address(ws: Workspace, site: str, kind: str) -> str:
    """The one address at which pages of that kind are, known by supplier. Raises WrongRequest where there is none."""
    if not (address := ws.site_named(site).address(kind)):
        raise WrongRequest(
            f"On {load_policy(site).words.name} such a page is not found by the supplier's name.",
            f"Give its address: --{kind} ADDRESS",
        )
    return address


def _warn_other_kind(ws: Workspace, target: Target) -> None:
    """An address that plainly leads to another kind of page, or another site, is refused while it can still be mended."""
    there = ws.site_at(target.url)
    if there and there != target.site:
        own, other = (load_policy(site).words.name for site in (target.site, there))
        raise WrongRequest(
            f"{target.url} is an address of {other}, and the case is one of {own}.", f"Give an address of {own}."
        )
    kind = ws.site_of(target).kind_of(ws.alias.to_real(target.url))
    if kind and kind != target.kind and kind in case_pages():
        raise WrongRequest(
            f"{target.url} leads to another kind of page: {page_words(kind)}, not {page_words(target.kind)}.",
            f"Give it with --{kind}.",
        )


def keep_targets(ws: Workspace, targets: Iterable[Target]) -> None:
    for target in targets:
        ws.archive.ledger.append("target.set", as_json(target), ws.clock.now())


# -- reading a case back ----------------------------------------------------------------------------------------------


def casefile(ws: Workspace, case: Case, as_of: datetime, *, every_look: bool = True) -> CaseFile:
    """Everything known of a case by `as_of`: pages visited by then, assertions dated by then, whenever recorded.

    Without `every_look` those are left out at which a page, not of a dispute, said what it had said before and said again
    later, of the others each fact of which that holds, and what the visits kept: nothing is due because of them, and a year
    of nights is full of them.
    """
    stamp = as_of.astimezone(UTC)
    if not _is_now(ws, stamp):
        return _casefile(ws, case, stamp, ws.clock.now(), every_look)

    def made() -> tuple[CaseFile, datetime | None]:
        file = _casefile(ws, case, stamp, stamp, every_look)
        return file, min(_to_come(ws, case, stamp), default=None)

    file = ws.index.lasting(case.order, ("case file", every_look), stamp, made)
    return file if file.as_of == stamp else file.at(stamp)


def case_with_deadlines(ws: Workspace, case: Case, as_of: datetime) -> tuple[CaseFile, tuple[Deadline, ...]]:
    """The same without looks that tell nothing new, and what is due in it."""
    file = casefile(ws, case, as_of, every_look=False)
    return file, judged(ws, file, "deadlines", lambda: deadlines(file, *policies(case.site)))


def judged(ws: Workspace, file: CaseFile, question: object, judge: Callable[[], _T]) -> _T:
    """What rules say of a case, which of one as of now is asked once until something is written of it or turns by time."""
    if not _is_now(ws, file.as_of):
        return judge()
    return ws.index.lasting(file.order, question, file.as_of, lambda: (judge(), file.turning.soonest))


def _is_now(ws: Workspace, as_of: datetime) -> bool:
    """Whether that is now, as somebody read it who then asks: a clock goes on meanwhile."""
    return timedelta(0) <= ws.clock.now() - as_of < _ASKING


def _to_come(ws: Workspace, case: Case, stamp: datetime) -> list[datetime]:
    """What was kept of a case at a time that is still to come, by a clock that was wrong then or is now."""
    looks = ws.index.looks_after(case.order, stamp)
    files = [(f.page and f.page.saved_at) or f.added_at for f in ws.index.added_files(case.order)]
    return [at for at in (*looks, *files) if at > stamp]


def _casefile(ws: Workspace, case: Case, stamp: datetime, now: datetime, every_look: bool) -> CaseFile:
    visits = _visits(ws, case.order, stamp) if every_look else _telling(ws, case.order, stamp)
    kept = {s.id for _, s in visits}
    asserted = [one for one in ws.index.assertions(case.order) if counts_by(one.fact, stamp, now, case.zone)]
    files = ws.index.added_files(case.order)
    kept |= {f.id for f in files if ((f.page and f.page.saved_at) or f.added_at) <= stamp}
    if every_look:
        read = ws.index.facts_among(case.order, frozenset(kept))
    else:
        read = ws.index.facts_that_tell(kept, _TOLD_TOGETHER)
    events = [LedgerEvent(seq, "snapshot", s.visit.machine_time, f"{s.target.kind}: {s.outcome}") for seq, s in visits]
    events += [LedgerEvent(f.seq, "file", f.added_at, f.name) for f in files]
    events += [
        LedgerEvent(seq, "masked", at, "What is shown of a page was masked anew.")
        for seq, at, one in ws.index.masked_anew(case.order)
        if one in kept
    ]
    events += said_of_files(ws, case, files)
    events.append(LedgerEvent(case.seq, "case", case.opened_at, "The case was opened in tradewitness."))
    events += said_of_facts(ws, case, asserted)
    return CaseFile(
        order=case.order, name=case.name, zone=case.zone, as_of=stamp, opened_at=case.opened_at,
        facts=(*read, *(one.fact for one in asserted)), snapshots=tuple(s for _, s in visits), files=tuple(files),
        events=tuple(sorted(events, key=lambda e: e.seq)), account=case.account, site=case.site,
    )  # fmt: skip


def _visits(ws: Workspace, case: str, until: datetime) -> list[tuple[int, Snapshot]]:
    ids = frozenset(look.snapshot for look in ws.index.looks(case) if look.at <= until)
    return ws.index.snapshots_among(case, ids)


def _telling(ws: Workspace, case: str, until: datetime) -> list[tuple[int, Snapshot]]:
    """Those that tell something. When a dispute's page last asked counts, whatever it had said before."""
    return [(look.seq, _outlined(case, look)) for look in ws.index.looks_that_tell(case, until, _OF_A_DISPUTE)]


def _outlined(case: str, look: Look) -> Snapshot:
    """A visit without what it kept: when it was, to which page, and what came of it."""
    target = Target(look.target, case, look.kind, look.url)
    visit = Visit(look.url, look.url, (), 0, "", look.at, {}, {}, "", (), (), {})
    return Snapshot(1, look.snapshot, target, visit, (), look.outcome, look.why, ())


def counts_by(fact: Fact, as_of: datetime, now: datetime, zone: str) -> bool:
    """Whether an asserted fact counts by `as_of`: an event that had not happened by then does not.

    A bare day counts from its beginning in the case's zone. A day that has not come even now is a slip of the keyboard:
    it is let through, for the rules to say so.
    """
    if not is_event(fact.name):
        return True
    moment = happened_at(fact, zone)
    return moment <= as_of or moment > now


def happened_at(fact: Fact, zone: str) -> datetime:
    """When an asserted event happened, at the earliest; a bare day begins in the case's zone."""
    if isinstance(fact.value, Printed):
        return fact.value.earliest
    moment = datetime.fromisoformat(str(fact.value))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
