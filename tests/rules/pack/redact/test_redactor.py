"""What is personal is taken out of a text however it is written, and what the claim rests on is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.pack.redact.redactor import Known, Redactor, names_of

ORDER = "250861947301028446"
BUYER = tuple(names_of(["Marta Jansen"]))
REDACTOR = Redactor(BUYER, (ORDER, "BX2208846173NL", "Foshan Brightwing Electric Appliance Co., Ltd."))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call +31 6 12345678 now", "Call [phone] now"), ("手机：13800138000。", "手机：[phone]。"),
        ("ring 138 0013 8000", "ring [phone]"), ("0755-26001234 ext", "[phone] ext"), ("(11) 96123-4567", "[phone]"),
        ("(415) 555-2671", "[phone]"),
        ("415-555-2671", "[phone]"), ("06 12 34 56 78", "[phone]"), ("06.12.34.56.78", "[phone]"),
        ("0171 1234567", "[phone]"), ("020 7946 0958", "[phone]"), ("06-12345678", "[phone]"),
        ("0031612345678", "[phone]"), ("Tel. (030) 901820", "Tel. [phone]"), ('"mobile":"0612345678"', '"mobile":"[phone]"'),
        # As Spain, Italy, Hong Kong, Poland, Mexico and Sweden write them at home.
        ("soy 612 34 56 78.", "soy [phone]."), ("612 345 678", "[phone]"), ("347 123 4567", "[phone]"),
        ("347 1234567", "[phone]"), ("at 9123 4567, then", "at [phone], then"), ("512 345 678", "[phone]"),
        ("55 1234 5678", "[phone]"), ("070-123 45 67", "[phone]"), ("070 123 45 67", "[phone]"),
        ("to marta.jansen@example.org!", "to [mail]!"), ("m (at) example.org", "[mail]"),
        ("NL91 ABNA 0417 1643 00", "[account]"), ("IBAN DE89370400440532013000.", "IBAN [account]."),
        ("Account No: 6222 0212 3456 7890 128", "Account No: [account]"), ("账号：62220212345678", "账号：[account]"),
        ("4111 1111 1111 1111", "[card]"), ("card 5555555555554444", "card [card]"), ("3782-822463-10005", "[card]"),
        ("Passport No. E12345678", "Passport No. [passport]"), ("护照号码：E12345678", "护照号码：[passport]"),
        ("11010519491231002X", "[passport]"), ("123-45-6789", "[passport]"),
        ("P<NLDJANSEN<<MARTA".ljust(44, "<"), "[passport]"),
        ("Ship to: Kade 12, Utrecht", "Ship to: [address]"), ("12 High Street, London SW1A 1AA", "[address]"),
        ("Delivery address\nMarta J\nOudegracht 158\n3511 AZ Utrecht\nNetherlands",
         "Delivery address\n[address]\n[address]\n[address]\nNetherlands"),
        ("收货地址：广东省佛山市南海区桂城街12号", "收货地址：[address]"),
        ("Dear Marta, thank you", "Dear [name], thank you"), ("MARTA JANSEN", "[name]"), ("marta_jansen.jpg", "[name].jpg"),
        # In one piece, unlabelled, and within Chinese, which has no spaces.
        ("call 02079460018", "call [phone]"), ("my no 0612345678.", "my no [phone]."), ("ring 07911123456", "ring [phone]"),
        ("打13712345678给我", "打[phone]给我"), ("打+8613712345678给我", "打[phone]给我"), ("8613712345678", "[phone]"),
        ("me:13712345678", "me:[phone]"), ("x=+8613712345678", "x=[phone]"), ("https://wa.me/31612345678", "https://wa.me/[phone]"),
        # However it is written.
        ("+31\u200b6\u200b1234\u200b5678", "[phone]"), ("＋３１ ６ １２３４５６７８", "[phone]"),
        ("Ma\u00adrta came", "[name] came"),
        ("Ｍａｒｔａ", "[name]"), ("Mar\u200bta", "[name]"), ("𝐌𝐚𝐫𝐭𝐚", "[name]"), ("Márta", "[name]"),
        ("m\u200b@exam\u200bple.org", "[mail]"), ("４１１１ １１１１ １１１１ １１１１", "[card]"),
    ],
)  # fmt: skip
def test_what_is_personal_is_taken_out(text: str, left: str) -> None:
    assert REDACTOR.text(text) == left
    assert not REDACTOR.finds(left)


@pytest.mark.parametrize(
    "text",
    [
        f"Order number {ORDER}", f"Tel: {ORDER}", "Order 4111111111111111", "orderId=4111111111111111",
        "Refund application 60048817352946",
        "200 Pieces at USD 43.00, total USD 8,600.00", "Paid Sep 4, 2026 11:20:11", "01-02-2026 10:41",
        "Tracking number BX2208846173NL", "2026-11-05 11:26 Delivered, Utrecht", "Model BW-F12R, 7,200 mAh, 7.4 V",
        "Foshan Brightwing Electric Appliance Co., Ltd.", "[redacted:token:1]@home", "20261128T212945Z-ead136",
        "sha256 1f3870be274f6c49b3e31a0c6728957f1f3870be274f6c49b3e31a0c6728957f", "x=0 y=140 width=1280 height=2048",
        "pane=391,146,788,1718", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.8078.108", "1.3.6.1.4.1.55555.1.1",
        "2508 6194 7301 028446", "Tracking 612 345 678", "EA 512 345 678 CN", "LP 1234 5678 9012", "order no. 9123 4567",
        "USD 512 345 678", "512 345 678 pcs", "€ 612 345 678", "612 345 678 €", "600 700 800", "2025 2026", "20 10 2026",
        "2026-10-20", "HS code 8414 5100", "sizes 38 40 42 44", "M 12 34 56 78 L 90 12", "250 000 000", "1920 1080",
        "order 13712345678", "Invoice no. 0612345678", "单号13712345678", "tracking 02079460018", "USD 13712345678",
        "13712345678元", "0612345678 pcs", '"itemId":13712345678', "http://x/13712345678.jpg", "012345678905",
        "10:13712345678",
        "Deliver to\nNov 5, 2026 11:26:00", "account ending 4471", "Smart Martas", "",
    ],
)  # fmt: skip
def test_what_the_claim_rests_on_and_what_is_nobodys_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_what_was_found_once_is_found_wherever_it_stands_however_it_is_written() -> None:
    learned = Redactor().learned(["Tel: 06-12345678", "IBAN NL91ABNA0417164300", "to marta@example.org"])
    assert learned.text("my 6 1234 5678, 0031612345678") == "my [phone], [phone]"
    assert learned.text("nl91-abna-0417-1643-00 and MARTA@EXAMPLE.ORG") == "[account] and [mail]"
    assert learned.text("112345678901") == "112345678901"


def test_a_given_name_that_is_a_word_or_part_of_the_suppliers_name_is_taken_out_with_its_family_name_alone() -> None:
    redactor = Redactor(tuple(names_of(["May Brightwing"], ["Foshan Brightwing Co."])))
    assert (
        redactor.text("May Brightwing paid on May 4; Foshan Brightwing Co.") == "[name] paid on May 4; Foshan Brightwing Co."
    )


def test_a_word_that_the_buyer_named_is_taken_out_of_what_is_kept_too() -> None:
    redactor = Redactor((Known("Brightwing", "word"),), ("Foshan Brightwing Co.",))
    assert redactor.text("Foshan Brightwing Co.") == "Foshan [redacted] Co."


SPACES = st.text(alphabet="\u200b\u00ad\u2060\ufeff", max_size=2)


@given(st.sampled_from(["+31612345678", "marta@example.org", "Marta", "4111111111111111"]), st.data(), st.text(max_size=20))
def test_signs_without_a_width_hide_nothing(value: str, data: st.DataObject, before: str) -> None:
    hidden = "".join(sign + data.draw(SPACES) for sign in value)
    left = REDACTOR.text(f"{before} {hidden} after")
    assert value not in left.translate(dict.fromkeys(map(ord, "\u200b\u00ad\u2060\ufeff")))
    assert left.endswith("] after")


@given(st.text(max_size=200))
def test_what_is_taken_out_is_not_found_again(text: str) -> None:
    assert not REDACTOR.finds(REDACTOR.text(f"Marta {text} +31 6 12345678"))


@given(st.integers(10**14, 10**19).map(str), st.sampled_from(["order ", "tracking number: ", "id=", "No. "]))
def test_a_number_that_is_called_an_order_or_tracking_number_is_no_card(number: str, called: str) -> None:
    assert REDACTOR.text(called + number) == called + number
