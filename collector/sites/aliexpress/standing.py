"""How aliexpress.com marks what of a page is another at every look."""

from __future__ import annotations

from collections.abc import Mapping

from collector.reading.standing import Moving

MOVING: Mapping[str, tuple[str, str]] = {
    "recommendations": (r"\w*(?:recommend|more_to_love)\w*", r"[\w-]*(?:recommend|more-to-love|moreToLove)[\w-]*"),
    "clocks": (r"\w*countdown\w*", r"[\w-]*(?:countdown|time-left)[\w-]*"),
    "the session": (r"\w*(?:header|footer)", r"pc-header[\w-]*|site-footer|[\w-]*--(?:cart|wish)[\w-]*"),
    "advertisements": (r"\w*banner\w*", r"ads?|[\w-]*banner[\w-]*"),
}
MOVES = Moving.of(MOVING)
