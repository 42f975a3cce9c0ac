"""Tracking: the shipment's number, first scan and delivery, as `mtop.ae.ld.querydetail` tells and the page draws them."""

from __future__ import annotations

import re

from collector.model import Fact
from collector.reading.leaves import text_in
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text
from collector.reading.times import read_epoch, read_moment

READER = "aliexpress.tracking/1"

_DELIVERED_CODES = ("AE_GTMS_SIGNED", "AE_SIGNED", "GTMS_SIGNED")
_DELIVERED = re.compile(r"\bdelivered\b|\bsigned for\b|\bentregado\b|\bentregue\b", re.IGNORECASE)
_NOT_DELIVERED = re.compile(r"\b(?:not|un|to be|being|cannot be|failed)\b.{0,20}delivered|undelivered", re.IGNORECASE)
# Before a carrier has the parcel: the order's own life.
_BEFORE_CARRIER = re.compile(r"^AE_(?:ORDER|GWMS)_")


def read_tracking(frame: Frame) -> tuple[Fact, ...]:
    """The tracking facts of a page that shows nothing else."""
    return tracking_facts(Scribe(frame, READER, thorough=False), frame)


def tracking_data(frame: Frame) -> Node:
    """The first parcel that the page is told of."""
    return next(frame.find("trackingDetailLineList")["trackingDetailLineList"].items(), _told(frame))


def _told(frame: Frame) -> Node:
    lists = (node["trackingDetailLineList"] for node in frame.having({"trackingDetailLineList"}))
    return next((one for held in lists for one in held.items()), frame.root(""))


def tracking_facts(scribe: Scribe, frame: Frame) -> tuple[Fact, ...]:
    """Number, first scan and delivery, from the data of a shipment and from the page."""
    data = tracking_data(frame)
    scans = [scan for scan in data["detailList"].items() if not _BEFORE_CARRIER.match(scan["trackingPrimaryCode"].text)]
    drawn = frame.soup.select("[class*=nodeTime]")
    number = frame.soup.select_one("[class*=mailNoValue]")
    arrived = [scan for scan in scans if _has_arrived(scan)]
    return (
        scribe.fact("tracking.number", text_in(data["mailNo"]), frame.read(number, as_text)),
        scribe.fact("tracking.first_scan", _time(scans[-1:]), frame.read(drawn[-1], read_moment) if drawn else None),
        scribe.fact("tracking.delivered_at", _time(arrived[-1:])),
    )


def _has_arrived(scan: Node) -> bool:
    words = scan["trackingDetailDesc"].text
    by_code = scan["trackingPrimaryCode"].text in _DELIVERED_CODES
    return by_code or bool(_DELIVERED.search(words) and not _NOT_DELIVERED.search(words))


def _time(scans: list[Node]) -> Reading | None:
    """The instant of a scan (milliseconds), else what it prints."""
    if not scans:
        return None
    instant = read_epoch(scans[0]["time"].value)
    return Reading(instant, scans[0]["time"].place()) if instant else scans[0]["timeText"].read(read_moment)
