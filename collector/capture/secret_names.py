"""Which names stand for a secret, and which values are anybody's words and figures all the same. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

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
IN_ADDRESSES = frozenset((
    "code", "ticket", "st", "auth_code", "authcode", "sign", "signature", "sig", "x-amz-signature", "x-amz-credential",
    "x-oss-signature", "x-goog-signature", "x-oss-credential", "ossaccesskeyid", "awsaccesskeyid", "assertion",
    "samlresponse", "oauth_verifier", "hmac",
))  # fmt: skip
# Last words of names that hold what nobody reads: there a long random value is a secret, too. No identifier is among them.
_SEALED = frozenset((
    "code", "ticket", "sign", "signature", "sig", "nonce", "state", "challenge", "assertion", "credential", "hmac", "grant",
    "cipher", "ciphertext", "encrypted", "payload", "fingerprint", "umid", "ua", "ctx", "blob",
))  # fmt: skip
# Last words of attributes by which a page finds or names something, or which hold what a person sees.
_FINDS = frozenset((
    "id", "ids", "key", "hash", "no", "number", "name", "title", "text", "label", "content", "src", "href", "url", "image",
))  # fmt: skip
_ENDINGS = ("token", "sessionid", "sessid", "password", "passwd", "csrf", "xsrf", "secret")
_KEYS = ("apikey", "accesskey", "privatekey", "passphrase")  # of two words, however they are joined
_ADDED = {"id", "key", "value", "code", "hash", "data"}  # sessionId, authCode: still the secret itself
_LOUDEST = ("csrf", "xsrf", "session")  # csrfToken is a csrf value, sessionToken a session's

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_.~%=:-]{20,}")
# What a value of people's is made of: words, figures, and the two together as in USD8, 7200mAh, 28Sep, 04T18, LP123456789CN,
# and numbers of parcels and of bank accounts.
_PLAIN = re.compile(
    r"\d*|[A-Za-z]?[a-z]{0,13}|[A-Z]{1,8}|\d{1,6}(?:[a-z]{1,6}|[A-Z]{1,5}|[A-Z][a-z]{2,8}|mAh|Wh|kW)"
    r"|[A-Z]{1,4}\d{1,7}|[A-Z]{1,3}\d{1,4}[A-Z]{1,3}|[A-Z][a-z]{2,8}\d{1,8}|[A-Z]{2}\d{9,18}(?:[A-Z]{2})?"
    r"|[A-Z]{2}\d\d[A-Z]{4}\d{7,18}|\d{1,8}T\d{1,6}Z?"
)
# Drawn at random and written in base64: all three kinds of signs, and no stretch of letters that could be a word. Not a
# digest of a script, nor the site's number of a member ("IDX1…"), which it shows to anybody.
_RANDOM = re.compile(
    r"(?!sha\d{3}-|IDX1|MC1)(?!(?:.*[_.-])?[a-z]{4,}[_.-])(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?!.*[a-z]{7})(?!.*[A-Z]{7})"
    r"[A-Za-z0-9+/_.-]{40,4096}={0,2}"
)
_APART = re.compile(r"[^A-Za-z0-9]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")


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
    opens = name.lower() in IN_ADDRESSES and TOKEN_LIKE.fullmatch(value)
    return kind_of_name(name) or ("authorization" if opens else "")


def long_enough(value: str) -> bool:
    """Whether a value can be a secret at all."""
    return len(value) >= SHORTEST and "[redacted:" not in value  # of what was masked, nothing again


def is_random(value: str) -> bool:
    """Whether a value is a long one that nobody wrote, as a session is where it has no name."""
    return bool(_RANDOM.fullmatch(value)) and "//" not in value


def is_sealed(name: str, value: str) -> bool:
    """Whether it is a long random value under a name of data that nobody reads, as `"pageState": "…"`."""
    return _last_word(name) in _SEALED and is_random(value)


def is_sealed_attribute(name: str, value: str) -> bool:
    """The same for a page's `data-…` attributes: of any name but those that find or name something."""
    return name.startswith("data-") and _last_word(name) not in _FINDS and is_random(value)


@lru_cache(4096)
def _last_word(name: str) -> str:
    return next((word.lower() for word in reversed(_WORD.findall(name))), "")


@lru_cache(4096)
def is_plain(value: str) -> bool:
    """Whether a value is made of words, numbers, amounts or dates, as people write them, and so may be anybody's."""
    plain = unquote_plus(value) if "%" in value else value
    if not plain.isascii() or re.search(r"\s", plain) or _DATE.fullmatch(plain):
        return True
    return all(_PLAIN.fullmatch(piece) for piece in _APART.split(plain))
