"""Questions and their answers over HTTP, bounded in time and size, as timestamp and revocation services are asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

_LOG = logging.getLogger(__name__)


T = TypeVar("T")


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

    began = time.monotonic()
    deadline = began + within_s
    answer = bytearray()
    _LOG.debug("asking %s", url)
    # Both callers take addresses that begin with http:// or https:// only.
    request = Request(url, question, {**headers, "User-Agent": "tradewitness"})  # noqa: S310
    with _opener(redirects).open(request, timeout=within_s) as response:
        while piece := response.read1(16_384):
            answer += piece
            if len(answer) > most_bytes:
                raise TooLong
            if time.monotonic() > deadline:
                raise TimeoutError
    _LOG.debug("%s answered with %d bytes after %.1f s", url, len(answer), time.monotonic() - began)
    return bytes(answer)


def at_once(questions: Sequence[Callable[[], T]], within_s: float) -> list[T | None]:
    """What each gives, in their order, all begun at once; None for what has not ended in so many seconds."""
    answers: SimpleQueue[tuple[int, T]] = SimpleQueue()

    def ask(position: int, question: Callable[[], T]) -> None:
        answers.put((position, question()))

    deadline = time.monotonic() + within_s
    for position, question in enumerate(questions):
        # A daemon: resolving a name cannot be interrupted, and must not keep the program from ending.
        threading.Thread(target=ask, args=(position, question), daemon=True).start()
    results: list[T | None] = [None] * len(questions)
    for _ in questions:
        try:
            position, answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        results[position] = answer
    return results


def _opener(redirects: bool) -> OpenerDirector:
    from urllib.request import HTTPRedirectHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None  # the status is then an error as any other

    return build_opener() if redirects else build_opener(Stay)
