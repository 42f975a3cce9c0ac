"""One tree of errors: each has a sentence for the user, what to do next, and the exit code of the command."""

from __future__ import annotations

DONE = 0
UNEXPECTED = 1
WRONG_REQUEST = 2
PERSON_NEEDED = 3
PARTIAL = 4
VERIFICATION_FAILED = 5
DUE = 6

# Several outcomes at once: the first of these that occurred is the exit code (design section 9).
_PRECEDENCE = (UNEXPECTED, WRONG_REQUEST, VERIFICATION_FAILED, PERSON_NEEDED, PARTIAL, DUE)


def exit_code_of(codes: set[int]) -> int:
    """The one exit code for several outcomes of one command."""
    return next((code for code in _PRECEDENCE if code in codes), DONE)


class TradewitnessError(Exception):
    """What went wrong in one sentence, and `hint`: what to do next."""

    exit_code = UNEXPECTED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongRequest(TradewitnessError):
    """What was asked is wrong: an unknown case, an absent file, not a date, not a web address."""

    exit_code = WRONG_REQUEST


class PersonNeeded(TradewitnessError):
    """Only a person can go on: sign in, answer a challenge, install a browser."""

    exit_code = PERSON_NEEDED


class ArchiveError(TradewitnessError):
    """The archive cannot be read or written; nothing already kept is lost."""

    exit_code = WRONG_REQUEST


class UnknownSite(ArchiveError):
    """A case or page of a site that this version does not know; nothing of it is touched."""


class DiskFull(ArchiveError):
    """The disk took no more; what was kept before stays kept."""

    exit_code = PARTIAL


class DamagedArchive(ArchiveError):
    """The archive's own records contradict each other; `tradewitness verify` names where."""

    exit_code = VERIFICATION_FAILED


class BrowserError(TradewitnessError):
    """The browser is missing, did not start, or went away."""

    exit_code = PERSON_NEEDED


class BrowserGone(BrowserError):
    """The browser closed or crashed in the middle of the work; another one can be started."""


class SealError(TradewitnessError):
    """A signature or timestamp could not be made or is not what it claims."""

    exit_code = UNEXPECTED
