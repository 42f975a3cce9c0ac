"""Asks whether a timestamp authority's certificates were revoked: those whom the certificates themselves name."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from collector.redaction import without_quotes
from collector.seal.ask.exchange import at_once, exchange
from collector.seal.certificate import Certificate
from collector.seal.revocation import MOST_BYTES, RevocationInfo, addresses, question, read_answer, revocation_status

_LOG = logging.getLogger(__name__)
WITHIN_S = 3.0  # for all that concerns one token: sealing waits no longer for it


def ask(path: Sequence[Certificate], at: datetime, within_s: float = WITHIN_S) -> tuple[RevocationInfo, ...]:
    """One answer for each certificate of the path, for a token of that time; where none arrives in time, none is there.

    An answer counts if it vouches for the certificate or says that it was revoked. OCSP is asked before a list is fetched.
    """
    deadline = time.monotonic() + within_s
    asked = [number for number, certificate in enumerate(path[:-1], 1) if addresses(certificate)]
    answers = at_once([partial(_first, number, path, at, deadline) for number in asked], within_s + 0.1)
    return tuple(answer for answer in answers if answer)


def _first(number: int, path: Sequence[Certificate], at: datetime, deadline: float) -> RevocationInfo | None:
    from http.client import HTTPException

    certificate, issuer = path[number - 1], path[number]
    for kind, url in addresses(certificate):
        asked, headers = None, {}
        if kind == "ocsp":
            asked = question(certificate, issuer)
            headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            data = exchange(url, asked, headers, within_s=left, most_bytes=MOST_BYTES, redirects=False)
            answer = RevocationInfo(f"{number}.{kind}", data)
            said = read_answer(answer, path)
        except (OSError, HTTPException, ValueError) as error:  # MalformedDer is a ValueError
            _LOG.debug("%s gave no answer on revocation that holds: %s", url, without_quotes(str(error)))
            continue
        if said.revoked or revocation_status((certificate, issuer), [said], at).known:
            return answer
    return None
