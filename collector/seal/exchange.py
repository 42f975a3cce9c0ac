"""One question and its answer over HTTP, bounded in time and size, as timestamp and revocation services are asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from urllib.request import OpenerDirector


class TooLong(ValueError):
    """The answer is longer than any that is meant."""


def exchange(
    url: str, question: bytes | None, headers: Mapping[str, str], *, within_s: float, most_bytes: int, redirects: bool = True
) -> bytes:
    """The body of the answer with status 200 to a POST of the question, or to a GET where there is none.

    HTTPError for another status (a redirection too, without `redirects`), TimeoutError, TooLong, OSError, HTTPException, or
    ValueError for what is no address.
    """
    from urllib.request import Request

    deadline = time.monotonic() + within_s
    answer = bytearray()
    # Both callers take addresses that begin with http:// or https:// only.
    request = Request(url, question, {**headers, "User-Agent": "tradewitness"})  # noqa: S310
    with _opener(redirects).open(request, timeout=within_s) as response:
        while piece := response.read1(16_384):
            answer += piece
            if len(answer) > most_bytes:
                raise TooLong
            if time.monotonic() > deadline:
                raise TimeoutError
    return bytes(answer)


def _opener(redirects: bool) -> OpenerDirector:
    from urllib.request import HTTPRedirectHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None  # the status is then an error as any other

    return build_opener() if redirects else build_opener(Stay)
