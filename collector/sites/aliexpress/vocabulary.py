"""What aliexpress.com prints for everybody, and what its pages are built of: all that a sample of a page may keep."""

from __future__ import annotations

from functools import lru_cache

from collector.reading.disguise import plain_words
from collector.reading.money import CODES, SIGNS
from collector.reading.times import ZONES
from collector.sites.aliexpress.labels import DISPUTE, ORDER
from collector.vocabulary import Vocabulary

_SAID = """
    awaiting delivery completed shipped paid payment order dispute refund return seller store response processing closed
    finished escalated waiting respond buyer protection service commitment fast free returns track status confirm received"""
_NAMES = """
    order detail info item content store name title price block status row header right text opt total tag fields data trade
    id pay time ship end method component services product list seller url track tracking line mail no node desc message view
    session dispute issue reverse run params seller positive rate"""


@lru_cache
def vocabulary() -> Vocabulary:
    """The words of its labels and statuses, and the names that its readers look for."""
    labels = (text for table in (ORDER, DISPUTE) for texts in table.values() for text in texts)
    words = frozenset(word for text in (*labels, _SAID) for word in plain_words(text))
    return Vocabulary(
        words=words, alone=frozenset({*CODES, *SIGNS, *ZONES} - {""}), names=frozenset(_NAMES.split()),
        domains=("aliexpress.com", "aliexpress-media.com", "alicdn.com", "aliexpress.localhost"),
        doors=frozenset("www msg message login trade track es de fr pt it ru m".split()),
    )  # fmt: skip
