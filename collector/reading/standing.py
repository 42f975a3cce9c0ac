"""What of a page stands from one look to the next. What moves is known by what the module is for, never by what it says.

A site says how it marks what moves: modules by `data-module-name`, classes, and tags: advertisements, counters, clocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from lxml.html import HtmlElement, fromstring

from collector.address import parts_of
from collector.model import Area, StandingPage
from collector.reading.markup import Frame
from collector.reading.texts import classes
from collector.site import StoredPage

_MOVING_TAGS = frozenset({"aside", "nav", "footer"})
_SILENT = frozenset({"script", "style", "template", "noscript", "head", "svg", "select", "textarea"})
_INLINE = frozenset("a abbr b bdi br cite code em font i label mark s small span strong sub sup time u wbr".split())
_SIZE = re.compile(r"(\.(?:jpe?g|png|gif|webp|avif))_[^/]*$", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_DEEPEST = 400
# Pictures that a style draws, and not its fonts.
_RULE = re.compile(r"([^{}]{0,2000})\{([^{}]{0,20000})\}")
_OF_SELECTOR = re.compile(r"[.#]([\w-]+)")
_BUT_NOT = re.compile(r":not\([^)]{0,500}\)")
_DRAWN = re.compile(r"""url\(\s{0,5}["']?([^"')]{1,2000})["']?\s{0,5}\)""")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:_[^/]*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moving:
    """How a site marks what moves: names of modules and of classes, as patterns of the whole name."""

    module: re.Pattern[str]
    marked: re.Pattern[str]

    @classmethod
    def of(cls, parts: Mapping[str, tuple[str, str]]) -> Moving:
        """From what each moving part is: the patterns of its modules and of its classes."""
        modules, marks = ("|".join(pair[n] for pair in parts.values()) for n in (0, 1))
        return cls(re.compile(modules, re.IGNORECASE), re.compile(marks, re.IGNORECASE))


def standing(page: StoredPage, moving: Moving) -> StandingPage:
    """The words and pictures of every frame but for what moves."""
    found = _Standing(moving, {parts_of(url).path: digest for url, digest in page.files.items()})
    for document in page.documents:
        if document.html.strip():
            found.take(fromstring(document.html.decode("utf-8", "replace")))
    return StandingPage(tuple(found.blocks), found.pictures, found.left_out, found.drawn(page))


def moving_areas(frame: Frame, moving: Moving) -> tuple[Area, ...]:
    """Where the page's pictures show what moves, in page pixels: what its texts take up, as far as that was kept."""
    found = []
    for tag in frame.soup.find_all(
        lambda tag: _moves(moving, tag.name, classes(tag), str(tag.get("data-module-name") or ""))
    ):
        path = frame.path(tag)
        boxes = [b for b in frame.page.boxes if b.path == path or b.path.startswith(path + " > ")]
        if boxes:
            left, top = min(b.x for b in boxes), min(b.y for b in boxes)
            right, bottom = max(b.x + b.width for b in boxes), max(b.y + b.height for b in boxes)
            found.append((left, top, right - left, bottom - top))
    return tuple(found)


def _moves(moving: Moving, name: str, class_names: Iterable[str], module: str) -> bool:
    marked = any(map(moving.marked.fullmatch, class_names))
    return marked or name in _MOVING_TAGS or bool(module and moving.module.fullmatch(module))


@lru_cache(maxsize=4096)  # a page's elements share a few dozen classes
def _moving(moving: Moving, name: str, class_names: str, module: str) -> bool:
    return _moves(moving, name, class_names.split(), module)


class _Standing:
    """Gathers blocks and pictures on one way through the markup."""

    def __init__(self, moving: Moving, files: Mapping[str, str]) -> None:
        self._leaves_out = moving
        self.blocks: list[str] = []
        self.pictures: dict[str, str] = {}
        self.left_out = 0
        self._files = files
        self._line: list[str] = []
        self._names: set[str] = set()  # classes and ids of what stands
        self._linked: set[str] = set()  # addresses of the style sheets that the page names

    def take(self, root: HtmlElement) -> None:
        self._walk(root, 0)
        self._end()

    def _walk(self, tag: HtmlElement, depth: int) -> None:
        said = tag.attrib
        if tag.tag in ("head", "style"):
            self._styles(tag)
        for link in tag.iter("link") if tag.tag == "head" else (tag,) if tag.tag == "link" else ():
            if str(link.get("rel") or "").lower().split() == ["stylesheet"] and link.get("href"):
                self._linked.add(str(link.get("href")))
        if not isinstance(tag.tag, str) or tag.tag in _SILENT or (said and _is_hidden(tag)):
            return
        if _moving(self._leaves_out, tag.tag, str(said.get("class") or ""), str(said.get("data-module-name") or "")):
            self.left_out += len(str(tag.text_content()).split())
            return
        self._names.update(str(said.get("class") or "").split(), (str(said.get("id") or ""),))
        if tag.tag == "img":
            self._picture(str(tag.get("src") or ""))
        if "url(" in (style := str(said.get("style") or "")):
            self._drawn(style)
        block = tag.tag not in _INLINE
        if block:
            self._end()
        if tag.text:
            self._line.append(tag.text)
        for child in tag if depth < _DEEPEST else ():
            self._walk(child, depth + 1)
            if child.tail:
                self._line.append(child.tail)
        if block:
            self._end()

    def _end(self) -> None:
        """A block ends: what was gathered of it is one."""
        if self._line and (line := " ".join(" ".join(self._line).split())):
            self.blocks.append(line)
        self._line = []

    def drawn(self, page: StoredPage) -> Mapping[str, str] | None:
        """Pictures that style sheets in files of their own draw on what stands; None where one of them was not kept."""
        if {_place(urljoin(page.url, address)) for address in self._linked} - set(map(_place, page.sheets)):
            return None
        return {
            path: digest
            for url, sheet in page.sheets.items()
            for selectors, rule in _rules(sheet)
            if any(map(self._stands, selectors.split(",")))
            for path, digest in self._pictures(urljoin(url, address) for address in _addresses(rule))
        }

    def _stands(self, selector: str) -> bool:
        """Whether a rule may be about something that stands: all that its selector names is there, and none of it moves."""
        names = _OF_SELECTOR.findall(_BUT_NOT.sub("", selector))
        return self._names.issuperset(names) and not any(map(self._leaves_out.marked.fullmatch, names))

    def _styles(self, tag: HtmlElement) -> None:
        """Pictures that the page's own style sheets draw, but for those of what moves."""
        for sheet in tag.iter("style"):
            for selectors, rule in _rules(sheet.text or ""):
                if not any(map(self._leaves_out.marked.fullmatch, _OF_SELECTOR.findall(selectors))):
                    self._drawn(rule)

    def _drawn(self, style: str) -> None:
        for address in _addresses(style):
            self._picture(address)

    def _picture(self, address: str) -> None:
        """Pictures are known by their path: the media hosts take turns, and make each size under a name of its own."""
        for path, digest in self._pictures((address,)):
            self.pictures.setdefault(path, digest)

    def _pictures(self, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
        for address in addresses:
            path = parts_of(address).path
            if path and not address.startswith("data:"):
                yield _SIZE.sub(r"\1", path), self._files.get(path, "")


def _rules(sheet: str) -> Iterable[tuple[str, str]]:
    """The selectors and rules of a style sheet that draws anything."""
    return _RULE.findall(sheet) if "url(" in sheet else ()


def _addresses(style: str) -> Iterator[str]:
    """Those of the pictures that a rule draws."""
    return (address for address in _DRAWN.findall(style) if _PICTURE.search(parts_of(address).path))


def _place(url: str) -> tuple[str, str]:
    """Where a style sheet is, whichever host hands it out."""
    parts = parts_of(url)
    return parts.path, parts.query


def _is_hidden(tag: HtmlElement) -> bool:
    return tag.get("hidden") is not None or bool(_HIDDEN.search(str(tag.get("style") or "")))
