"""Asks for one file that a page links to, through the page's own connection: its cookies, its true user agent, its cache."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from collector.capture.tab import Body, Exchange, TabError, TabGone

Send = Callable[[str, dict[str, Any], int], Awaitable[dict[str, Any]]]
_ANSWER_MS = 30_000
_PIECE = 1 << 20


async def fetch(send: Send, frame: str, url: str, most: int) -> Exchange:
    """The exchange, its body absent where it failed or is longer than `most` bytes. Raises TabGone."""
    asked = {"frameId": frame, "url": url, "options": {"disableCache": False, "includeCredentials": True}}
    try:
        told = (await send("Network.loadNetworkResource", asked, _ANSWER_MS))["resource"]
        headers = {str(name).lower(): str(value) for name, value in told.get("headers", {}).items()}
        body = await _read(send, told["stream"], most) if "stream" in told else Body("absent", why="nothing came")
    except TabGone:
        raise
    except TabError as error:
        told, headers, body = {}, {}, Body("absent", why=str(error))
    status = int(told.get("httpStatusCode", 0))
    if not 200 <= status < 300:
        why = f"the server answered {status}" if status else "nothing came"
        body = Body("absent", why=why)
    return Exchange(
        "GET", url, "Attachment", status, headers.get("content-type", ""), len(body.data), "",
        failure="" if told.get("success") else str(told.get("netErrorName", "no answer")),
        asked_by="tradewitness",
        response_headers=tuple(headers.items()),
        body=body,
    )  # fmt: skip


async def _read(send: Send, handle: str, most: int) -> Body:
    pieces: list[bytes] = []
    length, ended = 0, False
    while not ended and length <= most:
        given = await send("IO.read", {"handle": handle, "size": _PIECE}, _ANSWER_MS)
        piece = base64.b64decode(given["data"]) if given.get("base64Encoded") else str(given["data"]).encode("latin-1")
        pieces.append(piece)
        length, ended = length + len(piece), bool(given["eof"])
    await send("IO.close", {"handle": handle}, _ANSWER_MS)
    if length > most:
        return Body("absent", why=f"it is longer than {most >> 20} MB")
    return Body("bytes", b"".join(pieces))
