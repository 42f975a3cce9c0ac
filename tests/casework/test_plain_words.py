"""What people read is plain English: no name of a fact, no ISO time, no sentence that begins in lower case.

A rich case is played through the main commands, and every line and cell that they show is looked at. A name of a fact stands
only where it is to be typed, in a command; a time as a page printed it stands in quotation marks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casework.blocks import Bar, Block, Cell, Excerpt, Line, Part, Span, Table, View
from casework.terminal import Terminal
from fixtures.authority import Served
from fixtures.marketplace.scenarios import addresses
from rules.policy.fact_names import FACTS
from tests.pack_reader import unpacked
from tests.paper_desk import ORDER, ORIGIN, SCENARIO, PaperDesk

PAGES = ("order", "dispute", "supplier", "product")
_ENTRY = r"[a-z_.]+(?:#\d+)?=(?:\"[^\"]*\"|\S*)"
_COMMAND = re.compile(rf"tradewitness (?:case set|deadlines) \S+(?:(?: or)? {_ENTRY})+|--saved \S+|https?://\S+")
_QUOTED = re.compile(r"“[^”]*”")
_NAMES = re.compile(rf"(?<![\w.])(?:{'|'.join(re.escape(name) for name in FACTS if {*name} & {*'_.'})})(?!\w)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE = re.compile(r"(?<!tradewitness )(?<![\w-])(?:case set|(?:capture|add|draft|check|pack) CASE)\b")
_LOWER = re.compile(r"^[^\w“]*[a-z]|[^.][.!?] [a-z]")


def faults(text: str, *, sentence: bool) -> list[str]:
    """What of a text is no plain English; `sentence`: it must begin as one."""
    said = _QUOTED.sub("“”", _COMMAND.sub("§", text))
    found = [f"fact name: {match[0]}" for match in _NAMES.finditer(said)]
    found += [f"ISO time: {match[0]}" for match in _ISO.finditer(said)]
    if sentence and _LOWER.search(said):
        found.append("begins in lower case")
    if "@" not in said and re.search(
        r"(?<!tradewitness )(?<![\w-])(?:case set|capture CASE|add CASE|draft CASE|check CASE|pack CASE)\b", said
    ):
        found.append("a command without its program")
    return found


def texts(block: Block) -> Iterator[tuple[str, bool]]:
    """Each text that a person reads as one, and whether it is a sentence."""
    match block:
        case Line(parts=parts):
            yield _joined(parts), True
        case Table():
            yield block.title, bool(block.title)
            for cell in (*block.columns, *(cell for row in block.rows for cell in row)):
                text = _cell(cell)
                yield text, text.rstrip().endswith(".") and " " in text
        case Excerpt():
            yield block.head, False
        case _:
            pass  # a draft or a path, taken away as it stands


def _joined(parts: tuple[Part, ...]) -> str:
    return "".join(part.text if isinstance(part, Span) else "" if isinstance(part, Bar) else part for part in parts).strip()


def _cell(cell: Cell) -> str:
    return _joined(cell) if isinstance(cell, tuple) else _joined((cell,))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    """A case with pages kept whole and in part, files, and entries that contradict each other and the pages."""
    made = PaperDesk(tmp_path_factory.mktemp("words"), authority, PAGES)
    made.begin()
    made.keep()
    made.did("case", "set", ORDER, "--thread", addresses(SCENARIO, ORIGIN)["thread"])
    made.run("capture", ORDER)
    (made.folder / "chat.txt").write_text("12/03/26, 10:01 - Anna: Hello\n13/03/26, 10:05 - Wong: We ship tomorrow\n")
    made.run("add", ORDER, made.folder / "chat.txt", "--as", "chat", "--note", "from my phone")
    made.run("case", "set", ORDER, "received_at=2026-01-05", "units_total=100", "units_defective=160", "--yes")
    made.run(
        "case", "set", ORDER, "amount_claimed=USD 500", "order.total=USD 9000", "supplier_answered_at=2026-01-09", "--yes"
    )
    made.run("case", "set", ORDER, "refund_received_at=2090-01-01", "sample_approved_at=2090-01-01", "--yes")
    made.run("case", "set", ORDER, "reason=damaged", "dispute.deadline=2026-12-04T18:00+08:00", "--yes")
    return made


COMMANDS: dict[str, tuple[str, ...]] = {
    "today": (),
    "next": ("next", ORDER),
    "deadlines": ("deadlines", ORDER),
    "deadlines of dates": ("deadlines", "received_at=2026-09-30", "shipped_at=2026-10-09", "decided_at=2090-01-01"),
    "deadlines of nothing": ("deadlines", "paid_at=2026-09-30"),
    "check": ("check", ORDER),
    **{
        f"check {reason}": ("check", ORDER, "--reason", reason) for reason in ("late", "quality", "quantity", "not_received")
    },
    "check before an order": ("check", "--before-order", addresses(SCENARIO, ORIGIN)["supplier"], "--amount", "USD 15,000"),
    "case": ("case",),
    "case show": ("case", "show", ORDER),
    "case set": ("case", "set", ORDER, "amount_claimed=USD 50000", "units_defective=170", "--yes"),
    "facts": ("facts", ORDER),
    "facts of every visit": ("facts", ORDER, "--all"),
    "search": ("search", "USD"),
    "search dates": ("search", "2026"),
    "status": ("status",),
    "verify": ("verify",),
    "pack": ("pack", ORDER),
    "add": ("add", ORDER, __file__),
    "withdraw": ("withdraw", ORDER, Path(__file__).name, "--why", "Tried."),
    "remask": ("remask",),
    "reread": ("reread",),
    "nightly": ("nightly", "--dry-run"),
    "capture": ("capture", ORDER),
    "timestamp": ("timestamp",),
    "doctor": ("doctor",),
    "reindex": ("reindex",),
    "stop": ("stop", ORDER),
}


@pytest.mark.stories
@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_shows_is_plain_english(
    name: str, desk: PaperDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    views: list[View] = []
    show = Terminal.show

    def seen(terminal: Terminal, view: View) -> int:
        views.append(view)
        return show(terminal, view)

    monkeypatch.setattr(Terminal, "show", seen)
    monkeypatch.chdir(tmp_path)
    said = desk.run(*COMMANDS[name])
    assert views, said.err
    found = [
        f"{fault}: {text}"
        for view in views
        for block in view.blocks
        for text, is_one in texts(block)
        for fault in faults(text, sentence=is_one)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("dispute.amount: the page says USD 5.", "fact name: dispute.amount"),
        ("Enter units_total.", "fact name: units_total"),
        ("Received 2026-10-04.", "ISO time: 2026-10-04"),
        ("the order page was not kept.", "begins in lower case"),
        ("Done. enter it again.", "begins in lower case"),
        ("Correct it: case set CASE units_total=N.", "fact name: units_total"),
    ],
)
def test_what_is_no_plain_english_is_found(text: str, fault: str) -> None:
    assert fault in faults(text, sentence=True)


def test_a_command_and_a_quotation_are_plain_english() -> None:
    text = "The page says “2026-10-04 18:00”. Correct it: tradewitness case set CASE received_at=2026-09-30"
    assert faults(text, sentence=True) == []


@pytest.mark.stories
def test_what_a_pack_shows_is_plain_english(desk: PaperDesk, tmp_path: Path) -> None:
    """The viewer and what is to be uploaded; what a message says stands as it was written."""
    desk.did("pack", ORDER, "-o", tmp_path / "case.zip")
    data = unpacked(tmp_path / "case.zip", tmp_path / "bag") / "data"
    page = BeautifulSoup((data / "index.html").read_text(), "html.parser")
    for part in page(["script", "style"]):
        part.decompose()
    said = [" ".join(text.split()) for text in page.stripped_strings if not text.startswith("Order placed: ")]
    said += [line for path in data.glob("submission/*.txt") for line in path.read_text().splitlines()]
    rows = json.loads((data / "timeline.json").read_text())["rows"]
    said += [row["text"] for row in rows if row["kind"] != "message"]
    assert [f"{fault}: {text}" for text in said for fault in faults(text, sentence=False)] == []
