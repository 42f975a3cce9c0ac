"""All that the buyer gave a case: its pages, entries and files as they stand, and the history of what was said."""

from __future__ import annotations

from dataclasses import dataclass

from casework.cases import find_case, targets_of
from casework.history import Saying, sayings
from casework.workspace import Workspace
from collector.archive.queries import Assertion, Case
from collector.model import AddedFile, Target


@dataclass(frozen=True, slots=True)
class CaseTold:
    """One case: the pages that are visited, the entries and files that stand, those files that were withdrawn, and every
    entry of the buyer's, oldest first.
    """

    case: Case
    targets: tuple[Target, ...]
    entries: tuple[Assertion, ...]
    files: tuple[AddedFile, ...]
    withdrawn: tuple[AddedFile, ...]
    history: tuple[Saying, ...]


def told(ws: Workspace, wanted: str) -> CaseTold:
    """What the buyer gave the case. Raises WrongRequest."""
    case = find_case(ws, wanted)
    return CaseTold(
        case,
        tuple(targets_of(ws, case.order)),
        tuple(ws.index.assertions(case.order)),
        tuple(ws.index.added_files(case.order)),
        tuple(ws.index.withdrawn_files(case.order)),
        sayings(ws, case),
    )
