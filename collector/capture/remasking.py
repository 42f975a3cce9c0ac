"""A kept visit masked anew by the rules of today: the originals are not touched, what takes their place is handed back.

What the browser held as a session is gone by then, so secrets are learnt from the stored pages and answers alone, and from
what their form says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from collector.canonical import canonical
from collector.capture.machinery import Form, VisitText
from collector.capture.masking import Mask, holds
from collector.capture.network import MASKED, credentials_of, form_of, is_text
from collector.capture.secrets import secrets_of
from collector.errors import DamagedArchive
from collector.model import Artefact, Snapshot
from collector.network_record import (
    ExchangeRecord,
    KeptBody,
    NetworkRecord,
    NoBody,
    SentText,
    SocketRecord,
    frames_data,
    network_record,
    read_frames,
)

Get = Callable[[str], bytes]
_Spoken = TypeVar("_Spoken", ExchangeRecord, SocketRecord)
MASKED_AGAIN = "masked again"
_FORMS: Mapping[str, Form] = {"dom": "html", "stretch": "html", "text": "shown", "console": "speech"}
_NOT_KEPT = "it holds a secret of the session, which cannot be masked in it"


@dataclass(frozen=True, slots=True)
class Derived:
    """What takes the place of an original: its bytes masked, or None where it cannot be masked and nothing is shown."""

    original: Artefact
    data: bytes | None

    @property
    def note(self) -> str:
        """The original's note, and that it was masked again."""
        parts = [part for part in self.original.note.split("; ") if part and part not in (MASKED, MASKED_AGAIN)]
        return "; ".join((*parts, MASKED_AGAIN))


def masked_anew(snapshot: Snapshot, get: Get) -> tuple[tuple[Derived, ...], tuple[Mapping[str, Any], ...]]:
    """What of a visit today's rules treat otherwise, and what they masked by kind and artefact. Raises DamagedArchive."""
    kept = {(a.role, a.part): a for a in snapshot.artefacts}
    record = network_record(snapshot.artefacts, get)
    mask = _mask_for(snapshot, record, kept, get)
    bodies = {told.part: told for told in record.exchanges if isinstance(told.body, KeptBody)}
    found: list[Derived] = []
    dropped: set[int] = set()
    for artefact in snapshot.artefacts:
        if artefact.role == "network" or artefact.media_type.startswith(("image/", "video/", "audio/", "font/")):
            continue
        data = get(artefact.digest)
        new = _masked(artefact, data, mask, bodies.get(artefact.part))
        if new is None and artefact.role == "body":
            dropped.add(artefact.part)
        if new != data:
            found.append(Derived(artefact, new))
    if (network := kept.get(("network", 0))) is not None:
        data = get(network.digest)
        new = _record(data, record, mask, dropped)
        found += [Derived(network, new)] if new != data else []
    return tuple(found), mask.redactions if found else ()


def _mask_for(snapshot: Snapshot, record: NetworkRecord, kept: Mapping[tuple[str, int], Artefact], get: Get) -> Mask:
    texts = [
        VisitText(get(a.digest).decode("utf-8", "replace"), _FORMS[role]) for (role, _), a in kept.items() if role in _FORMS
    ]
    for told in record.exchanges:
        texts += [VisitText(told.sent.text, "sent")] if isinstance(told.sent, SentText) else []
        body = kept.get(("body", told.part))
        if body is not None and (form := form_of(told.media_type, told.resource, data := get(body.digest))):
            texts.append(VisitText(data.decode("utf-8", "replace"), form))
    for socket in record.sockets:
        if (frames := kept.get(("frames", socket.part))) is not None:
            texts += [VisitText(f.data, "json") for f in read_frames(get(frames.digest)) if not f.binary]
    speakers: tuple[ExchangeRecord | SocketRecord, ...] = (*record.exchanges, *record.sockets)
    headers = [pair for one in speakers for pair in (*one.request_headers, *one.response_headers)]
    credentials = [c for name, value in headers for c in credentials_of(name.lower(), value) if "[redacted:" not in c.value]
    addresses = [snapshot.visit.requested, snapshot.visit.final, *snapshot.visit.redirects, *(one.url for one in speakers)]
    keep = (snapshot.target.case, *snapshot.target.expects.values())
    return Mask(secrets_of(credentials, addresses, texts), keep)


def _masked(artefact: Artefact, data: bytes, mask: Mask, told: ExchangeRecord | None) -> bytes | None:
    """The bytes masked; None where they hold a secret and nothing can be masked in them."""
    name = f"{artefact.role}:{artefact.part}"
    if artefact.role in ("mhtml", "pdf"):
        return None if holds(mask, artefact.media_type, data) else data
    if artefact.role == "frames":
        frames = tuple(f if f.binary else replace(f, data=mask.mask(f.data, name)) for f in read_frames(data))
        return frames_data(frames)
    if artefact.role == "body" and not is_text(told.media_type if told is not None else artefact.media_type):
        return None if holds(mask, artefact.media_type, data) else data
    return mask.mask_bytes(data, name)


def _record(data: bytes, record: NetworkRecord, mask: Mask, dropped: set[int]) -> bytes:
    """The record of the network masked; one of an early form as the text that it is."""
    try:
        early = not isinstance(json.loads(data), dict)
    except ValueError as error:
        raise DamagedArchive("The record of a visit's network cannot be read.", "Run: tradewitness verify") from error
    if early:
        return mask.mask_bytes(data, "network:0")
    exchanges = tuple(_exchange(told, mask, dropped) for told in record.exchanges)
    sockets = tuple(_spoken(told, mask) for told in record.sockets)
    return canonical(replace(record, exchanges=exchanges, sockets=sockets))


def _exchange(told: ExchangeRecord, mask: Mask, dropped: set[int]) -> ExchangeRecord:
    sent = SentText(mask.mask(told.sent.text, "network:0")) if isinstance(told.sent, SentText) else told.sent
    body = NoBody("absent", _NOT_KEPT) if told.part in dropped else told.body
    return replace(_spoken(told, mask), sent=sent, body=body)


def _spoken(told: _Spoken, mask: Mask) -> _Spoken:
    return replace(
        told,
        url=mask.mask(told.url, "network:0"),
        request_headers=tuple(_headers(told.request_headers, mask)),
        response_headers=tuple(_headers(told.response_headers, mask)),
    )


def _headers(headers: tuple[tuple[str, str], ...], mask: Mask) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield name, value if "[redacted:" in value else mask.header(name, value, "network:0")
