"""The terminal: prints views and JSON, says what is being done, and asks the person at the keyboard."""

from casework.terminal.person import TerminalPerson
from casework.terminal.printing import StepHandler, Terminal, report_error

__all__ = ["StepHandler", "Terminal", "TerminalPerson", "report_error"]
