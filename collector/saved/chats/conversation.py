"""What every format gives: a conversation, or one sentence on why it was not read; and what each reader is given."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from collector.canonical import sha256
from collector.media import type_of_name
from collector.model import Printed

MOST_MESSAGES = 200_000
MOST_TEXT = 100 * 1024**2  # bytes
TOO_LONG = "The conversation is longer than 100 MB, so it was not read. Export a shorter time, and add that file too."
_LONGEST_NAME = 1000

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caution:
    """What a reader of a conversation must know of how it was read, and what the buyer can do about it; "" for nothing."""

    text: str = ""
    todo: str = ""


NONE = Caution()


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: `app` is WhatsApp, LINE, e-mail, JSON…; `messages` stand in the file's order.

    Each is {"id","from","name","printed","sent_at","text","translation","recalled","attachments"} as in a thread, `from`
    being the app's name (who is whose is not known) and `sent_at` a Printed or None. An attachment is
    {"name","kind","digest"}, its digest the SHA-256 of the bytes that came with the file, None where none did. `line`, from
    1, is the first one's, in the file itself or in `inside`, a file of the zip.
    """

    app: str
    messages: tuple[Message, ...]
    line: int = 1
    caution: Caution = NONE
    inside: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file that holds, or should hold, a conversation and was not read: `why` is one sentence, and what to do.

    `others` says that it holds conversations with others, which no pack may show.
    """

    why: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader is given: the bytes, their text ("" where they are none), and in which order the buyer says that the
    numbers of a date stand ("day_first", "month_first" or ""). `beside` has the SHA-256 of the files that came in the same
    zip, by `folded` name.
    """

    data: bytes
    text: str
    order: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether a file of that name came with the conversation."""
        return folded(name) in self.beside


Reader = Callable[[Given], Chat | NotRead | None]


def folded(name: str) -> str:
    """A file's name without its folder, as two systems write the same one."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2]).casefold()


def conversation(
    app: str, messages: Iterable[Message], line: int = 1, caution: Caution = NONE, most: int = MOST_MESSAGES
) -> Chat | None:
    """The conversation that these messages are, each with an id of its own; None where there are none.

    That no time of some could be read is said. Of the same words said twice in one minute both stay: the second has its
    number in its id.
    """
    kept: list[Message] = []
    seen: Counter[str] = Counter()
    for message in messages:
        if len(kept) == most:
            more = f"Only its first {most:,} messages were read; the file is kept whole."
            caution = replace(caution, text=f"{more} {caution.text}".strip())
            break
        identity = message["id"]
        seen[identity] += 1
        kept.append({**message, "id": f"{identity}-{seen[identity]}"} if seen[identity] > 1 else message)
    if timeless := sum(one["sent_at"] is None for one in kept):
        caution = replace(caution, text=f"{caution.text} {_without_times(timeless, len(kept))}".strip())
    return Chat(app, tuple(kept), line, caution) if kept else None


def _without_times(timeless: int, all_of_them: int) -> str:
    some = f"{timeless:,} of " if timeless < all_of_them else ""
    of = f"{some}its {all_of_them:,} messages" if all_of_them > 1 else "its message"
    whose = "time" if timeless == 1 else "times"
    return f"The {whose} of {of} could not be read; the words are kept as they stand."


def message(
    app: str, name: str, printed: str, sent_at: Printed | None, text: str, attached: Sequence[Mapping[str, Any]] = ()
) -> Message:
    """One message of a conversation from elsewhere."""
    said = [name, printed, text, [file["name"] for file in attached]]
    identity = "c" + sha256(json.dumps(said).encode())[:16]
    return {
        "id": identity, "from": app, "name": name[:_LONGEST_NAME], "printed": printed, "sent_at": sent_at, "text": text,
        "translation": None, "recalled": False, "attachments": tuple(attached),
    }  # fmt: skip


def attachment(name: str, digest: str | None = None, media_type: str = "") -> Mapping[str, Any]:
    """A file that a message brought; its kind by its media type, else by its name."""
    family = (media_type or type_of_name(name)).partition("/")[0]
    return {"name": name, "kind": family if family in ("image", "video", "audio") else "file", "digest": digest}


def attached(names: Iterable[str], given: Given) -> tuple[Mapping[str, Any], ...]:
    """The files that a message names, with the digest of those that came with the conversation."""
    return tuple(attachment(name, given.beside.get(folded(name))) for name in names)
