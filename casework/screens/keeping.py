"""What was kept and what it became: visits, files and packs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from casework.screens.printing import console
from casework.screens.sealing import PACK_SEAL, SealScreens
from casework.terminal import escape
from collector.canonical import plain
from collector.errors import DONE, PARTIAL, PERSON_NEEDED, VERIFICATION_FAILED, exit_code_of
from collector.model import ORIGINS

if TYPE_CHECKING:
    from casework.answers import Captured, ExportAnswer, PackAnswer
    from collector.archive.sealing import SealState
    from collector.model import AddedFile, Snapshot


_OUTCOME = {"complete": "green", "partial": "yellow", "blocked": "red", "failed": "red"}


def snapshot_row(snapshot: Snapshot) -> dict[str, str]:
    """A snapshot in the contract's form; `digest` is the SHA-256 of the page's stored DOM, "" where none was kept."""
    dom = next((a.digest for a in snapshot.artefacts if a.role == "dom" and a.part == 0), "")
    target = snapshot.target
    return {
        "id": snapshot.id, "case": target.case, "kind": target.kind, "url": target.url, "outcome": snapshot.outcome,
        "why": snapshot.why, "digest": dom, "at": plain(snapshot.visit.machine_time),
    }  # fmt: skip


def _after(snapshots: tuple[Snapshot, ...]) -> str:
    """What to type next: look again where nothing whole was kept, else what follows from what the pages say."""
    orders = {s.target.case for s in snapshots}
    order = orders.pop() if len(orders) == 1 else ""
    if not any(s.outcome == "complete" for s in snapshots):
        return f"Look again: tradewitness capture {order}".rstrip()
    return f"Next: tradewitness deadlines · tradewitness check {order or '--all'}"


class KeepingScreens(SealScreens):
    """Visits, added files and packs."""

    def captured(self, answer: Captured) -> int:
        from casework.answers import outcome_codes

        code = exit_code_of(outcome_codes(answer.snapshots, answer.seal) | ({PERSON_NEEDED} if answer.notes else set()))
        rows = [snapshot_row(s) for s in answer.snapshots]
        value = {"snapshots": rows, "seal": answer.seal.word, "pending": answer.seal.failures, "notes": answer.notes}
        if self._json(value):
            return code
        self._snapshots(answer.snapshots)
        for note in answer.notes:
            self._say(f"[yellow]{escape(note)}[/yellow]")
        self._seal(answer.seal)
        self._hint(_after(answer.snapshots))
        return code

    def _snapshots(self, snapshots: tuple[Snapshot, ...]) -> None:
        table = self._table("Page", "Outcome", "Snapshot", "Kept", "What to know")
        for snapshot in snapshots:
            colour = _OUTCOME[snapshot.outcome]
            kept = f"{len(snapshot.artefacts)} files" if snapshot.artefacts else "nothing"
            table.add_row(
                snapshot.target.id or snapshot.target.kind, f"[{colour}]{snapshot.outcome}[/{colour}]", snapshot.id, kept,
                escape(snapshot.why),
            )  # fmt: skip
        console().print(table)
        for account in sorted({s.target.account for s in snapshots if s.outcome == "blocked"}):
            rests = f"Account {account} rests" if account else "Visits without an account rest"
            command = f"login {account}".strip()
            self._say(f"[yellow]{rests} until you have looked. Do what the site asks for: tradewitness {command}[/yellow]")

    def added(self, files: list[AddedFile], seal: SealState) -> int:
        unused = any(file.about.get("outcome") in ("wall", "other", "unknown") for file in files)
        code = PERSON_NEEDED if seal.word == "unsigned" else PARTIAL if unused else DONE
        keys = ("id", "name", "kind", "size", "digest")
        rows = [{**{k: getattr(f, k) for k in keys}, "origin": ORIGINS["saved"], "page": f.about} for f in files]
        if self._json({"files": rows, "seal": seal.word, "pending": seal.failures}):
            return code
        for file in files:
            self._say(escape(f"Kept {file.name} as {file.kind} ({file.size:,} bytes, {file.id})."))
            self._read_of(file.about)
        self._hint("Marked everywhere as saved by the buyer, not witnessed.")
        self._seal(seal)
        return code

    def _read_of(self, about: Mapping[str, str]) -> None:
        """What came of reading a page or conversation that was saved by hand."""
        outcome, kind, why = (about.get(key, "") for key in ("outcome", "kind", "why"))
        if outcome == "read":
            when = (
                f"saved {about['saved_at'][:16].replace('T', ' ')} UTC, says {about['said_by']}" if about["saved_at"] else ""
            )
            what = f"Read as a page of kind {kind}" if kind != "chat" else f"Read as a conversation ({why})"
            self._say(escape(f"  {what}{', ' + when if when else ''}."))
            if not about["saved_at"] and kind != "chat":
                hint = (
                    "  It does not say when it was saved: a countdown on it counts as running out now. If you know, say so:"
                )
                self._say(f"[yellow]{hint}[/yellow]\n  add it again with --as page --saved 2026-10-04T18:00")
        elif outcome == "kept":
            self._hint(f"  {escape(why)}")
        elif outcome:
            packed = "" if outcome == "unknown" else ", and left out of packs"
            self._say(f"[bold red]  NOT read{packed}:[/bold red] {escape(why)}")
            self._say("  Open the right page, save it again, or enter what it shows: tradewitness case set CASE name=value")

    def packed(self, answer: PackAnswer) -> int:
        code = VERIFICATION_FAILED if answer.problems else DONE
        value = {"path": str(answer.path), "sha256": answer.sha256, "exhibits": answer.exhibits, "seal": answer.seal}
        if self._json({**value, "problems": answer.problems}):
            return code
        if self.quiet:
            sys.stdout.write(f"{answer.path}\n")
            return code
        table = self._table("Exhibit", "What", "Witnessed")
        for exhibit in answer.exhibits:
            table.add_row(exhibit.number, exhibit.title, "yes" if exhibit.witnessed else "saved by the buyer")
        console().print(table)
        self._say(f"SHA-256 {answer.sha256}\nThis pack is {PACK_SEAL[answer.seal]}.")
        for failure in answer.failures:
            self._hint(failure)
        for first in answer.problems[:1]:
            self._say(
                "[bold red]It does not verify[/bold red], because the archive is not whole: "
                f"{len(answer.problems)} problem(s), of which the first is: {escape(first.where)}: {escape(first.what)}"
            )
            self._hint("Before you hand it in, run: tradewitness verify   It names what to put back from a copy.")
        sys.stdout.write(f"{answer.path}\n")
        return code

    def exported(self, answer: ExportAnswer) -> None:
        value = {"path": str(answer.path), "sha256": answer.sha256, "size": answer.size, "snapshots": answer.snapshots}
        if self._json(value):
            return
        self._hint(f"{len(answer.snapshots)} visit(s), SHA-256 {answer.sha256}. Open it at https://replayweb.page/")
        sys.stdout.write(f"{answer.path}\n")
