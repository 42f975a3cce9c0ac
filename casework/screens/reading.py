"""What stands in a case: its pages and facts, and what was sought in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.screens.printing import Printer, console
from casework.terminal import escape, inert, value_text
from collector.canonical import plain
from collector.errors import DONE, PARTIAL
from collector.model import ORIGINS, kept_in_part

if TYPE_CHECKING:
    from casework.answers import RereadAnswer, SearchAnswer, Tile
    from casework.cases import Case
    from collector.model import Fact, Target


_WHERE = {"json": "the page's data", "css": "the page", "frame": "messages as sent", "line": "your file"}


class ReadingScreens(Printer):
    """Cases, facts, passages found, facts read again."""

    def cases(self, rows: list[tuple[Case, list[Target]]]) -> None:
        if self._json({"cases": [_case_json(case, targets) for case, targets in rows]}):
            return
        if not rows:
            self._say("No case is open yet. Open one: tradewitness case open ORDER_NUMBER --order ADDRESS")
            return
        table = self._table("Order", "Name", "Account", "Time zone", "Pages")
        for case, targets in rows:
            table.add_row(case.order, case.name, case.account, case.zone, ", ".join(t.id for t in targets))
        console().print(table)

    def case(self, case: Case, targets: list[Target], what: str, warnings: list[str]) -> None:
        if self._json({"case": _case_json(case, targets), "warnings": warnings}):
            return
        self._say(f"Case {case.order}{f' ({escape(case.name)})' if case.name else ''} {what}. Time zone: {case.zone}.")
        for target in targets:
            self._say(f"  {target.id:<10} {escape(target.url)}")
        self._hint(
            f"Next: tradewitness capture {case.order}"
            if targets
            else f"Next: tradewitness case set {case.order} --order ADDRESS"
        )
        for warning in warnings:
            self._hint(warning)

    def facts(self, facts: list[Fact], tiles: list[Tile | None]) -> None:
        keys = ("name", "value", "state", "snapshot", "reader", "place")
        rows = [
            {
                **{k: getattr(f, k) for k in keys},
                "at": f.at,
                "round": f.round,
                "origin": ORIGINS[f.origin],
                "tile": tile,
                "lacks": f.lacks,
            }
            for f, tile in zip(facts, tiles, strict=True)
        ]
        if self._json({"facts": rows}):
            return
        if not facts:
            self._say("Nothing has been read or entered yet.")
        table = self._table("Fact", "Value", "State", "Where it stands", "Snapshot")
        for fact in facts:
            name = fact.name + (f"#{fact.round}" if fact.round > 1 else "")
            state = "not on what was kept" if fact.unseen else str(fact.state)
            state += f", {ORIGINS['saved']}" if fact.saved else ", kept in part" if fact.lacks and not fact.unseen else ""
            where = _WHERE[fact.place.scheme] if fact.place else ""
            table.add_row(name, escape(value_text(fact.value)), state.replace("_", " "), where, fact.snapshot)
        console().print(table)
        for snapshot, lacks in dict.fromkeys((f.snapshot, f.lacks) for f in facts if f.lacks):
            self._say(f"[yellow]{snapshot}: the page was {escape(kept_in_part(lacks))}.[/yellow]")
        self._hint("The exact place of each, and the words that stand there: tradewitness facts … --json")

    def found(self, answer: SearchAnswer) -> None:
        hits = [{**plain(hit), "when": hit.when()} for hit in answer.hits]
        if self._json({"hits": hits, "total": answer.total, "sought": answer.sought}):
            return
        from casework.shown import hit_text

        sought = inert(" ".join(answer.sought))
        if not answer.hits:
            why = "." if answer.words else ": there is no letter or digit in it to look for."
            console().print(f"Nothing was found for {sought}{why}", markup=False, soft_wrap=True)
            return
        for hit in answer.hits:
            console().print(hit_text(hit), soft_wrap=True)
        if answer.total > len(answer.hits):
            self._hint(f"{len(answer.hits)} of {answer.total} are shown; more with --limit {answer.total}.")

    def reread(self, answer: RereadAnswer) -> int:
        code = PARTIAL if answer.unread else DONE
        readers = [dict(zip(("before", "after", "snapshots"), row, strict=True)) for row in answer.readers]
        value = {"changes": answer.changes, "snapshots": answer.snapshots, "saved": answer.saved, "facts": answer.facts}
        if self._json({**value, "moved": answer.moved, "readers": readers, "unread": answer.unread}):
            return code
        from rich.text import Text

        from casework.shown import difference

        saved = f" and {answer.saved} saved by you" if answer.saved else ""
        again = f"{answer.snapshots} snapshots{saved} were read again"
        self._say(f"{again}: {answer.facts} facts, {len(answer.changes)} changed.")
        if answer.changes:
            table = self._table("Snapshot", "Fact", "", "Before", "Now")
            for change in answer.changes:
                before, after = difference(change.before, change.after)
                table.add_row(change.snapshot, change.name, change.what, Text(inert(before)), Text(inert(after)))
            console().print(table)
        elif answer.snapshots or answer.saved:
            self._say("Nothing changed: every fact says what it said before.")
        for old, new, number in answer.readers:
            self._hint(f"{number} pages are now read by {new or 'no reader'}, before by {old or 'no reader'}.")
        if answer.moved:
            self._hint(f"{answer.moved} facts say the same, read in another place or by another reader.")
        for name in answer.unread:
            self._say(
                f"[yellow]{name}: a kept file is damaged, its facts stay as they were. Run: tradewitness verify[/yellow]"
            )
        return code


def _case_json(case: Case, targets: list[Target]) -> dict[str, Any]:
    pages = [{"id": t.id, "kind": t.kind, "url": t.url, "account": t.account} for t in targets]
    return {**plain(case), "targets": pages}
