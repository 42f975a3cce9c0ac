"""What a check found, in the order in which it matters, what pages say before an order, and drafts to copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from casework.blocks import Block, Cell, Result, Span, Table, Tone, View, hint, line
from casework.views.kept import outcome_codes
from collector.canonical import as_json
from collector.errors import DONE, exit_code_of
from rules.language.phrases import LIKENESS
from rules.policy.platform import REASONS

if TYPE_CHECKING:
    from casework.asking.before_order import BeforeOrderAnswer
    from casework.asking.dossier import CheckAnswer
    from collector.model import Finding, Verdict
    from rules.check.before_order import Offer
    from rules.drafts import Draft

_VERDICT: dict[Verdict, tuple[Tone, str]] = {
    "problem": ("bad", "problem"), "missing": ("warning", "missing"), "undetermined": ("unsure", "cannot say"),
    "ok": ("good", "in order"),
}  # fmt: skip
_PARTS = (
    ("Now", ("moment",)),
    ("What changed to your harm", ("change",)),
    ("Cover and money", ("coverage", "refund", "payment", "contact", "before", "alternative")),
    ("Dates and facts", ("claim", "shipping", "time", "timer", "conflict")),
    ("Evidence", ("reason", "strength", *REASONS)),
    ("Contract", ("contract", "difference")),
    ("What was written", ("redflag", "own", "admission", "chat")),
    ("The other side", ("other_side", "first_seen")),
)
# What nobody has done wrong: a verdict would sound like a fault.
_ADVICE = ("alternative.", "before.steps", "before.measured")
_COVERED: dict[str, Tone] = {"yes": "good", "in part": "warning", "no": "bad", "unknown": "unsure"}
_BADGE = {True: "yes", False: "no", None: "not shown"}


def findings(answers: list[CheckAnswer], *, brief: bool = False) -> View:
    """Every finding, by subject, what is wrong first; `brief` leaves out what is in order."""
    rows = [{"case": a.case, **as_json(f)} for a in answers for f in a.findings]
    return View({"findings": rows}, tuple(_findings(answers, brief=brief)))


def _findings(answers: list[CheckAnswer], *, brief: bool) -> Iterator[Block]:
    for answer in answers:
        reasons = ", ".join(answer.reasons) or "no reason yet"
        yield line(Span(f"Case {answer.case}", "strong"), f": {reasons}. {_summary(answer.findings)}")
        yield from _sections(answer.findings, brief=brief)
    if not answers:
        yield line("No case is open. Open one: tradewitness case open ORDER_NUMBER --order ADDRESS")
    elif brief:
        case = answers[0].case if len(answers) == 1 else "--all"
        yield hint(f"What is in order is left out here; see it with: tradewitness check {case}")
    else:
        yield hint("Texts to copy: tradewitness draft CASE supplier | statement | contract | question")


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


def _sections(findings: Iterable[Finding], *, brief: bool) -> Iterator[Table]:
    order = list(_VERDICT)
    rest = list(findings)
    for title, prefixes in (*_PARTS, ("Other", ())):
        own = [f for f in rest if not prefixes or f.id.split(".")[0] in prefixes]
        rest = [f for f in rest if f not in own]
        shown = sorted((f for f in own if not (brief and f.verdict == "ok")), key=lambda f: order.index(f.verdict))
        if shown:
            yield Table(("", "What", "What to do"), tuple(map(_finding, shown)), title, apart=True)


def _finding(finding: Finding) -> tuple[Cell, ...]:
    tone, word = _VERDICT[finding.verdict]
    said = Span("advice", "advice") if finding.id.startswith(_ADVICE) else Span(word, tone)
    why = "Words that weighed most" if finding.by == LIKENESS else "Raised by"
    text = (finding.text, Span(f"{why}: {finding.words}", "aside")) if finding.words else finding.text
    return said, text, finding.todo


def before_order(answer: BeforeOrderAnswer) -> View:
    """The offers side by side, then the findings; the exit code is the one that the visits call for."""
    captured = answer.captured
    code = exit_code_of(outcome_codes(captured.snapshots, captured.seal)) if captured else DONE
    kept = [s.id for s in captured.snapshots] if captured else []
    value = {"findings": answer.findings, "offers": answer.offers, "amount": answer.amount}
    blocks: list[Block] = [_offers(answer.offers, str(answer.amount or ""), answer.protection)] if answer.offers else []
    blocks += _sections(answer.findings, brief=False)
    if captured:
        blocks.append(hint(f"Kept: {', '.join(kept)}. What the pages show today is evidence if you order."))
    return View(as_json({**value, "snapshots": kept, "seal": captured.seal.word if captured else ""}), tuple(blocks), code)


def _offers(offers: Iterable[Offer], amount: str, protection: str) -> Table:
    covered = f"Covered of {amount}" if amount else "Covered"
    return Table(("Supplier", "Years", protection, "Limit", covered, "Product"), tuple(map(_offer, offers)))


def _offer(offer: Offer) -> tuple[Cell, ...]:
    covered = Span(offer.words, _COVERED[offer.covered])
    years, limit = str(offer.years or "–"), str(offer.limit or "not shown")
    return offer.supplier, years, _BADGE[offer.badge], limit, covered, offer.title[:80]


def draft(text: Draft) -> View:
    """The text alone, so that it can be copied; what to fill in and the warning beside it."""
    fill = f" Fill in: {', '.join(text.to_fill)}." if text.to_fill else ""
    note = f"Nothing was sent. Read it, change it, paste it yourself into the {text.goes_to} or the dispute page.{fill}"
    json = as_json({"kind": text.kind, "lang": text.lang, "text": text.text, "to_fill": text.to_fill, "sent": False})
    return View(json, (Result(text.text.rstrip(), note),))
