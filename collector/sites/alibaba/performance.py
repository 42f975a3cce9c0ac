"""A supplier's record as the site measures it: on-time delivery, response time, disputes, reviews, transactions, verified.

What the supplier writes of itself is none of it: a figure counts in the site's own data, or under the site's own label in a
block about this supplier. Figures are texts as printed ("93.4%", "≤ 4 h", "1,200+"), a rating the stars out of five.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bs4 import Tag
from bs4.element import NavigableString

from collector.model import Fact
from collector.reading.blocks import in_other_card
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import label_of, squeezed, text_of
from collector.sites.alibaba.assurance import flag, is_lit
from collector.sites.alibaba.labels import PERFORMANCE

_PERCENT = re.compile(r"(?:[<≤>≥]=?\s?)?([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s?%")
_DURATION = re.compile(
    r"(?:[<≤>≥]=?\s?)?[0-9]{1,3}(?:\.[0-9])?\s?(?:h|hrs?|hours?|m|mins?|minutes?|d|days?|horas?|jam|小时|分钟|天)",
    re.IGNORECASE,
)
_STARS = re.compile(r"([0-5](?:\.[0-9]{1,2})?)(?:\s?/\s?5(?:\.0)?)?")
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\+?|[0-9]{1,9}\+?")
_SALES = re.compile(r"(?:[A-Z]{2,3}\s?\$?|[$€£¥￥])\s?[0-9][0-9,.]{0,17}\+?")
_COUNT = r"\(?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})\)?"
_OF_REVIEWS = r"\s?(?:reviews?|reseñas|ulasan|条评价)"
_REVIEWS = re.compile(rf"{_COUNT}(?:{_OF_REVIEWS})?", re.IGNORECASE)
_EXPLAINED = re.compile(rf"\s*{_COUNT}{_OF_REVIEWS}\s*", re.IGNORECASE)
_STORE_REVIEWS = re.compile(r"\s*store reviews?\s*\(\s*[0-9][0-9,]{0,10}\s*\)\s*", re.IGNORECASE)
_VERIFIED = re.compile(r"verified(?: (?:pro )?supplier| manufacturer)?", re.IGNORECASE)
_FIGURE = re.compile(r"[^\w]*[0-9][0-9.,/%+\s]*")
_MARK = re.compile(r"\s*[ⓘℹ?]$")  # behind a label: more is said when it is pressed
_LEVELS = 4  # up from a label to the tile that holds its value
_TILE_LENGTH = 120


def percent(text: str) -> str | None:
    """A share of at most a hundred ("93.4%"); None for anything else."""
    found = _PERCENT.fullmatch(text)
    return text if found and float(found[1].replace(",", ".")) <= 100 else None


def duration(text: str) -> str | None:
    """A length of time ("≤ 4 h"); None for anything else."""
    return text if _DURATION.fullmatch(text) else None


def stars(text: str) -> str | None:
    """A rating out of five ("4.6" of "4.6/5", "5" of "5.0"); None for anything else."""
    found = _STARS.fullmatch(text)
    if found is None or float(found[1]) > 5:
        return None
    return found[1].rstrip("0").rstrip(".") if "." in found[1] else found[1]


def number(text: str) -> str | None:
    """A whole number ("118", "1,200+"); None for anything else."""
    return text if _NUMBER.fullmatch(text) else None


def sales(text: str) -> str | None:
    """A sum of money, or that it is more than one ("USD 410,000+"); None for anything else."""
    return text if _SALES.fullmatch(text) else None


def reviewed(text: str) -> int | None:
    """How many reviews ("121 reviews", "(334)", "39"); None for anything else."""
    found = _REVIEWS.fullmatch(text.strip())
    return int(found[1].replace(",", "")) if found else None


@dataclass(frozen=True, slots=True)
class SupplierFigure:
    """One figure: its paths in the data about the supplier, and how it is read there and under its labels."""

    name: str
    paths: tuple[str, ...]
    parse: Callable[[str], str | None]

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(PERFORMANCE[self.name])


MEASURES = (
    SupplierFigure("supplier.on_time_delivery", ("supplierOnTimeDeliveryRate",), percent),
    SupplierFigure("supplier.response_time", ("responseTimeText", "supplierResponseTime", "responseTime"), duration),
    SupplierFigure("supplier.dispute_rate", ("supplierDisputeRate", "disputeRate"), percent),
    SupplierFigure(
        "supplier.rating",
        ("supplierRatingReviews.averageStar", "supplierRatingReviews.value.averageStar", "reviews", "rating"), stars,
    ),
    SupplierFigure("supplier.transactions", ("tradeHalfYear.ordCnt6m", "tradeHalfYear.value.ordCnt6m"), number),
    SupplierFigure("supplier.sales", ("tradeHalfYear.ordAmt", "tradeHalfYear.value.ordAmt"), sales),
)  # fmt: skip
_COUNTS = (
    "reviews.count", "reviewCount", "supplierRatingReviews.totalReviewOrderCount",
    "supplierRatingReviews.value.totalReviewOrderCount",
)  # fmt: skip
_PASSED = "companyHasPassAssessment"
_KEYS = frozenset(path.partition(".")[0] for path in (*_COUNTS, _PASSED, *(p for m in MEASURES for p in m.paths)))
# Keys that nothing but a supplier's own record has; the others are words that stand beside goods, too.
STATED = _KEYS - {"reviews", "rating", "reviewCount", "responseTime", "disputeRate"}
RATED = frozenset(PERFORMANCE["supplier.rating"])
_LABELS = frozenset(label for measure in MEASURES for label in measure.labels)


@dataclass(frozen=True, slots=True)
class RecordSources:
    """Where a page tells of its supplier's record.

    `shops` are the objects of its data that describe the supplier, `store` the one that holds its store's reviews, `fields`
    labelled figures there ({"title", "value", "desc"}); `blocks` print such figures, `heads` are boxes around its name.
    """

    shops: tuple[Node, ...]
    store: Node
    fields: tuple[Node, ...]
    blocks: tuple[Tag, ...]
    heads: tuple[Tag, ...]

    @property
    def known(self) -> bool:
        """Whether the page has such a place at all: what is not found there is then not shown."""
        return bool(self.fields or self.blocks or self.store.value or any(_KEYS & _keys(shop) for shop in self.shops))


def nowhere(frame: Frame) -> RecordSources:
    """The sources of a page that has none."""
    return RecordSources((), frame.root(""), (), (), ())


def performance_facts(scribe: Scribe, sources: RecordSources) -> tuple[Fact, ...]:
    """The record of one supplier; what a page without a place for it does not tell is unreadable."""
    frame, scribe = scribe.frame, replace(scribe, thorough=sources.known)
    figures = [scribe.fact(m.name, _stated(m, sources), _fielded(m, sources), _printed(frame, m, sources)) for m in MEASURES]
    cautious = replace(scribe, thorough=False)  # the mark may be a picture that nobody knows
    return (
        *figures,
        scribe.fact("supplier.reviews", _reviews(sources) or _reviews_printed(frame, sources)),
        cautious.fact("supplier.verified", _verified(frame, sources)),
    )


def labelled_figures(holder: Node) -> Iterator[Node]:
    """The figures of a module that carry their label: in a list of them, or each under a key of its own."""
    yield from holder["fields"].items()
    yield from (node for node in holder.items() if {"label", "value"} <= _keys(node))


def _keys(node: Node) -> frozenset[str]:
    return frozenset(node.value) if isinstance(node.value, dict) else frozenset()


def _first(readings: Iterable[Reading | None]) -> Reading | None:
    return next((reading for reading in readings if reading is not None), None)


def _stated(measure: SupplierFigure, sources: RecordSources) -> Reading | None:
    told = _first(shop.first(*measure.paths).field.read(measure.parse) for shop in sources.shops)
    return told or (sources.store["averageStar"].read(measure.parse) if measure.name == "supplier.rating" else None)


def _fielded(measure: SupplierFigure, sources: RecordSources) -> Reading | None:
    return _first(node["value"].read(measure.parse) for node in sources.fields if _title(node) in measure.labels)


def _title(node: Node) -> str:
    return _MARK.sub("", label_of(node.first("title", "label").text))


def _reviews(sources: RecordSources) -> Reading | None:
    """How many reviews the store has: in its data, or in what explains its rating there."""
    counts = (shop.first(*_COUNTS).read(reviewed) for shop in sources.shops)
    rated = (node["desc"] for node in sources.fields if _title(node) in RATED)
    return _first((sources.store["totalReviewCount"].read(reviewed), *counts, *(node.read(reviewed) for node in rated)))


def _reviews_printed(frame: Frame, sources: RecordSources) -> Reading | None:
    """ "Store reviews (334)" above a block of reviews, or what stands under the rating; those of the product are others."""
    tabs = (text.parent for box in sources.blocks for text in box.find_all(string=_STORE_REVIEWS, limit=3))
    own = [tab for tab in tabs if tab is not None and not in_other_card(frame, tab)]
    if own:
        return frame.read(own[0], lambda text: reviewed(text[text.index("(") :]))
    labels = (text for box in sources.blocks for text in box.find_all(string=True) if label_of(text) in RATED)
    tiles = (tile for label in labels if (tile := _tile(label)) is not None and not in_other_card(frame, tile))
    under = (text.parent for tile in tiles for text in tile.find_all(string=_EXPLAINED, limit=1))
    return _first(frame.read(tag, reviewed) for tag in under)


def _verified(frame: Frame, sources: RecordSources) -> Reading | None:
    """The site's word that it verified the supplier: in its data, or a mark of its own beside the company's name."""
    stated = [reading for shop in sources.shops if (reading := flag(shop[_PASSED].field)) is not None]
    passed = next((reading for reading in stated if reading.value is True), None)
    if passed is None:
        passed = _first(_mark(frame, head) for head in sources.heads)
    denied = next((reading for reading in stated if reading.value is False), None)
    return passed or (replace(denied, value=None, blank=True) if denied else None)


def _mark(frame: Frame, head: Tag) -> Reading | None:
    for text in head.find_all(string=True):
        tag = text.parent
        if tag is not None and _VERIFIED.fullmatch(squeezed(text)) and is_lit(tag) and not in_other_card(frame, tag):
            return Reading(True, frame.place(tag, squeezed(text)))
    for tag in head.find_all("img", alt=True, limit=20):
        if _VERIFIED.fullmatch(squeezed(str(tag["alt"]))) and is_lit(tag) and not in_other_card(frame, tag):
            return Reading(True, frame.place(tag, str(tag["alt"]), "alt"))
    return None


def _printed(frame: Frame, measure: SupplierFigure, sources: RecordSources) -> Reading | None:
    """The figure in the tile of one of its labels, in a block about the supplier; None where there is no such label."""
    if measure.name == "supplier.rating" and (scored := _first(_score(frame, box) for box in sources.blocks)):
        return scored
    within = [
        string
        for string in frame.strings_like(measure.labels)
        if string.parent is not None and any(parent is box for box in sources.blocks for parent in string.parents)
    ]
    own = (string for string in within if string.parent is not None and not in_other_card(frame, string.parent))
    return _first(_in_tile(frame, measure, string) for string in own)


def _score(frame: Frame, box: Tag) -> Reading | None:
    """The figure with which a block of the store's reviews begins."""
    store = box.find(class_="shop-review")
    text = next((text for text in store.find_all(string=True) if squeezed(text)), None) if isinstance(store, Tag) else None
    return frame.read(text.parent, stars) if text is not None else None


def _tile(label: NavigableString) -> Tag | None:
    """The smallest box around a label that holds more than the label; None where that is no small one."""
    tile = next((box for box in list(label.parents)[:_LEVELS] if label_of(text_of(box)) != label_of(label)), None)
    return tile if tile is not None and len(text_of(tile)) <= _TILE_LENGTH else None


def _in_tile(frame: Frame, measure: SupplierFigure, label: NavigableString) -> Reading | None:
    """What stands beside a label in its own tile; not understood where that is no such figure, or more than one figure."""
    tile = _tile(label)
    if tile is None:
        return None
    if sum(label_of(text) in _LABELS for text in tile.stripped_strings) > 1:
        named = next((parent for parent in label.parents if parent.name in {"dt", "th"}), None)
        beside = named.find_next_sibling(("dd", "td")) if named is not None else None
        parts = [beside] if isinstance(beside, Tag) else []
    else:
        parts = [part for part in tile.find_all(True, recursive=False) if label not in part.find_all(string=True)]
    read = [part for part in parts if measure.parse(text_of(part)) is not None]
    figures = [part for part in parts if part in read or _FIGURE.fullmatch(text_of(part))]
    if len(read) == len(figures) == 1:
        return frame.read(read[0], measure.parse)
    return Reading(None, frame.place(tile)) if text_of(tile) else None
