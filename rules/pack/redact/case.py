"""A case as a redacted pack tells it: every text that pages, files and people gave passes through the redactor. Pure.

Everything that is made for a pack is made of these values, so that whatever writes them writes nothing that is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from collector.errors import WrongRequest
from collector.model import AddedFile, Fact, FileText, Printed, SavedPage, Snapshot, Visit
from rules.case.casefile import CaseFile
from rules.pack.redact.redactor import WORD, Known, Redactor, names_of

_MESSAGES = ("thread.messages", "chat.messages")
_KEPT = (
    "order.number", "order.supplier", "supplier.name", "tracking.number", "dispute.id", "thread.with",
)  # fmt: skip
_OF_THE_PROGRAM = ("id", "from", "kind", "digest")  # keys of a message whose values are the program's own
_BY_CONTENT = re.compile(r"[cx][0-9a-f]{16}")  # a message's id that is a digest of what it says, which could be guessed
_BUYER = re.compile(
    r"(?im)^\W{0,3}(?:buyer|buyer name|consignee|recipient|receiver|attn|attention|买家|收件人|收货人)"
    r"\s{0,3}[:：]?\s{0,3}\n?\s{0,3}(?P<name>[^\W\d_][^\n,;，；0-9]{2,60})"
)
_COMPANY = re.compile(
    r"(?i)\b(?:b\.?v|n\.?v|gmbh|ag|kg|ltd|limited|inc|llc|llp|plc|corp|co|company|s\.?a|s\.?r\.?l|s\.?l|sas|sarl|pty|oy|ab|aps|srl|spa|kft"
    r"|trading|trade|import|export|store|shop|group|holding)\b|公司|株式会社"
)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){1,3}|[\u4e00-\u9fff]{2,4}")


def redactor_of(casefile: CaseFile, also: Iterable[str], texts: Iterable[str], everyday: frozenset[str]) -> Redactor:
    """What is taken out of a case's pack: by form, the buyer's names as messages and order pages (`texts`) show them, and
    the words in `also`. The supplier, its contact, and the numbers of order, shipment and dispute are kept.

    `everyday` are words that the pack itself is written in. Raises WrongRequest for a word that cannot be taken out.
    """
    kept = tuple(dict.fromkeys((casefile.order, *_told(casefile, _KEPT))))
    words = tuple(word.strip() for word in also)
    for word in words:
        if len(re.sub(r"[\W_]", "", word)) < 2:
            raise WrongRequest(f"{word!r} is too short to be taken out.", "Give --redact-also a whole word or name.")
        if word.casefold() in casefile.order.casefold():
            raise WrongRequest(
                f"{word!r} is the order's number, or part of it.", "Without it nobody can tell what the claim is about."
            )
    known = (*(Known(word, WORD) for word in words), *names_of(_buyers(casefile, texts), kept, everyday))
    return Redactor(tuple(dict.fromkeys(known)), kept)


def redacted_case(casefile: CaseFile, redactor: Redactor) -> CaseFile:
    """The same case with "[phone]" and the like where a telephone number stood."""
    text, messages = redactor.text, _Messages(redactor)
    return replace(
        casefile,
        name=text(casefile.name),
        account=text(casefile.account),
        facts=tuple(replace(messages.fact(fact), place=_place(fact, redactor)) for fact in casefile.facts),
        snapshots=tuple(redacted_snapshot(one, redactor) for one in casefile.snapshots),
        files=tuple(redacted_file(one, redactor) for one in casefile.files),
        events=tuple(replace(event, text=text(event.text)) for event in casefile.events),
        texts=tuple(_text(one, redactor) for one in casefile.texts),
    )


def redacted_snapshot(snapshot: Snapshot, redactor: Redactor) -> Snapshot:
    """A visit's record; ids, digests and what the program says of itself stay."""
    text, target = redactor.text, snapshot.target
    return replace(
        snapshot,
        target=replace(
            target,
            url=text(target.url),
            account=text(target.account),
            expects={name: text(value) for name, value in target.expects.items()},
        ),
        visit=_visit(snapshot.visit, redactor),
        steps=tuple(replace(step, why=text(step.why)) for step in snapshot.steps),
        why=text(snapshot.why),
    )


def redacted_file(file: AddedFile, redactor: Redactor) -> AddedFile:
    """A file of the buyer's by another name, where its own says what is taken out."""
    text = redactor.text
    return replace(
        file,
        name=text(file.name),
        note=text(file.note),
        belied=text(file.belied),
        parts=tuple(replace(part, name=text(part.name)) for part in file.parts),
        page=_page(file.page, redactor) if file.page else None,
    )


def texts_of_case(casefile: CaseFile) -> Iterator[str]:
    """Every text that the facts, the files' names and notes and the case itself say."""
    yield from (casefile.name, casefile.account)
    for fact in casefile.facts:
        yield from _texts_in(fact.value)
        yield fact.place.quote if fact.place else ""
    for file in casefile.files:
        yield from (file.name, file.note, *(part.name for part in file.parts))
    yield from (event.text for event in casefile.events)


@dataclass(frozen=True)
class _Messages:
    """Facts redacted; a message of which something was taken out gets a number for an id that is a digest of its words."""

    redactor: Redactor
    ids: dict[str, str] = field(default_factory=dict)

    def fact(self, fact: Fact) -> Fact:
        return replace(fact, value=self.value(fact.value))

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.redactor.text(value)
        if isinstance(value, Printed):
            return replace(value, text=self.redactor.text(value.text))
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, tuple):
            return tuple(map(self.value, value))
        return [self.value(one) for one in value] if isinstance(value, list) else value

    def _mapping(self, value: Mapping[Any, Any]) -> Mapping[Any, Any]:
        made = {key: one if key in _OF_THE_PROGRAM else self.value(one) for key, one in value.items()}
        if value.get("digest") and value.get("kind") != "image":
            made["digest"] = ""  # a card of a contact is small, and its digest could be guessed
        ident = value.get("id")
        if made != value and isinstance(ident, str) and _BY_CONTENT.fullmatch(ident):
            made["id"] = self.ids.setdefault(ident, f"m{len(self.ids) + 1:04d}")
        return made


def _place(fact: Fact, redactor: Redactor) -> Any:
    place = fact.place
    return replace(place, quote=redactor.text(place.quote), path=redactor.text(place.path)) if place else None


def _visit(visit: Visit, redactor: Redactor) -> Visit:
    text = redactor.text
    return replace(
        visit,
        requested=text(visit.requested),
        final=text(visit.final),
        redirects=tuple(map(text, visit.redirects)),
        losses=tuple(map(text, visit.losses)),
    )


def _page(page: SavedPage, redactor: Redactor) -> SavedPage:
    text = redactor.text
    return replace(
        page,
        why=text(page.why),
        url=text(page.url),
        said_by=text(page.said_by),
        caution=text(page.caution),
        todo=text(page.todo),
    )


def _text(one: FileText, redactor: Redactor) -> FileText:
    passages = tuple(replace(passage, text=redactor.text(passage.text)) for passage in one.passages)
    return replace(one, name=redactor.text(one.name), passages=passages)


def _told(casefile: CaseFile, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (fact.value for fact in casefile.named(name) if isinstance(fact.value, str) and fact.value)


def _buyers(casefile: CaseFile, texts: Iterable[str]) -> Iterator[str]:
    """The buyer's names: of the account's own messages, and beside "Buyer" on order pages. A company's is nobody's own."""
    for fact in casefile.named("order.buyer"):
        yield from filter(
            _is_person, map(str.strip, re.split("[,;，；]", fact.value if isinstance(fact.value, str) else ""))
        )
    for name in _MESSAGES:
        for fact in casefile.named(name):
            for message in fact.value if isinstance(fact.value, tuple | list) else ():
                if isinstance(message, Mapping) and message.get("from") == "buyer":
                    name = str(message.get("name") or "")
                    yield from (name,) if not _COMPANY.search(name) else ()
    for text in texts:
        for match in _BUYER.finditer(text):
            if _is_person(match["name"].strip()):
                yield match["name"].strip()


def _is_person(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _COMPANY.search(name)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Printed):
        yield value.text
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from () if key in _OF_THE_PROGRAM else _texts_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts_in(one)
