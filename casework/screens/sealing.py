"""How things are sealed: the line after every command that keeps something, `status`, `timestamp` and `verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.screens.printing import Printer, console
from casework.terminal import escape

if TYPE_CHECKING:
    from casework.answers import StatusAnswer, VerifyAnswer, WitnessAnswer
    from collector.archive.sealing import SealState


_SEAL = {
    "timestamped": "sealed and timestamped",
    "pending": "sealed; not yet timestamped (asked again by the next command that keeps something)",
    "unsigned": "NOT yet sealed",
}

PACK_SEAL = {
    "timestamped": "signed and timestamped",
    "pending": "signed, and not timestamped; made again when an authority answers, the same pack gets its timestamp",
    "unsigned": "NOT signed",
}


_STATUS = {
    "timestamped": "All that is kept is sealed and timestamped",
    "pending": "All that is kept is sealed; some of it waits for a timestamp",
    "unsigned": "Some of what is kept is NOT sealed yet",
}
_RECORDS = {
    "timestamped": "timestamped: signed, and at least one authority confirms the date",
    "pending": "not yet timestamped: signed, and asked for again by the next command that keeps something",
    "unsigned": "not yet sealed: the next command that keeps something signs them",
}
_MOST_SHOWN = 8


def status_value(answer: StatusAnswer) -> dict[str, object]:
    """The seal's state for other programs."""
    newest = answer.newest
    checkpoint = None if newest is None else {"size": newest.size, "root": newest.root, "at": newest.at}
    told = [(name, at, name not in newest.unknown) for name, at in newest.tokens] if newest else []
    tokens = [{"authority": name, "time": at, "not_revoked": known} for name, at, known in told]
    return {
        "archive": str(answer.archive), "seal": answer.seal, "records": dict(answer.counts), "checkpoint": checkpoint,
        "tokens": tokens, "missing": answer.missing, "key": answer.key, "signer": answer.signer, "notes": answer.notes,
        "waiting": [{"seal": word, "what": what} for word, what in answer.waiting],
    }  # fmt: skip


class SealScreens(Printer):
    """What is sealed and timestamped, and what verification found."""

    def _seal(self, seal: SealState) -> None:
        if not self.quiet:
            self._say(f"{_SEAL[seal.word]}." if seal.word != "unsigned" else f"[red]{_SEAL[seal.word]}[/red].")
            for failure in seal.failures:
                self._hint(failure)

    def verified(self, answer: VerifyAnswer) -> None:
        value = {"ok": not answer.problems, "seal": answer.seal, "problems": answer.problems, "key": answer.key}
        more = {"tokens": answer.tokens, "notes": answer.notes, "against": answer.against, "deep": answer.deep}
        if self._json({**value, "what": answer.what, "path": str(answer.path), **more}):
            return
        if answer.problems:
            self._say(f"[bold red]{len(answer.problems)} problem(s)[/bold red] in this {answer.what}:")
            for problem in answer.problems:
                self._say(f"  [red]✗[/red] {escape(problem.where)}: {escape(problem.what)}")
        else:
            facts = "; the facts are what the bytes say that they were read from" if answer.deep else ""
            agrees = escape(f"; it agrees with {answer.against}") if answer.against else ""
            self._say(f"[green]✓[/green] This {answer.what} is whole: {answer.summary}{facts}{agrees}.")
        seal = (PACK_SEAL if answer.what == "pack" else _SEAL)[answer.seal]
        self._say(f"It is {seal}. Signing key: {answer.key or 'none'}")
        if len(answer.tokens) > _MOST_SHOWN:
            self._hint(f"{len(answer.tokens)} timestamps hold; the newest:")
        for line in answer.tokens[-_MOST_SHOWN:]:
            self._hint(escape(line))
        self._notes(answer.notes)
        if not answer.against and not answer.problems:
            self._hint(
                "Somebody who rewrote everything could have signed it again: compare the key with what its holder says, "
                "or give --against CHECKPOINT, PACK or FINGERPRINT."
            )

    def _notes(self, notes: tuple[str, ...]) -> None:
        for note in notes:
            self._say(f"  [yellow]•[/yellow] {escape(note)}")

    def status(self, answer: StatusAnswer) -> None:
        if self._json(status_value(answer)):
            return
        colour = {"timestamped": "green", "pending": "yellow", "unsigned": "red"}[answer.seal]
        self._say(f"[{colour}]{_STATUS[answer.seal]}[/{colour}]: {escape(str(answer.archive))}")
        table = self._table("Records", "How they are sealed")
        for word, count in answer.counts.items():
            if count:
                table.add_row(f"{count:,}", _RECORDS[word])
        console().print(table)
        for word, what in answer.waiting[:_MOST_SHOWN]:
            self._say(escape(f"  {what}: {_RECORDS[word].partition(':')[0]}"))
        if len(answer.waiting) > _MOST_SHOWN:
            self._say(f"  … and {len(answer.waiting) - _MOST_SHOWN} more")
        if answer.newest:
            stamps = ", ".join(f"{name} {at or 'time not recorded'}" for name, at in answer.newest.tokens) or "none yet"
            self._say(escape(f"Newest checkpoint: {answer.newest.size} records, {answer.newest.at}; timestamps: {stamps}"))
            if answer.newest.unknown:
                self._hint(
                    f"Revocation not known: {', '.join(answer.newest.unknown)}. When its timestamp arrived, nothing could "
                    "be had on whether the authority's certificates were revoked; the timestamp counts."
                )
        if answer.missing:
            self._say(escape(f"Not answered yet: {', '.join(answer.missing)}"))
        self._say(f"Signing key: {answer.key}")
        if len(answer.signer) > 1:
            self._say(escape(f"Its certificate: {', certified by '.join(answer.signer)}"))
        self._notes(answer.notes)
        if answer.seal != "timestamped":
            self._hint("Next: tradewitness timestamp")

    def stamped(self, answer: WitnessAnswer) -> None:
        written = str(answer.path) if answer.path else ""
        if self._json({**status_value(answer.status), "pending": answer.seal.failures, "witness": written}):
            return
        self._seal(answer.seal)
        self._notes(answer.status.notes)
        if answer.path and answer.status.newest:
            newest = answer.status.newest
            self._say(escape(f"Written for a third party: {answer.path}"))
            self._say(f"  {newest.size} records, root {newest.root}, key {answer.status.key}")
            self._hint(
                "Mail it, or hand it to somebody who will still have it. It shows nothing of what is kept. With it, "
                "`tradewitness verify --against FILE` finds records that were changed or left out."
            )
