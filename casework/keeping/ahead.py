"""The browser of a command that will visit pages, started before anything else is known of what it is to do."""

from __future__ import annotations

from collector.browser.ahead import Ahead


def browser_ahead() -> Ahead:
    """Starts in the block, on a thread of its own: the browser where nobody is signed in, else only what drives windows."""
    return Ahead(_nobody_is_signed_in)


def _nobody_is_signed_in() -> bool:
    from collector.archive.config import user_folder
    from collector.browser.accounts import Accounts

    return not Accounts(user_folder()).known()
