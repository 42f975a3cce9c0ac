"""What the buyer said of a case, in words: what was entered, corrected and withdrawn. Nothing of it is ever erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.workspace import Workspace
from collector.archive.queries import Assertion, Case, Description
from collector.archive.records import valued
from collector.kinds import in_words, page_kind
from collector.ledger.log import about_case
from collector.model import AddedFile
from rules.case.casefile import LedgerEvent
from rules.language.facts import fact_words, value_words

_KINDS = (
    "case.opened", "case.closed", "setting.changed", "target.set", "fact.asserted", "file.added", "file.described",
)  # fmt: skip
_SETTINGS = {"name": "its name is {}", "zone": "its time zone is {}", "account": "its account is {}"}


@dataclass(frozen=True, slots=True)
class Saying:
    """One entry of the buyer's: its ledger number, its kind there, when it was made (UTC), what it says in a sentence, and
    whether it changed what an earlier one had said.
    """

    seq: int
    kind: str
    at: datetime
    text: str
    corrects: bool = False


def said_of_files(ws: Workspace, case: Case, files: Iterable[AddedFile]) -> list[LedgerEvent]:
    """What the buyer said afterwards of files that stand; of each that was withdrawn, that.

    The name of a file that was withdrawn may be of another case's affairs: it is not repeated.
    """
    names = {file.id: file.name for file in files}
    gone = {file.id: file for file in ws.index.withdrawn_files(case.order)}
    events: dict[object, LedgerEvent] = {}
    for one in ws.index.descriptions(case.order):
        if one.file in names:
            text = f"The buyer said of {names[one.file]}: {_description(one.said, one.withdrawn, one.why, case.zone)}."
            events[one.seq] = LedgerEvent(one.seq, "description", one.at, text)
        elif one.file in gone and one.withdrawn:  # the last time counts
            events[one.file] = LedgerEvent(one.seq, "description", one.at, _withdrawal(one, gone[one.file], case.zone))
    return list(events.values())


def said_of_facts(ws: Workspace, case: Case, standing: Iterable[Assertion]) -> list[LedgerEvent]:
    """The entries that stand, and those that withdrew one."""
    withdrawn = (one for one in ws.index.entered(case.order) if one.entered is None)
    return [
        LedgerEvent(one.seq, "assertion", one.fact.at, f"The buyer {_assertion(one, case)}.")
        for one in (*standing, *withdrawn)
        if one.fact.at
    ]


def entry_words(body: Mapping[str, Any], why: str, zone: str, site: str) -> str:
    """What an entry of a fact says, in a sentence."""
    told = _entered(body["name"], body["round"], valued(body["value"]), body["previous"], why, zone, site)
    return f"You {told}."


def sayings(ws: Workspace, case: Case) -> tuple[Saying, ...]:
    """Everything that the buyer ever said of a case, oldest first, as the ledger has it."""
    names: dict[str, str] = {}
    told: list[Saying] = []
    for entry in ws.archive.ledger.entries(kinds=_KINDS, about=about_case(case.order)):
        body = entry.body
        if entry.kind == "file.added":
            names[str(body["id"])] = str(body["name"])
        text, corrects = _said(entry.kind, body, names, case)
        told.append(Saying(entry.seq, entry.kind, datetime.fromisoformat(entry.at), f"{text}.", corrects))
    return tuple(told)


# -- what an entry says -------------------------------------------------------------------------------------------------


def _said(kind: str, body: Mapping[str, Any], names: Mapping[str, str], case: Case) -> tuple[str, bool]:
    """What an entry of these kinds says, and whether it changed what an earlier one had said."""
    match kind:
        case "case.opened":
            return "You opened the case", False
        case "case.closed":
            return "You stopped watching the case", False
        case "setting.changed":
            what = _SETTINGS.get(body["name"], f"{in_words(body['name'])} is {{}}")
            return f"You said of the case: {what.format(body['value'])}", True
        case "target.set":
            page = page_kind(body["kind"]).title.lower()
            return f"You gave the address of the {page}: {body['url']}" if body["url"] else f"You gave up the {page}", False
        case "fact.asserted":
            value, before = valued(body["value"]), body.get("previous")
            text = _entered(body["name"], body["round"], value, before, body.get("why", ""), case.zone, case.site)
            return f"You {text}", value is None or before is not None
        case "file.added":
            note = f", which shows “{body['note']}”" if body["note"] else ""
            return f"You added {body['name']} ({body['id']}) as {in_words(body['kind'])}{note}", False
        case _:
            name = f"{names.get(body['id'], 'a file')} ({body['id']})"
            return f"You said of {name}: {_description(body, body.get('withdrawn'), body.get('why', ''), case.zone)}", True


def _description(said: Mapping[str, Any], withdrawn: bool | None, why: str, zone: str) -> str:
    """What was said of a file afterwards: "it is kept as photo; its note is withdrawn"."""
    words = []
    if "kind" in said:
        words.append(f"it is kept as {in_words(str(said['kind']))}")
    if "note" in said:
        words.append(f"it shows “{said['note']}”" if said["note"] else "its note is withdrawn")
    if "saved_at" in said:
        words.append(f"it was saved {value_words(said['saved_at'], zone)}")
    if "dates" in said:
        words.append(f"its dates are {in_words(str(said['dates']))}")
    if "url" in said:
        words.append(f"it was saved from {said['url']}")
    if withdrawn is not None:
        words.append("it is withdrawn" if withdrawn else "it stands again")
    return "; ".join(words) + (f" ({why})" if why else "")


def _withdrawal(one: Description, file: AddedFile, zone: str) -> str:
    what = f"a file ({in_words(file.kind)}, {file.id}) that was added {value_words(file.added_at, zone)}"
    return f"The buyer withdrew {what}{f' ({one.why})' if one.why else ''}."


def _assertion(one: Assertion, case: Case) -> str:
    fact = one.fact
    return _entered(fact.name, fact.round, fact.value, one.previous, one.why, case.zone, case.site)


def _entered(name: str, number: int, value: Any, previous: object, why: str, zone: str, site: str) -> str:
    """ "entered units in all: 200, before: 300" or "withdrew an entry: units in all, 300 (counted twice)"."""
    before = value_words(valued(previous), zone) if previous is not None else ""
    because = f" ({why})" if why else ""
    if value is None:
        return f"withdrew an entry: {fact_words(name, number, site)}{f', {before}' if before else ''}{because}"
    now = value_words(value, zone)
    corrected = f", before: {before}" if before not in ("", now) else ""
    return f"entered {fact_words(name, number, site)}: {now}{corrected}{because}"
