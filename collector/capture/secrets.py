"""Which values of a visit are secret. Pure.

A value is secret when the name it stands under is (token, csrf, session, password…), or, in a cookie, when it looks like a
token. It is learnt from the browser and from the page's machinery alone, never from what a person wrote; and a word, a
number, an amount or a date is masked only where it stands under its name.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote_plus

from collector.capture.machinery import NamedValue, VisitText, names_and_text
from collector.capture.masking import Finder, Mask
from collector.capture.secret_names import TOKEN_LIKE, Secret, is_plain, kind_of_name, kind_of_parameter, long_enough
from collector.capture.tab import Credential
from collector.capture.unpacking import is_mhtml, placed_texts_in

_COMPOUND = re.compile(r"(?:[\w.$-]{1,200}(?:=\S*)?)?")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+(\S+)", re.IGNORECASE)
_SENT = ("sent", "address")  # forms of what the browser itself said
# Two words before it and the next one, or the end of what is said, behind it: "please send X by"; not "Bearer X".
_WORDS_BEFORE = re.compile(r"(?i)[^\W\d_]{2,}[,.;]?\s(?!(?:bearer|basic|token|digest)\s$)[^\W\d_]{2,}[,.;]?\s$")
_END_OF_WORD = re.compile(r"""[,.;:!?)]?(?:\s[^\W\d_]|["'<]|\\n|$)""")
# Without one of these a text, in small letters, has no secret that its names or its form could tell.
_SUSPECT = (
    "token", "jwt", "bearer", "x5sec", "csrf", "xsrf", "sess", "sid", "auth", "passw", "pwd", "secret", "cookie", "code=",
    "ticket=", "st=", "sig", "credential", "keyid", "saml", "assertion", "verifier", "hmac", "eyj", "private key", "akia",
    "ltai", "aiza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "otp", "@", "key", "tfstk", "isg", "csg", "skt",
    "bx", "_m_h5", "acw_", "xman_", "ali_apache", "umdata", "passphrase",
)  # fmt: skip


def secrets_of(
    credentials: Iterable[Credential], addresses: Iterable[str], documents: Iterable[VisitText]
) -> tuple[Secret, ...]:
    """Every secret of a visit: from cookies, headers and storage, addresses, and the machinery's own fields and data.

    What a page's data hold under a secret's name is masked there alone where a person can read it: the name may be one that
    somebody chose for his goods. Only what the browser itself sent, or went to, is a secret all the same.
    """
    sources = [*(VisitText(address, "address") for address in addresses), *documents]
    readings = [(document, *names_and_text(document)) for document in sources]
    shown = "\n".join(text for *_, text in readings if text)
    found: dict[tuple[str, str], Secret] = {}
    certain = (_of_credential(credential) for credential in credentials)
    said = dict.fromkeys(
        (one, document.form in _SENT)
        for document, values, _ in readings
        for one in values
        if _kind_of(one) and long_enough(one.value)
    )
    anybodys = Finder(one.value for one, sent in said if not (sent and one.sure))
    legible = anybodys.all_in(shown).union(_in_sentences((one.value for one, sent in said if not sent), sources))
    stays = anybodys.all_in(Mask(()).mask(shown, ""))  # not what its form gives away, as in a link
    named = (
        _of_named(one, legible=one.value in legible and not (sent and one.sure))
        for one, sent in said
        if one.sure or one.value not in stays
    )
    for source in (*certain, *named):
        for secret in source:
            key = secret.value, secret.under
            if found.setdefault(key, secret).kind == "cookie":
                found[key] = secret  # a page's own name for it says more than "cookie"
    return tuple(found.values())


def _in_sentences(values: Iterable[str], sources: Iterable[VisitText]) -> Iterator[str]:
    """Those that stand between words somewhere in what was sent to the page, as in a message that is not on the screen."""
    waiting = {value for value in values if not is_plain(value)}
    for source in sources:
        if source.form not in _SENT:
            yield from (value for value in waiting if value in source.text and _is_between_words(value, source.text))


def _is_between_words(value: str, text: str) -> bool:
    place = text.find(value)
    while place >= 0:
        before, after = text[max(0, place - 40) : place], text[place + len(value) : place + len(value) + 20]
        if _WORDS_BEFORE.search(before) and _END_OF_WORD.match(after):
            return True
        place = text.find(value, place + 1)
    return False


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
        hidden = credential.hidden or TOKEN_LIKE.fullmatch(value)
        kind = named or ("cookie" if credential.kind == "cookie" and hidden else "")
        if kind and long_enough(value) and not is_plain(value):
            yield Secret(kind, value)
            if unquote_plus(value) != value:
                yield Secret(kind, unquote_plus(value))
    if credential.kind == "header" and credential.value.lower().startswith("basic "):
        with suppress(ValueError):  # name and password in base64
            word = base64.b64decode(credential.value[6:]).decode("utf-8").partition(":")[2]
            if long_enough(word) and not is_plain(word):
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
    if not kind or not long_enough(named.value) or "${" in named.value:  # a template's text is no value
        return
    if ticket := _SCHEME.fullmatch(named.value):
        yield from _of_named(replace(named, value=ticket[1]), legible=legible)
    elif not is_plain(named.value) and (
        named.field or not named.value.startswith(("http://", "https://", "//", "./", "../"))
    ):
        yield Secret(kind, named.value, under=(named.field or named.name) if legible or named.placed else "")
    elif (
        named.field or kind == "password" or (named.value.isascii() and named.value.isalnum() and not named.value.isalpha())
    ):
        yield Secret(kind, named.value, under=named.field or named.name)


def secrets_left(data: bytes, *, by_name: bool = True, legible: str = "") -> Counter[str]:
    """How many values, by kind, would be masked in a file if it were kept now: of one that was masked, none.

    Of an MHTML only what its own machinery names: it is kept with the links that people wrote. Of a PDF nothing: its names
    are its own, and what it says has to be read out of it first. Not `by_name`, of our own records, only what is a secret
    by its form or as a parameter of an address. `legible` is what people can read of the pages that the file came with, as
    when they were kept.
    """
    return sum((found for _, found in secrets_by_place(data, by_name=by_name, legible=legible)), Counter[str]())


def secrets_by_place(data: bytes, *, by_name: bool = True, legible: str = "") -> Iterator[tuple[str, Counter[str]]]:
    """The same, one by one, with the name inside the file of what holds them."""
    if data.startswith(b"%PDF-"):
        return
    for place, text in placed_texts_in(data):
        found: Counter[str] = Counter()
        small = text.lower()
        if any(sign in small for sign in _SUSPECT):
            known = secrets_of([], [], [VisitText(text), VisitText(legible, "shown")]) if by_name else ()
            mask = Mask(known)
            if not is_mhtml(data):
                mask.mask(text, "")
                found.update({one["kind"]: one["count"] for one in mask.redactions})
            elif mask.found_in(text):
                found.update(secret.kind for secret in known if not secret.under and secret.value in text)
        if found:
            yield place, found
