"""The root certificates that an archive's tokens may lead to, also those of authorities that are gone."""

from __future__ import annotations

from collections.abc import Iterable

from collector.archive.revoked import RENEWED
from collector.ledger.log import Entry
from collector.seal.timestamp import Authority


def known_roots(configured: Iterable[Authority], entries: Iterable[Entry]) -> list[str]:
    """As PEM: those in config.toml, the public ones, and those that the records kept when all was stamped anew."""
    from collector.seal.ask.authorities import PUBLIC

    kept = (str(entry.body["certificates"][-1]) for entry in entries if entry.kind == RENEWED and entry.body["certificates"])
    return list(dict.fromkeys((*(one.root_pem for one in (*configured, *PUBLIC)), *kept)))
