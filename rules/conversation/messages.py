"""What was written: the messages of a case's conversations, and the passages of its files, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.model import Fact, FileText, Printed
from rules.case.casefile import CaseFile
from rules.case.chronology import occurrence
from rules.language.dates import as_printed
from rules.language.words import day_words
from rules.policy.calendars import day_in

_READINGS = ("Asia/Shanghai", "America/Los_Angeles")
READ_BY_MACHINE = "A machine read this in a picture, and who wrote it is not known: read the picture."
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that somebody wrote: `who` is buyer, supplier or "" (a file), `place` where it stands, in words.

    `earliest` is the first instant (UTC) at which it can have been written, None where no time is known. `fact` names what
    shows it, as a finding does: the fact that it was read as, or the file. `caution` says why the words are not sure, or "".
    """

    who: str
    text: str
    place: str
    earliest: datetime | None = None
    fact: str = "thread.messages"
    caution: str = ""


def statements(casefile: CaseFile) -> tuple[Statement, ...]:
    """Every message that any visit saw, oldest first, what was recalled later included; the system's own left out."""
    seen: dict[tuple[str, str], tuple[int, Statement]] = {}
    conversation = {s.id: s.target.id for s in casefile.snapshots}
    number = 0
    for fact in _told(casefile):
        for message in fact.value:
            if isinstance(message, Mapping) and message.get("from") in ("buyer", "supplier") and message.get("text"):
                number += 1
                key = (conversation.get(fact.snapshot, ""), str(message.get("id") or message))
                first = seen[key][0] if key in seen else number
                if not message.get("recalled"):
                    seen[key] = first, _statement(message, casefile)
    return tuple(said for _, said in sorted(seen.values(), key=lambda one: (one[1].earliest or _LONG_AGO, one[0])))


def heard(casefile: CaseFile) -> tuple[Mapping[str, Any], ...]:
    """Every message that any visit saw, each once, as the newest visit that shows it does."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    conversation = {s.id: s.target.id for s in casefile.snapshots}
    for fact in sorted(_told(casefile), key=lambda f: not f.saved):  # what was witnessed before what was saved
        for message in fact.value:
            if isinstance(message, Mapping):
                found[conversation.get(fact.snapshot, ""), str(message.get("id") or message)] = message
    return tuple(found.values())


def not_whole(casefile: CaseFile) -> str:
    """Why more may have been written than is kept, in words; "" where every conversation is known from its start.

    The newest look at each conversation tells; pages that the buyer saved only where no visit saw one.
    """
    told, conversation = _told(casefile), {s.id: s.target.id for s in casefile.snapshots}
    whole = {f.snapshot: f.state == "read" and f.value is True for f in casefile.named("thread.complete")}
    looks = {conversation.get(f.snapshot, ""): f for f in told if not f.saved}
    for fact in looks.values() or told[-1:]:
        if not whole.get(fact.snapshot, not fact.lacks):
            why = fact.lacks.rstrip(".") or "The conversation is not whole: its start was not reached"
            return why[0].lower() + why[1:]
    return ""


def _told(casefile: CaseFile) -> list[Fact]:
    found = casefile.named("thread.messages")
    return [f for f in found if f.state == "read" and isinstance(f.value, list | tuple)]


def _statement(message: Mapping[str, Any], casefile: CaseFile) -> Statement:
    value = message.get("sent_at") or message.get("printed")
    told = occurrence(Fact("thread.messages", value, "read", "", ""), casefile.zone, _READINGS)
    if isinstance(value, Printed):
        day = as_printed(value.text)
    else:
        day = day_words(day_in(told.earliest, casefile.zone)) if told else "of unknown date"
    return Statement(str(message["from"]), str(message["text"]), f"message of {day}", told.earliest if told else None)


def said_elsewhere(casefile: CaseFile) -> tuple[Statement, ...]:
    """Every message of the conversations that the buyer kept by hand, in their order: whose each is, is not known.

    What has no name is the application's own notice and left out; but of LINE's computer, where names stand in the words.
    """
    names = {file.id: file.name for file in casefile.files}
    return tuple(
        _elsewhere(message, names.get(fact.snapshot, ""))
        for fact in casefile.facts
        if fact.name == "chat.messages" and fact.state == "read" and isinstance(fact.value, list | tuple)
        for message in fact.value
        if isinstance(message, Mapping) and message.get("text") and (message.get("name") or message.get("from") == "LINE")
    )


def _elsewhere(message: Mapping[str, Any], file: str) -> Statement:
    sent = message.get("sent_at")
    place = ", ".join(filter(None, (file, str(message.get("name") or ""), str(message.get("printed") or ""))))
    return Statement("", str(message["text"]), place, sent.earliest if isinstance(sent, Printed) else None, f"file: {file}")


def passages(casefile: CaseFile, *kinds: str) -> tuple[Statement, ...]:
    """The passages of the buyer's files of these kinds (of all, where none is named)."""
    return tuple(
        Statement("", passage.text, f"{text.name}, {passage.place}", fact=f"file: {text.name}")
        for text in casefile.texts
        if not kinds or text.kind in kinds
        for passage in text.passages
    )


def seen_in_picture(text: FileText) -> tuple[Statement, ...]:
    """What a machine read in a photo or video: it may have misread, and who wrote it is not known."""
    return tuple(
        Statement("", passage.text, f"{text.name}, {passage.place}", fact=f"file: {text.name}", caution=READ_BY_MACHINE)
        for passage in text.passages
    )


def quoted(said: Statement, sentence: str = "") -> str:
    """A quote for a sentence, not longer than a reader bears, and its place: “…” (message of …)."""
    words = " ".join((sentence or said.text).split())
    return f"“{words if len(words) <= 160 else words[:157] + '…'}” ({said.place})"
