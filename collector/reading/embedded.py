"""Cuts the data that a page's scripts assign to variables (`window.x = {…};`) out of them, without running anything."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

_ASSIGNMENT = re.compile(
    r"""(?:window\s*\.\s*|window\s*\[\s*["']|(?:self|globalThis)\s*\.\s*|\b(?:var|let|const)\s+|(?<![\w$."'])(?=__)
          |(?:^|[;{}\n])[ \t]{0,80}(?!(?:window|self|globalThis|var|let|const)\b)(?=[A-Za-z_$]))
        (?P<name>[A-Za-z_$][\w$]{0,80}(?:\s{0,8}\.\s{0,8}[A-Za-z_$][\w$]{0,80}){0,6})
        (?:["']\s{0,8}\])?\s{0,80}=\s{0,80}
        (?P<kept>(?:window\.)?(?P=name)\s{0,8}\|\|\s{0,8})?
        (?P<parse>JSON\.parse\(\s{0,80}(?P<coded>decodeURIComponent\(\s{0,80})?)?(?=[{\["'])""",
    re.VERBOSE,
)
_ARGUMENT = re.compile(
    r"(?<![\w$.])(?P<name>[A-Za-z_$][\w$]{0,80}(?:\.[\w$]{1,80}){0,6})\s{0,8}\(\s{0,80}(?=[{\[]\s{0,80}[\[{\"])"
)
DATA_ATTRIBUTES = frozenset({"module-data", "data-module-data", "data-props", "data-page-data"})
_LADEN_LENGTH = 300  # of an attribute under another name that may hold a page's data; shorter ones describe one element
_LADEN = re.compile(rb"""data-[\w-]{1,40}=["'](?:\{|%7[Bb]|&#123;)[^<>]{300}""")
# Every alternative ends at the text's end at the latest, so one pass over the text is all it ever takes.
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)|`(?:[^`\\]|\\.)*+(?:`|\Z))
      |(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z))
      |(?P<space>\s++)
      |(?P<punctuation>[{}\[\]:,])
      |(?P<number>-?[0-9][0-9.eE+-]*+)
      |(?P<word>[A-Za-z_$][\w$]*+)
      |(?P<flag>!\s*[01])
      |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS = {"true": "true", "false": "false", "null": "null", "undefined": "null", "NaN": "null", "Infinity": "null"}
_DECODER = json.JSONDecoder(strict=False, parse_float=str, parse_constant=lambda _: None)


def assignments(script: str) -> dict[str, Any]:
    """Objects and lists that a script assigns, by the name as it is written ("window." dropped); the last of a name stands.

    Numbers with a point are kept as printed text, so that no figure changes. Never raises; work is bounded by a small
    multiple of the script's length.
    """
    found: dict[str, Any] = {}
    position, budget = 0, 6 * len(script) + 1000
    while budget > 0 and (match := _ASSIGNMENT.search(script, position)):
        value, end, cost = _value_at(script, match.end(), parse=bool(match["parse"]), coded=bool(match["coded"]))
        budget -= cost
        position = max(end, match.end())
        if isinstance(value, dict | list):
            name = re.sub(r"\s+", "", match["name"])
            found[name] = found.get(name, value) if match["kept"] else value
    return found


def arguments(script: str) -> dict[str, Any]:
    """JSON objects and lists that a script hands to a function (`init({…})`), by the function's name; the last one stands.

    Only what is JSON as it stands; bounded as `assignments` is.
    """
    found: dict[str, Any] = {}
    position, budget = 0, 6 * len(script) + 1000
    while budget > 0 and (match := _ARGUMENT.search(script, position)):
        try:
            value, end = _DECODER.raw_decode(script, match.end())
        except json.JSONDecodeError as error:
            value, end = None, max(error.pos, match.end())
        except (ValueError, RecursionError):
            return found
        budget -= end - match.end()
        # What failed is looked through again from its start: a call may stand inside it.
        position = end if value is not None else match.end()
        if isinstance(value, dict | list) and value:
            found[match["name"] + "()"] = value
    return found


def attribute_data(text: str) -> Any:
    """The JSON object of an attribute, percent-encoded as the site's shops write it or plain; None where it is none."""
    source = unquote(text) if text.lstrip().startswith("%") else text
    value = parsed(source) if source.lstrip()[:1] in {"{", "["} else None
    return value if isinstance(value, dict | list) else None


def holds_data(key: str, value: Any) -> bool:
    """Whether an attribute may hold data of the page: by its name, or by its length and how it begins."""
    laden = key.startswith("data-") and isinstance(value, str) and len(value) > _LADEN_LENGTH
    return key in DATA_ATTRIBUTES or (laden and value.lstrip()[:1] in {"{", "%"})


def has_laden_attributes(source: bytes) -> bool:
    """Whether markup has such long attributes at all."""
    return _LADEN.search(source) is not None


def parsed(text: str) -> Any:
    """The JSON value of a whole text (`<script type="application/json">`), or None."""
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None


def _value_at(script: str, start: int, *, parse: bool, coded: bool) -> tuple[Any, int, int]:
    """(value or None, where to go on, characters looked at) for the literal that begins at `start`."""
    if script[start] in "\"'":
        token = _TOKEN.match(script, start)
        end = token.end() if token else start + 1
        text = unquoted(script[start:end]) if parse else None
        text = unquote(text) if coded and text is not None else text
        return (parsed(text) if text is not None else None), end, 3 * (end - start)
    try:
        value, end = _DECODER.raw_decode(script, start)
        return (None if _goes_on(script, end) else value), end, end - start
    except json.JSONDecodeError as error:
        tried = max(error.pos - start, 1)
    except (ValueError, RecursionError):
        return None, len(script), len(script) - start
    source, end = _as_json(script, start)
    value = parsed(source) if source is not None and not _goes_on(script, end) else None
    return value, (end if source is not None else start + 1), tried + 3 * (end - start)


def _goes_on(script: str, end: int) -> bool:
    """Whether an expression continues after a literal (`{…}.part`), so that the literal alone is not what is assigned."""
    return script[end : end + 20].lstrip()[:1] in {".", "[", "(", "?", "+", "&"}


def _as_json(script: str, start: int) -> tuple[str | None, int]:
    """A JavaScript literal rewritten as JSON, and how far was looked; None where it is more than data (a call)."""
    out: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(script, start):
        kind, text = token.lastgroup, token.group()
        if kind in {"space", "comment"}:
            continue
        if kind == "punctuation":
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(text, 0)
            if text in "}]" and out and out[-1] == ",":
                out.pop()
            out.append(text)
            if depth == 0:
                return "".join(out), token.end()
            continue
        is_key = bool(out) and out[-1] in {"{", ","} and script[token.end() : token.end() + 20].lstrip()[:1] == ":"
        written = json.dumps(text) if is_key and kind in {"word", "number"} else _literal(kind or "", text)
        if written is None:
            return None, token.end()
        out.append(written)
    return None, len(script)


def _literal(kind: str, text: str) -> str | None:
    if kind == "string":
        value = unquoted(text)
        return None if value is None else json.dumps(value)
    if kind == "word":
        return _WORDS.get(text)
    if kind == "flag":
        return "true" if text.endswith("0") else "false"
    return text if kind == "number" else None


def unquoted(literal: str) -> str | None:
    """The text of a JavaScript string literal in any of the three quotes; None where it is not closed or holds `${`."""
    if len(literal) < 2 or literal[0] != literal[-1] or (literal[0] == "`" and "${" in literal):
        return None
    return _ESCAPE.sub(_unescaped, literal[1:-1]).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "ux" and len(body) > 1:
        point = int(body[1:].strip("{}"), 16)
        return chr(point) if point <= 0x10FFFF else "\ufffd"
    return _SHORT.get(body, body)
