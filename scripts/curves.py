"""Draws docs/pictures/curve-*.svg: how costs grow, from the tables of figures that stand in the documents.

A figure stands in one place, the table that its bench wrote; here it is only drawn. Each picture names where the line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from math import log10
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 64, 56, 24, 84
COLOURS = ("#0b5cad", "#b3541e", "#3b7d3b", "#7a3e9d")
MARKERS = ("circle", "square", "diamond", "triangle")


@dataclass(frozen=True)
class Line:
    """`points` are (x, seconds), by rising x."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curve:
    """A picture: what is counted along it, its lines, and the limit that a reader must know."""

    name: str
    title: str
    along: str
    lines: tuple[Line, ...]
    limit: str
    by_tens: bool = False  # along a scale on which each step is ten times the last


def rows(document: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with that cell, its head first. Raises LookupError where there is none."""
    found: list[list[str]] = []
    for line in (DOCS / document).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if found and not cells:
            return found
        if cells and (found or cells[0] == first) and not set(cells[0]) <= {"-", ":"}:
            found.append(cells)
    if not found:
        raise LookupError(f"{document} has no table that begins with {first!r}")
    return found


def figure(cell: str) -> float:
    """The number that a cell begins with, thousands and units taken off."""
    met = re.match(r"[\d,.]+", cell)
    if met is None:
        raise LookupError(f"{cell!r} is no figure")
    return float(met[0].replace(",", ""))


def down(document: str, first: str, named: dict[int, str]) -> tuple[Line, ...]:
    """Lines of a table whose first column counts: each of the columns of that number, by its name."""
    _, *body = rows(document, first)
    return tuple(Line(name, tuple((figure(row[0]), figure(row[column])) for row in body)) for column, name in named.items())


def across(document: str, first: str, names: tuple[str, ...]) -> tuple[Line, ...]:
    """Lines of a table whose head counts: the rows that begin with these names."""
    head, *body = rows(document, first)
    counted = [(column, figure(cell)) for column, cell in enumerate(head) if re.match(r"\d", cell)]
    return tuple(Line(row[0], tuple((x, figure(row[column])) for column, x in counted)) for row in body if row[0] in names)


def curves() -> tuple[Curve, ...]:
    return (
        Curve(
            "pages",
            "Pages in one capture",
            "pages, the whole command",
            down("speed.md", "pages in one capture", {1: "tradewitness", 2: "plain script"}),
            "Pages of one account go one after the other, on purpose: the line stays straight.",
        ),
        Curve(
            "height",
            "The height of a page",
            "screens",
            down("speed.md", "screens of a page", {1: "tradewitness", 2: "plain script"}),
            "Pictured are 60 screens; what is below is named as missing.",
        ),
        Curve(
            "messages",
            "Messages in a conversation",
            "messages",
            down("speed.md", "messages in a conversation", {1: "tradewitness", 2: "bare script, pictures only"}),
            "The walk ends after 15 minutes or 3,000 stops, and what is missing then is said.",
        ),
        Curve(
            "packs",
            "The size of a pack",
            "MB of evidence",
            down("speed.md", "MB in a pack", {1: "made from nothing", 2: "made again", 3: "zip and openssl"}),
            "Measured to 1 GB; reading copies of photos and videos are made once.",
        ),
        Curve(
            "records",
            "Records in the archive",
            "records of other cases",
            across("growth.md", "command", ("capture, two pages", "pack", "status")),
            "Measured to 50,000 records, with each command on one case.",
            by_tens=True,
        ),
        Curve(
            "cases",
            "Open cases",
            "open cases",
            down("growth.md", "open cases", {1: "Today"}),
            "Today reads every open case: it grows with their number. Measured to 500.",
        ),
        Curve(
            "nights",
            "A year of nights",
            "months",
            down("nights.md", "month", {1: "a night of ten orders"}),
            "Each look is one more record to hold the next one against. Measured to 365 nights.",
        ),
    )


def drawn(curve: Curve) -> str:
    """The picture as SVG."""
    across_all = [x for line in curve.lines for x, _ in line.points]
    least, most = min(across_all), max(across_all)
    top = ceiling(max(y for line in curve.lines for _, y in line.points))

    def place(x: float, y: float) -> tuple[float, float]:
        share = log10(x / least) / log10(most / least) if curve.by_tens else x / most
        return (
            round(LEFT + share * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM), 1),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif">',
        f"<title>{escape(curve.title)}</title>",
        f'<desc>{escape(described(curve))}</desc><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 24, curve.title, size=16, weight="bold"),
    ]
    for step in range(5):
        value = top * step / 4
        y = place(most, value)[1]
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{value:g} s", anchor="end"))
    for x in dict.fromkeys(sorted(across_all)):
        parts.append(_text(place(x, 0)[0], HEIGHT - BOTTOM + 18, f"{x:,g}", anchor="middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 38, curve.along, anchor="middle"))
    for number, line in enumerate(curve.lines):
        colour, points = COLOURS[number], [place(*point) for point in line.points]
        path = "L".join(f"{x} {y}" for x, y in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_marker(MARKERS[number], x, y, colour) for x, y in points]
        key = LEFT + number * 190
        parts += [_marker(MARKERS[number], key + 5, 40, colour), _text(key + 16, 44, line.name)]
    parts.append(_text(LEFT, HEIGHT - 16, curve.limit))
    return "\n".join([*parts, "</svg>\n"])


def described(curve: Curve) -> str:
    """The picture in words, for whoever does not see it."""
    said = (f"{line.name}: " + ", ".join(f"{x:,g} {y:g} s" for x, y in line.points) for line in curve.lines)
    return f"{'; '.join(said)}. {curve.limit}"


def ceiling(value: float) -> float:
    """The next round figure above."""
    unit = 10.0 ** int(log10(value) - (value < 1))
    return next(unit * step for step in (1, 1.2, 1.6, 2, 4, 6, 8, 10) if unit * step >= value)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, weight: str = "normal") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="#222" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _marker(shape: str, x: float, y: float, colour: str) -> str:
    corners = {
        "square": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
        "triangle": ((0, -5), (5, 4), (-5, 4)),
    }.get(shape)
    if corners is None:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    return f'<polygon points="{" ".join(f"{x + dx:g},{y + dy:g}" for dx, dy in corners)}" fill="{colour}"/>'


def main() -> None:
    for curve in curves():
        (DOCS / "pictures" / f"curve-{curve.name}.svg").write_text(drawn(curve), encoding="utf-8")


if __name__ == "__main__":
    main()
