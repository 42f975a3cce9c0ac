"""Tracking: the shipment's number, its first scan and its delivery, on its own page or where the order page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bs4 import Tag

from collector.model import Fact, Place, Printed
from collector.reading.leaves import text_in
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, is_blank, text_of
from collector.reading.times import moment
from collector.sites.alibaba.labels import ORDER, TRACKING

READER = "alibaba.tracking/2"

_NUMBER = re.compile(r"[0-9]{6,24}")
_DELIVERED = re.compile(r"\b(?:delivered|signed for|entregado|terkirim)\b|已签收|已送达", re.IGNORECASE)
_NOT_DELIVERED = re.compile(
    r"\b(?:not|un|to be|being|cannot|could not be|failed)\b.{0,20}delivered|undelivered|未签收"
    r"|\bno (?:fue |ha sido |está )?entregado|\bbelum (?:\w+ )?terkirim",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One entry of the carrier's record; `time` None where it prints none that is understood."""

    time: Printed | str | None
    text: str
    place: Place


def read_tracking(frame: Frame) -> tuple[Fact, ...]:
    """The tracking facts of a page that shows nothing else."""
    return tracking_facts(Scribe(frame, READER, thorough=False), tracking_data(frame))


def tracking_data(frame: Frame) -> Node:
    """The object that describes the shipment on its own page, wherever the page embeds it."""
    return frame.find("trackingNumber", "events")


def tracking_facts(scribe: Scribe, data: Node, fact: Callable[..., Fact] | None = None) -> tuple[Fact, ...]:
    """Number, first scan and delivery, from the data of a shipment and from the page; `fact` writes one down."""
    frame, write = scribe.frame, fact or scribe.fact
    records = _newest_first(_recorded(data)), _newest_first(_listed(frame))
    number = text_in(data["trackingNumber"]), frame.labelled(TRACKING, as_text, blanks=True)
    known = Reading(None, data["events"].place(), blank=True) if data["events"].there else _drawn(frame)
    return (
        write("tracking.number", *number),
        write("tracking.first_scan", *(_reading(scans[-1:]) for scans in records), known),
        write("tracking.delivered_at", *(_reading(_arrivals(scans)[-1:]) for scans in records), known),
    )


def _drawn(frame: Frame) -> Reading | None:
    """A blank reading where the page has the block in which a carrier's record stands."""
    block = frame.module("logisticsTracking", "module_logistics")
    return Reading(None, frame.place(block), blank=True) if block is not None else None


def numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The number of the order that the shipment belongs to, from data and from the page."""
    return tracking_data(frame)["orderId"].read(_number), frame.labelled(ORDER["order.number"], _number)


def _number(text: str) -> str | None:
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def _reading(scans: list[Scan]) -> Reading | None:
    return Reading(scans[0].time, scans[0].place) if scans else None


def _arrivals(scans: list[Scan]) -> list[Scan]:
    return [scan for scan in scans if _DELIVERED.search(scan.text) and not _NOT_DELIVERED.search(scan.text)]


def _recorded(data: Node) -> list[Scan]:
    return [
        Scan(moment(node["time"].text), node["text"].text, node["time"].place())
        for node in data["events"].items()
        if node["time"].text
    ]


def _listed(frame: Frame) -> list[Scan]:
    """The entries as the page lists them: rows of the tracking block that print a figure."""
    module = frame.module("logisticsTracking", "module_logistics", "logistics", "tracking")
    rows = (
        [clock.parent for clock in module.find_all("time", limit=500) if clock.parent is not None]
        or module.find_all(["li", "tr"], limit=500)
        if module is not None
        else frame.soup.find_all("li", class_="tracking-event", limit=500)
    )
    texts = [(row, text_of(row)) for row in rows]
    return [_scan(frame, row, text) for row, text in texts if not is_blank(text) and any(c.isdigit() for c in text)]


def _scan(frame: Frame, row: Tag, text: str) -> Scan:
    clock = row.find("time")
    stamp = clock if isinstance(clock, Tag) and text_of(clock) else row
    return Scan(moment(text_of(stamp)), text, frame.place(stamp))


def _newest_first(scans: list[Scan]) -> list[Scan]:
    stamps = [scan.time.earliest for scan in scans if isinstance(scan.time, Printed)]
    return scans[::-1] if len(stamps) == len(scans) and stamps == sorted(stamps) and stamps[:1] != stamps[-1:] else scans
