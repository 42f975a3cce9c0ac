"""What masking kept pages anew brought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casework.blocks import Block, Table, View, hint, line, warnings
from casework.views.sealing import seal_lines
from collector.canonical import as_json
from collector.errors import DONE, PARTIAL
from collector.kinds import page_kind
from rules.language.words import time_words

if TYPE_CHECKING:
    from casework.proving.remask import MaskedVisit, RemaskAnswer


def remasked(answer: RemaskAnswer) -> View:
    """Which visits are shown otherwise now, and what stays private."""
    value = {"looked": answer.looked, "changed": answer.changed, "put_away": answer.put_away, "unread": answer.unread}
    return View(as_json({**value, "dry_run": answer.dry_run}), tuple(_remasked(answer)), PARTIAL if answer.unread else DONE)


def _remasked(answer: RemaskAnswer) -> Iterator[Block]:
    if not answer.looked:
        yield line("Every kept page was masked by the rules of this version.")
        return
    would = "would be" if answer.dry_run else "are"
    yield line(f"{answer.looked} visits were looked at; {len(answer.changed)} {would} shown differently.")
    if answer.changed:
        yield Table(("Snapshot", "Page", "Seen", "Masked", "Files"), tuple(map(_row, answer.changed)))
    if answer.dry_run:
        yield hint("Nothing was changed. To do it, run the command without --dry-run.")
    elif answer.changed:
        yield line(
            "Packs, exports and search use what is masked. The originals stay sealed and unaltered in the archive's folder "
            f"“private”, {answer.put_away} files: give that folder to nobody."
        )
        yield line("Packs that you handed over before still show what they showed: sign out of sessions of that time.")
    yield from warnings(f"{name}: a kept file is damaged. Run: tradewitness verify" for name in answer.unread)
    if answer.seal is not None:
        yield from seal_lines(answer.seal)


def _row(visit: MaskedVisit) -> tuple[str, ...]:
    found = ", ".join(f"{count} × {kind}" for kind, count in sorted(visit.found.items()))
    gone = f"; not shown any more: {', '.join(dict.fromkeys(role for role, _ in visit.gone))}" if visit.gone else ""
    return visit.snapshot, page_kind(visit.kind).title, time_words(visit.at, "UTC"), found + gone, str(len(visit.files))
