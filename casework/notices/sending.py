"""Notices leave this machine: through apprise to whatever service an address names, and as pings to a dead-man's service."""

from __future__ import annotations

import http.client
import logging
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import IO, Literal
from urllib.parse import unquote, urlsplit

import stamina

from casework.notices.book import Recipient
from collector.errors import WrongRequest
from collector.redaction import redacted
from rules.notices.wording import Notice

_LOG = logging.getLogger(__name__)
_PING_S, _PINGS = 10, 3  # seconds for an answer, and how often it is tried
_MOST_SAID = 10_000  # bytes of a ping's text; the services keep as much
_SHORT = 4  # a part of an address that is shorter stands in many words
_MOST_LABEL = 120
_READ_BY_NOBODY = ("syslog", "rsyslog")
Stage = Literal["start", "success", "fail"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one notice to one address. `ok`: its service took it; whether it arrived only its reader can say."""

    service: str
    ok: bool
    why: str = ""


def label_of(url: str) -> str:
    """In words where an address leads, without what opens it. Raises WrongRequest where no service is known by it."""
    if urlsplit(url).scheme.lower() in _READ_BY_NOBODY:
        raise WrongRequest(
            "That address is a log, which nobody reads when it matters.",
            "Give one that reaches you: mailto://USER:PASSWORD@HOST, or ntfy://TOPIC for a phone.",
        )
    plugin = _plugin(url)
    to = ", ".join(str(mail) for _, mail in plugin.targets) if plugin.service_name == "E-Mail" else ""
    place = urlsplit(plugin.url(privacy=True)).netloc.rpartition("@")[2]  # a token that stands there is shortened by apprise
    shown = place if "." in place else f"{place[:2]}…"  # no host: the name of a channel, which is as good as a key to it
    label = f"mail to {to}" if to else f"{plugin.service_name} ({shown})"
    return label if len(label) <= _MOST_LABEL else f"{label[:_MOST_LABEL]}…"


def send(address: Recipient, notice: Notice) -> Sent:
    """Hands a notice to the address's service, and says why where it was not taken. Raises nothing."""
    from apprise import NotifyFormat
    from apprise.logger import LogCapture

    try:
        with LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
            ok = bool(_plugin(address.url).notify(title=notice.title, body=notice.text, body_format=NotifyFormat.TEXT))
            why = said.getvalue() if said is not None else ""
    except Exception as error:  # noqa: BLE001 - a hundred services' code: whatever it raises, the others are still told
        ok, why = False, type(error).__name__
    _LOG.info("notice to %s: %s", address.label, "taken" if ok else "not taken")
    return Sent(address.label, ok, "" if ok else reason_of(why, address))


def reason_of(said: str, address: Recipient) -> str:
    """The service's own last words, without what opens the address."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    words = redacted(lines[-1]) if lines else "it gave no reason"
    secrets = [part for part in _parts(address.url) if len(part) >= _SHORT]
    for secret in sorted(secrets, key=len, reverse=True):
        words = words.replace(secret, "…")
    return words.rstrip(".")


def _parts(url: str) -> set[str]:
    """Whatever in an address may open it: its user, password, path and parameters, as written and as meant."""
    parts = urlsplit(url)
    host = [part for part in re.split("[@:]", parts.netloc) if "." not in part]  # a token or a channel's name, often
    path, query = parts.path.split("/"), re.split("[&=]", parts.query)
    texts = [parts.username or "", parts.password or "", *host, *path, *query]
    return {form for text in texts for form in (text, unquote(text)) if form}


def _plugin(url: str):  # type: ignore[no-untyped-def]
    import apprise

    asset = apprise.AppriseAsset(
        app_id="tradewitness", app_desc="tradewitness", app_url="", image_url_mask="", image_url_logo=""
    )
    plugin = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if plugin is None:
        raise WrongRequest(
            "No service is known by that address.",
            "Mail is mailto://USER:PASSWORD@HOST; docs/notices.md shows others, such as ntfy://TOPIC and tgram://…",
        )
    return plugin


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows to the same host alone: a hotel's sign-in page answers 200 to everything, and would pass for being heard."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        web = after.scheme in ("http", "https")
        if not web or after.hostname != before.hostname or after.path.rstrip("/") != before.path.rstrip("/"):
            raise _Elsewhere
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Elsewhere(Exception):
    """The address leads to another host."""


_ASKING = urllib.request.build_opener(_Stays)


def ping(url: str, stage: Stage, text: str = "") -> str:
    """Tells a dead-man's service that a night began, was done, or failed (healthchecks.io: /start, nothing, /fail).

    Returns "" when it was heard, else why not. Raises nothing.
    """
    place = url.rstrip("/") + {"start": "/start", "success": "", "fail": "/fail"}[stage]
    data = redacted(text).encode()[:_MOST_SAID]
    try:
        for attempt in stamina.retry_context(on=OSError, attempts=_PINGS):  # HTTPError is one
            with attempt:
                request = urllib.request.Request(place, data, method="POST")  # noqa: S310 - http and https alone, see notify
                with _ASKING.open(request, timeout=_PING_S) as answer:
                    answer.read(1)
    except _Elsewhere:
        return "its address leads to another page, which is no such service"
    except urllib.error.HTTPError as error:
        return f"the service answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"the service could not be reached ({type(error).__name__})"
    return ""
