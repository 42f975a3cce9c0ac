"""What a person sees in the terminal, and the JSON that programs see: one method for each answer. Gives exit codes."""

from __future__ import annotations

from casework.screens.asking import TerminalPerson
from casework.screens.checking import CheckingScreens
from casework.screens.deadlines import DeadlineScreens
from casework.screens.desk import DeskScreens
from casework.screens.house import HouseScreens
from casework.screens.printing import report_error
from casework.screens.reading import ReadingScreens

__all__ = ["Screen", "TerminalPerson", "report_error"]


class Screen(CheckingScreens, DeadlineScreens, DeskScreens, ReadingScreens, HouseScreens):
    """Prints answers, as tables or as JSON."""

    def person(self) -> TerminalPerson:
        """Who can be asked."""
        return TerminalPerson(self.still, as_json=self.as_json)
