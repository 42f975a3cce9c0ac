"""Which values of a visit are secret, and masking them as [redacted:kind:n] before anything is stored. Pure.

A value is secret when the name it stands under is (token, csrf, session, password…), or, in a cookie, when it looks like a
token. `n` counts secrets in order of appearance, so that an unchanged page stays unchanged though its tokens differ.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from collector.capture.tab import Credential

SHORTEST = 8
_KINDS = {
    "token": "token",
    "tokens": "token",
    "jwt": "token",
    "bearer": "token",
    "x5sec": "token",
    "x5secdata": "token",
    "csrf": "csrf",
    "xsrf": "csrf",
    "session": "session",
    "sessionid": "session",
    "sess": "session",
    "sid": "session",
    "auth": "authorization",
    "authorization": "authorization",
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "secret": "secret",
    "cookie": "cookie",
}
_ENDINGS = ("token", "sessionid", "sessid", "password", "passwd", "csrf", "xsrf", "secret")
_ADDED = {"id", "key", "value", "code", "hash", "data"}  # sessionId, authCode: still the secret itself
_LOUDEST = ("csrf", "xsrf", "session")  # csrfToken is a csrf value, sessionToken a session's

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_.~%=:-]{20,}")
_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z]{0,13}(-[a-z]{1,13})*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")
_TAG = re.compile(r"<(?:input|meta)\b[^>]{1,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w:.-]{0,80})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_PAIR = re.compile(
    r"""(?<![\w$.-])([A-Za-z_$][\w$.-]{2,80})(?:\\?["'])?\s{0,3}[:=]\s{0,3}\\?(["'`])((?:\\/|\\u[0-9A-Fa-f]{4}|(?!\2|[\s<>\\]).){8,4096})\\?\2"""
)
_PARAMETER = re.compile(r"""(?:[?&#;]|%3F|%26)([A-Za-z_][\w.-]{0,80})(?:=|%3D)([^&#"'\s<>;\\]{8,4096})""", re.IGNORECASE)
# "token=…" as a script, a style sheet or an attribute writes it; a template's or a call's text is no value.
_QUOTED = re.compile(r"""["'`]([A-Za-z_][\w.-]{0,80})=([^&#"'`\s<>;\\(){}$]{8,4096})""")
_PART = re.compile(
    r'\bname="([^"\r\n]{1,80})"[^\r\n]*\r\n(?:[^\r\n]+\r\n){0,4}\r\n([^\r\n]{8,4096})\r\n--'
)  # multipart/form-data
_URL_SAFE = str.maketrans("+/", "-_")
_LARGEST_MEMBER = 64 << 20
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be stored, and what it is: token, csrf, session, authorization, password, cookie…"""

    kind: str
    value: str


def kind_of_name(name: str) -> str:
    """What a secret-named header, cookie, parameter, field or key holds; "" for any other name."""
    plain = name.lower().strip()
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and words[-1] in _ADDED:
        words.pop()
    last = words[-1] if words else ""
    kind = (
        _KINDS.get(plain) or _KINDS.get(last) or next((_KINDS.get(e, "session") for e in _ENDINGS if last.endswith(e)), "")
    )
    return next((_KINDS[word] for word in _LOUDEST if kind and word in plain), kind)


def secrets_of(credentials: Iterable[Credential], addresses: Iterable[str], documents: Iterable[str]) -> tuple[Secret, ...]:
    """Every secret of a visit: from cookies, headers and storage, from addresses, and from the pages' own fields and data.

    Documents are markup, JSON, forms as they were sent, and socket messages.
    """
    found: dict[str, Secret] = {}
    sources: list[Iterator[Secret]] = [_of_credential(c) for c in credentials]
    sources += [_of_parameters(address) for address in addresses]
    for document in documents:
        sources += [
            _of_fields(document),
            _of_parts(document),
            _of_pairs(document),
            _of_parameters("&" + html.unescape(document)),
        ]
    for source in sources:
        for secret in source:
            if found.setdefault(secret.value, secret).kind == "cookie":
                found[secret.value] = secret  # a page's own name for it says more than "cookie"
    return tuple(found.values())


def _of_credential(credential: Credential) -> Iterator[Secret]:
    """A cookie's or header's value; compound ones ("a=1&token=…", "Bearer …") are taken apart."""
    own = kind_of_name(credential.name)
    if credential.kind == "header":
        parts = [(credential.name, part) for part in credential.value.split()] if own else []
    else:
        parts = list(_cookie_parts(credential.name, credential.value))
    for name, value in parts:
        named = kind_of_name(name)
        hidden = credential.hidden and not _PLAIN_WORD.fullmatch(value)
        kind = named or ("cookie" if credential.kind == "cookie" and (hidden or _TOKEN_LIKE.fullmatch(value)) else "")
        if credential.kind == "storage" and not _worth(value):
            continue
        if kind and _long_enough(value):
            yield Secret(kind, value)
            if unquote_plus(value) != value:
                yield Secret(kind, unquote_plus(value))
    if credential.kind == "header" and credential.value.lower().startswith("basic "):
        with suppress(ValueError):  # name and password in base64
            word = base64.b64decode(credential.value[6:]).decode("utf-8").partition(":")[2]
            if _long_enough(word):
                yield Secret("password", word)


def _cookie_parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    plain = unquote_plus(value) if "=" not in value.rstrip("=") else value
    pieces = re.split(r"[&|;,]", plain.strip('"'))
    if "=" not in plain.rstrip("="):
        yield name, value.strip('"')
        return
    for piece in pieces:
        key, _, inner = piece.partition("=")
        yield key.strip(), inner


def _of_parameters(text: str) -> Iterator[Secret]:
    for name, value in (*_PARAMETER.findall(text), *_QUOTED.findall(text)):
        kind = kind_of_name(name)
        for form in dict.fromkeys((value, unquote_plus(value))):
            if kind and _worth(form):
                yield Secret(kind, form)


def _of_fields(document: str) -> Iterator[Secret]:
    """Values of <input> and <meta> with a secret name, and of every password field."""
    for tag in _TAG.findall(document):
        given = {m[0].lower(): html.unescape(m[1] or m[2] or m[3]) for m in _ATTRIBUTE.findall(tag)}
        value = given.get("value") or given.get("content") or ""
        names = (given.get("name", ""), given.get("id", ""), given.get("property", ""))
        kind = (
            "password" if given.get("type", "").lower() == "password" else next(filter(None, map(kind_of_name, names)), "")
        )
        if kind and _long_enough(value):
            yield Secret(kind, value)


def _of_parts(document: str) -> Iterator[Secret]:
    """Values of secret-named fields of a form that was sent in parts."""
    for name, value in _PART.findall(document):
        if kind := kind_of_name(name):
            yield Secret(kind, value)


def _of_pairs(document: str) -> Iterator[Secret]:
    """Values of secret-named JSON keys, script variables and attributes."""
    for name, _, value in _PAIR.findall(document):
        kind = kind_of_name(name)
        plain = html.unescape(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).replace("\\/", "/"))
        for form in dict.fromkeys((plain, value)):
            if kind and _worth(form):
                yield Secret(kind, form)


def _long_enough(value: str) -> bool:
    return len(value) >= SHORTEST and not value.startswith("[redacted:")


def _worth(value: str) -> bool:
    """Outside fields and cookies a secret-named key may hold a date, an address or a plain word: those are no secrets."""
    plain = _PLAIN_WORD.fullmatch(value) or _DATE.fullmatch(value) or value.startswith(("http://", "https://", "/", "."))
    return _long_enough(value) and not plain


class Mask:
    """Masks the secrets of one visit and keeps count. Values in `keep` (the order's number) are never masked."""

    def __init__(self, secrets: Iterable[Secret], keep: Iterable[str] = ()) -> None:
        kept = set(keep)
        self._secrets = tuple(secret for secret in secrets if secret.value not in kept)
        self._forms = {form: secret for secret in reversed(self._secrets) for form in _forms(secret.value)}
        self._numbers: dict[str, int] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def mask(self, text: str, artefact: str) -> str:
        """The text with every secret masked; what was masked is counted under the artefact's name."""
        there = sorted((form for form in self._forms if form in text), key=lambda form: (-len(form), form))
        if not there:
            return text
        return re.sub("|".join(map(re.escape, there)), lambda m: self._mark(self._forms[m[0]], artefact), text)

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
        return data if masked is text else masked.encode(charset)

    def header(self, name: str, value: str, artefact: str) -> str:
        """A header's value: of cookies and credentials every value is masked, short and harmless ones too."""
        plain = name.lower()
        if plain == "cookie":
            return "; ".join(self._pair(pair, artefact) for pair in value.split("; "))
        if plain == "set-cookie":
            pair, semicolon, rest = value.partition(";")
            return self._pair(pair, artefact) + semicolon + self.mask(rest, artefact)
        if kind := kind_of_name(name):
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
        """Whether the text holds a secret."""
        return any(form in text for form in self._forms)

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
    """Whether a file still holds a secret, after its own encodings are undone: MHTML, PDF, zip, gzip; else as it stands."""
    if data.startswith(b"%PDF-"):
        return pdf_holds(mask, data)
    if media_type.startswith("multipart/"):
        return mhtml_holds(mask, data)
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = (archive.read(entry) for entry in archive.infolist() if entry.file_size <= _LARGEST_MEMBER)
                return any(mask.found_in(member.decode("latin-1")) for member in members)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            return mask.found_in(data.decode("latin-1"))
    if data.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST_MEMBER)
    text = data.decode("latin-1")
    return mask.found_in(text) or ("\x00" in text and mask.found_in(text.replace("\x00", "")))  # UTF-16 too


def mhtml_holds(mask: Mask, mhtml: bytes) -> bool:
    """Whether an MHTML file still holds a secret, in its headers or in any part after its transfer encoding is undone."""
    message = message_from_bytes(mhtml, policy=policy.compat32)
    for part in message.walk():
        if mask.found_in("\n".join(f"{name}: {value}" for name, value in part.items())):
            return True
        body = part.get_payload(decode=True)
        if (
            isinstance(body, bytes)
            and part.get_content_maintype() != "image"
            and mask.found_in(body.decode("utf-8", "replace"))
        ):
            return True
    return False


def pdf_holds(mask: Mask, pdf: bytes) -> bool:
    """Whether a PDF still holds a secret: in its objects (addresses, titles), or in a stream after Flate is undone.

    Text drawn with embedded fonts is written as glyph numbers and is not seen here: compare the page's visible text too.
    """
    for piece in (pdf, *map(_inflated, _STREAM.findall(pdf))):
        text = piece.decode("latin-1")
        if mask.found_in(text) or mask.found_in(text.replace("\\", "")) or mask.found_in(text.replace("\x00", "")):
            return True
        if mask.found_in("\n".join(_hex_strings(text))):
            return True
    return False


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def _hex_strings(text: str) -> Iterator[str]:
    """PDF's <feff0041…> strings as text."""
    for digits in re.findall(r"<([0-9A-Fa-f\s]{16,8192})>", text):
        try:
            plain = binascii.unhexlify(re.sub(r"\s", "", digits))
        except binascii.Error:
            continue
        yield plain.decode("utf-16", "replace") if plain.startswith(b"\xfe\xff") else plain.decode("latin-1")
