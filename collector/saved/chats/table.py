"""The formats of conversations, in the order in which they are tried: each by what a file holds, never by its name."""

from __future__ import annotations

from collections.abc import Sequence

from collector.saved.chats.conversation import MOST_TEXT, TOO_LONG, Chat, Given, NotRead, Reader
from collector.saved.chats.kakaotalk import read_kakaotalk
from collector.saved.chats.line import read_line
from collector.saved.chats.lines import decoded
from collector.saved.chats.mail import read_mail
from collector.saved.chats.outlook import is_compound, read_outlook
from collector.saved.chats.qq import read_qq
from collector.saved.chats.rows import read_csv, read_json
from collector.saved.chats.telegram import read_telegram_html, read_telegram_json
from collector.saved.chats.wechat import read_wechat
from collector.saved.chats.whatsapp import read_whatsapp
from collector.saved.chats.zipped import is_zip, read_zip

# What a format alone can be stands before what many could be: rows of any tool, and a name beside a date.
FORMATS: tuple[Reader, ...] = (
    read_mail, read_telegram_json, read_telegram_html, read_json, read_kakaotalk, read_qq, read_whatsapp, read_line,
    read_csv, read_wechat,
)  # fmt: skip


def read_chat(data: bytes, order: str = "") -> Chat | NotRead | None:
    """The conversation in a file, None where none is understood. Never raises for what the file holds.

    `order` is what the buyer says of its dates: "day_first", "month_first" or "".
    """
    if is_zip(data):
        return read_zip(Given(data, "", order), _first)
    if is_compound(data):
        return read_outlook(Given(data, "", order))
    text = decoded(data)
    return NotRead(TOO_LONG) if text and len(data) > MOST_TEXT else _first(Given(data, text, order))


def _first(given: Given, formats: Sequence[Reader] = FORMATS) -> Chat | NotRead | None:
    return next((found for read in formats if (found := read(given)) is not None), None)
