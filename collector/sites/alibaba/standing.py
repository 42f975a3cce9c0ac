"""How alibaba.com marks what of a page is another at every look."""

from __future__ import annotations

from collections.abc import Mapping

from collector.reading.standing import Moving

# What each moving part is, and what marks it: the names of modules, then those of classes, as patterns of the whole name.
MOVING: Mapping[str, tuple[str, str]] = {
    "advertisements": (r"module_(?:\w*ads?|atmosphere|coupon|actions_info_banner|bnplPayment)", r"ads?|advert\w*|noise-ad"),
    "recommendations": (
        r"\w*(?:recommend|you_may_like|similar|related)\w*",
        r"(?:[\w-]*-)?recommend(?:ed|ation|ations)?(?:-[\w-]*)?|you-may-like|related-\w+",
    ),
    "counters": (r"\w*(?:view_?count|hot_?sale|popularity)\w*", r"view-count|(?:live-)?views|unread-count|ticker|viewers"),
    "clocks": (r"\w*(?:countdown|clock)\w*", r"(?:[\w-]*-)?countdown|local-time|relative-time|clock|time-ago"),
    "the session": (r"\w*(?:header|footer|toolbar|float)", r"tnh-[\w-]*|the-new-header[\w-]*|presence|read-status|greeting"),
    "generated summaries": (r"module_ai_summary", r"module_idAiSummary\w*"),
}
MOVES = Moving.of(MOVING)
