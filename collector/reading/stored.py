"""A visit's page read back from the bytes that were stored: what readers and judges are given, never what was on screen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from collector.alias import Alias
from collector.capture.network import is_text
from collector.errors import DamagedArchive
from collector.model import Artefact, Snapshot
from collector.site import Box, Carried, Document, StoredPage

Get = Callable[[str], bytes]
_HANDED = re.compile(rb"(?:/\*\*/)?[\w$.]{1,80}\(\s*([{\[].*[}\]])\s*\);?", re.DOTALL)


def stored_page(snapshot: Snapshot, get: Get, alias: Alias) -> StoredPage:
    """The page as it was stored. `get` gives an object by its digest and raises DamagedArchive when it is not whole."""
    then, visit = Alias.parse(snapshot.visit.alias) or alias, snapshot.visit
    return page_of(snapshot.artefacts, get, then, visit.final, visit.status, visit.machine_time, snapshot.id)


def page_of(
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


def carried(snapshot: Snapshot, get: Get, alias: Alias) -> Iterator[tuple[str, int, int, Carried]]:
    """Every exchange and socket of a visit: "body" or "frames", its number in the record, the part that holds what came
    of it (-1 where nothing was kept), and what it carried. () for a visit that kept no exchanges.
    """
    then = Alias.parse(snapshot.visit.alias) or alias
    kept = {(a.role, a.part): a for a in snapshot.artefacts}
    record = network_record(snapshot.artefacts, get)
    for number, told in enumerate(record.get("exchanges", ())):
        part = told["body"].get("part", -1)
        texts = [json.dumps(told["sent"], ensure_ascii=False).encode()] if told["sent"] else []
        body = kept.get(("body", part))
        if body is not None and is_text(told["media_type"]):
            texts.append(get(body.digest))
        yield "body", number, part, Carried(told["resource"], then.to_real(told["url"]), told["media_type"], tuple(texts))
    for number, told in enumerate(record.get("sockets", ())):
        frames = kept.get(("frames", told["part"]))
        lines = get(frames.digest).splitlines() if frames else []
        texts = [str(json.loads(line)["data"]).encode("utf-8", "replace") for line in lines]
        yield "frames", number, told["part"], Carried("WebSocket", then.to_real(told["url"]), "", tuple(texts))


def network_record(artefacts: Iterable[Artefact], get: Get) -> Mapping[str, Any]:
    """What a visit heard of the network, as it was kept; {} where it kept nothing of it."""
    found: Any = next((json.loads(get(a.digest)) for a in artefacts if a.role == "network"), {})
    return found if isinstance(found, dict) else {}  # before bodies were kept it was a bare list


def _told(
    kept: Mapping[tuple[str, int], Artefact], get: Get, alias: Alias
) -> tuple[tuple[Document, ...], Mapping[str, str]]:
    """What the page was told in JSON, and the digests of the other files that it was sent, by address."""
    record = network_record(kept.values(), get)
    told: list[Document] = []
    files: dict[str, str] = {}
    for exchange in record.get("exchanges", ()):
        body = kept.get(("body", exchange["body"].get("part", -1)))
        if body is None:
            continue
        if _may_be_data(exchange) and (data := _data(get(body.digest))) is not None:
            asked = f"{alias.to_real(exchange['url'])}\n{(exchange['sent'] or {}).get('text', '')}"
            told.append(Document(body.part, body.digest, data.replace(b"\n", b" "), asked))
        else:
            files.setdefault(alias.to_real(exchange["url"]), body.digest)
    told += [_frames(kept[key], get) for key in sorted(kept) if key[0] == "frames"]
    return tuple(told), files


def _may_be_data(exchange: Mapping[str, Any]) -> bool:
    """Whether an answer may be JSON: by its type, or as text that a script asked for, some answers being mistyped."""
    plain = exchange["media_type"].partition(";")[0].strip().lower()
    asked = exchange["resource"] in ("XHR", "Fetch") or "callback=" in exchange["url"]
    return plain == "application/json" or plain.endswith("+json") or (asked and is_text(plain))


def _data(body: bytes) -> bytes | None:
    """JSON as it stands, or without the function that it is handed to; None for anything else."""
    handed = _HANDED.fullmatch(body.strip())
    data = handed[1] if handed else body
    return data if data.lstrip()[:1] in (b"{", b"[") else None


def _frames(artefact: Artefact, get: Get) -> Document:
    """The received messages of one socket, a JSON text a line."""
    lines: Iterable[Mapping[str, Any]] = map(json.loads, get(artefact.digest).splitlines())
    said = (str(line["data"]).replace("\n", " ") for line in lines if line["way"] == "received" and not line["binary"])
    return Document(artefact.part, artefact.digest, "\n".join(said).encode("utf-8", "replace"))
