"""The table of attacks in docs/evidence.md: each attack is carried out, and what verification says of it is its row.

`python -m tests.attacks.table` writes it; a test carries the same attacks out and compares.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from casework.proving.verify import verify_path
from casework.workspace import workspace
from collector.model import Problem
from fixtures.authority import serve
from fixtures.revocation import Revocation
from tests.attacks.catalogue import ARCHIVE, ATTACKS, BAG, Attack
from tests.attacks.stage import Spoiled, Stage, build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
BEGIN, END = "<!-- attacks -->\n", "<!-- /attacks -->"


def carry_out(attack: Attack, stage: Stage, folder: Path) -> tuple[Problem, ...]:
    """The problems that verification of a spoiled copy names."""
    spoiled = stage.copy(folder)
    attack.how(spoiled)
    return look(attack, spoiled)


def look(attack: Attack, spoiled: Spoiled) -> tuple[Problem, ...]:
    """The problems that verification names of what lies in the folder now."""
    path = spoiled.archive if attack.on == ARCHIVE else spoiled.folder / "bag" if attack.on == BAG else spoiled.pack
    own = spoiled.folder / "own"
    given = {
        "": "",
        "witness": str(own / "witness.json"),
        "earlier pack": str(own / "first.zip"),
        "redacted pack": str(own / "redacted.zip"),
        "fingerprint": spoiled.key.fingerprint,
    }
    return verify_path(
        workspace(spoiled.archive), path, lambda _: None, deep=attack.deep, against=given[attack.against]
    ).problems


def named(attack: Attack, problems: tuple[Problem, ...]) -> Problem | None:
    """The problem that names the attack where it was made."""
    fits = (p for p in problems if re.fullmatch(attack.where + ".*", p.where) and attack.what in p.what)
    return next(fits, None)


def row(attack: Attack, problem: Problem) -> str:
    """A line of the table; digests, numbers and the case's own names are left out."""
    how = " ".join(filter(None, ("`--deep`" * attack.deep, f"`--against` {attack.against}" if attack.against else "")))
    return f"| {attack.name} | {attack.on} | {how} | `{_plain(problem.where)}`: {_plain(problem.what)} |"


def _plain(text: str) -> str:
    text = re.sub(r"^[^/]*-damaged-\d{8}(?=/)", "…", text)
    text = re.sub(r" \([^()]* of ledger line \d+\)| \(tile[^()]*\)", " (what it was)", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "(a time)", text)
    text = re.sub(r"objects/[0-9a-f]{2}/[0-9a-f]{20,}", "objects/…", text)
    text = re.sub(r"\b\d{8}T\d{6}Z-[0-9a-f]+|\b[0-9a-f]{16,}…?", "…", text)
    return re.sub(r"(?<![\w.-])[0-9a-f]*\d[\d,]*(?=[\s.);:-]|$)", "n", text).replace("|", "\\|")


def table(rows: list[str]) -> str:
    head = "| What is done | To the | Asked with | `verify` says |\n|---|---|---|---|\n"
    return head + "".join(f"{line}\n" for line in rows)


def main() -> None:
    """Carries out all attacks and writes the table."""
    rows = []
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority", revocation=Revocation()) as authority:
        stage = build(Path(name) / "stage", authority)
        for number, attack in enumerate(ATTACKS):
            problems = carry_out(attack, stage, Path(name) / str(number))
            problem = named(attack, problems)
            assert problem, (attack.name, problems)
            rows.append(row(attack, problem))
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + table(rows) + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
