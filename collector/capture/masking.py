"""Masking the secrets of a visit as [redacted:kind:n] before anything is stored, in every way to write them. Pure.

`n` counts secrets in order of appearance, so that an unchanged page stays unchanged though its tokens differ.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from collector.capture.machinery import VisitText, names_and_text
from collector.capture.secret_names import (
    IN_ADDRESSES,
    SHORTEST,
    Secret,
    is_plain,
    is_random,
    kind_of_name,
    kind_of_parameter,
    long_enough,
)
from collector.capture.unpacking import texts_in

RULES = 2  # the number of the rules by which a visit is masked: raised with whatever makes them mask more
# Between a name and its value: also a list, `x["name"] = …`, and what stands in an element.
_BETWEEN = re.compile(
    r"""(?:\\*["'`]|&quot;|&\#34;)?\s{0,3}(?:[:=,]|%3D|:\s{0,3}\[|\]\s{0,3}=|[^<>]{0,300}>)\s{0,3}(?:\\*["'`]|&quot;|&\#34;)?"""
)
_FARTHEST = 420  # characters from the beginning of a name to its value
_WORD_SIGN = re.compile(r"\w")
_TOGETHER = re.compile(rf"""[^\s"'<>(){{}}\[\]]{{{SHORTEST},}}""")
# A parameter of an address, wherever one stands: its name says whether its value is secret.
_PARAMETER = re.compile(r"[?&#;%\\](?:3[Ff]|2[36]|u0026)?([A-Za-z_][\w.-]{0,80})(?:=|%3D)")
_PARAMETER_VALUE = re.compile(r"""(?:(?!%26|%23)[^&#"'\s<>;\\]){8,4096}""")
# What is a secret by its form, wherever it stands: masked there, and nothing is learnt. The signs without which a pattern
# need not be tried, and the kind.
_BY_FORM: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("earer", "EARER"), re.compile(r"(?P<before>\b(?:[Bb]earer|BEARER)\s)(?P<value>[\w.~+/-]{16,4096}=*)"), "token"),
    (("eyJ",), re.compile(r"(?P<before>)(?P<value>\beyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{8,4096})"), "token"),
    (
        ("@",),
        re.compile(r"""(?P<before>:(?:\\?/){2}[^/?#@:\s"'<>\\]{0,200}:)(?P<value>[^/?#@\s"'<>\\]{1,400})(?=@)"""),
        "password",
    ),
    (
        ("PRIVATE KEY-----",),
        re.compile(r"(?P<before>-----BEGIN\s[A-Z\s]{0,30}PRIVATE\sKEY-----)(?P<value>[\w+/=\s\\]{16,8192})"),
        "private key",
    ),
    (
        ("AKIA", "LTAI", "AIza", "gh", "sk_live_"),
        re.compile(
            r"(?P<before>)(?P<value>\b(?:AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{16,26}|AIza[\w-]{35}|gh[pousr]_[0-9A-Za-z]{36}"
            r"|sk_live_[0-9A-Za-z]{24})\b)"
        ),
        "secret",
    ),
)
# Eight characters in a row that are escaped, by the sign without which none is.
_ESCAPED = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("\\u", r"(?:\\u[0-9A-Fa-f]{4}){8}"), ("\\x", r"(?:\\x[0-9A-Fa-f]{2}){8}"),
        ("&#", r"(?:&\#[xX]?[0-9A-Fa-f]{1,6};){8}"), ("%", r"(?:%[0-9A-Fa-f]{2}){8}"),
    )
)  # fmt: skip
_URL_SAFE = str.maketrans("+/", "-_")


class Finder:
    """Finds which of many texts stand in another in one pass over it, however many they are: by their first characters.

    Only where so many stand together without a blank, a quote or a bracket, as in tokens; the few texts that begin
    otherwise are looked for one by one.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self._wanted = frozenset(wanted)
        lengths: dict[str, set[int]] = {}
        for one in self._wanted:
            lengths.setdefault(one[:SHORTEST], set()).add(len(one))
        self._lengths = {start: sorted(of, reverse=True) for start, of in lengths.items()}
        self._apart = [start for start in lengths if _TOGETHER.fullmatch(start) is None]

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Each place at which one of them begins, and which: the longest first."""
        for place in self._beginnings(text):
            for length in self._lengths[text[place : place + SHORTEST]]:
                if (one := text[place : place + length]) in self._wanted:
                    yield place, one

    def _beginnings(self, text: str) -> list[int]:
        if not self._lengths:
            return []
        lengths, size = self._lengths, SHORTEST
        found = [
            place
            for run in _TOGETHER.finditer(text)
            for place in range(run.start(), run.end() - size + 1)
            if text[place : place + size] in lengths
        ]
        apart = [match.start() for start in self._apart if start in text for match in re.finditer(re.escape(start), text)]
        return sorted(found + apart) if apart else found

    def all_in(self, text: str) -> frozenset[str]:
        """Those that stand in the text."""
        return frozenset(one for _, one in self.places(text))


class Mask:
    """Masks the secrets of one visit and keeps count. Values in `keep` (the order's number) are never masked."""

    def __init__(self, secrets: Iterable[Secret], keep: Iterable[str] = ()) -> None:
        self._kept = frozenset(keep)
        known = [secret for secret in secrets if secret.value not in self._kept]
        self._forms = {form: s for s in reversed(known) if not s.under for form in _forms(s.value)}
        self._escaped = {form: s for s in reversed(known) if not s.under for form in _escaped(s.value)}
        self._known = Finder(self._forms)
        self._known_escaped = Finder({**self._escaped, **self._forms})
        self._placed: dict[str, dict[str, Secret]] = {}
        for secret in known:
            if secret.under:
                self._placed.setdefault(secret.value, {}).setdefault(secret.under, secret)
        self._standing = Finder(self._placed)
        self._numbers: dict[str, int] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def mask(self, text: str, artefact: str) -> str:
        """The text with every secret masked; what was masked is counted under the artefact's name."""
        if "=" in text or "%3D" in text:
            text = self._replaced(text, self._parameters_in(text), artefact)
        for signs, pattern, kind in _BY_FORM:
            if any(sign in text for sign in signs):
                text = pattern.sub(partial(self._in_place, kind, artefact), text)
        text = self._replaced(text, self._placed_in(text), artefact)
        return self._replaced(text, self._known_in(text), artefact)

    def _known_in(self, text: str) -> Iterator[tuple[int, int, Secret]]:
        escaped = self._escaped and any(sign in text and pattern.search(text) for sign, pattern in _ESCAPED)
        for place, form in (self._known_escaped if escaped else self._known).places(text):
            yield place, len(form), self._forms.get(form) or self._escaped[form]

    def _placed_in(self, text: str) -> Iterator[tuple[int, int, Secret]]:
        for place, value in self._standing.places(text):
            if not _WORD_SIGN.match(text, place + len(value)) and (secret := _above(text, place, self._placed[value])):
                yield place, len(value), secret

    def _replaced(self, text: str, found: Iterable[tuple[int, int, Secret]], artefact: str) -> str:
        """The text with a mark at each of these places; of those that overlap, the first and longest."""
        pieces, end = [], 0
        for place, length, secret in found:
            if place >= end:
                pieces += [text[end:place], self._mark(secret, artefact)]
                end = place + length
        return "".join((*pieces, text[end:]))

    def _parameters_in(self, text: str) -> Iterator[tuple[int, int, Secret]]:
        """Secret parameters; where one is none, an address in it may have its own."""
        place = 0
        while match := _PARAMETER.search(text, place):
            name, place = match[1], match.end()
            opens = name.lower() in IN_ADDRESSES or kind_of_name(name)
            found = _PARAMETER_VALUE.match(text, place) if opens else None
            if found and (kind := kind_of_parameter(name, found[0])):
                place = found.end()
                if not self._stays(found[0]) and long_enough(found[0]) and not is_plain(found[0]):
                    yield found.start(), len(found[0]), self._forms.get(found[0], Secret(kind, found[0]))

    def _stays(self, value: str) -> bool:
        return value in self._kept or value.startswith("[redacted:")

    def _in_place(self, kind: str, artefact: str, match: re.Match[str]) -> str:
        """What has the form of a secret, masked as it stands."""
        before, value = match["before"], match["value"]
        may_be_plain = kind not in ("password", "private key")
        if self._stays(value) or (may_be_plain and (not long_enough(value) or is_plain(value))):
            return match[0]
        return before + self._mark(self._forms.get(value, Secret(kind, value)), artefact)

    def _mark(self, secret: Secret, artefact: str) -> str:
        number = self._numbers.setdefault(secret.value, len(self._numbers) + 1)
        self._counts[secret.kind, artefact] = self._counts.get((secret.kind, artefact), 0) + 1
        return f"[redacted:{secret.kind}:{number}]"

    def mask_bytes(self, data: bytes, artefact: str) -> bytes:
        """The same for bytes of unknown charset; those without a secret come back as they are."""
        try:
            text, charset = data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, charset = data.decode("latin-1"), "latin-1"
        masked = self.mask(text, artefact)
        return data if masked == text else masked.encode(charset)

    def header(self, name: str, value: str, artefact: str) -> str:
        """A header's value: of cookies and credentials every value is masked, short and harmless ones too."""
        plain = name.lower()
        if plain == "cookie":
            return "; ".join(self._pair(pair, artefact) for pair in value.split("; "))
        if plain == "set-cookie":
            pair, semicolon, rest = value.partition(";")
            return self._pair(pair, artefact) + semicolon + self.mask(rest, artefact)
        if kind := kind_of_name(name) or ("secret" if is_random(value) else ""):
            return self._mark(Secret(kind, value), artefact) if value else value
        return self.mask(value, artefact)

    def _pair(self, pair: str, artefact: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals or not value:
            return self.mask(pair, artefact)
        return f"{self.mask(name, artefact)}={self._mark(Secret('cookie', value), artefact)}"

    def masked(self, artefact: str) -> int:
        """How many places of that artefact were masked."""
        return sum(count for (_, name), count in self._counts.items() if name == artefact)

    def found_in(self, text: str) -> bool:
        """Whether the text holds a secret; one that is masked only in its place does not count, for anybody may write it."""
        return any(True for _ in self._known_in(text))

    def fields_in(self, markup: str) -> bool:
        """Whether the markup has a field with a secret that is masked only there."""
        own = {value for value, names in self._placed.items() if "value" in names or "content" in names}
        return bool(own) and any(one.field and one.value in own for one in names_and_text(VisitText(markup, "html"))[0])

    @property
    def redactions(self) -> tuple[Mapping[str, Any], ...]:
        """What was masked, by kind and artefact: {"kind", "artefact", "count"}, in that order."""
        return tuple(
            {"kind": kind, "artefact": artefact, "count": count} for (kind, artefact), count in sorted(self._counts.items())
        )


def _forms(value: str) -> set[str]:
    """A value as it may be written in markup, addresses, JSON, base64 and hexadecimal digits."""
    forms = {
        value,
        html.escape(value),
        html.escape(value, quote=False),
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
    }
    forms |= {
        value.replace("/", "\\/"),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(quote(value, safe=""), safe=""),
    }
    data = value.encode("utf-8", "surrogatepass")
    forms |= {data.hex(), data.hex().upper()} if len(data) >= SHORTEST else set()
    return {form for form in (*forms, *_in_base64(data)) if len(form) >= SHORTEST}


def _escaped(value: str) -> set[str]:
    """The value with every character escaped, as JSON, markup and addresses can."""
    forms = {"".join(f"\\u{ord(c):04x}" for c in value), "".join(f"&#{ord(c)};" for c in value)}
    forms |= {"".join(f"&#x{ord(c):x};" for c in value), "".join(f"\\x{ord(c):02x}" for c in value)}
    data = value.encode("utf-8", "surrogatepass")
    return forms | {"".join(f"%{byte:02X}" for byte in data), "".join(f"%{byte:02x}" for byte in data)}


def _above(text: str, place: int, names: Mapping[str, Secret]) -> Secret | None:
    """The secret whose name the value at that place stands under, as markup, scripts, JSON and forms write it."""
    before = text[max(0, place - _FARTHEST) : place]
    lengths = {len(name) for name in names}
    for end in range(len(before), 0, -1):
        for length in lengths:
            if length <= end and (secret := names.get(before[end - length : end])) and _BETWEEN.fullmatch(before, end):
                return secret
    return None


def _in_base64(data: bytes) -> Iterator[str]:
    """What base64 makes of the value wherever it stands in a longer text: three alignments, two alphabets.

    The digits at its edges hang on what stands beside it, and are left out.
    """
    for before in range(3):
        digits = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        first, last = (0, 2, 3)[before], len(digits) - (0 if (before + len(data)) % 3 == 0 else 1)
        yield digits[first:last]
        yield digits[first:last].translate(_URL_SAFE)


def holds(mask: Mask, media_type: str, data: bytes) -> bool:
    """Whether a file still holds a secret, after its own encodings are undone."""
    whole = media_type.startswith("multipart/")  # a page with its fields
    return any(mask.found_in(text) or (whole and mask.fields_in(text)) for text in texts_in(data, media_type))
