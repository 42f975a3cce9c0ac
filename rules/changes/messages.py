"""What became of a conversation's messages from look to look: new, edited, recalled, or gone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.model import Fact, Printed
from rules.changes.change import Change, PageReading, Seen, WatchedPage
from rules.changes.policy import ChangePolicy
from rules.changes.values import ended, quoted
from rules.language.dates import as_printed
from rules.language.words import time_words

Message = Mapping[str, Any]
_WHO = {"buyer": "you", "supplier": "the supplier"}
_OF_ITS_WORDS = "x"  # how the id begins that the reader makes of who, when and what where the page gives none
_KEPT = ("id", "from", "name", "printed", "sent_at", "text", "recalled")


@dataclass
class _Known:
    """Every message that the looks so far showed, as it was last seen; `last` is the newest look, and `then` says of what
    that one did not show when it was seen. `whole`: one of them showed all from the first on.
    """

    messages: dict[str, Message] = field(default_factory=dict)
    then: dict[str, Seen] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    last: Seen | None = None
    whole: bool = False

    def seen(self, ident: str) -> Seen | None:
        """When a message was last seen; None for one that is not known."""
        return self.last if ident in self.shown else self.then.get(ident)

    def take(self, messages: Mapping[str, Message], seen: Seen, *, whole: bool) -> None:
        """Another look, after what it tells was told."""
        if self.last is not None:
            self.then |= dict.fromkeys(self.shown - messages.keys(), self.last)
        self.messages |= messages
        self.shown, self.last, self.whole = frozenset(messages), seen, self.whole or whole

    def forget(self, ident: str) -> None:
        """A message that is gone; should it come back, it is new."""
        del self.messages[ident]
        self.then.pop(ident, None)
        self.shown -= {ident}


def message_changes(page: WatchedPage, readings: Iterable[PageReading], policy: ChangePolicy, zone: str) -> Iterator[Change]:
    """What happened to each message, oldest look first.

    A message is gone only where a look that reached the conversation's start does not show it. It is new only where it
    stands after one that is known, or where an earlier look showed all there was: what comes into view further up is not.
    """
    known, said = _Known(), None
    for reading in readings:
        shown = next((fact for fact in reading.facts if fact.name == "thread.messages" and fact.state == "read"), None)
        if shown is None or shown.saved or not isinstance(shown.value, tuple | list):
            continue
        whole = reading.whole and any(f.name == "thread.complete" and f.value is True for f in reading.facts)
        if said == (shown.value, whole):
            known.last = reading.seen  # a year of nights in which nobody wrote a word
            continue
        messages = {str(one["id"]): one for one in shown.value if isinstance(one, Mapping) and one.get("id")}
        if not messages:
            continue  # a conversation that is empty all at once was not seen
        said = (shown.value, whole)
        for found in _edits_paired(_of_look(known, messages, reading.seen, whole=whole)):
            yield _change(page, *found, policy, zone, shown)
        known.take(messages, reading.seen, whole=whole)


Found = tuple[str, Message | None, Message | None, Seen, Seen]


def _of_look(known: _Known, messages: Mapping[str, Message], seen: Seen, *, whole: bool) -> Iterator[Found]:
    after_known = False
    for ident, message in messages.items():
        first = known.seen(ident)
        if first is not None:
            after_known = True
            if name := _became(known.messages[ident], message):
                yield name, known.messages[ident], message, first, seen
        elif known.last is not None and (known.whole or after_known):
            yield "message.new", None, message, known.last, seen
    for ident in [one for one in known.messages if one not in messages] if whole else ():
        message, first = known.messages[ident], known.seen(ident)
        known.forget(ident)
        if first is not None:
            yield "message.missing", message, None, first, seen


def _edits_paired(found: Iterable[Found]) -> Iterator[Found]:
    """The same, where a message of which the page gives no id was edited: it is known by what it said, so that one seems to
    be gone and another to be new. They are one where exactly one of each is by the same sender, of the same printed time.
    """
    all_found = tuple(found)
    sides = [Counter(_stamp(one) for one in all_found if one[0] == name) for name in ("message.missing", "message.new")]
    single = {stamp for stamp in sides[0] if stamp is not None and sides[0][stamp] == sides[1][stamp] == 1}
    gone = {_stamp(one): one for one in all_found if one[0] == "message.missing" and _stamp(one) in single}
    for one in all_found:
        if _stamp(one) not in single:
            yield one
        elif one[0] == "message.new":
            _, before, _, first, _ = gone[_stamp(one)]
            after = one[2]
            if before is not None and after is not None and (name := _became(before, after)):
                yield name, before, after, first, one[4]


def _stamp(found: Found) -> tuple[object, ...] | None:
    """Who wrote a message when; None for one that the page gives an id, or no time."""
    message = found[1] or found[2] or {}
    nameless = str(message.get("id")).startswith(_OF_ITS_WORDS)
    return (message.get("from"), message.get("name"), message["printed"]) if nameless and message.get("printed") else None


def _became(before: Message, after: Message) -> str:
    """What happened to one message; "" where it says what it said. Words that were not drawn are no edit."""
    if before.get("recalled") or after.get("recalled"):
        return "message.recalled" if not before.get("recalled") else ""
    then, now = (" ".join(str(message.get("text") or "").split()) for message in (before, after))
    return "message.edited" if then and now and then != now else ""


def _change(
    page: WatchedPage, name: str, before: Message | None, after: Message | None, first: Seen, then: Seen,
    policy: ChangePolicy, zone: str, shown: Fact,
) -> Change:  # fmt: skip
    message = before or after or {}
    rule = policy.of_message(name, str(message.get("from")))
    head, said = _sentence(name, before, after, zone)
    why, todo = (rule.why, rule.todo) if rule else ("", "")
    way = {"message.new": "set", "message.missing": "gone"}.get(name, "other")
    return Change(
        page, "message", name, _told(before), _told(after), first, then, ended(head), ended(f"{head}: {said}"), way,
        rule is not None, why, todo, (None, shown.place),
    )  # fmt: skip


def _told(message: Message | None) -> Message | None:
    """A message as a change tells it: who, when and what, and the site's translation; files by their names."""
    if message is None:
        return None
    names = tuple(str(file.get("name") or "") for file in message.get("attachments") or () if isinstance(file, Mapping))
    told = {key: message.get(key) for key in _KEPT} | {"attachments": names}
    return told | ({"translation": translation} if (translation := message.get("translation")) else {})


def said_by(message: Any) -> str:
    """The words of a message as a change tells it, or its files; "" for none."""
    if not isinstance(message, Mapping):
        return ""
    return str(message.get("text") or "") or ", ".join(str(name) for name in message.get("attachments") or ())


def translation_of(message: Any) -> str:
    """How the site translated a message as a change tells it; "" where it did not."""
    return str(message.get("translation") or "") if isinstance(message, Mapping) else ""


def _sentence(name: str, before: Message | None, after: Message | None, zone: str) -> tuple[str, str]:
    """What befell a message, and its words."""
    message = before or after or {}
    who = _WHO.get(str(message.get("from")), "the site")
    which = f"of {_when(message, zone)}" if _when(message, zone) else "of an unknown time"
    said = _said(message)
    if name == "message.new":
        return f"A new message from {who} {which}", said
    if name == "message.recalled":
        return f"{_capital(who)} recalled a message {which}", said
    if name == "message.edited":
        return f"{_capital(who)} edited a message {which}", f"{said} is now {_said(after or {})}"
    return f"A message from {who} {which} is gone from the conversation", said


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _said(message: Message) -> str:
    names = [str(file.get("name") or "") for file in message.get("attachments") or () if isinstance(file, Mapping)]
    files = ", ".join(filter(None, names))
    text, translation = str(message.get("text") or ""), translation_of(message)
    if text and translation:
        return f"{quoted(text)} (translated by the site: {quoted(translation)})"
    return quoted(text) if text else quoted(files) if files else "a file" if names else "no words"


def _when(message: Message, zone: str) -> str:
    """When it was written: as the page printed it; what was not printed, in the case's zone."""
    printed, sent = str(message.get("printed") or ""), message.get("sent_at")
    if printed:
        return as_printed(printed)
    return time_words(sent.earliest, zone) if isinstance(sent, Printed) else ""
