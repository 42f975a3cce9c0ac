"""What the browser says of a failure, as one plain sentence; and what it hands out, as text that can be stored."""

from __future__ import annotations

import re
from typing import TypeVar

from playwright.async_api import Error as PlaywrightError

from collector.capture.tab import GONE, TabError, TabGone

V = TypeVar("V")

_GONE = ("has been closed", "Target closed", "crashed", "Connection closed")
_REASONS = {
    "ERR_CONNECTION_REFUSED": "the server refused the connection",
    "ERR_NAME_NOT_RESOLVED": "the server's name could not be found",
    "ERR_INTERNET_DISCONNECTED": "this machine is not connected to the internet",
    "ERR_ADDRESS_UNREACHABLE": "the server cannot be reached from this network",
    "ERR_CONNECTION_TIMED_OUT": "the server did not answer",
    "ERR_TIMED_OUT": "the server did not answer",
    "ERR_TOO_MANY_REDIRECTS": "the server sent the browser round in circles",
    "ERR_CERT_": "the server's certificate is not valid",
    "ERR_SSL_": "no secure connection to the server could be made",
    "ERR_CONNECTION_": "the server closed the connection",
    "ERR_EMPTY_RESPONSE": "the server closed the connection without an answer",
    "ERR_HTTP_RESPONSE_CODE_FAILURE": "the server answered with an error and nothing to show",
    "ERR_INVALID_RESPONSE": "the server's answer is not a web page",
    "ERR_ABORTED": "the address gives a file or nothing to show, not a page",
    "Download is starting": "the address gives a file to download, not a page",
    "invalid URL": "the address is not a web address",
    "ERR_INVALID_AUTH_CREDENTIALS": "the server asks for a name and a password",
    "ERR_INVALID_HTTP_RESPONSE": "the server's answer is not a web page",
    "Not attached to an active page": "the page kept moving on to other pages",
}


def tab_error(error: PlaywrightError) -> TabError:
    """The error as the tab's own, without the address that the browser names in it: that may hold a secret."""
    said = error.message
    if any(sign in said for sign in _GONE):
        return TabGone(GONE)
    known = next((words for sign, words in _REASONS.items() if sign in said), "")
    if known:
        return TabError(known)
    if "Timeout" in said:
        return TabError("nothing was shown in time")
    code = re.search(r"net::(ERR_[A-Z_]+)", said)
    return TabError(f"the browser gave up ({code[1]})" if code else said.splitlines()[0].strip().rstrip("."))


def sound(value: V) -> V:
    """The value with halves of characters, which no text on disk can hold, replaced by U+FFFD."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # type: ignore[return-value]
    if isinstance(value, list):
        return [sound(one) for one in value]  # type: ignore[return-value]
    return {key: sound(one) for key, one in value.items()} if isinstance(value, dict) else value  # type: ignore[return-value]
