"""What a page's own machinery says under which name, told apart from what people wrote in it. Pure.

A message, a title or a file's name reaches the program inside markup, JSON and scripts, and may hold any text at all, such
as "?token=…" or "password='…'". So each text is taken apart by its own grammar: names are tags' attributes, keys and
variables, never words inside a value.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal
from urllib.parse import unquote_plus

from collector.capture.secret_names import is_random, is_sealed, is_sealed_attribute

Form = Literal["", "html", "json", "script", "style", "sent", "address", "speech", "shown"]

_NAME = r"[A-Za-z_$][\w$.-]{0,80}+"
_IS_NAME = re.compile(_NAME)
_OPENING = re.compile(r"""<([A-Za-z][^\s/>]*+)((?:[^"'>]++|"[^"]*"|'[^']*')*+)>""")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s"'<>/=]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_HOLDERS = frozenset(
    ("value", "val", "content", "data", "token", "raw", "default", "defaultValue", "jwt")
)  # {"token": {"value": …}}
_NAMING = frozenset(("name", "key", "id", "field", "header", "headerName", "cookieName"))  # {"name": "token", "value": …}
_OF_TEXT = ("script", "style", "textarea", "title")  # elements in which a "<" opens nothing
_JWT = re.compile(r"eyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{8,4096}")
_LITERAL = r"""(?<!\\)(?:"(?:[^"\\\n]|\\[\s\S])*+"|'(?:[^'\\\n]|\\[\s\S])*+'|`(?:[^`\\]|\\[\s\S])*+`)"""
_LEXEME = re.compile(
    rf"""(?<![\w$.\\-])(?P<name>{_NAME}|"{_NAME}"|'{_NAME}'|`{_NAME}`)\s{{0,3}}(?P<sign>[:=])\s{{0,3}}(?:(?P<value>{_LITERAL})|(?P<open>[\[{{]))
      |(?P<lone>{_LITERAL})
      |(?P<comment>/\*.*?(?:\*/|\Z) | ^[ \t]{{0,80}}//[^\n]*+)
      |(?<=[(,=:\[!&|?{{}};])[ ]?/(?![*/])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){{0,200}}+\]){{1,400}}+/""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\s\S])")
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PARAMETER = re.compile(r"(?:^|[?&#;])([A-Za-z_][\w.-]{0,80})=([^&#\"'`\s<>;\\(){}$]{1,4096})")
_SAID = re.compile(
    r"""(?<![\w.-])(?<!\[redacted:)([A-Za-z_][\w.-]{0,80}+)(?=\\?["']?\s{0,2}[=:]\s{0,2}\\?["']?([^=&#"'`\s<>;,\\(){}$]{8,4096}))"""
)
# A password may have blanks in it; in a comment it ends with the line or the comment.
_SAID_PASSWORD = re.compile(
    r"""(?i)\b(?<!\[redacted:)(\w{0,40}(?:password|passwd|pwd|passphrase))\s{0,3}[:=]\s{0,3}["']?([^"'\n<>;,]{8,200}?)\s{0,3}(?=["'\n<;,]|-->|\*/|$)"""
)
_USER = re.compile(r"://[^/?#@:\s\"'<>]{0,200}:([^/?#@\s\"'<>]{1,400})@")
_BRACKET = re.compile(r"[\[\]{}]")
_BESIDE = re.compile(r"\s*(?:,|\]\s*=)\s*")
_SHORT_VALUE, _LONGEST_VALUE, _MOST_PAIRS, _MOST_INSIDE = 8, 4096, 20, 3
_PART = re.compile(r'\bname="([^"\r\n]{1,80})"[^\r\n]{0,400}+\r\n(?:[^\r\n]+\r\n){0,4}\r\n([^\r\n]{1,4096})\r\n--')
_PIECE = re.compile(r"[^=&\s]{1,200}=[^&\s]*")
_JSONP = re.compile(
    r"\s*(?:\)\]\}',?|(?:while\s*\(1\)|for\s*\(;;\));|/\*\*/)?\s*(?:[\w$.]+\s*\()?\s*([\[{].*[\]}])\s*\)?;?\s*", re.DOTALL
)


@dataclass(slots=True)
class _Scope:
    """An object or a list of a script in which the reader is: the name that it stands under, and its pairs so far."""

    name: str
    sign: str
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VisitText:
    """A text of the visit and what it is; form "" where that has to be seen from the text itself.

    `sent` is what the browser sent, `speech` what scripts said (console, dialogs), `shown` what a person sees.
    """

    text: str
    form: Form = ""


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value and the name under which the machinery holds it.

    Not `sure` is what may be a person's text all the same (JSON inside a string, an attribute): it counts for nothing
    where a person can read the value on the page. `field` is the attribute or key that holds it where the name stands
    elsewhere. A `parameter` is one of an address that the browser went to. What stands in a `tag` may be of a description
    that a person wrote, and is masked there alone where the value can be read on the page. What is `placed` is masked
    under its name and nowhere else, whatever it is.
    """

    name: str
    value: str
    sure: bool = True
    field: str = ""
    parameter: bool = False
    tag: bool = False
    placed: bool = False


def names_and_text(source: VisitText) -> tuple[tuple[NamedValue, ...], str]:
    """What the text holds under names, and what of it a person can read."""
    if source.form == "shown":
        return (), source.text
    text, form = source.text, source.form or _form_of(source.text)
    if form == "html":
        shown: list[str] = []
        names = tuple(_in_markup(text, shown))
        return names, "" if text.lstrip().startswith("<?xml") and "<html" not in text else "\n".join(shown)
    if form == "json":
        return tuple(_in_json_text(text)), ""
    if form in ("script", "style"):
        return tuple(_in_script(text, every=form == "style")), ""
    if form == "sent":
        return tuple(_in_sent(text)), ""
    if form == "address":
        return tuple(_parameters(text, sure=True)), ""
    return tuple(_said(text)) if form == "speech" else (), ""


def _form_of(text: str) -> Form:
    start = text[:400].lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return "json"
    if start.startswith("<"):
        return "html"
    if start.startswith("--") or _PIECE.fullmatch(start.split("&")[0]):
        return "sent"
    return "json" if _JSONP.fullmatch(text) else "shown"


def _in_markup(text: str, shown: list[str]) -> Iterator[NamedValue]:
    """Attributes, fields, comments, scripts and styles; texts between tags go to `shown`. One pass, whatever the text is."""
    place, opened, chosen = 0, "", ""
    while (start := text.find("<", place)) >= 0:
        said = html.unescape(text[place:start])
        shown.append(said)
        if opened and _SHORT_VALUE <= len(own := said.strip()) <= _LONGEST_VALUE:
            yield NamedValue(opened, own, sure=False)
        opened = ""
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            place = end + 3 if end >= 0 else len(text)
            comment = text[start + 4 : place]
            yield from chain(_in_script(comment), _in_comment(comment))
            continue
        opening = _OPENING.match(text, start)
        if opening is None:
            closing = (
                text.find(">", start) if text[start + 1 : start + 2].isalpha() or text.startswith("</", start) else start
            )
            place = closing + 1 if closing >= 0 else len(text)
            continue
        tag, place = opening[1].lower(), opening.end()
        given = {m[0].lower(): html.unescape(m[1] or m[2] or m[3]) for m in _ATTRIBUTE.findall(opening[2])}
        yield from _in_element(tag, given)
        if tag == "select":
            chosen = given.get("name", "")
        elif tag == "option" and chosen:
            yield NamedValue(chosen, given.get("value", ""), field="value", tag=True)
        if tag in _OF_TEXT:
            closes = re.compile(rf"</{tag}", re.IGNORECASE).search(text, place)
            end = closes.start() if closes else len(text)
            inside, place = text[place:end], end
            if tag in ("script", "style"):
                data = "json" in given.get("type", "").lower()
                yield from _in_json_text(inside) if data else _in_script(inside, every=tag == "style")
            else:
                own = html.unescape(inside)
                if tag == "textarea":
                    yield NamedValue(given.get("name", "") or given.get("id", ""), own.strip(), tag=True)
                else:
                    shown.append(own)
        else:
            opened = opening[1]
    shown.append(html.unescape(text[place:]))


def _in_comment(text: str) -> Iterator[NamedValue]:
    """What a comment says, as `name=value` or `name: value`."""
    for said in _said(text):
        yield said
        if is_random(said.value):
            yield _sealed(said.name, said.value)
    yield from (NamedValue(m[1], m[2], sure=False) for m in _SAID_PASSWORD.finditer(text))


def _said(text: str) -> Iterator[NamedValue]:
    """The values that are said as `name=value`; a value may say others (`a:token:…`), but no more than a few."""
    place, end, inside = 0, 0, 0
    while match := _SAID.search(text, place):
        yield NamedValue(match[1], match[2], sure=False)
        if match.start() >= end:
            end, inside = match.end(2), 0
        inside += 1
        place = match.end() if inside <= _MOST_INSIDE else max(end, match.end())


def _in_element(tag: str, given: dict[str, str]) -> Iterator[NamedValue]:
    if tag in ("input", "meta", "button", "param"):
        holder = "value" if given.get("value") else "content"
        names = [given.get(name, "") for name in ("name", "id", "property")]
        names += ["password"] if given.get("type", "").lower() == "password" else []
        if is_random(given.get(holder, "")) and (tag == "meta" or given.get("type", "").lower() == "hidden"):
            yield NamedValue("secret", given[holder], field=holder, tag=True, placed=True)
        yield from (NamedValue(name, given.get(holder, ""), field=holder, tag=True) for name in names if name)
    for name, value in given.items():
        yield NamedValue(name, value, tag=True)
        if is_sealed_attribute(name, value):
            yield _sealed(name, value)
        if name.startswith("on"):
            yield from _in_script(value)
        elif name == "srcdoc":
            yield from _in_markup(value, [])
        elif value[:1] in ("{", "["):
            yield from _in_nested(value)
        elif (name, tag) in (("href", "a"), ("action", "form"), ("src", "script"), ("src", "iframe")):
            own = not re.match(r"[a-z][a-z+.-]*:|//", value, re.IGNORECASE)  # a link elsewhere may be anybody's
            yield from _parameters(value, sure=False) if own or tag != "a" else ()
        elif _JWT.fullmatch(value):
            yield NamedValue("jwt", value, sure=False)


def _in_json_text(text: str) -> Iterator[NamedValue]:
    """JSON, bare or wrapped (JSONP, a guard before it); what is none, such as a stream of JSON, is read as a script."""
    for form in (text, (_JSONP.fullmatch(text) or ("", ""))[1]):
        try:
            value = json.loads(form.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            continue
        yield from _in_data(value, sure=True)
        return
    yield from _in_script(text)


def _in_nested(text: str) -> Iterator[NamedValue]:
    """JSON in a string: often the machinery's, but a person may have written just that."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from _in_data(value, sure=False)


def _in_data(value: Any, *, sure: bool) -> Iterator[NamedValue]:
    """Strings under each key. A key that begins with a capital may be a label that somebody chose.

    A name may also hold its value in an object (`"token": {"value": …}`), or stand beside it (`"name": "token",
    "value": …`), as it does where people name things, too.
    """
    waiting = [("", "", value)]
    while waiting:
        key, above, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(name, key, inner) for name, inner in reversed(item.items())]
            yield from _paired([(name, inner) for name, inner in item.items() if isinstance(inner, str)])
        elif isinstance(item, list):
            waiting += [(key, above, inner) for inner in reversed(item)]
        elif isinstance(item, str) and item:
            if _IS_NAME.fullmatch(key):
                yield NamedValue(key, item, sure=sure and not key[:1].isupper())
                if is_sealed(key, item):
                    yield _sealed(key, item)
            if key in _HOLDERS and _IS_NAME.fullmatch(above):
                yield NamedValue(above, item, sure=False, field=key)
            if item[0] in "{[":
                yield from _in_nested(item)
            elif item.startswith("eyJ") and _JWT.fullmatch(item):
                yield NamedValue("jwt", item, sure=False)


def _sealed(name: str, value: str) -> NamedValue:
    """A long random value that is a secret there alone, and none at all where a person can read it on the page."""
    return NamedValue("secret", value, sure=False, field=name, placed=True)


def _paired(pairs: list[tuple[str, str]]) -> Iterator[NamedValue]:
    """The values of one object, each under every name that it says; "Password", a word, is a label that somebody chose."""
    names = [t for key, t in pairs if key in _NAMING and _IS_NAME.fullmatch(t) and not (t.istitle() and t.isalpha())]
    for key, text in pairs:
        if key in _HOLDERS:
            yield from (NamedValue(name, text, sure=False, field=key) for name in names)


def _in_script(text: str, *, every: bool = False) -> Iterator[NamedValue]:
    """Literals under a key or a variable. What a literal says itself counts where the script makes something of it
    (`x = "a=1&token=…"`, `f("…")`; in a style sheet `every` one), not where it is one of many data."""
    scopes: list[_Scope] = []
    last, end = "", 0  # the literal before, and where it ended: `f("token", "…")`, `x["token"] = "…"`
    read = 0  # up to where the brackets are known
    for match in _LEXEME.finditer(text):
        _leave(scopes, text[read : match.start()])
        read = match.end()
        if comment := match["comment"]:
            yield from _in_comment(comment)
            continue
        name = (match["name"] or "").strip("\"'`")
        if match["open"]:
            scopes.append(_Scope(name, match["open"]))
            last, end = "", match.end()
            continue
        literal = match["value"] or match["lone"]
        if literal is None:
            continue
        raw = literal[1:-1]
        plain = _unescaped(raw) if "\\" in raw else raw
        within = scopes[-1] if scopes else _Scope("", "")
        if last and not name and _BESIDE.fullmatch(text, end, match.start()):
            yield NamedValue(last, plain, sure=False)
        if within.sign == "[" and not name and len(plain) >= _SHORT_VALUE:
            yield NamedValue(within.name, plain)
        elif within.sign == "{" and name:
            if name in _HOLDERS:
                yield NamedValue(within.name, plain, sure=False, field=name)
            within.pairs.append((name, plain))
            if name in _HOLDERS or name in _NAMING:
                yield from _paired(within.pairs[-_MOST_PAIRS:])
        last, end = ("" if name or not _IS_NAME.fullmatch(plain) else plain), match.end()
        if len(literal) < 8:
            continue
        made = every or (match["sign"] == "=" if name else _before(text, match.start()) in "=(+")
        if name:
            for form in dict.fromkeys((plain, html.unescape(plain), raw)):
                if len(form) <= 4096 and not ("${" in form and literal[0] == "`"):
                    yield NamedValue(name, form, sure=not name[:1].isupper())
            if is_sealed(name, plain):
                yield _sealed(name, plain)
        if plain[:1] in ("{", "["):
            yield from _in_nested(plain)
        elif made:
            yield from _parameters(plain, sure=False)
        if plain.startswith("eyJ") and _JWT.fullmatch(plain):
            yield NamedValue("jwt", plain, sure=False)


def _leave(scopes: list[_Scope], between: str) -> None:
    """Goes out of, and into, what the text between two literals closes and opens."""
    for sign in _BRACKET.findall(between):
        if sign in "[{":
            scopes.append(_Scope("", sign))
        elif scopes:
            scopes.pop()


def _before(text: str, place: int) -> str:
    """The last character before that place that is no space; "." where there is none near."""
    return text[max(0, place - 40) : place].rstrip()[-1:] or "."


def _unescaped(raw: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _SHORT.get(m[1], m[1]), raw)


def _in_sent(text: str) -> Iterator[NamedValue]:
    """A form as it was sent, in parts or as pairs, or JSON."""
    if text[:1] in ("{", "["):
        yield from _in_json_text(text)
        return
    yield from (NamedValue(name, value) for name, value in _PART.findall(text))
    pieces = [piece for piece in text.strip().split("&") if piece]
    if not all(_PIECE.fullmatch(piece) for piece in pieces):
        return
    for piece in pieces:
        name, _, value = piece.partition("=")
        for form in dict.fromkeys((value, unquote_plus(value))):
            yield NamedValue(unquote_plus(name), form)
            if is_sealed(unquote_plus(name), form):
                yield _sealed(unquote_plus(name), form)
            if form[:1] in ("{", "["):
                yield from _in_nested(form)


def _parameters(address: str, *, sure: bool) -> Iterator[NamedValue]:
    """The address's own parameters; those of an address inside it are somebody else's."""
    for name, value in _PARAMETER.findall(address):
        for form in dict.fromkeys((value, unquote_plus(value))):
            yield NamedValue(name, form, sure=sure, parameter=sure)
    for value in _USER.findall(address):
        yield NamedValue("password", value, sure=sure)
