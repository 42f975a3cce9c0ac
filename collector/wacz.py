"""Visits as a web archive: WARC 1.1 records, a CDXJ index, a list of pages, all in one stored zip (WACZ 1.1.1).

Formats: https://iipc.github.io/warc-specifications/ and https://specs.webrecorder.net/wacz/1.1.1/. Nothing here is evidence
of its own: it is made from the kept exchanges whenever it is asked for, and the same visits give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO, Any, BinaryIO

from collector.address import parts_of
from collector.canonical import commitment, sha256
from collector.model import Private, Snapshot
from collector.network_record import EmptyBody, ExchangeRecord, Get, NoBody, SentText, SocketRecord, network_record

_WARC = "data.warc.gz"
_SOFTWARE = "tradewitness"
# The browser hands over decoded bodies, so these no longer describe what follows.
_UNDONE = ("content-encoding", "transfer-encoding", "content-length")
_CRLF = "\r\n"
_NOTHING = Private()
_ZIP64 = 1 << 31  # above it, a member's sizes get the wider form from the start


@dataclass(frozen=True, slots=True)
class _RecordedExchange:
    """One exchange of a visit as its record tells it, and its body where one was kept."""

    snapshot: Snapshot
    number: int
    told: ExchangeRecord
    body: bytes | None

    @property
    def at(self) -> datetime:
        return self.told.began or self.snapshot.visit.machine_time


class _Warc:
    """The records written so far, each a gzip member of its own, and the index lines that find them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.index: list[str] = []
        self.size = 0
        self._stream, self._digest = stream, hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, headers: Iterable[tuple[str, str]], block: bytes) -> tuple[int, int]:
        """Offset and length of the new record."""
        head = "WARC/1.1" + _CRLF + "".join(f"{name}: {value}{_CRLF}" for name, value in headers) + _CRLF
        member = gzip.compress(head.encode() + block + b"\r\n\r\n", 6, mtime=0)
        self._stream.write(member)
        self._digest.update(member)
        offset, self.size = self.size, self.size + len(member)
        return offset, len(member)


def write_wacz(snapshots: Iterable[Snapshot], get: Get, out: BinaryIO, left_out: Mapping[str, Private] | None = None) -> int:
    """Writes the web archive of these visits' exchanges, in their order; gives the number of exchanges and sockets in it.

    `get` gives a stored object by its digest; `out` is an empty file that can be sought in: one exchange at a time is in
    memory. What `left_out` names of a visit, by snapshot id, is not written: one record of the visit says how much that is,
    and names what was kept of it by commitment.
    """
    visits, apart, count = tuple(snapshots), left_out or {}, 0
    shown = tuple(s for s in visits if not apart.get(s.id, _NOTHING).page)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        big = sum(a.size for s in visits for a in s.artefacts) >= _ZIP64
        with package.open(_entry(f"archive/{_WARC}"), "w", force_zip64=big) as stream:
            warc = _Warc(stream)
            if visits:
                _warcinfo(warc, visits[0])
            for snapshot in visits:
                count += _write_visit(warc, snapshot, get, apart.get(snapshot.id, _NOTHING))
        members = {
            "indexes/index.cdx": "".join(sorted(warc.index)).encode(),
            "pages/pages.jsonl": _pages(shown),
        }
        listed = {path: (sha256(data), len(data)) for path, data in members.items()}
        listed[f"archive/{_WARC}"] = (warc.sha256, warc.size)
        described = _json(_package(visits, shown, listed))
        members["datapackage.json"] = described
        members["datapackage-digest.json"] = _json({"path": "datapackage.json", "hash": f"sha256:{sha256(described)}"})
        for path, data in members.items():
            package.writestr(_entry(path), data)
    return count


def _write_visit(warc: _Warc, snapshot: Snapshot, get: Get, private: Private) -> int:
    count = 0
    for kept in _exchanges(snapshot, get, private.exchanges):
        _write_exchange(warc, kept)
        count += 1
    for number, told, messages in _sockets(snapshot, get, private.sockets):
        _write_socket(warc, snapshot, number, told, messages)
        count += 1
    if private != _NOTHING:
        _write_withheld(warc, snapshot, private)
    return count


def has_exchanges(snapshot: Snapshot) -> bool:
    """Whether the visit kept what it heard of the network."""
    return any(artefact.role == "network" for artefact in snapshot.artefacts)


def _exchanges(snapshot: Snapshot, get: Get, but: Container[int]) -> Iterator[_RecordedExchange]:
    bodies = {a.part: a.digest for a in snapshot.artefacts if a.role == "body"}
    for number, told in enumerate(network_record(snapshot.artefacts, get).exchanges):
        if number in but:
            continue
        data = get(bodies[told.part]) if told.part in bodies else None
        if isinstance(told.body, EmptyBody):
            data = b""
        yield _RecordedExchange(snapshot, number, told, data)


def _sockets(snapshot: Snapshot, get: Get, but: Container[int]) -> Iterator[tuple[int, SocketRecord, bytes]]:
    frames = {a.part: a.digest for a in snapshot.artefacts if a.role == "frames"}
    for number, told in enumerate(network_record(snapshot.artefacts, get).sockets):
        if told.part in frames and number not in but:
            yield number, told, get(frames[told.part])


# -- WARC ---------------------------------------------------------------------------------------------------------------


def _warcinfo(warc: _Warc, first: Snapshot) -> None:
    block = f"software: {_SOFTWARE}{_CRLF}format: WARC File Format 1.1{_CRLF}".encode()
    at = first.visit.machine_time
    warc.write(_headers("warcinfo", _ident(first.id, "warcinfo"), at, "application/warc-fields", block), block)


def _write_exchange(warc: _Warc, kept: _RecordedExchange) -> None:
    """The request, and the response where there was one. What has no body is told so and is not in the index."""
    told, ident = kept.told, _ident(kept.snapshot.id, f"response:{kept.number}")
    asked = _request_block(told)
    common = [("WARC-Target-URI", told.url)]
    request = _headers("request", _ident(kept.snapshot.id, f"request:{kept.number}"), kept.at,
                       "application/http; msgtype=request", asked, [*common, ("WARC-Concurrent-To", ident)])  # fmt: skip
    if not told.status:
        failed = [*common, ("X-Tradewitness-Failure", told.failure or "no answer")]
        block = json.dumps({"failure": told.failure or "no answer"}).encode()
        warc.write(_headers("metadata", ident, kept.at, "application/json", block, failed), block)
        warc.write(request, asked)
        return
    data = kept.body or b""
    block = _response_head(told, len(data)) + data
    payload = f"sha256:{sha256(data)}"
    more = [*common, ("WARC-Payload-Digest", payload)]
    if told.remote:
        more.append(("WARC-IP-Address", told.remote.rpartition(":")[0]))
    if told.protocol:
        more.append(("WARC-Protocol", told.protocol))
    moved = 300 <= told.status < 400
    if kept.body is None and not moved:
        more += [("WARC-Truncated", "unspecified"), ("X-Tradewitness-Absent", _why_absent(told))]
    response = _headers("response", ident, kept.at, "application/http; msgtype=response", block, more)
    offset, length = warc.write(response, block)
    warc.write(request, asked)
    if kept.body is not None or moved:
        warc.index.append(_index_line(kept, payload, offset, length))


def _why_absent(told: ExchangeRecord) -> str:
    return told.body.why if isinstance(told.body, NoBody) else ""


def _write_socket(warc: _Warc, snapshot: Snapshot, number: int, told: SocketRecord, messages: bytes) -> None:
    """A socket's messages, one JSON text a line: WARC knows no record of their own for them, and nothing replays them."""
    ident = _ident(snapshot.id, f"socket:{number}")
    at = told.began or snapshot.visit.machine_time
    more = [("WARC-Target-URI", told.url)]
    warc.write(_headers("resource", ident, at, "application/jsonl", messages, more), messages)


def _write_withheld(warc: _Warc, snapshot: Snapshot, private: Private) -> None:
    """What of a visit is not here: the ledger names it by these commitments, so that it can be shown later."""
    closed = [a for a in snapshot.artefacts if a.role in ("body", "frames") and (a.role, a.part) in private.parts]
    told = {
        "snapshot": snapshot.id,
        "why": "may show other conversations",
        "exchanges": len(private.exchanges),
        "sockets": len(private.sockets),
        "withheld": [{"role": a.role, "part": a.part, "commitment": commitment(a.salt, a.digest)} for a in closed],
    }
    block, at = _json(told), snapshot.visit.machine_time
    more = [("WARC-Target-URI", f"urn:tradewitness:{snapshot.id}")]
    ident = _ident(snapshot.id, "withheld")
    warc.write(_headers("metadata", ident, at, "application/json", block, more), block)


def _headers(
    kind: str, ident: str, at: datetime, media_type: str, block: bytes, more: Iterable[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", ident),
        ("WARC-Date", at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"),
        *((name, _one_line(value)) for name, value in more),
        ("WARC-Block-Digest", f"sha256:{sha256(block)}"),
        ("Content-Type", media_type),
        ("Content-Length", str(len(block))),
    ]


def _request_block(told: ExchangeRecord) -> bytes:
    parts = parts_of(told.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{told.method} {path} HTTP/1.1"]
    lines += [f"{name}: {_one_line(value)}" for name, value in told.request_headers if not name.startswith(":")]
    sent = told.sent.text if isinstance(told.sent, SentText) else ""
    return (_CRLF.join(lines) + _CRLF * 2 + sent).encode("utf-8", "replace")


def _response_head(told: ExchangeRecord, length: int) -> bytes:
    """The header lines as received; those that no longer fit the decoded body are kept as X-Archive-Orig-*."""
    status = told.status
    lines = [f"HTTP/1.1 {status} {told.status_text or _phrase(status)}"]
    recoded = told.body.mark == "re-encoded"
    for name, value in told.response_headers:
        plain = name.lower()
        if plain.startswith(":"):
            continue
        undone = plain in _UNDONE or (recoded and plain == "content-type")
        lines.append(f"{'X-Archive-Orig-' if undone else ''}{name}: {_one_line(value)}")
    if recoded:
        kind = told.media_type.partition(";")[0].strip() or "text/plain"
        lines.append(f"Content-Type: {kind}; charset=utf-8")
    lines.append(f"Content-Length: {length}")
    return (_CRLF.join(lines) + _CRLF * 2).encode("utf-8", "replace")


def _phrase(status: int) -> str:
    return next((known.phrase for known in HTTPStatus if known.value == status), "")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _ident(snapshot: str, what: str) -> str:
    return f"<{uuid.UUID(bytes=hashlib.sha256(f'{snapshot}:{what}'.encode()).digest()[:16], version=5).urn}>"


# -- index, pages, package ----------------------------------------------------------------------------------------------


def _index_line(kept: _RecordedExchange, payload: str, offset: int, length: int) -> str:
    told = kept.told
    entry = {
        "url": told.url,
        "mime": told.media_type.partition(";")[0].strip() or "unk",
        "status": str(told.status),
        "digest": payload,
        "length": str(length),
        "offset": str(offset),
        "filename": _WARC,
    }
    if told.method != "GET":
        entry["method"] = told.method
    return f"{_key(told.url)} {kept.at:%Y%m%d%H%M%S} {json.dumps(entry)}\n"


def _key(url: str) -> str:
    """The address turned round for sorting (SURT): "com,example)/path?query"."""
    parts = parts_of(url.lower())
    host = ",".join(reversed((parts.hostname or "").split(".")))
    port = f":{parts.port}" if parts.port else ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{host}{port}){path}".replace(" ", "%20")


def _pages(visits: tuple[Snapshot, ...]) -> bytes:
    lines = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    for snapshot in visits:
        at = snapshot.visit.machine_time
        title = f"{snapshot.target.kind} {snapshot.target.case}".strip()
        page = {"id": snapshot.id, "url": snapshot.visit.final, "ts": _second(at), "title": title}
        lines.append(page)
    return b"".join(_json(line) for line in lines)


def _package(
    visits: tuple[Snapshot, ...], shown: tuple[Snapshot, ...], members: Mapping[str, tuple[str, int]]
) -> Mapping[str, Any]:
    resources = [
        {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{digest}", "bytes": size}
        for path, (digest, size) in sorted(members.items())
    ]
    package: dict[str, Any] = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "software": _SOFTWARE,
        "title": ", ".join(dict.fromkeys(s.target.case for s in visits if s.target.case)) or "Visited pages",
        "resources": resources,
    }
    if visits:
        package["created"] = _second(max(s.visit.machine_time for s in visits))
    if shown:
        package["mainPageUrl"] = shown[0].visit.final
        package["mainPageDate"] = _second(shown[0].visit.machine_time)
    return package


def _second(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _entry(path: str) -> zipfile.ZipInfo:
    """A member as it is, not compressed, so that a reader can fetch one record by its place; every one dated alike."""
    entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
    entry.external_attr, entry.create_system = 0o644 << 16, 3
    return entry
