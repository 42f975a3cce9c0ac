"""What is wrong with the goods as the buyer counted it: how many of how many, and which file shows what. Pure.

The counts are what the buyer entered (`units_total`, `units_defective`), and what notes on files say: one that ends in a
number after a colon ("cracked blades: 96") counts units with that defect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from collector.model import AddedFile
from rules.case.casefile import CaseFile

_COUNTED = re.compile(r"(?s)\s*(.{1,200}?)\s*[:=：]\s*(\d[\d,]{0,12})\s*(?:pcs|pieces|units|件|个|台)?\s*\.?\s*")
_SHOW = ("photo", "video", "inspection")
_SEEN = ("photo", "video")  # what its note says of a picture is a defect; of a report it is a remark, unless it counts


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect in the buyer's words: how many units ("" where no note counts them), their share, and who shows it."""

    what: str
    units: str
    share: str
    exhibits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Defects:
    """How many units there are, how many are defective, and their share ("" for what is not known); then the defects."""

    total: str
    defective: str
    share: str
    rows: tuple[Defect, ...]


def defects_of(casefile: CaseFile, files: Iterable[AddedFile], numbers: Mapping[str, str]) -> Defects | None:
    """The table; `numbers` gives the exhibit number by a file's id. None where nothing was counted and nothing noted."""
    total, defective = (_units(casefile, name) for name in ("units_total", "units_defective"))
    shown = [file for file in files if _tells(file) and file.id in numbers]
    rows = tuple(_rows(shown, numbers, total))
    if defective is None and not rows:
        return None
    return Defects(_number(total), _number(defective), _share(defective, total), rows)


def _tells(file: AddedFile) -> bool:
    return file.kind in _SHOW and bool(_COUNTED.fullmatch(file.note) or (file.kind in _SEEN and file.note.strip()))


def _rows(files: Iterable[AddedFile], numbers: Mapping[str, str], total: Decimal | None) -> Iterable[Defect]:
    """One a defect: files whose notes say the same thing in other letters stand together."""
    told: dict[str, tuple[str, set[Decimal], list[str]]] = {}
    for file in files:
        counted = _COUNTED.fullmatch(file.note)
        what = " ".join((counted[1] if counted else file.note).split())
        _, units, exhibits = told.setdefault(what.casefold(), (what, set(), []))
        exhibits.append(numbers[file.id])
        if counted:
            units.add(Decimal(counted[2].replace(",", "")))
    for what, units, exhibits in told.values():
        count = " or ".join(map(_number, sorted(units)))  # notes that differ say so
        share = _share(next(iter(units)), total) if len(units) == 1 else ""
        yield Defect(what, count, share, tuple(exhibits))


def _units(casefile: CaseFile, name: str) -> Decimal | None:
    fact = casefile.fact(name)
    try:
        return Decimal(str(fact.value)) if fact is not None and fact.value not in (None, "") else None
    except ArithmeticError:
        return None


def _number(units: Decimal | None) -> str:
    return "" if units is None else f"{units:,f}"


def _share(part: Decimal | None, whole: Decimal | None) -> str:
    if part is None or whole is None or not 0 <= part <= whole or not whole:
        return ""
    return f"{(part * 100 / whole).quantize(Decimal('0.1')).normalize():f} %"
