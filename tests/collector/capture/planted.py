"""Secrets planted in every position that pages, requests and answers have for them, in the encodings of the web."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

Planted = Callable[[str, str], str]

NAMES = (
    "token", "csrfToken", "chatToken", "ctoken", "_tb_token_", "cookie2", "sgcookie", "tfstk", "xman_us_t", "xman_f",
    "bx-ua", "x5sec", "accessToken", "refresh_token", "sessionId", "JSESSIONID", "authorization", "api_key",
    "apiKey", "clientSecret", "password", "_m_h5_tk", "isg", "ssoToken", "acw_tc", "sign_secret", "bearer", "umidToken",
    "ali_apache_track",
    "XSRF-TOKEN", "id_token", "otp",
)  # fmt: skip
OPENING = (
    "code", "ticket", "auth_code", "sign", "signature", "sig", "X-Amz-Signature", "OSSAccessKeyId", "x-oss-signature",
    "assertion", "SAMLResponse", "oauth_token",
)  # fmt: skip
VALUES = {
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015", "base64": "kX9+aB3/Zq7Lm2Np4Rt8Vw==",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "letters and figures": "q7Xw93LpZk2MvB81nT5c",
    "with signs": "aZ-93_kLm.Qp~2xYtR7w",
    "json web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0",
}  # fmt: skip
WITH_BLANKS = "correct horse 9 battery"


def _parameter(name: str, value: str) -> str:
    return f"{name}={quote(value, safe='')}"


# In a page: what the machinery writes, by what it is.
PAGES: dict[str, Planted] = {
    "data of a script": lambda n, v: f'<script>window.__d = {{{json.dumps(n)}:{json.dumps(v)},"a":1}};</script>',
    "script of JSON": lambda n, v: f'<script type="application/json">{json.dumps({n: v})}</script>',
    "object under the name": lambda n, v: f"<script>var d = {json.dumps({n: {'value': v, 'expires': 1}})};</script>",
    "name beside value": lambda n, v: f"<script>var d = {json.dumps([{'name': n, 'value': v}])};</script>",
    "key beside value": lambda n, v: f'<script type="application/json">{json.dumps([{"value": v, "key": n}])}</script>',
    "list under the name": lambda n, v: f"<script>var d = {json.dumps({n: [v, 'x']})};</script>",
    "JSON in a string": lambda n, v: f"<script>var d = {json.dumps(json.dumps({n: v}))};</script>",
    "assignment": lambda n, v: f'<script>window["{n}"] = "{v}";</script>',
    "comment": lambda n, v: f"<!-- {n}={v} -->",
    "comment with a colon": lambda n, v: f"<!-- {n}: {v} -->",
    "comment of a script": lambda n, v: f"<script>/* {n}={v} */ var a=1;</script>",
    "line of comment": lambda n, v: f"<script>// {n}: {v}\nvar a=1;</script>",
    "hidden field": lambda n, v: f'<input type="hidden" name="{n}" value="{html.escape(v)}">',
    "textarea": lambda n, v: f'<textarea name="{n}" style="display:none">{html.escape(v)}</textarea>',
    "button": lambda n, v: f'<button name="{n}" value="{html.escape(v)}">Go</button>',
    "choice": lambda n, v: f'<select name="{n}"><option value="{html.escape(v)}" selected></select>',
    "meta": lambda n, v: f'<meta name="{n}" content="{html.escape(v)}">',
    "attribute": lambda n, v: f'<div data-{n.lower().replace("_", "-")}="{html.escape(v)}"></div>',
    "JSON of an attribute": lambda n, v: f"<div data-x='{html.escape(json.dumps({n: v}))}'></div>",
    "handler": lambda n, v: f'<a onclick="go({html.escape(json.dumps({n: v}))})">x</a>',
    "template": lambda n, v: f'<template><input name="{n}" value="{html.escape(v)}"></template>',
    "frame's document": lambda n, v: f'<iframe srcdoc="{html.escape(PAGES["data of a script"](n, v))}"></iframe>',
    "call": lambda n, v: f'<script>storage.set("{n}", "{v}");</script>',
    "header that a script sets": lambda n, v: f'<script>xhr.setRequestHeader("{n}", "{v}");</script>',
    "link": lambda n, v: f'<a href="/p?{_parameter(n, v)}&b=1">x</a>',
    "form's address": lambda n, v: f'<form action="https://x.example/p?{_parameter(n, v)}"></form>',
    "picture": lambda n, v: f'<img src="https://x.example/p?{_parameter(n, v)}">',
    "set of pictures": lambda n, v: f'<img srcset="/i?{_parameter(n, v)} 2x">',
    "without scripts": lambda n, v: f'<noscript><img src="/a?{_parameter(n, v)}"></noscript>',
    "fragment": lambda n, v: f'<a href="https://x.example/cb#{_parameter(n, v)}">x</a>',
    "refresh": lambda n, v: f'<meta http-equiv="refresh" content="0;url=/x?{_parameter(n, v)}">',
    "style": lambda n, v: f'<style>a{{background:url("/i?{_parameter(n, v)}")}}</style>',
    "frame": lambda n, v: f'<iframe src="https://y.example/f?{_parameter(n, v)}"></iframe>',
    "bearer": lambda _, v: f'<script>var h = {{"Authorization":"Bearer {v}"}};</script>',
    "user of a link": lambda _, v: f'<a href="https://ana:{quote(v, safe="")}@x.example/p">x</a>',
}  # fmt: skip
WHERE_BLANKS_STAY = tuple(PAGES)[:24]  # not in an address, where they are written otherwise
ADDRESSES: dict[str, Planted] = {
    "parameter": lambda n, v: f"https://x.example/p?{_parameter(n, v)}&a=1",
    "fragment": lambda n, v: f"https://x.example/p#{_parameter(n, v)}",
    "fragment with a path": lambda n, v: f"https://x.example/p#/cb?{_parameter(n, v)}",
    "parameter of a path": lambda n, v: f"https://x.example/p;{_parameter(n, v)}/a",
    "address inside": lambda n, v: f"https://x.example/p?next={quote(f'https://y.example/z?{_parameter(n, v)}', safe='')}",
    "user": lambda _, v: f"https://ana:{quote(v, safe='')}@x.example/p",
}  # fmt: skip
BODIES: dict[str, Planted] = {
    "JSON": lambda n, v: json.dumps({"ret": ["SUCCESS"], "data": {n: v}}),
    "list": lambda n, v: json.dumps({"data": {n: [v]}}),
    "name beside value": lambda n, v: json.dumps({"cookies": [{"name": n, "value": v}]}),
    "guarded": lambda n, v: f")]}}',\n{json.dumps({n: v})}",
    "called back": lambda n, v: f"jsonp123({json.dumps({n: v})})",
    "XML": lambda n, v: f'<?xml version="1.0"?><r><a {n}="{html.escape(v)}"/></r>',
    "form": lambda n, v: f"a=1&{_parameter(n, v)}",
}  # fmt: skip


def written(value: str) -> set[str]:
    """The value in the forms in which somebody could take it out of a text again."""
    data = value.encode()
    return {
        value, quote(value, safe=""), html.escape(value), json.dumps(value)[1:-1], data.hex(),
        base64.b64encode(data).decode().rstrip("="), "".join(f"\\u{ord(c):04x}" for c in value),
        "".join(f"&#{ord(c)};" for c in value), "".join(f"&#x{ord(c):x};" for c in value),
        "".join(f"%{b:02X}" for b in data),
    }  # fmt: skip
