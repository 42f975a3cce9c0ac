"""The log: what was done, step by step, for whoever has to find out what went wrong on somebody else's machine.

It lies outside the archive and belongs to its user alone. Modules log through `logging.getLogger(__name__)`; here is where
that goes, and what is taken out before: queries and fragments of addresses, cookies, headers and values that are named like
secrets, what looks like a token, and, of errors, the texts that they quote. What a page or a message says is never logged.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from collector.platform import keep_private, log_folder
from collector.redaction import Redacting

_LOG = logging.getLogger(__name__)
_OWN = ("casework", "collector")  # other libraries' records may quote what a page says
_MOST_BYTES, _OLDER = 1 << 20, 3


class LogFile(RotatingFileHandler):
    """The file, made when something is first written to it. One that cannot be written stops nothing: `refused` says why."""

    def __init__(self) -> None:
        super().__init__(log_path(), maxBytes=_MOST_BYTES, backupCount=_OLDER, encoding="utf-8", delay=True)
        self.setFormatter(Redacting("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
        self.refused = ""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            keep_private(path.parent)
        if not path.exists():
            path.touch(0o600)
            keep_private(path)
        return super()._open()

    def doRollover(self) -> None:
        """Windows moves no file that another command has open: this one goes on writing into it, however large."""
        if self.stream:
            self.stream.close()
        try:
            Path(self.baseFilename).rename(self.baseFilename)
        except PermissionError:
            self.maxBytes = 0
            self.stream = self._open()
        else:
            super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk, a folder closed to us: logging itself would print a traceback."""
        error = sys.exc_info()[1]
        self.refused = getattr(error, "strerror", None) or type(error).__name__


def log_path() -> Path:
    """Where the log is written: in the folder named by TRADEWITNESS_LOG, else where the system keeps logs."""
    return Path(os.environ.get("TRADEWITNESS_LOG") or log_folder()).expanduser().absolute() / "tradewitness.log"


def attach(handler: logging.Handler) -> None:
    """Gives the handler, too, what this program logs, for as long as the command is `logged`."""
    for name in _OWN:
        logging.getLogger(name).addHandler(handler)


@contextmanager
def logged(command: str) -> Iterator[LogFile]:
    """Meanwhile what this program logs goes to the file, at first which command it is: its words without what was typed."""
    file = LogFile()
    before = [(logger, list(logger.handlers)) for logger in map(logging.getLogger, _OWN)]
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    attach(file)
    try:
        _LOG.info("command: %s (Python %s, %s)", command, platform.python_version(), platform.platform(terse=True))
        yield file
    finally:
        for logger, handlers in before:
            logger.handlers[:] = handlers
        file.close()


def keep_details(error: BaseException) -> str:
    """Writes an unexpected error down with its traceback; gives the sentence that says where."""
    file = next((handler for handler in logging.getLogger(_OWN[0]).handlers if isinstance(handler, LogFile)), None)
    if file is None:
        with logged("help"):
            return keep_details(error)
    file.refused = ""
    _LOG.critical("unexpected: %s", type(error).__name__, exc_info=error)
    if file.refused:
        return f"The details could not be written to {file.baseFilename} ({file.refused})."
    return f"The details are in {file.baseFilename}; please report them."
