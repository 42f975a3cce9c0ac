"""An address taken apart, whoever wrote it: also one in which a password was masked, and one that is none."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import SplitResult, urlsplit


def parts_of(url: str) -> SplitResult:
    """What `urlsplit` gives; where that refuses, as for a mask's brackets before the host, the nearest that can be said."""
    for form in (url, url.replace("[", "%5B").replace("]", "%5D")):
        with suppress(ValueError):
            return urlsplit(form)
    return SplitResult("", "", url, "", "")
