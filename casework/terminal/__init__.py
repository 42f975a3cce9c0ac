"""The terminal: prints views and JSON, says what is being done, and asks the person at the keyboard."""

from casework.terminal.console import take_every_sign
from casework.terminal.person import TerminalPerson
from casework.terminal.printing import StepHandler, Terminal, report_error

__all__ = ["StepHandler", "Terminal", "TerminalPerson", "report_error", "take_every_sign"]
