"""What a check found, in the order in which it matters, what pages say before an order, and drafts to copy."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from casework.screens.printing import Printer, console
from casework.terminal import escape
from collector.canonical import plain
from collector.errors import DONE, exit_code_of
from rules.policy.platform import REASONS

if TYPE_CHECKING:
    from casework.answers import BeforeOrderAnswer, CheckAnswer
    from collector.model import Finding, Verdict
    from rules.check.before_order import Offer
    from rules.drafts import Draft

_VERDICT = {
    "problem": ("red", "problem"), "missing": ("yellow", "missing"), "undetermined": ("cyan", "cannot say"),
    "ok": ("green", "in order"),
}  # fmt: skip
_PARTS = (
    ("Now", ("moment",)),
    ("Cover and money", ("coverage", "refund", "payment", "contact", "before", "alternative")),
    ("Dates and facts", ("claim", "shipping", "time", "timer", "conflict")),
    ("Evidence", ("reason", "strength", *REASONS)),
    ("Contract", ("contract", "difference")),
    ("What was written", ("redflag", "own", "admission")),
    ("The other side", ("other_side", "first_seen")),
)
# What nobody has done wrong: a verdict would sound like a fault.
_ADVICE = ("alternative.", "before.steps")
_COVERED = {"yes": "green", "in part": "yellow", "no": "red", "unknown": "cyan"}


class CheckingScreens(Printer):
    """Findings of cases, findings before an order, drafts."""

    def findings(self, answers: list[CheckAnswer], *, brief: bool = False) -> None:
        """Every finding, by subject, what is wrong first; `brief` leaves out what is in order."""
        rows = [{"case": a.case, **plain(f)} for a in answers for f in a.findings]
        if self._json({"findings": rows}):
            return
        for answer in answers:
            reasons = ", ".join(answer.reasons) or "no reason yet"
            self._say(f"[bold]Case {escape(answer.case)}[/bold]: {reasons}. {_summary(answer.findings)}")
            self._sections(answer.findings, brief=brief)
        if not answers:
            self._say("No case is open. Open one: tradewitness case open ORDER_NUMBER --order ADDRESS")
        elif brief:
            case = answers[0].case if len(answers) == 1 else "--all"
            self._hint(f"What is in order is left out here; see it with: tradewitness check {case}")
        else:
            self._hint("Texts to copy: tradewitness draft CASE supplier | statement | contract | question")

    def _sections(self, findings: Iterable[Finding], *, brief: bool) -> None:
        order = list(_VERDICT)
        rest = list(findings)
        for title, prefixes in (*_PARTS, ("Other", ())):
            own = [f for f in rest if not prefixes or f.id.split(".")[0] in prefixes]
            rest = [f for f in rest if f not in own]
            shown = sorted((f for f in own if not (brief and f.verdict == "ok")), key=lambda f: order.index(f.verdict))
            if not shown:
                continue
            table = self._table("", "What", "What to do", title=f"\n{title}")
            for finding in shown:
                colour, word = ("blue", "advice") if finding.id.startswith(_ADVICE) else _VERDICT[finding.verdict]
                table.add_row(f"[{colour}]{word}[/{colour}]", escape(finding.text), escape(finding.todo))
            console().print(table)

    def before_order(self, answer: BeforeOrderAnswer) -> int:
        """The offers side by side, then the findings. Gives the exit code that the visits call for."""
        from casework.answers import outcome_codes

        captured = answer.captured
        code = exit_code_of(outcome_codes(captured.snapshots, captured.seal)) if captured else DONE
        value = {"findings": answer.findings, "offers": answer.offers, "amount": answer.amount}
        snapshots = [s.id for s in captured.snapshots] if captured else []
        if self._json({**value, "snapshots": snapshots, "seal": captured.seal.word if captured else ""}):
            return code
        if answer.offers:
            self._offers(answer.offers, str(answer.amount) if answer.amount else "")
        self._sections(answer.findings, brief=False)
        if captured:
            self._hint(f"Kept: {', '.join(snapshots)}. What the pages show today is evidence if you order.")
        return code

    def _offers(self, offers: tuple[Offer, ...], amount: str) -> None:
        covered = f"Covered of {amount}" if amount else "Covered"
        table = self._table("Supplier", "Years", "Trade Assurance", "Limit", covered, "Product")
        for offer in offers:
            badge = {True: "yes", False: "no", None: "not shown"}[offer.badge]
            colour = _COVERED[offer.covered]
            table.add_row(
                escape(offer.supplier), str(offer.years or "–"), badge, str(offer.limit or "not shown"),
                f"[{colour}]{escape(offer.words)}[/{colour}]", escape(offer.title[:80]),
            )  # fmt: skip
        console().print(table)

    def draft(self, draft: Draft) -> None:
        """The text alone on standard output, so that it can be copied; what to fill in and the warning beside it."""
        if self._json({"kind": draft.kind, "lang": draft.lang, "text": draft.text, "to_fill": draft.to_fill, "sent": False}):
            return
        sys.stdout.write(draft.text.rstrip() + "\n")
        if not self.quiet:
            fill = f" Fill in: {', '.join(draft.to_fill)}." if draft.to_fill else ""
            note = (
                f"Nothing was sent. Read it, change it, paste it yourself into the Message Center or the dispute page.{fill}"
            )
            console(error=True).print(f"[dim]{escape(note)}[/dim]", soft_wrap=True)


def _summary(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.verdict for finding in findings)
    words: dict[Verdict, str] = {
        "problem": "problem",
        "missing": "missing",
        "undetermined": "cannot be said",
        "ok": "in order",
    }
    parts = [
        f"{counts[v]} {word}{'s' if v == 'problem' and counts[v] != 1 else ''}" for v, word in words.items() if counts[v]
    ]
    return ", ".join(parts) + "."
