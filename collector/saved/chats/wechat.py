"""Text that tools write of WeChat, which has no export of its own: the name beside a full date, the words below."""

from __future__ import annotations

import re

from collector.saved.chats.clocks import day_of, hours_of, printed_at
from collector.saved.chats.conversation import Chat, Given, Message, conversation, message
from collector.saved.chats.lines import Piece, pieces, plain_lines

_CLOCK = r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<sec>\d{2}))?(?: ?(?P<half>[AaPp]\.?[Mm]\.?))?"
_HEAD = re.compile(
    rf"^(?:(?P<before>\S.{{0,60}}?)[\s(（]{{1,3}})?(?P<y>\d{{4}})[-/年](?P<m>\d{{1,2}})[-/月](?P<d>\d{{1,2}})日?\s{{1,2}}{_CLOCK}[)）]?"
    r"(?:[\s:：]{1,3}(?P<after>\S.{0,60}))?$"
)


def read_wechat(given: Given) -> Chat | None:
    """The conversation in a text, or None."""
    found = pieces(plain_lines(given.text), _head)
    return conversation("WeChat", map(_message, found), found[0].line) if found else None


def _head(line: str) -> re.Match[str] | None:
    match = _HEAD.match(line.strip())
    return match if match and bool(match["before"]) != bool(match["after"]) else None


def _message(piece: Piece[re.Match[str]]) -> Message:
    head = piece.head
    name = (head["before"] or head["after"]).strip(" :：")
    start = head.end("before") if head["before"] else 0
    stop = head.start("after") if head["after"] else len(head[0])
    printed = head[0][start:stop].strip(" :：()（）")
    day = day_of(head["y"], head["m"], head["d"])
    sent = printed_at(
        printed, (day,) if day else (), hours_of(int(head["h"]), head["half"] or ""), head["min"], head["sec"] or ""
    )
    return message("WeChat", name, printed, sent, "\n".join(piece.below).strip())
