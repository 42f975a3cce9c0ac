"""WhatsApp's "Export chat": Android's `24/09/2026, 18:02 - Name: text`, iPhone's `[24.09.26, 18:02:11] Name: text`.

Date and time are written as the telephone's language and region do; what belongs to no name is WhatsApp's own notice. The
shapes and their sources stand in docs/chats.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from collector.saved.chats.clocks import hours_of, printed_at
from collector.saved.chats.conversation import Chat, Given, Message, attached, conversation, message
from collector.saved.chats.dates import Settled, Written, settle
from collector.saved.chats.lines import Piece, pieces, plain_lines

_HEAD = re.compile(
    r"^(?P<bracket>\[)?"
    r"(?P<date>(?P<a>\d{1,4})(?:(?P<sep>[./-]) ?(?P<b>\d{1,2})(?P=sep) ?(?P<c>\d{1,4})\.?|"
    r"(?:年|년 )(?P<month>\d{1,2})(?:月|월 )(?P<day>\d{1,2})[日일]))"
    r"(?: г\.)?[,،]? ?(?P<before>[^\d\[\]:,\n]{0,20}?) ?(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<sec>\d{2}))?"
    r"(?P<after>[^\d\[\]:,\n-]{0,20}?)(?(bracket)\] ?(?:[-–] )?|(?: [-–] |(?P<old>: )))(?P<rest>.*)$"
)
_NAME = re.compile(r"^(?P<name>.{1,200}?):(?: (?P<text>.*)|)$")
# iPhone: "<attached: name.jpg>", "<Anhang: name.jpg>", "<附件：name.jpg>" in any language.
_IPHONE = re.compile(r"<[^<>:：]{1,30}[:：] ?(?P<name>[^<>]{1,200}\.\w{1,5}) ?>")
# Android: "name.jpg (file attached)" on a line of its own, with pages between for a document: "name.pdf • 3 pages (…)".
_ANDROID = re.compile(r"^(?P<name>\S[^\n]{0,200}?\.\w{1,5})(?: • [^\n()]{1,40})? \((?P<said>[^()\n]{2,40})\)$", re.MULTILINE)
_OWN_NAME = re.compile(r"^(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{4}\.\w{1,5}$")  # what WhatsApp calls media itself
_FILE_ATTACHED = frozenset(
    {
        "file attached", "Datei angehängt", "archivo adjunto", "fichier joint", "arquivo anexado", "ficheiro anexado",
        "file allegato", "bestand bijgevoegd", "fil vedhæftet", "fil vedlagt", "bifogad fil", "tiedosto liitetty",
        "plik załączony", "załączono plik", "файл добавлен", "файл додано", "dosya ekli", "ekli dosya", "file terlampir",
        "fail dilampirkan", "tệp đính kèm", "文件附件", "檔案附件", "附件", "ファイル添付", "添付ファイル", "파일 첨부됨",
        "फ़ाइल अटैच की गई", "الملف مرفق", "ملف مرفق", "הקובץ מצורף", "fișier atașat", "soubor byl přiložen", "fájl csatolva",
        "επισυναπτόμενο αρχείο", "ไฟล์แนบ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Head:
    written: Written
    match: re.Match[str]


def read_whatsapp(given: Given) -> Chat | None:
    """The conversation in an export's text, or None."""
    found = pieces(plain_lines(given.text), _head)
    if not found:
        return None
    settled = settle([piece.head.written for piece in found], given.order)
    messages = (_message(piece, settled, given) for piece in found)
    return conversation("WhatsApp", messages, found[0].line, settled.caution)


def _head(line: str) -> _Head | None:
    match = _HEAD.match(line)
    if match is None or (match["old"] and match["after"].strip()):
        return None
    second, third = (match["month"], match["day"]) if match["month"] else (match["b"], match["c"])
    if not any(len(part) == 4 for part in (match["a"], third)) and len(third) > 2:
        return None
    return _Head(Written(match["date"], (match["a"], second, third)), match)


def _message(piece: Piece[_Head], settled: Settled, given: Given) -> Message:
    match = piece.head.match
    named = _NAME.match(match["rest"])
    name, first = (named["name"], named["text"] or "") if named else ("", match["rest"])
    body = "\n".join([first, *piece.below]).strip()
    files = list(_files(body, given))
    for whole, _ in files:
        body = body.replace(whole, "", 1)
    printed = match[0][: match.start("rest")].strip().strip("[]:-– ").strip()
    hours = hours_of(int(match["h"]), match["after"].strip() or match["before"].strip())
    sent = printed_at(printed, settled.days(piece.head.written), hours, match["min"], match["sec"] or "")
    return message("WhatsApp", name, printed, sent, body.strip(), attached((file for _, file in files), given))


def _files(body: str, given: Given) -> Iterator[tuple[str, str]]:
    """Each attachment that a message names: how it stands there, and the file's name.

    What Android writes behind the name is another word in each language: where the zip holds the file, or the name is one
    that WhatsApp gives itself, any word will do.
    """
    for match in _IPHONE.finditer(body):
        yield match[0], match["name"].strip()
    for match in _ANDROID.finditer(body):
        name = match["name"].strip()
        if normalize("NFC", match["said"]) in _FILE_ATTACHED or given.holds(name) or _OWN_NAME.match(name):
            yield match[0], name
