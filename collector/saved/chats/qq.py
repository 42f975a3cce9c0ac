"""QQ's message manager, "export as text": `2025-08-03 21:22:39 Name(123456)`, the words below; its own head above all."""

from __future__ import annotations

import re

from collector.saved.chats.clocks import day_of, hours_of, printed_at
from collector.saved.chats.conversation import Chat, Given, Message, NotRead, conversation, message
from collector.saved.chats.lines import Piece, pieces, plain_lines, without_days

_TITLE = "消息记录"
_HEAD = re.compile(
    r"^(?P<when>(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2}) {1,2}(?P<before>[上下]午)? ?(?P<h>\d{1,2}):(?P<min>\d{2})"
    r":(?P<sec>\d{2})(?: (?P<after>[AP]M))?) (?P<name>\S.{0,100}?(?P<number>\(\d{4,12}\)|<[^<>\s]{3,80}>)?)$"
)
_OF_THE_FILE = re.compile(r"^(?:={8,}|消息分组[:：].*|消息对象[:：].*)$")


def read_qq(given: Given) -> Chat | NotRead | None:
    """The conversation in an export's text, or None; NotRead for an export of all conversations."""
    lines = plain_lines(given.text)
    titled = any(line.startswith(_TITLE) for line in lines[:5])
    found = pieces(lines, _HEAD.match)
    if not found or not (titled or any(piece.head["number"] for piece in found)):
        return None
    others = len({line for line in lines if re.match(r"消息对象[:：]", line)})
    if others > 1:
        return NotRead(
            f"It holds {others} conversations of QQ, and a pack is about one. Export the one with this supplier alone, and "
            "add that file.",
            others=True,
        )
    return conversation("QQ", map(_message, found), found[0].line)


def _message(piece: Piece[re.Match[str]]) -> Message:
    head = piece.head
    hours = hours_of(int(head["h"]), head["after"] or head["before"] or "")
    day = day_of(head["y"], head["m"], head["d"])
    sent = printed_at(head["when"], (day,) if day else (), hours, head["min"], head["sec"])
    words = "\n".join(without_days(piece.below, _OF_THE_FILE.match))
    return message("QQ", head["name"].strip(), head["when"], sent, words.strip())
