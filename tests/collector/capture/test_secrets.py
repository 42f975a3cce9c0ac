from __future__ import annotations

import base64
import gzip
import html
import io
import json
import quopri
import zipfile
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.machinery import VisitText
from collector.capture.masking import Mask, holds
from collector.capture.secret_names import Secret, kind_of_name
from collector.capture.secrets import secrets_left, secrets_of
from collector.capture.tab import Credential

TOKEN = "a8F/k2+Lm9&Qz=7c"
TOKENS = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"), min_size=12, max_size=40
)


def values(*credentials: Credential, address: str = "", page: str = "") -> set[str]:
    return {secret.value for secret in secrets_of(credentials, [address], [VisitText(page)])}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("token", "token"),
        ("_tb_token_", "token"),
        ("ctoken", "token"),
        ("accessToken", "token"),
        ("x5sec", "token"),
        ("csrf", "csrf"),
        ("csrfToken", "csrf"),
        ("_csrf_token", "csrf"),
        ("X-XSRF-TOKEN", "csrf"),
        ("sid", "session"),
        ("sessionId", "session"),
        ("JSESSIONID", "session"),
        ("Authorization", "authorization"),
        ("authCode", "authorization"),
        ("password", "password"),
        ("loginPwd", "password"),
        ("x-api-key", "secret"),
        ("secretAccessKey", "secret"),
    ],
)
def test_these_names_stand_for_secrets(name: str, kind: str) -> None:
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "author",
        "authorId",
        "currency",
        "orderId",
        "side",
        "inside",
        "tokenExpires",
        "sessionStatus",
        "passwordHint",
        "keywords",
        "itemKey",
        "status",
        "",
    ],
)
def test_these_names_do_not_stand_for_secrets(name: str) -> None:
    assert kind_of_name(name) == ""


def test_a_compound_cookie_is_taken_apart_and_its_currency_is_no_secret() -> None:
    cookie = Credential(
        "cookie", "xman_us_t", "ctoken=0p5xu1u1qd10&sc_b_currency=USD&l_source=alibaba&x_user=NL200977341206"
    )
    assert values(cookie) == {"0p5xu1u1qd10"}


def test_a_percent_encoded_compound_cookie_is_taken_apart_too() -> None:
    assert values(Credential("cookie", "sc_g", quote("a=1&token=0p5xu1u1qd10&currency=USD", safe=""))) == {"0p5xu1u1qd10"}


def test_a_cookie_that_looks_like_a_token_is_secret_whatever_its_name() -> None:
    assert values(Credential("cookie", "cookie2", "8168b23630404170ce4f421143321d80")) == {
        "8168b23630404170ce4f421143321d80"
    }
    assert (
        values(Credential("cookie", "lang", "en_US"), Credential("cookie", "seen", "yes-indeed-very-often-shown")) == set()
    )


def test_an_authorisation_header_gives_its_credentials_and_not_its_scheme() -> None:
    assert values(Credential("header", "authorization", "Bearer abcDEF123456")) == {"abcDEF123456"}


def test_a_basic_authorisation_gives_the_password_in_it_too() -> None:
    both = base64.b64encode(b"ana:abcDEF123456").decode()
    assert values(Credential("header", "authorization", f"Basic {both}")) >= {both, "abcDEF123456"}


def test_parameters_of_addresses_are_secret_by_their_name() -> None:
    assert values(address="https://x.example/p?orderId=250861947301028446&token=abc123DEF&x5secdata=qq11qq11qq#k") == {
        "abc123DEF",
        "qq11qq11qq",
    }


@pytest.mark.parametrize(
    "page",
    [
        '<input type="hidden" name="_tb_token_" value="abc123DEF">',
        "<input value='abc123DEF' name='csrf'>",
        "<INPUT TYPE=hidden NAME=csrf VALUE=abc123DEF>",
        '<meta name="csrf-token" content="abc123DEF">',
        '<input type="password" name="x" value="abc123DEF">',
        '<script>var d = {"csrfToken":"abc123DEF"};</script>',
        "<script>window.token = 'abc123DEF';</script>",
        '<script>var s = "{\\"token\\":\\"abc123DEF\\"}";</script>',
        '<div data-csrf-token="abc123DEF"></div>',
        '<a href="/x?a=1&amp;token=abc123DEF">x</a>',
        "<script>location.hash = 'access_token=abc123DEF';</script>",
        '<style>b::after {content: "token=abc123DEF"}</style>',
        "<script>var d = {accessToken: `abc123DEF`};</script>",
        '--b\r\nContent-Disposition: form-data; name="accessToken"\r\n\r\nabc123DEF\r\n--b--\r\n',
    ],
)
def test_a_page_gives_its_secrets_in_each_of_the_ways_it_can_write_them(page: str) -> None:
    assert "abc123DEF" in values(page=page)


@pytest.mark.parametrize(
    "page",
    [
        '<input name="orderId" value="250861947301028446">',
        '<script>{"author":"Marta Jansen van Dijk","status":"completed","total":"USD 8,600.00"}</script>',
        '<script>{"session":"completed","token":"2026-10-04 12:00:00","auth":"https://login.example/"}</script>',
        '<input name="token" value="USD">',
        '<input type="password" placeholder="at least 8 characters">',
        "<script>var address = 'token=' + current() + '&x=1', other = `token=${current()}`;</script>",
    ],
)
def test_plain_words_days_addresses_and_short_values_are_no_secrets(page: str) -> None:
    assert values(page=page) == set()


def test_secrets_are_numbered_in_order_of_appearance_and_counted_by_place() -> None:
    mask = Mask([Secret("cookie", "second-value"), Secret("token", "first-value")])
    assert mask.mask("first-value second-value first-value", "dom:0") == (
        "[redacted:token:1] [redacted:cookie:2] [redacted:token:1]"
    )
    assert mask.mask("second-value", "text:0") == "[redacted:cookie:2]"
    assert mask.redactions == (
        {"kind": "cookie", "artefact": "dom:0", "count": 1},
        {"kind": "cookie", "artefact": "text:0", "count": 1},
        {"kind": "token", "artefact": "dom:0", "count": 2},
    )


def test_a_secret_inside_a_longer_secret_does_not_leave_the_rest_of_it_standing() -> None:
    mask = Mask([Secret("token", "abcd1234"), Secret("session", "abcd1234efgh5678")])
    assert mask.mask("abcd1234efgh5678", "dom:0") == "[redacted:session:1]"


@given(TOKENS, st.text(max_size=30), st.text(max_size=30))
def test_no_written_form_of_a_secret_survives_the_mask(value: str, before: str, after: str) -> None:
    mask = Mask([Secret("token", value)])
    for form in (value, html.escape(value), quote(value, safe=""), json.dumps(value)[1:-1]):
        assert form not in mask.mask(before + form + after, "dom:0").replace("[redacted:token:1]", "")


@given(st.text(max_size=300))
def test_any_page_at_all_can_be_searched_and_masked(page: str) -> None:
    Mask(secrets_of([Credential("cookie", "a", page)], [page], [VisitText(page)])).mask(page, "dom:0")


def test_without_secrets_nothing_is_changed() -> None:
    mask = Mask([])
    assert mask.mask("USD 8,600.00", "dom:0") == "USD 8,600.00"
    assert mask.redactions == ()
    assert not mask.found_in("USD")


def test_an_mhtml_is_searched_after_its_transfer_encoding_is_undone() -> None:
    mask = Mask([Secret("token", TOKEN)])
    head = b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
    page = f"<p>{'x' * 70}{TOKEN}</p>".encode()
    assert TOKEN.encode() not in quopri.encodestring(page)
    assert holds(mask, "multipart/related", head + b"quoted-printable\r\n\r\n" + quopri.encodestring(page))
    assert holds(mask, "multipart/related", head + b"base64\r\n\r\n" + base64.encodebytes(page))
    place = b"Snapshot-Content-Location: https://x.example/?q=" + TOKEN.encode() + b"\r\n"
    assert holds(mask, "multipart/related", place + head + b"8bit\r\n\r\n")
    assert not holds(mask, "multipart/related", head + b"quoted-printable\r\n\r\n<p>Order</p>")


def test_a_pdf_is_searched_in_its_objects_its_strings_and_its_unpacked_streams() -> None:
    mask = Mask([Secret("token", "tokenvalue123")])

    def found(pdf: bytes) -> bool:
        return holds(mask, "application/pdf", b"%PDF-1.4\n1 0 obj<<" + pdf)

    stream = zlib.compress(b"BT (tokenvalue123) Tj ET")
    assert found(b"/Filter/FlateDecode>>stream\n" + stream + b"\nendstream")
    assert found(b"/URI (https://x.example/?t=tokenvalue123)>>")
    assert found(b"/Title <feff" + "tokenvalue123".encode("utf-16-be").hex().encode() + b">>>")
    assert not found(b">>stream\n" + zlib.compress(b"BT (USD) Tj ET") + b"\nendstream")


@pytest.mark.parametrize("packed", ["as it is", "zip", "gzip", "gzip twice", "mhtml", "utf-16"])
def test_what_would_be_masked_is_found_in_a_file_whatever_it_is_packed_in(packed: str) -> None:
    """And no more once it is masked."""
    page = b'<input name="csrf" value="a8Fk2Lm9Qz7cX1"><!-- token=q7Xw93LpZk2MvB81nT5c -->'
    masked = b'<input name="csrf" value="[redacted:csrf:1]"><!-- token=[redacted:token:2] -->'
    for data, left in ((page, 2), (masked, 0)):
        assert sum(secrets_left(pack(packed, data)).values()) == left


def pack(how: str, data: bytes) -> bytes:
    if how == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("page.html", data)
        return out.getvalue()
    if how.startswith("gzip"):
        return gzip.compress(gzip.compress(data) if how.endswith("twice") else data)
    if how == "mhtml":
        return (
            b"MIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.b64encode(data)
        )
    return data.decode().encode("utf-16-be") if how == "utf-16" else data


def test_a_link_that_somebody_wrote_stays_in_an_mhtml_and_stops_nothing() -> None:
    """Nothing can be masked in one: it would be lost to whoever writes such a link in a message."""
    message = b"<p>see http://x.example/?token=q7Xw93LpZk2MvB81nT5c</p>"
    assert not secrets_left(pack("mhtml", message))
    assert secrets_left(message) == {"token": 1}


HERS = "q7Xw93LpZk2MvB81nT5c"


@pytest.mark.parametrize(
    "description",
    [
        f'<p data-token="{HERS}">', f'<input type="hidden" name="token" value="{HERS}">', f"<!-- token={HERS} -->",
        f'<textarea name="token">{HERS}</textarea>', f'<script>var d = {{"Token": "{HERS}"}};</script>',
        f'<script>var d = [{{"name": "sid", "value": "{HERS}"}}];</script>',
    ],
)  # fmt: skip
def test_a_description_that_names_it_a_secret_hides_nothing_that_is_read_on_the_page(description: str) -> None:
    """A tag's own value is masked in the tag alone."""
    mask = Mask(secrets_of([], [], [VisitText(f"<p>{HERS}</p>{description}", "html")]))
    assert mask.mask(f'<p>{HERS}</p><a href="/{HERS}">', "dom:0") == f'<p>{HERS}</p><a href="/{HERS}">'


@pytest.mark.parametrize("number", ["LP00123456789012", "YT2634512345678901", "NL91ABNA0417164300", "MSKU1234565"])
def test_the_number_of_a_parcel_or_of_an_account_is_masked_under_a_secret_name_only(number: str) -> None:
    mask = Mask(secrets_of([], [], [VisitText(f'<script>var d = {{"sid": "{number}"}}</script>', "html")]))
    assert mask.mask(f"<p>{number}</p>", "dom:0") == f"<p>{number}</p>"
    assert number not in mask.mask(f'{{"sid": "{number}"}}', "body:0")


def test_addresses_in_addresses_are_read_to_the_last() -> None:
    """However many there are: nobody can stop a visit with a message."""
    chain = "?a=" * 20_000
    assert Mask([]).mask(f"{chain}?token={HERS}", "text:0") == f"{chain}?token=[redacted:token:1]"


def lots(form: str) -> str:
    return "".join(form.format(n=f"q7{n:06}Xw") for n in range(100_000 // len(form)))


@pytest.mark.parametrize(
    "text",
    [
        lots("<!-- password: correct horse {n} -->"), lots('<p data-token="{n}Lp93Zk">'), "<!--" + "password:" * 10_000,
        "<script>" + "=/" * 50_000, "<!--" + "a:" * 50_000, '<script>[{"a":' * 10_000,
        "--" + 'name="a"' * 12_000, lots("https://x.example/?token={n}Lp93Zk "), "<a " + '"' * 99_999, "?a=" * 30_000,
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_a_text_written_to_be_slow_is_searched_and_masked_to_its_end(text: str) -> None:
    """A hundred thousand characters: where the work grew with their square, this would take many minutes."""
    masked = Mask(secrets_of([], [], [VisitText(text)])).mask(text, "dom:0")
    assert secrets_left(masked.encode()) == {}


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- sid: https://ana:pw12@x.example/?token={HERS} -->", f'<p data-password="https://ana:pw12@x.example/?token={HERS}">',
        f"<!-- cookie2={HERS} --><p>Bearer {HERS}</p>", f"<p data-a='{{\"password\": \"token={HERS}\"}}'>",
        "<html><title>token=abc12345</title>", f'<textarea name="sid">{HERS}</textarea><p>{HERS}</p>',
    ],
)  # fmt: skip
def test_of_a_page_that_was_masked_nothing_is_left_to_mask(page: str) -> None:
    """Whatever its writer put into what: else he could stop every pack that shows it."""
    masked = Mask(secrets_of([], [], [VisitText(page, "html")])).mask(page, "dom:0")
    assert secrets_left(masked.encode()) == {}
