"""What a visit heard of the network, as it is stored: one record in JSON, the bodies and the sockets' messages beside it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

from collector.canonical import canonical
from collector.capture.artefact_writer import ArtefactWriter
from collector.capture.machinery import Form, VisitText
from collector.capture.masking import Mask, holds
from collector.capture.secret_names import kind_of_name
from collector.capture.secrets import signs_in
from collector.capture.tab import Credential, Exchange, NetworkTraffic, Socket
from collector.network_record import (
    BodyRecord,
    EmptyBody,
    ExchangeRecord,
    Headers,
    KeptBody,
    NetworkRecord,
    NoBody,
    NotKept,
    Sent,
    SentBytes,
    SentText,
    SocketFrame,
    SocketRecord,
    frames_data,
)  # fmt: skip

MASKED = "masked at capture"
_JSON = "application/json"
_PICTURES = ("image/", "font/", "audio/", "video/")
_TEXTS = ("text/", "application/json", "application/javascript", "application/x-javascript", "application/xml",
          "application/x-www-form-urlencoded", "application/graphql", "application/manifest", "image/svg")  # fmt: skip
_CONTENT = ("image", "media", "font", "texttrack", "attachment")  # what may be somebody's own file
_SENT_MOST = 1 << 20
_ADDRESSES = ("location", "content-location", "referer", "origin", "link", "refresh")


def is_text(media_type: str) -> bool:
    """Whether a body of that type is written to be read as text; a type that says nothing is looked at as text."""
    plain_type = media_type.partition(";")[0].strip().lower()
    return not plain_type or plain_type.startswith(_TEXTS) or plain_type.endswith(("+json", "+xml"))


def addresses_in(traffic: NetworkTraffic) -> Iterator[str]:
    """Every address that the site's own pages and scripts asked for, and where they were sent on to."""
    for exchange in traffic.exchanges:
        if exchange.resource.lower() in _CONTENT:
            continue
        yield exchange.url
        for name, value in (*exchange.request_headers, *exchange.response_headers):
            if name.lower() in _ADDRESSES:
                yield value
    for socket in traffic.sockets:
        yield socket.url


def credentials_in(traffic: NetworkTraffic) -> Iterator[Credential]:
    """Cookies as they were sent and set, secret-named headers, and the tickets that open sockets."""
    speakers: tuple[Exchange | Socket, ...] = (*traffic.exchanges, *traffic.sockets)
    for speaker in speakers:
        for name, value in (*speaker.request_headers, *speaker.response_headers):
            yield from credentials_of(name.lower(), value)


def credentials_of(name: str, value: str) -> Iterator[Credential]:
    """What a header, by its name in small letters, says of the session."""
    if name == "cookie":
        for pair in value.split(";"):
            key, _, inner = pair.strip().partition("=")
            yield Credential("cookie", key, inner)
    elif name == "set-cookie":
        pair, _, rest = value.partition(";")
        key, _, inner = pair.strip().partition("=")
        yield Credential("cookie", key, inner, hidden="httponly" in rest.lower())
    elif name == "sec-websocket-protocol":
        yield from (Credential("cookie", name, part.strip()) for part in value.split(","))
    elif kind_of_name(name):
        yield Credential("header", name, value)


def texts_in(traffic: NetworkTraffic) -> Iterator[VisitText]:
    """What the page's machinery sent and was answered, and the sockets' messages; never a file that somebody attached."""
    for exchange in traffic.exchanges:
        if exchange.sent:
            yield VisitText(exchange.sent.decode("utf-8", "replace"), "sent")
        form = form_of(exchange.media_type, exchange.resource, exchange.body.data)
        if form and exchange.body.data:
            yield VisitText(exchange.body.data.decode("utf-8", "replace"), form)
    for socket in traffic.sockets:
        yield from (VisitText(frame.data, "json") for frame in socket.frames if not frame.binary)


def form_of(media_type: str, resource: str, data: bytes) -> Form | None:
    """How an answer is to be read; None for what says nothing of the machinery."""
    kind, resource = media_type.partition(";")[0].strip().lower(), resource.lower()
    if resource in _CONTENT:
        return None
    if "javascript" in kind or "ecmascript" in kind or resource == "script":
        return "script"
    if kind == "text/css":
        return "style"
    if "json" in kind or "graphql" in kind or kind in ("text/event-stream", "application/manifest"):
        return "json"
    if kind.endswith(("html", "xml")) or kind.startswith("image/svg"):
        return "html"
    unnamed = kind in ("", "text/plain") and data.lstrip()[:1] in (b"{", b"[")
    return "json" if unnamed else "sent" if kind == "application/x-www-form-urlencoded" else None


def keep_network(traffic: NetworkTraffic, mask: Mask, writer: ArtefactWriter) -> None:
    """Stores the bodies, the sockets' messages and the record that names them by role and part, secrets masked."""
    record = NetworkRecord(
        tuple(_exchange(e, mask, writer) for e in traffic.exchanges),
        tuple(_socket(s, mask, writer) for s in traffic.sockets),
        traffic.certificates,
        traffic.unseen,
    )
    data = canonical(record)
    writer.keep("network", _JSON, data, MASKED if mask.masked("network:0") else "")


def _exchange(exchange: Exchange, mask: Mask, writer: ArtefactWriter) -> ExchangeRecord:
    return ExchangeRecord(
        method=exchange.method,
        url=mask.mask(exchange.url, "network:0"),
        request_headers=_headers(exchange.request_headers, mask),
        response_headers=_headers(exchange.response_headers, mask),
        sent=_sent(exchange, mask),
        body=_body(exchange, mask, writer),
        timing=exchange.timing,
        began=exchange.began,
        resource=exchange.resource,
        status=exchange.status,
        status_text=exchange.status_text,
        protocol=exchange.protocol,
        media_type=exchange.media_type,
        size=exchange.size,
        remote=exchange.remote,
        failure=exchange.failure,
        asked_by=exchange.asked_by,
        came_from=exchange.came_from,
    )


def _headers(headers: Headers, mask: Mask) -> Headers:
    return tuple((name, mask.header(name, value, "network:0")) for name, value in headers)


def _sent(exchange: Exchange, mask: Mask) -> Sent | None:
    """The request's body; that of a sign-in is not kept at all."""
    if not exchange.sent:
        return None
    text, size = exchange.sent.decode("latin-1"), len(exchange.sent)
    if signs_in(text):
        return NotKept("what signs in is not kept", size)
    if size > _SENT_MOST:
        return NotKept(f"it is longer than {_SENT_MOST >> 20} MB", size)
    try:
        return SentText(mask.mask(exchange.sent.decode("utf-8"), "network:0"))
    except UnicodeDecodeError:
        if holds(mask, "", exchange.sent):
            return NotKept("it holds a secret of the session", size)
        return SentBytes(base64.b64encode(exchange.sent).decode())


def _body(exchange: Exchange, mask: Mask, writer: ArtefactWriter) -> BodyRecord:
    """Where the body was stored, and what it is worth."""
    body = exchange.body
    if body.mark == "absent":
        return NoBody("absent", body.why)
    if not body.data:
        return EmptyBody(body.mark)
    kind = exchange.media_type.partition(";")[0].strip().lower()
    picture = kind.startswith(_PICTURES) and "svg" not in kind
    part = writer.next_part("body")
    data = body.data
    if is_text(exchange.media_type):
        data = mask.mask_bytes(body.data, f"body:{part}")
    elif not picture and holds(mask, kind, body.data):
        return NoBody("absent", "it holds a secret of the session, which cannot be masked in it")
    masked = data is not body.data
    notes = [body.mark if body.mark != "bytes" else "", MASKED if masked else ""]
    writer.keep("body", exchange.media_type or "application/octet-stream", data, "; ".join(filter(None, notes)))
    return KeptBody(body.mark, part, len(body.data), masked)


def _socket(socket: Socket, mask: Mask, writer: ArtefactWriter) -> SocketRecord:
    part = writer.next_part("frames")
    frames = tuple(replace(frame, data=_message(frame, mask, part)) for frame in socket.frames)
    note = MASKED if mask.masked(f"frames:{part}") else ""
    writer.keep("frames", "application/jsonl", frames_data(frames), note)
    return SocketRecord(
        url=mask.mask(socket.url, "network:0"),
        asked_by=socket.asked_by,
        status=socket.status,
        request_headers=_headers(socket.request_headers, mask),
        response_headers=_headers(socket.response_headers, mask),
        began=socket.began,
        closed=socket.closed,
        failure=socket.failure,
        messages=len(frames),
        part=part,
    )


def _message(frame: SocketFrame, mask: Mask, part: int) -> str:
    if not frame.binary:
        return mask.mask(frame.data, f"frames:{part}")
    return "[redacted:secret:0]" if holds(mask, "", base64.b64decode(frame.data)) else frame.data
