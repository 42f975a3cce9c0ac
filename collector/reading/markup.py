"""A stored frame as parsed markup and embedded data, and readings that remember the place where each value stands."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cache, cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from collector.model import Place
from collector.reading.addresses import Address, Addresses
from collector.reading.boxes import Layout
from collector.reading.embedded import (
    DATA_ATTRIBUTES,
    arguments,
    assignments,
    attribute_data,
    has_laden_attributes,
    holds_data,
    parsed,
)
from collector.reading.readings import LOOKED_AT, QUOTE_LIMIT, Node, Reading, agreed
from collector.reading.texts import classes, is_blank, label_of, squeezed, text_of
from collector.site import Document, StoredPage

_NO_LABEL = frozenset(
    {"title", "option", "button", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
)  # headings and peers, not labels
_NO_TEXT = frozenset({"script", "style", "template", "noscript"})
_JSON_TYPES = frozenset({"application/json", "text/json"})
_SCRIPT_TYPES = frozenset({"", "text/javascript", "application/javascript", "application/x-javascript", "module"})
_SCALAR = re.compile(r"\bwindow\.(\w{1,40})\s{0,4}=\s{0,4}[\"']?([\w@.#-]{1,80})[\"']?\s{0,4}[;\n]")
_COMPANY_NAME = re.compile(r"^(?:company|cp)-name", re.IGNORECASE)
_MOST_TAGS, _DEEPEST = 600_000, 300  # opened and closed; no page of the site comes near, a longer one takes minutes
_BEGINNING = 20_000  # bytes, or characters of text
_SAME_LABELS = 40  # a page that repeats a label more often than this is no page about one thing


@cache
def learn_selectors() -> None:
    """Compiles what selectors are read with, which the first of them would otherwise wait for: a quarter of a second."""
    BeautifulSoup("", "lxml").select(".a, [a=b], a > a:is(a)")


def soup_of(markup: bytes) -> BeautifulSoup:
    """The markup as a tree, in the encoding that it names; as UTF-8 where that is the name of none. Never raises."""
    try:
        return BeautifulSoup(markup, "lxml")
    except ValueError:  # a name with a NUL in it, which the parser refuses together with the page
        return BeautifulSoup(markup.decode("utf-8", "replace"), "lxml")


class Frame:
    """One stored document, parsed once: `soup` without scripts, `scripts` their data by variable, `linked` the JSON-LD.

    Of a document too large or too deeply nested to be read in reasonable time nothing is there but how it begins.
    """

    def __init__(self, document: Document, page: StoredPage, addresses: Addresses) -> None:
        self.addresses = addresses
        self.digest = document.digest
        self.part = document.part
        self.page = page
        readable = document.html.count(b"<") <= _MOST_TAGS
        self.soup = soup_of(document.html if readable else document.html[:_BEGINNING])
        self.title = squeezed(self.soup.title.get_text()) if self.soup.title else ""
        self.script_text: list[str] = []
        self.scripts: dict[str, Any] = {}
        self.scalars: dict[str, str] = {}  # what scripts set window's own names to, where it is one word or figure
        self.linked: dict[str, Any] = {}
        self._read_addresses: dict[str, Address] = {}
        self._held: dict[tuple[frozenset[str], int], list[Node]] = {}
        self._told = page.told if document.part == 0 else ()
        if not readable or not self._take_scripts(document.html):
            self.soup, self.scripts, self.linked = _beginning(self.soup), {}, {}

    def _take_scripts(self, source: bytes) -> bool:
        """Takes the data of scripts and attributes, and takes all that shows no text out, in one pass.

        False where the markup is nested too deeply for that.
        """
        silent: list[Tag] = []
        unseen: list[PreformattedString] = []  # comments: nobody sees them, so they say nothing
        laden, depths = has_laden_attributes(source), {id(self.soup): 0}
        for tag in self.soup.descendants:
            if not isinstance(tag, Tag):
                if isinstance(tag, PreformattedString):
                    unseen.append(tag)
                continue
            depth = depths[id(tag)] = depths[id(tag.parent)] + 1
            if depth > _DEEPEST:
                return False
            if tag.name in _NO_TEXT:
                silent.append(tag)
            if tag.name == "script":
                self._take_script(tag)
            elif laden or DATA_ATTRIBUTES & tag.attrs.keys():
                self._take_attributes(tag)
        for note in unseen:
            note.extract()
        for tag in silent:
            if not tag.decomposed:
                tag.decompose()
        return True

    def _take_script(self, tag: Tag) -> None:
        source, kind = tag.get_text(), str(tag.get("type", "")).lower().partition(";")[0].strip()
        self.script_text.append(f"{tag.get('src', '')} {source[:4000]}")
        if kind == "application/ld+json":
            self.linked[f"ld+json[{len(self.linked)}]"] = parsed(source)
        elif kind in _JSON_TYPES:
            if isinstance(value := parsed(source), dict | list):
                self.scripts[str(tag.get("id") or f"script[{len(self.script_text) - 1}]")] = value
        elif kind in _SCRIPT_TYPES:
            self.scalars.update((match[1], match[2]) for match in _SCALAR.finditer(source))
            found = assignments(source) if "{" in source or "%7B" in source else {}
            if "{" in source and not any(found.values()):  # a script that assigns nothing may hand its data to a function
                found = {**arguments(source), **found}
            named = (name if name.startswith("window.") or name.endswith("()") else f"window.{name}" for name in found)
            self.scripts.update(zip(named, found.values(), strict=True))

    def _take_attributes(self, tag: Tag) -> None:
        """The data in attributes: those in which shops describe each module, and long ones under whatever name."""
        for key in [key for key, value in tag.attrs.items() if holds_data(key, value)]:
            value = attribute_data(str(tag[key]))
            if value is not None:
                name = tag.get("module-name") or tag.get("data-module-name") or tag.get("id") or len(self.scripts)
                self.scripts[f"{key}:{name}"] = value

    @cached_property
    def text(self) -> str:
        """All visible text, spaces squeezed."""
        return squeezed(self.soup.get_text(" "))

    @cached_property
    def layout(self) -> Layout:
        """Where this document showed its texts: boxes are kept of the page's own document only."""
        first = next(iter(self.page.documents), None)
        return Layout(self.page.boxes if first is not None and first.digest == self.digest else ())

    @cached_property
    def modules(self) -> Mapping[str, list[Tag]]:
        """The page's module blocks by their `data-module-name`."""
        found: dict[str, list[Tag]] = {}
        for tag in self.soup.find_all(True, attrs={"data-module-name": True}):
            found.setdefault(str(tag["data-module-name"]), []).append(tag)
        return found

    @cached_property
    def _strings(self) -> dict[str, list[NavigableString]]:
        found: dict[str, list[NavigableString]] = {}
        for string in self.soup.find_all(string=True):
            if len(string) <= 300 and (text := squeezed(string)):
                found.setdefault(label_of(text), []).append(string)
                name, colon, rest = text.partition(":") if ":" in text else text.partition("：")
                if colon and rest and len(name) <= 60:
                    found.setdefault(label_of(name) + ":", []).append(string)
        return found

    def strings_like(self, labels: Iterable[str]) -> list[NavigableString]:
        """The texts of the page that are one of the labels and nothing else."""
        return [string for label in sorted(labels) for string in self._strings.get(label, ())[:_SAME_LABELS]]

    @cached_property
    def links(self) -> tuple[tuple[Address, Tag], ...]:
        """Every link with what its address says, in the page's order."""
        return tuple((self.address(tag), tag) for tag in self.soup.find_all("a", href=True))

    def address(self, link: Tag) -> Address:
        """What a link's address says by itself."""
        href = str(link.get("href", ""))
        if href not in self._read_addresses:
            self._read_addresses[href] = self.addresses.address_of(self.addresses.absolute(href, self.base))
        return self._read_addresses[href]

    @cached_property
    def base(self) -> str:
        """What the page's links are relative to: its address, else the one it names as its own, else the site."""
        return self.page.url or self._canonical or self.addresses.HOME

    @cached_property
    def own(self) -> Address:
        """Which page this is: by its address, else by its own word, else by the link in the company's name."""
        said = next((a for a in map(self.addresses.address_of, (self.page.url, self._canonical)) if a.kind), Address(""))
        if said.kind:
            return said
        named = (address for address, link in self.links if address.supplier and _names_company(link))
        return next(named, said)

    @property
    def _canonical(self) -> str:
        link = self.soup.find("link", rel="canonical", href=True)
        return self.addresses.absolute(str(link["href"]), self.addresses.HOME) if isinstance(link, Tag) else ""

    def root(self, variable: str) -> Node:
        """A script variable's data; a node holding None where the page has no such variable."""
        return Node(self.digest, variable, "", self.scripts.get(variable))

    def linked_root(self, variable: str) -> Node:
        """A JSON-LD document of the page; a node holding None where there is none of that name."""
        return Node(self.digest, variable, "", self.linked.get(variable))

    def find(self, *keys: str) -> Node:
        """The shallowest object of any script that has all the keys; a node holding None where there is none."""
        return next(self.find_all(*keys), Node(self.digest, "", "", None))

    def find_all(self, *keys: str) -> Iterator[Node]:
        """Every object of any script that has all the keys, the shallowest first; none inside another."""
        queue = deque(Node(self.digest, name, "", value) for name, value in self.scripts.items())
        looked = 0
        while queue and looked < LOOKED_AT:
            node = queue.popleft()
            looked += 1
            if isinstance(node.value, dict) and all(key in node.value for key in keys):
                yield node
            else:
                queue.extend(child for child in node.items() if isinstance(child.value, dict | list))

    @cached_property
    def answers(self) -> tuple[Node, ...]:
        """What the page was told in answers to its own requests, each a JSON value with the digest of its bytes."""
        lines = ((d.digest, line) for d in self._told for line in d.html.split(b"\n") if line.lstrip()[:1] in (b"{", b"["))
        values = ((digest, parsed(line.decode("utf-8", "replace"))) for digest, line in lines)
        told = ((digest, value) for digest, value in values if isinstance(value, dict | list))
        return tuple(Node(digest, f"answer[{number}]", "", value) for number, (digest, value) in enumerate(told))

    @cached_property
    def roots(self) -> tuple[Node, ...]:
        """All data that came with the page: what its scripts hold, then what it was told."""
        return (*(Node(self.digest, name, "", value) for name, value in self.scripts.items()), *self.answers)

    def having(self, keys: Set[str], least: int = 1) -> list[Node]:
        """Every object of the page's data that has so many of the keys, the shallowest first; none inside another."""
        asked = frozenset(keys), least
        if asked not in self._held:
            self._held[asked] = [node for root in self.roots for node in root.having(keys, least)]
        return self._held[asked]

    def beside(self, node: Node, key: str) -> Node:
        """The value of another key in the object that holds a node."""
        return self.holder(node)[key]

    def holder(self, node: Node) -> Node:
        """The object or list that holds a node."""
        above = next((root for root in self.roots if root.variable == node.variable), self.root(node.variable)).opened
        for step in node.pointer.split("/")[1:-1]:
            name = step.replace("~1", "/").replace("~0", "~")
            above = (above[int(name)] if isinstance(above.value, list) and name.isdigit() else above[name]).opened
        return above

    def module(self, *names: str) -> Tag | None:
        """The first module block (`data-module-name`) of one of the names that holds text."""
        for name in names:
            for tag in self.modules.get(name, ()):
                if tag.get_text(strip=True):
                    return tag
        return None

    def place(self, tag: Tag, quote: str = "", attribute: str = "") -> Place:
        path = self.path(tag) + (f"[{attribute}]" if attribute else "")
        return Place(self.digest, "css", path, (quote or text_of(tag))[:QUOTE_LIMIT])

    def read(self, tag: Tag | None, parse: Callable[[str], Any], quote: str = "") -> Reading | None:
        """A tag's text through a parser; None where there is no such tag or it is empty or "-"."""
        text = quote or (text_of(tag) if tag else "")
        if tag is None or is_blank(text):
            return None
        return Reading(parse(text), self.place(tag, text))

    def labelled(
        self,
        labels: Iterable[str],
        parse: Callable[[str], Any],
        within: Tag | None = None,
        but_not: Callable[[Tag], bool] | None = None,
        *,
        blanks: bool = False,
    ) -> Reading | None:
        """The value that stands beside or under one of the labels, inside a block and outside the blocks of `but_not`.

        Where several stand under them and they are not the same, the reading is not understood and quotes them all.
        With `blanks`, one under which nothing or a dash stands gives a blank reading where no other gives any.
        """
        beside = [
            stands
            for label in labels
            for string in (*self._strings.get(label, ())[:_SAME_LABELS], *self._strings.get(label + ":", ())[:_SAME_LABELS])
            if within is None or any(parent is within for parent in string.parents)
            if but_not is None or string.parent is None or not but_not(string.parent)
            if (stands := _beside(string)) is not None
        ]
        readings = [reading for tag, text in beside if (reading := self.read(tag, parse, text)) is not None]
        # What is not understood and has no figure in it is no value gone wrong: a step's name beside another's, a button.
        valued = [r for r in readings if r.value is not None or any(c.isdigit() for c in r.place.quote)]
        if blanks and not readings:
            return next((Reading(None, self.place(tag), blank=True) for tag, _ in beside), None)
        return agreed(valued)

    def path(self, tag: Tag) -> str:
        """A CSS path that selects exactly this tag, from the nearest module block that stands once, or from the root."""
        steps: list[str] = []
        here: Tag | None = tag
        while here is not None and here.name != "[document]":
            name = here.get("data-module-name")
            if isinstance(name, str) and len(self.modules[name]) == 1 and re.fullmatch(r"[\w.-]+", name):
                steps.append(f'[data-module-name="{name}"]')
                break
            nth = 1 + sum(1 for sibling in here.previous_siblings if isinstance(sibling, Tag) and sibling.name == here.name)
            kind = self.soup.css.escape(here.name)
            steps.append(kind if kind in {"html", "body"} else f"{kind}:nth-of-type({nth})")
            here = here.parent
        return " > ".join(reversed(steps))


def _beginning(soup: BeautifulSoup) -> BeautifulSoup:
    """How a page begins, in one block."""
    texts = itertools.islice(soup.stripped_strings, 400)
    short = BeautifulSoup("<html><body></body></html>", "lxml")
    if short.body is not None:
        short.body.string = squeezed(" ".join(texts))[:_BEGINNING]
    return short


def _names_company(link: Tag) -> bool:
    """Whether a link stands in a page's heading, or where the company's name is marked up as such."""
    around = (link, *itertools.islice(link.parents, 2))
    return any(tag.name == "h1" or any(map(_COMPANY_NAME.search, classes(tag))) for tag in around)


def _beside(string: NavigableString) -> tuple[Tag, str] | None:
    """The tag beside or under a label, and the text where it is only a part of the tag's; None where there is none."""
    text = squeezed(string)
    _, colon, rest = text.partition(":") if ":" in text else text.partition("：")
    parent = string.parent
    if parent is None or parent.find_parent("thead") is not None or parent.name in _NO_LABEL:
        return None
    if colon and rest.strip():
        return parent, rest.strip()
    beside = string.next_sibling
    while isinstance(beside, NavigableString) and not squeezed(beside):
        beside = beside.next_sibling
    if isinstance(beside, Tag) and beside.name != "br" and text_of(beside):
        return beside, ""
    if isinstance(beside, NavigableString):
        return None
    tag = _value_tag(parent, text)
    return None if tag is None else (tag, "")


def _value_tag(parent: Tag, label: str) -> Tag | None:
    """What stands next to the block that holds nothing but the label."""
    block: Tag | None = parent
    for _ in range(3):
        if block is None or label_of(text_of(block)) != label_of(label):
            return None
        sibling = block.find_next_sibling()
        if block.name == "dt":
            sibling = block.find_next_sibling("dd")
        if isinstance(sibling, Tag):
            return sibling
        block = block.parent
    return None
