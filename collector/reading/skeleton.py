"""A page without what it tells: its elements, attributes and keys, and the site's own labels; all else in the same shape.

What a reader of facts sees of a page is kept, in disguise (`disguise`); what no reader looks at is dropped: scripts that
hold no data, style sheets, comments, the drawings of icons. Pictures inside the page become blanks of their size.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from collector.reading.disguise import CAMEL, Disguise, Kept, plain_words
from collector.reading.embedded import arguments, assignments, attribute_data, parsed
from collector.reading.markup import soup_of
from collector.vocabulary import Vocabulary

_DATA_TYPES = ("application/ld+json", "application/json", "text/json")
_SCALAR = re.compile(r"\bwindow\.(\w{1,40})\s{0,4}=\s{0,4}[\"']?([\w@.#-]{1,80})[\"']?\s{0,4}[;\n]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ADDRESSES = frozenset({
    "href", "src", "action", "cite", "poster", "background", "data-src", "data-original", "data-href", "data-url",
    "longdesc", "formaction", "itemtype", "xlink:href",
})  # fmt: skip
_TEXTS = frozenset({"title", "alt", "content", "value", "placeholder", "aria-label", "datetime", "summary", "label"})
_NAMES = frozenset({
    "class", "id", "role", "type", "rel", "name", "itemprop", "property", "for", "method", "lang", "dir", "http-equiv",
    "charset", "media", "target", "data-module-name", "module-name", "data-aui", "data-role", "data-state",
    "data-orientation", "data-ctrdot", "data-exp", "data-testid", "aria-controls", "aria-labelledby",
    "aria-describedby", "aria-live",
})  # fmt: skip
_DROPPED = frozenset({
    "srcset", "sizes", "d", "points", "transform", "integrity", "nonce", "viewbox", "fill", "stroke", "x", "y", "cx", "cy",
    "r", "x1", "x2", "y1", "y2", "rx", "ry", "imagesrcset", "imagesizes", "srcdoc",
})  # fmt: skip
_STYLE = re.compile(
    r"(?:display|visibility|text-decoration(?:-line)?)\s*:\s*(?:none|hidden|visible|block|inline|flex|line-through)"
)
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z_:.-]{0,60}")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,3}")
_PICTURE = re.compile(r"data:image/[\w.+-]{1,40}[;,]", re.IGNORECASE)
_LARGEST = 4096  # pixels of a side
_HIGHEST_CODE = 99_999
_DEEPEST = 60  # levels of data in data
_JSON = re.compile(r"\s*[{\[]\s*[\"{\[]")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The documents of a page in disguise, its address too, and what was kept as it stood."""

    documents: tuple[bytes, ...]
    told: tuple[str, ...]
    url: str
    kept: Kept


def skeleton(documents: tuple[bytes, ...], told: tuple[bytes, ...], url: str, vocabulary: Vocabulary) -> Skeleton:
    """The skeleton of a page: its documents (HTML), what it was told (one JSON text a line) and its address.

    Another run gives another one: the key to it is drawn anew and not kept.
    """
    soups = [soup_of(document) for document in documents]
    lines = [line.decode("utf-8", "replace") for answer in told for line in answer.split(b"\n") if line.strip()]
    answers = [value for line in lines if isinstance(value := parsed(line), dict | list)]
    bare = " ".join(_bare(text.decode("utf-8", "replace")) for text in (*documents, *told, url.encode()))
    said = chain((text for soup in soups for text in _texts(soup, vocabulary)), _strings(answers, vocabulary))
    hidden = {word for text in said for word in plain_words(f"{text} {CAMEL.sub(' ', text)}")}
    mask = Disguise(vocabulary, f"{bare} {CAMEL.sub(' ', bare)}", hidden)
    shaper = _Shaper(mask, vocabulary)
    made = tuple(shaper.document(soup) for soup in soups)
    return Skeleton(made, tuple(shaper.json(value) for value in answers), mask.address(url) if url else "", mask.kept)


def _bare(text: str) -> str:
    """All that stands in a text, however it is written."""
    plain = html.unescape(unquote(text))
    return f"{plain} {_ESCAPED.sub(lambda found: chr(int(found[1], 16)), plain)}"


def _texts(soup: BeautifulSoup, known: Vocabulary) -> Iterator[str]:
    """Every text that tells something: what is shown, what attributes say, the strings of the data."""
    for string in soup.find_all(string=True):
        if isinstance(string, PreformattedString):
            continue
        if string.parent is not None and string.parent.name == "script":
            yield from (text for value in _data_of(string.parent) for text in _strings(value, known))
        elif string.parent is None or string.parent.name != "style":
            yield str(string)
    for tag in soup.find_all(True):
        yield from (str(value) for key, value in tag.attrs.items() if key in _TEXTS)
        yield from (
            text for value in map(attribute_data, _laden(tag)) if value is not None for text in _strings(value, known)
        )


def _laden(tag: Tag) -> Iterator[str]:
    return (value for value in tag.attrs.values() if isinstance(value, str) and _JSON.match(unquote(value[:40])))


def _strings(value: Any, known: Vocabulary) -> Iterator[str]:
    """The texts in data; what names a part of the page there is none."""
    if isinstance(value, str):
        inner = parsed(value) if _JSON.match(value) else None
        yield from _strings(inner, known) if isinstance(inner, dict | list) else iter((value,))
    elif isinstance(value, dict):
        for key, part in value.items():
            if not (key in known.named_by and isinstance(part, str)):
                yield from _strings(part, known)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, known)


def _data_of(script: Tag) -> list[Any]:
    source = script.get_text()
    if _type(script) in _DATA_TYPES:
        return [parsed(source)]
    return [*assignments(source).values(), *arguments(source).values(), *(found[2] for found in _SCALAR.finditer(source))]


def _type(script: Tag) -> str:
    return str(script.get("type", "")).lower().partition(";")[0].strip()


class _Shaper:
    """Puts the disguise over the parts of a page."""

    def __init__(self, mask: Disguise, vocabulary: Vocabulary) -> None:
        self._mask, self._known = mask, vocabulary

    def document(self, soup: BeautifulSoup) -> bytes:
        for string in list(soup.find_all(string=True)):
            if isinstance(string, PreformattedString):
                if type(string).__name__ != "Doctype":
                    string.extract()
            elif string.parent is None or string.parent.name not in ("script", "style", "template", "noscript"):
                string.replace_with(self._mask.text(str(string)))
        for tag in soup.find_all(True):
            if tag.name == "script":
                self._script(tag)
            elif tag.name in ("style", "template", "noscript"):
                length = len(tag.get_text())
                tag.clear()
                if tag.name == "style" and length:
                    tag.string = f"/* a style sheet of {length} characters */"
            self._attributes(tag)
            if "-" in tag.name:
                tag.name = self._mask.name(tag.name)
        head = soup.head
        if head is not None:
            for meta in head.find_all("meta", attrs={"http-equiv": True}):
                meta.decompose()
            for meta in head.find_all("meta", attrs={"charset": True}):
                meta["charset"] = "utf-8"
        return soup.encode("utf-8")

    def json(self, value: Any) -> str:
        """Data in disguise, as a script may hold them."""
        return json.dumps(self._value(value), ensure_ascii=False).replace("<", "\\u003c")

    # -- scripts ------------------------------------------------------------------------------------------------------

    def _script(self, tag: Tag) -> None:
        """The data of a script, each value under the name that it had; of anything else only how long it was."""
        source, kind = tag.get_text(), _type(tag)
        if kind in _DATA_TYPES:
            value = parsed(source)
            tag.string = self.json(value) if isinstance(value, dict | list) else ""
            return
        parts = [f"window.{self._names(name)} = {self.json(value)};" for name, value in self._assigned(source)]
        if not parts and "{" in source:
            parts = [f"{self._names(name[:-2])}({self.json(value)});" for name, value in arguments(source).items()]
        parts += [f'window.{self._mask.name(m[1])} = "{self._mask.text(m[2])}";' for m in _SCALAR.finditer(source)]
        marks = sorted(mark for mark in self._known.marks if mark in source or mark in str(tag.get("src", "")))
        if source.strip():
            parts.append(f"/* {' '.join([*marks, f'a script of {len(source)} characters'])} */")
        tag.string = "\n".join(parts)

    def _assigned(self, source: str) -> Iterator[tuple[str, Any]]:
        found = assignments(source) if "{" in source or "%7B" in source or "[" in source else {}
        return ((name, value) for name, value in found.items() if value)

    def _names(self, path: str) -> str:
        return ".".join(map(self._mask.name, path.split(".")))

    # -- attributes ---------------------------------------------------------------------------------------------------

    def _attributes(self, tag: Tag) -> None:
        tag.attrs = {self._mask.name(key): self._attribute(tag, key, value) for key, value in tag.attrs.items()}

    def _attribute(self, tag: Tag, key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._mask.name(one) for one in value]
        name, text = key.lower(), str(value or "")
        if name in _DROPPED or name.startswith("on") or not text.strip():
            return ""
        if name == "style":
            return "; ".join(_STYLE.findall(text))
        if _PICTURE.match(text):
            return blank(text)
        if name in _ADDRESSES:
            return self._mask.address(text)
        if name in _NAMES:
            return " ".join(map(self._mask.name, text.split()))
        if name in ("width", "height", "colspan", "rowspan", "tabindex", "size", "maxlength", "rows", "cols"):
            return text if _SMALL_NUMBER.fullmatch(text) else ""
        if _JSON.match(unquote(text[:40])) and (data := attribute_data(text)) is not None:
            made = json.dumps(self._value(data), ensure_ascii=False)
            return quote(made) if text.lstrip().startswith("%") else made
        if name not in _TEXTS and _KEYWORD.fullmatch(text):
            return self._mask.name(text)
        return self._mask.address(text) if re.match(r"(?:https?:)?//", text) else self._mask.text(text)

    # -- data ---------------------------------------------------------------------------------------------------------

    def _value(self, value: Any, key: str = "", depth: int = 0) -> Any:
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {self._mask.name(str(k)): self._value(v, str(k), depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [self._value(one, key, depth + 1) for one in value]
        if isinstance(value, str):
            return self._string(value, key, depth)
        if isinstance(value, bool) or value is None or (key in self._known.codes and abs(value) <= _HIGHEST_CODE):
            return value
        return int(self._mask.number(str(abs(value)))) * (-1 if value < 0 else 1) if isinstance(value, int) else value

    def _string(self, text: str, key: str, depth: int) -> str:
        if _JSON.match(text) and isinstance(inner := parsed(text), dict | list):
            return json.dumps(self._value(inner, "", depth + 1), ensure_ascii=False)
        if _PICTURE.match(text):
            return blank(text)
        if key in self._known.codes and re.fullmatch(r"[A-Za-z]{0,20}[0-9]{0,5}", text):
            return text
        if key in self._known.named_by:
            return self._mask.name(text)
        if re.match(r"(?:https?:)?//[^/\s]|/[\w.-]+/\S*$", text) and " " not in text.strip():
            return self._mask.address(text)
        words = list(plain_words(CAMEL.sub(" ", text)))
        if _KEYWORD.fullmatch(text) and words and all(word in self._known.names for word in words):
            return self._mask.name(text)
        return self._mask.text(text)


def blank(picture: str) -> str:
    """A blank of the size of a picture that stands in the page itself (`data:`); of one pixel where it cannot be opened."""
    from PIL import Image

    head, _, body = picture.partition(",")
    size = (1, 1)
    try:
        data = base64.b64decode(body, validate=False) if head.lower().endswith("base64") else unquote_to_bytes(body)
        with Image.open(io.BytesIO(data)) as image:
            size = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass
    out = io.BytesIO()
    Image.new("1", (min(size[0], _LARGEST), min(size[1], _LARGEST)), 1).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
