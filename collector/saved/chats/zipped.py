"""A zip that holds a conversation with its pictures and voice notes: read in place, never unpacked to disk.

It comes from anybody, also from the other side, so what it may cost is bounded before anything is read: `MOST_FILES` files,
`MOST_BYTES` of them unpacked, none that swells to more than `_SWELLS` times its size, a text of `MOST_TEXT`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from collector.saved.chats.conversation import MOST_TEXT, TOO_LONG, Chat, Given, NotRead, Reader, folded
from collector.saved.chats.lines import decoded
from collector.saved.chats.telegram import joined, part_of_page
from collector.zips import BROKEN, files_of

MOST_FILES = 20_000
MOST_BYTES = 2 * 1024**3
_SWELLS = 200
_SMALL = 1024**2  # below which nothing swells to anything
_TEXTS = (".txt", ".json", ".html", ".csv")
_PIECE = 1024**2
_AGAIN = "Export the conversation again, and add that file."
TORN = f"The zip is damaged, or was not copied whole. {_AGAIN}"
LOCKED = "The zip is locked with a password. Unpack it and add the files, or export the conversation again."
TOO_MANY = f"The zip holds more than {MOST_FILES:,} files, which no export of a conversation does. {_AGAIN}"
TOO_LARGE = f"The zip unpacks to more than {MOST_BYTES >> 30} GB. Export the conversation without media and add that, too."
SWELLS = f"A file in the zip swells to more than {_SWELLS} times its size, which no export of a conversation does. {_AGAIN}"
OUTSIDE = f"The zip names files outside itself, which no export of a conversation does. {_AGAIN}"
NESTED = "The zip holds no conversation, but another zip. Unpack it, and add the export that is in it."
NOTHING = "The zip holds no conversation that is understood. It is kept as it is."


def is_zip(data: bytes) -> bool:
    """Whether the bytes are a zip, by their beginning; an office document is one, too."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_zip(given: Given, read: Reader) -> Chat | NotRead | None:
    """The one conversation in a zip, with the digests of the files that came with it; `read` reads a file's text.

    None for an office document.
    """
    try:
        if given.data.count(b"PK\x01\x02") > 4 * MOST_FILES:
            return NotRead(TOO_MANY)
        with zipfile.ZipFile(io.BytesIO(given.data)) as archive:
            files = files_of(archive)
            if any(one.filename == "[Content_Types].xml" for one in files):
                return None
            if why := _refused(files):
                return NotRead(why)
            return _conversation(archive, files, given, read)
    except BROKEN:
        return NotRead(TORN)


def _refused(files: list[zipfile.ZipInfo]) -> str:
    """Why nothing of such a zip is read, or ""."""
    if len(files) > MOST_FILES:
        return TOO_MANY
    if any(one.flag_bits & 0x1 for one in files):
        return LOCKED
    if any(".." in one.filename.replace("\\", "/").split("/") or one.filename[:1] in ("/", "\\") for one in files):
        return OUTSIDE
    if any(one.file_size > max(_SMALL, _SWELLS * one.compress_size) for one in files):
        return SWELLS
    return TOO_LARGE if sum(one.file_size for one in files) > MOST_BYTES else ""


def _conversation(archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], given: Given, read: Reader) -> Chat | NotRead:
    own = [one for one in files if not one.filename.startswith("__MACOSX/") and one.filename.lower().endswith(_TEXTS)]
    beside = dict(_digests(archive, files))
    found: list[tuple[str, Chat]] = []
    refused: list[NotRead] = []
    for one in own:
        if one.file_size > MOST_TEXT:
            refused.append(NotRead(TOO_LONG))
            continue
        data = archive.read(one)
        answer = read(replace(given, data=data, text=decoded(data), beside=beside))
        if isinstance(answer, NotRead):
            refused.append(answer)
        elif answer is not None:
            found.append((one.filename, replace(answer, inside=one.filename)))
    found = _one_of_pages(_not_sent_in_another(found))
    if len(found) > 1:
        names = ", ".join(f"“{name}”" for name, _ in found[:3])
        return NotRead(f"The zip holds {len(found)} conversations ({names}). Add the one with this supplier alone.", True)
    if found:
        return found[0][1]
    if refused:
        return refused[0]
    return NotRead(NESTED if any(one.filename.lower().endswith(".zip") for one in files) else NOTHING)


def _not_sent_in_another(found: list[tuple[str, Chat]]) -> list[tuple[str, Chat]]:
    """Those that no other one names as a file that was sent in it: somebody may have sent a conversation."""
    sent = {folded(file["name"]) for _, chat in found for message in chat.messages for file in message["attachments"]}
    return [one for one in found if folded(one[0]) not in sent] or found


def _one_of_pages(found: list[tuple[str, Chat]]) -> list[tuple[str, Chat]]:
    """Telegram's messages.html, messages2.html… as the one conversation that they are, or its result.json beside them."""
    pages = sorted((part, name, chat) for name, chat in found if (part := part_of_page(name)))
    folders = {name.rpartition("/")[0] for _, name, _ in pages}
    if len(folders) != 1:
        return found
    others = [one for one in found if not part_of_page(one[0])]
    if any(name == _beside(pages[0][1], "result.json") for name, _ in others):
        return others
    whole = joined(chat for _, _, chat in pages)
    return [*others, (pages[0][1], replace(whole, inside=pages[0][1]))] if whole else found


def _beside(name: str, other: str) -> str:
    folder, slash, _ = name.rpartition("/")
    return f"{folder}{slash}{other}"


def _digests(archive: zipfile.ZipFile, files: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    """The SHA-256 of each file by its name; none of a name that two have, for then nothing says which is meant."""
    times = Counter(folded(one.filename) for one in files)
    for one in files:
        if times[name := folded(one.filename)] == 1:
            yield name, _digest(archive, one)


def _digest(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(one) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def files_in(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """The files of a zip that are wanted, by name and bytes; nothing of a zip that is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = files_of(archive)
            for one in () if _refused(files) else files:
                if wanted(one.filename):
                    yield one.filename, archive.read(one)
    except BROKEN:
        return
