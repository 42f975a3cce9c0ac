"""A visit's page read back from the bytes that were stored: what readers and judges are given, never what was on screen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from collector.alias import Alias
from collector.canonical import as_json
from collector.capture.network import is_text
from collector.capture.tab import Exchange
from collector.errors import DamagedArchive
from collector.model import Artefact, Snapshot
from collector.network_record import ExchangeRecord, Get, SentText, network_record, read_frames
from collector.site import Box, Document, ExchangeContent, StoredPage

_HANDED = re.compile(rb"(?:/\*\*/)?[\w$.]{1,80}\(\s*([{\[].*[}\]])\s*\);?", re.DOTALL)


def stored_page(snapshot: Snapshot, get: Get, alias: Alias) -> StoredPage:
    """The page as it was stored. `get` gives an object by its digest and raises DamagedArchive when it is not whole."""
    then, visit = Alias.parse(snapshot.visit.alias) or alias, snapshot.visit
    return page_from_parts(snapshot.artefacts, get, then, visit.final, visit.status, visit.machine_time, snapshot.id)


def with_sheets(page: StoredPage, snapshot: Snapshot, get: Get) -> StoredPage:
    """The page with the style sheets that were kept with it. Raises DamagedArchive."""
    styles = {a.digest for a in snapshot.artefacts if a.role == "body" and a.media_type.startswith("text/css")}
    kept = {url: digest for url, digest in page.files.items() if digest in styles}
    return replace(page, sheets={url: get(digest).decode("utf-8", "replace") for url, digest in kept.items()})


def page_from_parts(
    artefacts: Iterable[Artefact], get: Get, alias: Alias, final: str, status: int, seen_at: datetime, ident: str
) -> StoredPage:
    """The same from its parts; `final` is the address as it was visited."""
    kept = {(a.role, a.part): a for a in artefacts}

    def documents(role: str) -> tuple[Document, ...]:
        return tuple(Document(a.part, a.digest, get(a.digest)) for key, a in sorted(kept.items()) if key[0] == role)

    text = "\n".join(document.html.decode("utf-8", "replace") for document in documents("text"))
    stretches = documents("stretch")
    told, files = _told(kept, get, alias)
    # Messages that were kept are read, where the page around them was not to be had, too.
    sources = documents("dom")
    pages = sources or tuple(replace(newest, part=0) for newest in stretches[:1])
    boxes = _boxes(kept, get) if sources else ()
    return StoredPage(alias.to_real(final), status, pages, text, seen_at, ident, stretches, told, files, boxes)


def _boxes(kept: Mapping[tuple[str, int], Artefact], get: Get) -> tuple[Box, ...]:
    """Where the page showed its texts; () where that was not kept whole: its facts can be read all the same."""
    artefact = kept.get(("boxes", 0))
    if artefact is None:
        return ()
    try:
        rows = json.loads(get(artefact.digest))
        return tuple(
            Box(str(path), int(x), int(y), int(wide), int(high), str(text)) for path, x, y, wide, high, text in rows
        )
    except (DamagedArchive, ValueError, TypeError, OverflowError):  # `verify` names it; or a figure was masked in it
        return ()


def exchange_contents(snapshot: Snapshot, get: Get, alias: Alias) -> Iterator[tuple[str, int, int, ExchangeContent]]:
    """Every exchange and socket of a visit: "body" or "frames", its number in the record, the part that holds what came
    of it (-1 where nothing was kept), and what it carried. () for a visit that kept no exchanges.
    """
    then = Alias.parse(snapshot.visit.alias) or alias
    kept = {(a.role, a.part): a for a in snapshot.artefacts}
    record = network_record(snapshot.artefacts, get)
    for number, exchange in enumerate(record.exchanges):
        texts = [json.dumps(as_json(exchange.sent), ensure_ascii=False).encode("utf-8", "replace")] if exchange.sent else []
        body, real = kept.get(("body", exchange.part)), then.to_real(exchange.url)
        if body is not None and is_text(exchange.media_type):
            texts.append(get(body.digest))
        yield "body", number, exchange.part, ExchangeContent(exchange.resource, real, exchange.media_type, tuple(texts))
    for number, socket in enumerate(record.sockets):
        frames = kept.get(("frames", socket.part))
        said = read_frames(get(frames.digest)) if frames else ()
        messages = tuple(frame.data.encode("utf-8", "replace") for frame in said)
        yield "frames", number, socket.part, ExchangeContent("WebSocket", then.to_real(socket.url), "", messages)


def _told(
    kept: Mapping[tuple[str, int], Artefact], get: Get, alias: Alias
) -> tuple[tuple[Document, ...], Mapping[str, str]]:
    """What the page was told in JSON, and the digests of the other files that it was sent, by address."""
    walked = any(role == "stretch" for role, _ in kept)
    fetch = get if walked else _whatever_is_there(get)
    try:
        record = network_record(kept.values(), get)
    except DamagedArchive:
        if walked:
            raise
        return (), {}
    told: list[Document] = []
    files: dict[str, str] = {}
    for exchange in record.exchanges:
        body = kept.get(("body", exchange.part))
        if body is None:
            continue
        if _may_be_data(exchange) and (data := _data(fetch(body.digest))) is not None:
            asked = f"{alias.to_real(exchange.url)}\n{exchange.sent.text if isinstance(exchange.sent, SentText) else ''}"
            told.append(Document(body.part, body.digest, data.replace(b"\n", b" "), asked))
        else:
            files.setdefault(alias.to_real(exchange.url), body.digest)
    told += [_frames(kept[key], fetch) for key in sorted(kept) if key[0] == "frames"]
    return tuple(told), files


def told_so_far(exchanges: Iterable[Exchange], alias: Alias) -> tuple[Document, ...]:
    """What a page under way was told in JSON, before any of it is stored."""
    found = ((e, _data(e.body.data)) for e in exchanges if e.body.mark != "absent" and _may_be_data(e))
    return tuple(
        Document(n, "", data.replace(b"\n", b" "), f"{alias.to_real(e.url)}\n{e.sent.decode('utf-8', 'replace')}")
        for n, (e, data) in enumerate(found)
        if data is not None
    )


def _whatever_is_there(get: Get) -> Get:
    """Gives nothing for an answer that is not there whole: what the page itself shows is read all the same.

    A conversation was joined from what it was told, and is not read without.
    """

    def fetch(digest: str) -> bytes:
        try:
            return get(digest)
        except DamagedArchive:
            return b""

    return fetch


def _may_be_data(exchange: ExchangeRecord | Exchange) -> bool:
    """Whether an answer may be JSON: by its type, or as text that a script asked for, some answers being mistyped."""
    kind = exchange.media_type.partition(";")[0].strip().lower()
    asked = exchange.resource in ("XHR", "Fetch") or "callback=" in exchange.url
    return kind == "application/json" or kind.endswith("+json") or (asked and is_text(kind))


def _data(body: bytes) -> bytes | None:
    """JSON as it stands, or without the function that it is handed to; None for anything else."""
    handed = _HANDED.fullmatch(body.strip())
    data = handed[1] if handed else body
    return data if data.lstrip()[:1] in (b"{", b"[") else None


def _frames(artefact: Artefact, get: Get) -> Document:
    """The received messages of one socket, a JSON text a line."""
    frames = read_frames(get(artefact.digest))
    said = (frame.data.replace("\n", " ") for frame in frames if frame.way == "received" and not frame.binary)
    return Document(artefact.part, artefact.digest, "\n".join(said).encode("utf-8", "replace"))
