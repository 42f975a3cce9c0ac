"""What was kept: a visit with its pictures and facts, a conversation, the buyer's photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from casework import views
from casework.asking.dossier import FactPicture, facts_of, tiles_of
from casework.asking.search import that_say
from casework.cases import find_case, machine_zone
from casework.proving.status import seal_of
from casework.workspace import Workspace
from collector.archive.fulltext import MESSAGES
from collector.archive.queries import Case
from collector.errors import WrongRequest
from collector.kinds import page_kind
from collector.media import media_type_of
from collector.model import Area, Artefact, Fact, Snapshot
from collector.network_record import network_record
from rules.conversation.redflags import flags_of
from rules.language.facts import fact_words, value_words
from rules.pack.plan.withheld import role_words
from rules.policy.platform import load_policy
from web.language import moment
from web.page import desk_of, page, shown_view, whole

_PICTURES = ("tile", "screen")
_SHOWN_AS = ("image/png", "image/jpeg", "image/webp", "image/gif")
_A_PAGE = 200  # messages on a page of a conversation
_MOST_EXCHANGES = 500
_MOST_LETTERS = 200_000  # of a page's text
_ALONE = "default-src 'none'; sandbox"  # of what was kept, whatever it is: no script, no network, an origin of its own


# What was done in each step of a visit, and what came of it.
STEP_WORDS: Mapping[str, str] = {
    "open": "Opened the page", "glimpse": "Looked at what it is", "settle": "Waited until it had loaded",
    "expand": "Opened what was folded", "tiles": "Took pictures", "dom": "Kept its source", "text": "Kept its text",
    "mhtml": "Kept it as one file (MHTML)", "thread": "Read the conversation back to its start",
    "attachments": "Kept what was attached", "pdf": "Printed it as a PDF", "network": "Kept what the site answered",
    "store": "Stored all of it", "identify": "Looked at whose page it is",
}  # fmt: skip
STEP_OUTCOMES: Mapping[str, str] = {"ok": "done", "partial": "done in part", "failed": "failed", "skipped": "not needed"}


@dataclass(frozen=True, slots=True)
class FactBox:
    """Where a fact stands in a picture, in its pixels."""

    words: str
    value: str
    area: Area


@dataclass(frozen=True, slots=True)
class TilePicture:
    """One picture of a visit: its artefact's role and part, with the boxes of the facts that were read in it."""

    role: str
    part: int
    width: int
    height: int
    boxes: tuple[FactBox, ...]


@dataclass(frozen=True, slots=True)
class ShownSeal:
    """How a visit is sealed: the line of the ledger that names it, counted from 1, and the checkpoint over the first `size`
    lines, with each authority and when it confirmed it (None where that is not recorded).
    """

    line: int
    size: int
    signed: datetime
    stamps: tuple[tuple[str, datetime | None], ...]


def snapshot(request: Request) -> Response:
    """One visit: its pictures with boxes, what was read, its steps, and what it lacks."""
    ws = desk_of(request).workspace()
    found = snapshot_of(ws, request.path_params["id"])
    zone = find_case(ws, found.target.case).zone if found.target.case else machine_zone()
    read = facts_of(ws, found.id)
    tiles = tiles_of(ws, read)
    pictures, told = _pictures(found, read, tiles, zone), shown_view(views.facts(read, tiles, zone, found.target.site))
    heard = network_record(found.artefacts, ws.archive.objects.get)
    return page(
        request, "snapshot.html", page_kind(found.target.kind).title, snapshot=found, pictures=pictures,
        facts=told, zone=zone, text=_text_of(ws, found), steps=STEP_WORDS, outcomes=STEP_OUTCOMES,
        heard=heard.exchanges[:_MOST_EXCHANGES], asked=len(heard.exchanges), unseen=heard.unseen,
        seal=_seal(ws, found), role_words=role_words,
    )  # fmt: skip


def _seal(ws: Workspace, found: Snapshot) -> ShownSeal | None:
    """None of one that no checkpoint covers yet."""
    seal = seal_of(ws, found.id)
    if seal is None or seal.checkpoint is None:
        return None
    stamps = tuple((name, datetime.fromisoformat(at) if at else None) for name, at in seal.checkpoint.tokens)
    return ShownSeal(seal.number + 1, seal.checkpoint.size, datetime.fromisoformat(seal.checkpoint.at), stamps)


def _text_of(ws: Workspace, found: Snapshot) -> str:
    """The words of the page as they were kept; "" where none were."""
    kept = next((artefact for artefact in found.artefacts if artefact.role == "text"), None)
    return ws.archive.objects.get(kept.digest).decode("utf-8", "replace")[:_MOST_LETTERS] if kept else ""


def snapshot_of(ws: Workspace, identifier: str) -> Snapshot:
    """The visit that an address names. Raises WrongRequest."""
    ws.archive.require()
    found = ws.index.snapshot(identifier)
    if found is None:
        raise WrongRequest("There is no such visit in this archive.", "Go to the case, and choose one there.")
    return found


def pictures_of(found: Snapshot) -> list[Artefact]:
    """What a browser can show of it."""
    return [a for a in found.artefacts if a.media_type in _SHOWN_AS and a.role in _PICTURES]


def _pictures(found: Snapshot, facts: Sequence[Fact], tiles: Sequence[FactPicture | None], zone: str) -> list[TilePicture]:
    made = []
    for artefact in pictures_of(found):
        area = artefact.area
        if area is None:
            continue
        boxes = tuple(
            FactBox(fact_words(fact.name, fact.round, found.target.site), value_words(fact.value, zone)[:200], tile.box)
            for fact, tile in zip(facts, tiles, strict=True)
            if tile is not None and tile.digest == artefact.digest and tile.part == artefact.part
        )
        made.append(TilePicture(artefact.role, artefact.part, *area[2:], boxes))
    return made


def picture(request: Request) -> Response:
    """A picture of a visit, as it was kept."""
    ws, (role, part) = desk_of(request).workspace(), (request.path_params["role"], request.path_params["part"])
    found = snapshot_of(ws, request.path_params["id"])
    artefact = next((a for a in pictures_of(found) if (a.role, str(a.part)) == (role, part)), None)
    if artefact is None:
        raise WrongRequest("That visit has no such picture.", "Go back to the visit.")
    return _kept(ws, artefact.digest)


def photo(request: Request) -> Response:
    """A photo of the buyer's own, where a browser can show it."""
    ws = desk_of(request).workspace()
    case = find_case(ws, request.path_params["order"])
    file = next((f for f in ws.index.added_files(case.order) if f.id == request.path_params["id"]), None)
    if file is None:
        raise WrongRequest("The case has no such file.", "Go back to the case.")
    return _kept(ws, file.digest)


def _kept(ws: Workspace, digest: str) -> Response:
    """Stored bytes as a picture by what they are, never by what they are called; nothing else is handed to a browser."""
    data = ws.archive.objects.get(digest)
    kind = media_type_of("", data[:4096])
    if kind not in _SHOWN_AS:
        raise WrongRequest("That is no picture that a browser shows.", "It is kept, sealed, and in the pack as it is.")
    headers = {"content-security-policy": _ALONE, "cache-control": "private, max-age=3600"}
    return Response(data, media_type=kind, headers=headers)


def facts(request: Request) -> Response:
    """What was read of a case, each with the place where it stands."""
    ws, query = desk_of(request).look(), request.query_params
    ws.archive.require()
    case = find_case(ws, request.path_params["order"])
    found = facts_of(ws, case.order, everything=bool(query.get("all")))
    told = shown_view(views.facts(found, tiles_of(ws, found), case.zone, case.site))
    return page(request, "facts.html", "What was read", case=case, facts=told, everything=bool(query.get("all")))


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the page shows it: its number in the conversation, and the page of it on which it stands.

    `flags` are what `check` finds in its words: kind and label.
    """

    number: int
    page: int
    who: str
    name: str
    when: str
    text: str
    translation: str
    recalled: bool
    attachments: tuple[str, ...]
    flags: tuple[tuple[str, str], ...] = ()


def thread(request: Request) -> Response:
    """The conversations of a case, two hundred messages a page, the newest first seen last as in a messenger."""
    ws, query = desk_of(request).look(), request.query_params
    ws.archive.require()
    case = find_case(ws, request.path_params["order"])
    messages = [
        message
        for fact in facts_of(ws, case.order)
        if fact.name in MESSAGES and isinstance(fact.value, tuple)
        for message in fact.value
        if isinstance(message, Mapping)
    ]
    words = query.get("q", "").strip()
    among = that_say(map(_texts, messages), words) if words else range(len(messages))
    pages = max(1, -(-len(among) // _A_PAGE))
    asked = whole(query.get("page", ""))
    number = asked if 1 <= asked <= pages else pages
    shown = [_said(messages[n], n, case) for n in among[(number - 1) * _A_PAGE : number * _A_PAGE]]
    return page(
        request, "thread.html", "Messages", case=case, messages=shown, number=number, pages=pages, total=len(among),
        words=words, every=len(messages),
    )  # fmt: skip


def _texts(message: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(message.get("text") or ""), str(message.get("translation") or ""), *_attached(message))


def _attached(message: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one.get("name", "")) for one in message.get("attachments") or () if isinstance(one, Mapping))


def _said(message: Mapping[str, Any], number: int, case: Case) -> Said:
    sent = message.get("sent_at")
    when = moment(sent, case.zone) if isinstance(sent, datetime) else str(message.get("printed") or "")
    texts = (str(message.get(key) or "") for key in ("from", "name", "text", "translation"))
    who, name, text, translation = texts
    recalled, place = bool(message.get("recalled")), number // _A_PAGE + 1
    flags = () if recalled else tuple(dict.fromkeys((*_flags(text, who, case.site), *_flags(translation, who, case.site))))
    return Said(number, place, who, name, when, text, translation, recalled, _attached(message), flags)


@lru_cache(maxsize=20_000)
def _flags(text: str, who: str, site: str) -> tuple[tuple[str, str], ...]:
    return flags_of(text, who, load_policy(site).words)
