"""Which values of a visit are secret, and masking them as [redacted:kind:n] before anything is stored. Pure.

A value is secret when the name it stands under is (token, csrf, session, password…), or, in a cookie, when it looks like a
token. It is learnt from the browser and from the page's machinery alone, never from what a person wrote; and a word, a
number, an amount or a date is masked only where it stands under its name. `n` counts secrets in order of appearance, so
that an unchanged page stays unchanged though its tokens differ.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from collector.capture.machinery import NamedValue, VisitText, names_and_text
from collector.capture.tab import Credential
from collector.capture.unpacking import is_mhtml, texts_in

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
    "otp": "password",
}
# The marketplace's own: of its sign-in, its requests' signatures and its watch against robots.
_OWN = frozenset((
    "cookie1", "cookie2", "cookie17", "sgcookie", "tfstk", "isg", "csg", "skt", "bx_ua", "bxua", "_m_h5_tk",
    "_m_h5_tk_enc", "acw_tc", "acw_sc__v2", "acw_sc__v3", "xman_f", "xman_t", "xman_i", "xman_us_t", "xman_us_f",
    "xman_status", "ali_apache_track", "ali_apache_tracktmp", "umdata_", "x5referer",
))  # fmt: skip
# Parameters of addresses that open something by themselves: what a sign-in hands on, and signatures of signed addresses.
_IN_ADDRESSES = frozenset((
    "code", "ticket", "st", "auth_code", "authcode", "sign", "signature", "sig", "x-amz-signature", "x-amz-credential",
    "x-oss-signature", "x-goog-signature", "x-oss-credential", "ossaccesskeyid", "awsaccesskeyid", "assertion",
    "samlresponse", "oauth_verifier", "hmac",
))  # fmt: skip
_ENDINGS = ("token", "sessionid", "sessid", "password", "passwd", "csrf", "xsrf", "secret")
_KEYS = ("apikey", "accesskey", "privatekey", "passphrase")  # of two words, however they are joined
_ADDED = {"id", "key", "value", "code", "hash", "data"}  # sessionId, authCode: still the secret itself
_LOUDEST = ("csrf", "xsrf", "session")  # csrfToken is a csrf value, sessionToken a session's

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_.~%=:-]{20,}")
# What a value of people's is made of: words, figures, and the two together as in USD8, 7200mAh, 28Sep, 04T18, LP123456789CN,
# and numbers of parcels and of bank accounts.
_PLAIN = re.compile(
    r"\d*|[A-Za-z]?[a-z]{0,13}|[A-Z]{1,8}|\d{1,6}(?:[a-z]{1,6}|[A-Z]{1,5}|[A-Z][a-z]{2,8}|mAh|Wh|kW)"
    r"|[A-Z]{1,4}\d{1,7}|[A-Z]{1,3}\d{1,4}[A-Z]{1,3}|[A-Z][a-z]{2,8}\d{1,8}|[A-Z]{2}\d{9,18}(?:[A-Z]{2})?|[A-Z]{2}\d\d[A-Z]{4}\d{7,18}|\d{1,8}T\d{1,6}Z?"
)
_COMPOUND = re.compile(r"(?:[\w.$-]{1,200}(?:=\S*)?)?")
# Between a name and its value: also a list, `x["name"] = …`, and what stands in an element.
_BETWEEN = re.compile(
    r"""(?:\\*["'`]|&quot;|&\#34;)?\s{0,3}(?:[:=,]|%3D|:\s{0,3}\[|\]\s{0,3}=|[^<>]{0,300}>)\s{0,3}(?:\\*["'`]|&quot;|&\#34;)?"""
)
_FARTHEST = 420  # characters from the beginning of a name to its value
_WORD_SIGN = re.compile(r"\w")
_APART = re.compile(r"[^A-Za-z0-9]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+(\S+)", re.IGNORECASE)
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
_ESCAPED = re.compile(r"(?i)(?:\\u[0-9a-f]{4}){8}|(?:\\x[0-9a-f]{2}){8}|(?:&\#x?[0-9a-f]{1,6};){8}|(?:%[0-9a-f]{2}){8}")
_URL_SAFE = str.maketrans("+/", "-_")
# Without one of these a text, in small letters, has no secret that its names or its form could tell.
_SUSPECT = (
    "token", "jwt", "bearer", "x5sec", "csrf", "xsrf", "sess", "sid", "auth", "passw", "pwd", "secret", "cookie", "code=",
    "ticket=", "st=", "sig", "credential", "keyid", "saml", "assertion", "verifier", "hmac", "eyj", "private key", "akia",
    "ltai", "aiza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "otp", "@", "key", "tfstk", "isg", "csg", "skt",
    "bx", "_m_h5", "acw_", "xman_", "ali_apache", "umdata", "passphrase",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be stored, and what it is: token, csrf, session, authorization, password, cookie…

    With `under`, a name, it is masked only where it stands under that name: elsewhere it may be anybody's word or figure.
    """

    kind: str
    value: str
    under: str = ""


@lru_cache(4096)
def kind_of_name(name: str) -> str:
    """What a secret-named header, cookie, parameter, field or key holds; "" for any other name."""
    plain = name.lower().strip().removeprefix("data-")
    if plain.replace("-", "_") in _OWN:
        return "session"
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and words[-1] in _ADDED:
        words.pop()
    last = words[-1] if words else ""
    kind = (
        _KINDS.get(plain) or _KINDS.get(last) or next((_KINDS.get(e, "session") for e in _ENDINGS if last.endswith(e)), "")
    )
    if not kind and re.sub(r"[^a-z]", "", plain).endswith(_KEYS):
        return "secret"
    return next((_KINDS[word] for word in _LOUDEST if kind and word in plain), kind)


def kind_of_parameter(name: str, value: str) -> str:
    """The same for a parameter of an address: some more open something, where the value looks like a token."""
    opens = name.lower() in _IN_ADDRESSES and _TOKEN_LIKE.fullmatch(value)
    return kind_of_name(name) or ("authorization" if opens else "")


def secrets_of(
    credentials: Iterable[Credential], addresses: Iterable[str], documents: Iterable[VisitText]
) -> tuple[Secret, ...]:
    """Every secret of a visit: from cookies, headers and storage, addresses, and the machinery's own fields and data."""
    readings = [
        names_and_text(document) for document in (*(VisitText(address, "address") for address in addresses), *documents)
    ]
    shown = "\n".join(text for _, text in readings if text)
    found: dict[tuple[str, str], Secret] = {}
    certain = (_of_credential(credential) for credential in credentials)
    said = dict.fromkeys(one for values, _ in readings for one in values if _kind_of(one) and _long_enough(one.value))
    anybodys = _Finder(one.value for one in said if not one.sure or one.tag)
    legible = anybodys.all_in(shown)
    stays = anybodys.all_in(Mask(()).mask(shown, ""))  # not what its form gives away, as in a link
    named = (_of_named(one, legible=one.value in legible) for one in said if one.sure or one.value not in stays)
    for source in (*certain, *named):
        for secret in source:
            key = secret.value, secret.under
            if found.setdefault(key, secret).kind == "cookie":
                found[key] = secret  # a page's own name for it says more than "cookie"
    return tuple(found.values())


def signs_in(sent: str) -> bool:
    """Whether what the browser sent holds a password."""
    return any(one.value and kind_of_name(one.name) == "password" for one in names_and_text(VisitText(sent, "sent"))[0])


def _of_credential(credential: Credential) -> Iterator[Secret]:
    """A cookie's or header's value; compound ones ("a=1&token=…", "Bearer …") are taken apart."""
    own = kind_of_name(credential.name)
    if credential.kind == "header":
        parts = [(credential.name, part) for part in credential.value.split()] if own else []
    else:
        parts = list(_cookie_parts(credential.name, credential.value))
    for name, value in parts:
        named = kind_of_name(name)
        hidden = credential.hidden or _TOKEN_LIKE.fullmatch(value)
        kind = named or ("cookie" if credential.kind == "cookie" and hidden else "")
        if kind and _long_enough(value) and not is_plain(value):
            yield Secret(kind, value)
            if unquote_plus(value) != value:
                yield Secret(kind, unquote_plus(value))
    if credential.kind == "header" and credential.value.lower().startswith("basic "):
        with suppress(ValueError):  # name and password in base64
            word = base64.b64decode(credential.value[6:]).decode("utf-8").partition(":")[2]
            if _long_enough(word) and not is_plain(word):
                yield Secret("password", word)


def _cookie_parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    plain = unquote_plus(value) if "=" not in value.rstrip("=") else value
    pieces = re.split(r"[&|;,]", plain.strip('"'))
    if "=" not in plain.rstrip("="):
        yield name, value.strip('"')
        return
    if all(_COMPOUND.fullmatch(piece.strip()) for piece in pieces):  # else it is a text with a "=" in it
        yield from ((key.strip(), inner) for key, _, inner in (piece.partition("=") for piece in pieces))


def _kind_of(named: NamedValue) -> str:
    return kind_of_parameter(named.name, named.value) if named.parameter else kind_of_name(named.name)


def _of_named(named: NamedValue, *, legible: bool = False) -> Iterator[Secret]:
    """The secret that the machinery holds under a secret name, if it is one.

    What may be a person's, as a tag of a description, is masked under its name alone where its value is `legible`, too.
    """
    kind = _kind_of(named)
    if not kind or not _long_enough(named.value) or "${" in named.value:  # a template's text is no value
        return
    if ticket := _SCHEME.fullmatch(named.value):
        yield from _of_named(replace(named, value=ticket[1]), legible=legible)
    elif not is_plain(named.value) and (
        named.field or not named.value.startswith(("http://", "https://", "//", "./", "../"))
    ):
        yield Secret(
            kind, named.value, under=(named.field or named.name) if legible and (named.tag or not named.sure) else ""
        )
    elif (
        named.field or kind == "password" or (named.value.isascii() and named.value.isalnum() and not named.value.isalpha())
    ):
        yield Secret(kind, named.value, under=named.field or named.name)


def _long_enough(value: str) -> bool:
    return len(value) >= SHORTEST and "[redacted:" not in value  # of what was masked, nothing again


@lru_cache(4096)
def is_plain(value: str) -> bool:
    """Whether a value is made of words, numbers, amounts or dates, as people write them, and so may be anybody's."""
    plain = unquote_plus(value) if "%" in value else value
    if not plain.isascii() or re.search(r"\s", plain) or _DATE.fullmatch(plain):
        return True
    return all(_PLAIN.fullmatch(piece) for piece in _APART.split(plain))


class _Finder:
    """Finds which of many texts stand in another in one pass over it, however many they are: by their first characters."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._wanted = frozenset(wanted)
        lengths: dict[str, set[int]] = {}
        for one in self._wanted:
            lengths.setdefault(one[:SHORTEST], set()).add(len(one))
        self._lengths = {start: sorted(of, reverse=True) for start, of in lengths.items()}

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Each place at which one of them begins, and which: the longest first."""
        if not self._lengths:
            return
        lengths = self._lengths
        for place in range(len(text) - SHORTEST + 1):
            if (start := text[place : place + SHORTEST]) in lengths:
                for length in lengths[start]:
                    if (one := text[place : place + length]) in self._wanted:
                        yield place, one

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
        self._known = _Finder(self._forms)
        self._known_escaped = _Finder({**self._escaped, **self._forms})
        self._placed: dict[str, dict[str, Secret]] = {}
        for secret in known:
            if secret.under:
                self._placed.setdefault(secret.value, {}).setdefault(secret.under, secret)
        self._standing = _Finder(self._placed)
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
        escaped = self._escaped and _ESCAPED.search(text)
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
            opens = name.lower() in _IN_ADDRESSES or kind_of_name(name)
            found = _PARAMETER_VALUE.match(text, place) if opens else None
            if found and (kind := kind_of_parameter(name, found[0])):
                place = found.end()
                if not self._stays(found[0]) and _long_enough(found[0]) and not is_plain(found[0]):
                    yield found.start(), len(found[0]), self._forms.get(found[0], Secret(kind, found[0]))

    def _stays(self, value: str) -> bool:
        return value in self._kept or value.startswith("[redacted:")

    def _in_place(self, kind: str, artefact: str, match: re.Match[str]) -> str:
        """What has the form of a secret, masked as it stands."""
        before, value = match["before"], match["value"]
        may_be_plain = kind not in ("password", "private key")
        if self._stays(value) or (may_be_plain and (not _long_enough(value) or is_plain(value))):
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


def secrets_left(data: bytes, *, by_name: bool = True, legible: str = "") -> Counter[str]:
    """How many values, by kind, would be masked in a file if it were kept now: of one that was masked, none.

    Of an MHTML only what its own machinery names: it is kept with the links that people wrote. Of a PDF nothing: its names
    are its own. Not `by_name`, of our own records, only what is a secret by its form or as a parameter of an address.
    `legible` is what people can read of the pages that the file came with, as when they were kept.
    """
    found: Counter[str] = Counter()
    if data.startswith(b"%PDF-"):
        return found
    for text in texts_in(data):
        small = text.lower()
        if any(sign in small for sign in _SUSPECT):
            known = secrets_of([], [], [VisitText(text), VisitText(legible, "shown")]) if by_name else ()
            mask = Mask(known)
            if not is_mhtml(data):
                mask.mask(text, "")
                found.update({one["kind"]: one["count"] for one in mask.redactions})
            elif mask.found_in(text):
                found.update(secret.kind for secret in known if not secret.under and secret.value in text)
    return found
