"""What a person sees in the terminal, and the JSON that programs see: one method for each answer. Gives exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casework.terminal import escape, inert, value_text
from collector.canonical import plain
from collector.errors import DONE, DUE, PARTIAL, PERSON_NEEDED, TradewitnessError, exit_code_of

if TYPE_CHECKING:
    from rich.console import Console

    from casework.answers import (
        Captured,
        Case,
        CheckAnswer,
        DeadlineAnswer,
        HealthItem,
        NightAnswer,
        PackAnswer,
        RereadAnswer,
        SearchAnswer,
        TodayAnswer,
        VerifyAnswer,
    )
    from collector.archive.index import Index
    from collector.archive.sealing import SealState
    from collector.model import Deadline, Fact, Snapshot, Target
    from rules.casefile import AddedFile

Progress = Callable[[str], None]

_OUTCOME = {"complete": "green", "partial": "yellow", "blocked": "red", "failed": "red"}
_VERDICT = {
    "ok": ("green", "in order"), "missing": ("yellow", "missing"), "problem": ("red", "problem"),
    "undetermined": ("cyan", "cannot say"),
}  # fmt: skip
_STATE = {
    "not_started": ("dim", "not started"), "open": ("green", "open"), "due_soon": ("yellow", "due soon"),
    "act_now": ("bold red", "act now"), "overdue": ("bold red", "overdue"), "met": ("dim", "done"),
    "undetermined": ("cyan", "cannot say"),
}  # fmt: skip
_SEAL = {
    "timestamped": "sealed and timestamped",
    "pending": "sealed; not yet timestamped (asked again by the next command that keeps something)",
    "unsigned": "NOT yet sealed",
}

_PACK_SEAL = {
    "timestamped": "signed and timestamped",
    "pending": "signed, and not timestamped; made again when an authority answers, the same pack gets its timestamp",
    "unsigned": "NOT signed",
}


def _console(*, error: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Off a terminal nothing may be cut or wrapped at an invented 80 columns.
    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=True)


def report_error(error: TradewitnessError, as_json: bool) -> None:
    """One sentence and what to do next; with --json also as an object on standard output."""
    if as_json:
        print(json.dumps({"error": {"message": error.message, "hint": error.hint, "exit": error.exit_code}}))  # noqa: T201
    sys.stderr.write(f"{inert(error.message)}\n" + (f"  {inert(error.hint)}\n" if error.hint else ""))


def snapshot_row(snapshot: Snapshot) -> dict[str, str]:
    """A snapshot in the contract's form; `digest` is the SHA-256 of the page's stored DOM, "" where none was kept."""
    dom = next((a.digest for a in snapshot.artefacts if a.role == "dom" and a.part == 0), "")
    target = snapshot.target
    return {
        "id": snapshot.id, "case": target.case, "kind": target.kind, "url": target.url, "outcome": snapshot.outcome,
        "why": snapshot.why, "digest": dom, "at": plain(snapshot.visit.machine_time),
    }  # fmt: skip


class Screen:
    """Prints answers, as tables or as JSON."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet

    # -- the three ways of printing -------------------------------------------------------------------------------

    def _json(self, value: Mapping[str, Any]) -> bool:
        """Prints JSON when that is wanted; says whether it was."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")
        return self.as_json

    def _say(self, text: str) -> None:
        _console().print(text, soft_wrap=True)

    def _hint(self, text: str) -> None:
        if not self.quiet:
            self._say(f"[dim]{text}[/dim]")

    def _table(self, *columns: str, title: str = "") -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", header_style="bold", pad_edge=False)
        for name in columns:
            table.add_column(name, overflow="fold", vertical="top")
        return table

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A line that says what is being done: on a terminal only, and not with --quiet or --json."""
        if self.as_json or self.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        with _console(error=True).status("beginning") as status:
            yield lambda text: status.update(escape(text))

    # -- answers ----------------------------------------------------------------------------------------------------

    def initialised(self, root: Path, made: bool) -> None:
        if self._json({"archive": str(root), "made": made}):
            return
        self._say(f"{'The archive is ready' if made else 'There is an archive already'}: {root}")
        if made:
            self._hint("Next: tradewitness case open ORDER_NUMBER --order ADDRESS")

    def health(self, items: list[HealthItem]) -> int:
        code = PERSON_NEEDED if any(item.state == "problem" for item in items) else DONE
        if self._json({"checks": items, "ok": code == DONE}):
            return code
        table = self._table("", "What", "Found", "What to do")
        marks = {"ok": "[green]✓[/green]", "note": "[yellow]•[/yellow]", "problem": "[red]✗[/red]"}
        for item in items:
            table.add_row(marks[item.state], item.name, escape(item.found), escape(item.todo))
        _console().print(table)
        return code

    def cases(self, rows: list[tuple[Case, list[Target]]]) -> None:
        if self._json({"cases": [_case_json(case, targets) for case, targets in rows]}):
            return
        if not rows:
            self._say("No case is open yet. Open one: tradewitness case open ORDER_NUMBER --order ADDRESS")
            return
        table = self._table("Order", "Name", "Account", "Time zone", "Pages")
        for case, targets in rows:
            table.add_row(case.order, case.name, case.account, case.zone, ", ".join(t.id for t in targets))
        _console().print(table)

    def case(self, case: Case, targets: list[Target], what: str) -> None:
        if self._json({"case": _case_json(case, targets)}):
            return
        self._say(f"Case {case.order}{f' ({escape(case.name)})' if case.name else ''} {what}. Time zone: {case.zone}.")
        for target in targets:
            self._say(f"  {target.id:<10} {escape(target.url)}")
        self._hint(
            f"Next: tradewitness capture {case.order}"
            if targets
            else f"Next: tradewitness case set {case.order} --order ADDRESS"
        )

    def captured(self, answer: Captured) -> int:
        from casework.answers import outcome_codes

        code = exit_code_of(outcome_codes(answer.snapshots))
        rows = [snapshot_row(s) for s in answer.snapshots]
        if self._json({"snapshots": rows, "seal": answer.seal.word, "pending": answer.seal.failures}):
            return code
        self._snapshots(answer.snapshots)
        self._seal(answer.seal)
        self._hint("Next: tradewitness deadlines · tradewitness check CASE")
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
        _console().print(table)

    def _seal(self, seal: SealState) -> None:
        if not self.quiet:
            self._say(f"{_SEAL[seal.word]}." if seal.word != "unsigned" else f"[red]{_SEAL[seal.word]}[/red].")
            for failure in seal.failures:
                self._hint(failure)

    def added(self, files: list[AddedFile], seal: SealState) -> None:
        rows = [{"id": f.id, "name": f.name, "kind": f.kind, "size": f.size, "digest": f.digest} for f in files]
        if self._json({"files": rows, "seal": seal.word, "pending": seal.failures}):
            return
        for file in files:
            self._say(escape(f"Kept {file.name} as {file.kind} ({file.size:,} bytes, {file.id})."))
        self._hint("Marked everywhere as saved by the buyer, not witnessed.")
        self._seal(seal)

    def facts(self, facts: list[Fact]) -> None:
        keys = ("name", "value", "state", "snapshot", "reader", "place")
        if self._json({"facts": [{**{k: getattr(f, k) for k in keys}, "at": f.at, "round": f.round} for f in facts]}):
            return
        if not facts:
            self._say("Nothing has been read or entered yet.")
        table = self._table("Fact", "Value", "State", "Where it stands", "Snapshot")
        for fact in facts:
            place = f"{fact.place.scheme} {fact.place.path}" if fact.place else fact.reader
            name = fact.name + (f"#{fact.round}" if fact.round > 1 else "")
            table.add_row(name, escape(value_text(fact.value)), fact.state, escape(place[:70]), fact.snapshot)
        _console().print(table)

    def deadlines(self, answer: DeadlineAnswer) -> int:
        code = DUE if answer.due else DONE
        if self._json({"deadlines": answer.deadlines, "as_of": answer.as_of, "needs": answer.needs, "notes": answer.notes}):
            return code
        for note in answer.notes:
            self._say(f"[yellow]{escape(note)}[/yellow]")
        self._deadline_table(answer.deadlines, answer)
        if answer.ics:
            self._hint(f"Calendar file: {answer.ics}")
        return code

    def _deadline_table(self, deadlines: tuple[Deadline, ...], answer: DeadlineAnswer) -> None:
        live = [d for d in deadlines if d.act_by is not None]
        table = self._table("Deadline", "Who", "Act by", "Time left", "State", "Otherwise")
        for deadline in live:
            colour, word = _STATE[deadline.state]
            name = (deadline.label or deadline.id) + (f" {deadline.round}" if deadline.round > 1 else "")
            printed = " (printed timer)" if deadline.printed else ""
            table.add_row(
                name + printed, deadline.who, answer.local(deadline), answer.left(deadline), f"[{colour}]{word}[/{colour}]",
                escape(deadline.if_missed),
            )  # fmt: skip
        if live:
            _console().print(table)
            self._hint(f"Times are yours ({answer.zone}); act by the earliest reading.")
        for deadline in deadlines:
            if deadline.state == "undetermined":
                needs = ", ".join(deadline.needs)
                self._hint(f"{deadline.label or deadline.id}: not known yet{f'; enter {needs}' if needs else ''}.")
        if not live:
            self._say("No deadline is running yet. Enter what you know: tradewitness case set CASE received_at=2026-09-30")

    def findings(self, answers: list[CheckAnswer]) -> None:
        rows = [{"case": a.case, **plain(f)} for a in answers for f in a.findings]
        if self._json({"findings": rows}):
            return
        for answer in answers:
            table = self._table(
                "", "What", "What to do", title=f"Case {answer.case}: {', '.join(answer.reasons) or 'no reason yet'}"
            )
            for finding in answer.findings:
                colour, word = _VERDICT[finding.verdict]
                table.add_row(f"[{colour}]{word}[/{colour}]", escape(finding.text), escape(finding.todo))
            _console().print(table)

    def packed(self, answer: PackAnswer) -> None:
        if self._json({"path": str(answer.path), "sha256": answer.sha256, "exhibits": answer.exhibits, "seal": answer.seal}):
            return
        if self.quiet:
            sys.stdout.write(f"{answer.path}\n")
            return
        table = self._table("Exhibit", "What", "Witnessed")
        for exhibit in answer.exhibits:
            table.add_row(exhibit.number, exhibit.title, "yes" if exhibit.witnessed else "saved by the buyer")
        _console().print(table)
        self._say(f"SHA-256 {answer.sha256}\nThis pack is {_PACK_SEAL[answer.seal]}.")
        for failure in answer.failures:
            self._hint(failure)
        sys.stdout.write(f"{answer.path}\n")

    def verified(self, answer: VerifyAnswer) -> None:
        value = {"ok": not answer.problems, "seal": answer.seal, "problems": answer.problems, "key": answer.key}
        if self._json(
            {**value, "what": answer.what, "path": str(answer.path), "tokens": answer.tokens, "notes": answer.notes}
        ):
            return
        if answer.problems:
            self._say(f"[bold red]{len(answer.problems)} problem(s)[/bold red] in this {answer.what}:")
            for problem in answer.problems:
                self._say(f"  [red]✗[/red] {escape(problem.where)}: {escape(problem.what)}")
        else:
            self._say(f"[green]✓[/green] This {answer.what} is whole: {answer.summary}.")
        seal = (_PACK_SEAL if answer.what == "pack" else _SEAL)[answer.seal]
        self._say(f"It is {seal}. Signing key: {answer.key or 'none'}")
        for line in (*answer.tokens, *answer.notes):
            self._hint(escape(line))

    def today(self, answer: TodayAnswer) -> int:
        code = DUE if answer.due else DONE
        if self._json({"today": answer.lines, "notices": answer.notices, "as_of": answer.as_of}):
            return code
        self._today(answer)
        return code

    def _today(self, answer: TodayAnswer) -> None:
        if not answer.lines:
            self._say("No case is open yet. Begin with: tradewitness case open ORDER_NUMBER --order ADDRESS")
            return
        colours = {"act_now": "bold red", "overdue": "bold red", "due_soon": "yellow"}
        for line in answer.lines:
            colour = colours.get(line.state, "green")
            title = f"{line.case}{f' · {escape(line.name)}' if line.name else ''}"
            self._say(f"[{colour}]●[/{colour}] [bold]{title}[/bold]  {escape(line.headline)}")
            if line.todo:
                self._say(f"    {escape(line.todo)}")
            if line.link:
                self._say(f"    {escape(line.link)}")
            self._say(f"    [dim]{escape(line.looked)}[/dim]")
            for alarm in line.alarms:
                self._say(f"    [bold red]![/bold red] {escape(alarm)}")
        for notice in answer.notices:
            self._say(f"[yellow]{escape(notice)}[/yellow]")

    def night(self, answer: NightAnswer) -> int:
        code = exit_code_of(answer.codes)
        rows = [snapshot_row(s) for s in answer.snapshots]
        value = {"planned": answer.planned, "snapshots": rows, "skipped": answer.skipped, "today": answer.today.lines}
        if self._json({**value, "seal": answer.seal.word if answer.seal else "", "dry_run": answer.dry_run}):
            return code
        if answer.dry_run:
            self._say(f"{len(answer.planned)} page(s) would be visited:")
            for page in answer.planned:
                self._say(f"  {page['case']}  {page['kind']:<9} {escape(page['url'])}")
        elif answer.snapshots:
            self._snapshots(answer.snapshots)
        for text in answer.skipped:
            self._say(f"[yellow]{escape(text)}[/yellow]")
        if answer.seal:
            self._seal(answer.seal)
        self._today(answer.today)
        return code

    def found(self, answer: SearchAnswer) -> None:
        hits = [{**plain(hit), "when": hit.when()} for hit in answer.hits]
        if self._json({"hits": hits, "total": answer.total, "sought": answer.sought}):
            return
        from casework.shown import hit_text

        sought = inert(" ".join(answer.sought))
        if not answer.hits:
            why = "." if answer.words else ": there is no letter or digit in it to look for."
            _console().print(f"Nothing was found for {sought}{why}", markup=False, soft_wrap=True)
            return
        for hit in answer.hits:
            _console().print(hit_text(hit), soft_wrap=True)
        if answer.total > len(answer.hits):
            self._hint(f"{len(answer.hits)} of {answer.total} are shown; more with --limit {answer.total}.")

    def reread(self, answer: RereadAnswer) -> int:
        code = PARTIAL if answer.unread else DONE
        readers = [dict(zip(("before", "after", "snapshots"), row, strict=True)) for row in answer.readers]
        value = {"changes": answer.changes, "snapshots": answer.snapshots, "facts": answer.facts, "moved": answer.moved}
        if self._json({**value, "readers": readers, "unread": answer.unread}):
            return code
        from rich.text import Text

        from casework.shown import difference

        self._say(f"{answer.snapshots} snapshots were read again: {answer.facts} facts, {len(answer.changes)} changed.")
        if answer.changes:
            table = self._table("Snapshot", "Fact", "", "Before", "Now")
            for change in answer.changes:
                before, after = difference(change.before, change.after)
                table.add_row(change.snapshot, change.name, change.what, Text(inert(before)), Text(inert(after)))
            _console().print(table)
        elif answer.snapshots:
            self._say("Nothing changed: every fact says what it said before.")
        for old, new, number in answer.readers:
            self._hint(f"{number} snapshots are now read by {new or 'no reader'}, before by {old or 'no reader'}.")
        if answer.moved:
            self._hint(f"{answer.moved} facts say the same, read in another place or by another reader.")
        for name in answer.unread:
            self._say(
                f"[yellow]{name}: a kept file is damaged, its facts stay as they were. Run: tradewitness verify[/yellow]"
            )
        return code

    def reindexed(self, index: Index) -> None:
        counts = index.counts("cases", "snapshots", "facts", "files")
        if not self._json({"index": counts}):
            self._say("The index is built again: " + ", ".join(f"{number} {name}" for name, number in counts.items()) + ".")


def _case_json(case: Case, targets: list[Target]) -> dict[str, Any]:
    pages = [{"id": t.id, "kind": t.kind, "url": t.url, "account": t.account} for t in targets]
    return {**plain(case), "targets": pages}
