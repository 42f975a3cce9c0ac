"""The text of the buyer's files: PDF, DOCX, plain text. Read in a process of its own with bounds on time and memory.

A file comes from anybody, also from the other side: it can be damaged, locked, or made to exhaust the machine. Whatever it
does, the answer is its text with places, or one sentence that says why there is none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

from collector.canonical import as_json, made
from collector.errors import DamagedArchive
from collector.kinds import file_kind
from collector.media import DOCX
from collector.model import AddedFile, FileText, Passage
from collector.objects import ObjectStore
from collector.progress import Progress
from collector.saved.apart import SECONDS, bound, run_apart

if TYPE_CHECKING:
    from pypdf import PdfReader

LOOK = "look yourself"
LARGEST = 40 * 1024 * 1024
_UNPACKED = 100 * 1024 * 1024
_PASSAGES, _LETTERS = 5_000, 2_000_000
_AT_ONCE = 2
_SCRIPTS = "its scripts"  # of a PDF
_BY_TYPE = {"application/pdf": "pdf", DOCX: "docx"}
_BY_NAME = {".pdf": "pdf", ".docx": "docx", ".txt": "text", ".md": "text", ".csv": "text", ".eml": "text", ".log": "text"}

NO_TEXT = f"no text found in it (a scan or a picture?): {LOOK}."
LOCKED = f"it is locked with a password, so its text was not read: {LOOK}, and add a copy without a password."
TOO_LARGE = f"it is larger than 40 MB, so its text was not read: {LOOK}."
TOO_MUCH = f"reading its text took too much time or memory, so it was stopped: {LOOK}."
DAMAGED = f"its text cannot be read (the file is damaged or not what its name says): {LOOK}."
NOT_READ = f"this kind of file is not read for text: {LOOK}."


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the process that reads says: the passages, or why there are none."""

    passages: tuple[Passage, ...] = ()
    problem: str = ""


def texts_of(files: Iterable[AddedFile], objects: ObjectStore, progress: Progress = lambda _: None) -> tuple[FileText, ...]:
    """The texts of the files in which words may stand, two read at a time; a conversation's messages are known already."""
    chosen = [file for file in files if _may_hold_words(file) and not (file.page and file.page.is_conversation)]
    if not chosen:
        return ()
    progress("reading the text of your files")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(lambda file: file_text(file, objects), chosen))


def _may_hold_words(file: AddedFile) -> bool:
    return not file_kind(file.kind).wordless and not file.media_type.startswith("image/")


def file_text(file: AddedFile, objects: ObjectStore) -> FileText:
    """The text of one file; never raises for what the file holds."""
    empty = FileText(file.id, file.name, file.kind)
    kind = format_of(file)
    if not kind:
        return replace(empty, problem=NOT_READ)
    if file.size > LARGEST:
        return replace(empty, problem=TOO_LARGE)
    try:
        passages, problem = read_apart(kind, objects.get(file.digest))
    except DamagedArchive:
        return replace(empty, problem="its kept copy is damaged; run: tradewitness verify")
    return replace(empty, passages=passages, problem=problem)


def format_of(file: AddedFile) -> str:
    """pdf, docx or text, by its media type, else by its name where that is no lie; "" for what is not read."""
    by_name = "" if file.belied else _BY_NAME.get(PurePath(file.name).suffix.lower(), "")
    by_name = _BY_TYPE.get(file.media_type) or by_name
    return by_name or ("text" if file.media_type.startswith("text/plain") else "")


def read_apart(kind: str, data: bytes, seconds: float = SECONDS) -> tuple[tuple[Passage, ...], str]:
    """The passages of a file, read by a process that cannot harm this one; or why there are none."""
    try:
        answer = made(_Answer, json.loads(run_apart("collector.saved.text", kind, data, seconds)))
    except (ValueError, RecursionError):
        return (), TOO_MUCH  # killed before it could answer
    return answer.passages, answer.problem


# -- inside the process that reads -------------------------------------------------------------------------------------


def main(kind: str) -> None:
    """Reads standard input, writes what came of it as JSON."""
    bound()
    data = sys.stdin.buffer.read()
    try:
        reader = {"pdf": _pdf, "whole pdf": _whole_pdf, "docx": _docx, "text": _text}[kind]
        passages = list(_bounded(reader(data)))
        answer = _Answer(tuple(Passage(*passage) for passage in passages), "" if passages else NO_TEXT)
    except _Locked:
        answer = _Answer(problem=LOCKED)
    except (MemoryError, RecursionError, _TooMuch):
        answer = _Answer(problem=TOO_MUCH)
    except Exception:  # noqa: BLE001 - parsers of hostile files raise anything; the process ends here either way
        answer = _Answer(problem=DAMAGED)
    sys.stdout.write(json.dumps(as_json(answer)))


class _Locked(Exception):
    pass


class _TooMuch(Exception):
    pass


def _bounded(passages: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    letters = 0
    for number, (place, text) in enumerate(passages):
        letters += len(text)
        if number >= _PASSAGES or letters > _LETTERS:
            raise _TooMuch
        if text.strip():
            # JSON cannot carry half a character.
            yield place, text.strip().encode("utf-8", "replace").decode("utf-8")


def _pdf(data: bytes) -> Iterator[tuple[str, str]]:
    for number, page in enumerate(_opened(data).pages, 1):
        for paragraph in _lines(page.extract_text()):
            yield f"page {number}", paragraph


def _opened(data: bytes) -> PdfReader:
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise _Locked
    return reader


def _whole_pdf(data: bytes) -> Iterator[tuple[str, str]]:
    """What nobody sees on its pages, too: what is written about it, addresses of links, fields, notes, scripts, files in it.

    Every string of every object is given, so that none is missed that a program shows in a way of its own.
    """
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject, TextStringObject

    reader = _opened(data)
    yield from _pdf(data)
    known: set[tuple[int, int]] = set()
    waiting: list[tuple[str, object]] = [("what is written about it", reader.trailer)]
    pages = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages, 1) if page.indirect_reference}
    while waiting:
        place, item = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in known:
                continue
            known.add((item.idnum, item.generation))
            place = f"page {pages[item.idnum]}" if item.idnum in pages else place
            item = item.get_object()
        if isinstance(item, StreamObject):
            kind = str(item.get("/Type"))
            if kind in ("/Metadata", "/EmbeddedFile") or place == _SCRIPTS:
                where = "a file inside it" if kind == "/EmbeddedFile" else place
                yield where, item.get_data()[:_LETTERS].decode("utf-8", "replace")
        if isinstance(item, DictionaryObject):
            inside = _SCRIPTS if "/JS" in item else place
            waiting += [(inside, inner) for inner in item.values()]
        elif isinstance(item, ArrayObject):
            waiting += [(place, inner) for inner in item]
        elif isinstance(item, TextStringObject):
            yield place, str(item)
        elif isinstance(item, bytes):
            yield place, item.decode("utf-8", "replace")


def _docx(data: bytes) -> Iterator[tuple[str, str]]:
    import zipfile

    from docx import Document
    from docx.table import Table

    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _Locked  # Word puts a locked document into the old container
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
            raise _TooMuch
    document = Document(BytesIO(data))
    paragraph = table = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            table += 1
            for number, row in enumerate(block.rows, 1):
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield f"table {table}, row {number}", ": ".join(filter(None, cells))
        else:
            paragraph += 1
            yield f"paragraph {paragraph}", block.text


def _text(data: bytes) -> Iterator[tuple[str, str]]:
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("not text")
    for number, line in enumerate(_decoded(data).splitlines(), 1):
        yield f"line {number}", line


def _decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or the Chinese encoding that is common for exported chats."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _lines(text: str) -> Iterator[str]:
    """A page's lines, a line that only goes on in the next joined to it: a sentence must not be cut at the paper's edge."""
    joined = ""
    for line in map(str.strip, text.splitlines()):
        if joined and (
            not line or joined.endswith((".", ":", ";", "。", "；", "：")) or line[:1].isupper() or line[:1].isdigit()
        ):
            yield joined
            joined = ""
        joined = f"{joined} {line}".strip()
    if joined:
        yield joined


if __name__ == "__main__":
    main(sys.argv[1])
