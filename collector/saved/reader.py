"""Pages and conversations that the buyer saved by hand: read by the site's own readers, and never taken for witnessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collector.alias import Alias
from collector.archive.index import ReadSaved, SavedReading
from collector.archive.records import AddedRecord
from collector.canonical import as_json
from collector.capture.machinery import VisitText
from collector.capture.masking import Mask
from collector.capture.secrets import secrets_of
from collector.errors import DamagedArchive
from collector.kinds import file_kind, page_kind
from collector.model import Fact, Place, Printed, SavedOutcome, SavedPage, Target
from collector.objects import ObjectStore
from collector.saved.chats.conversation import Chat, NotRead
from collector.saved.chats.table import read_chat
from collector.saved.page import PageFile, read_page
from collector.site import Document, PageReader, PageReaderNamed, StoredPage

_UNREADABLE_WORDS = "Its words cannot be read by themselves; what you note of it (--note) is found."
_CLOCKS_APART = timedelta(minutes=10)
_LONG_BEFORE = timedelta(days=400)


def reader_of_saved(objects: ObjectStore, site_named: PageReaderNamed, alias: Alias) -> ReadSaved:
    """Reads what the buyer added: () for a file that is no page, and for a page that is not this case's.

    It raises UnknownSite for a page of a case whose site this version does not know.
    """

    def read(file: AddedRecord, targets: tuple[Target, ...]) -> SavedReading:
        if not file_kind(file.kind).read:
            return SavedReading()
        try:
            data = objects.get(file.digest)
            parts = {part.name: objects.get(part.digest) for part in file.parts}
        except DamagedArchive:
            return SavedReading()  # `verify` names the damaged object
        page = read_page(file.name, data, parts)
        if page is None or file.kind == "chat":
            talk = read_chat(data, file.dates)
            if talk is not None or page is None:
                return _spoken(file, talk)
        return _SavedPageReader(file, page, targets, site_named(file.site), Alias.parse(file.alias) or alias).result()

    return read


def _spoken(file: AddedRecord, talk: Chat | NotRead | None) -> SavedReading:
    """What a file that is no page gives: its conversation, or why there is none."""
    if isinstance(talk, Chat):
        return _conversation(file, talk)
    if talk is None:
        return _unreadable(file)
    return SavedReading(page=SavedPage("chat", "unknown", talk.why, "chat", others=talk.others))


def _conversation(file: AddedRecord, talk: Chat) -> SavedReading:
    """A conversation from elsewhere: facts of its own name, because it is no conversation of the Message Center."""
    first = talk.messages[0]
    line = f"line {talk.line}" + (f" of {talk.inside}" if talk.inside else "")
    place = Place(file.digest, "line", line, f"{first['printed']} {first['name']}: {first['text']}"[:400])
    facts = tuple(
        Fact(name, value, "read", file.id, "saved.chat/2", place, file.saved_at, saved=True)
        for name, value in (("chat.app", talk.app), ("chat.messages", talk.messages))
    )
    said_by = "the buyer" if file.saved_at else ""
    page = SavedPage(
        talk.app, "read", _extent(talk), "chat", "", file.saved_at, said_by,
        caution=talk.caution.text, todo=talk.caution.todo,
    )  # fmt: skip
    return SavedReading(facts, "", page)


def _extent(talk: Chat) -> str:
    """How much was read, in words: "WhatsApp: 34 messages with 5 files"."""
    files = [attached for message in talk.messages for attached in message["attachments"]]
    there = sum(attached["digest"] is not None for attached in files)
    said = f"{talk.app}: {_counted(len(talk.messages), 'message')}"
    if not files:
        return said
    here = f", {there} of them here" if there else ", named but not here"
    return f"{said} with {_counted(len(files), 'file')}" + (here if there < len(files) else "")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _unreadable(file: AddedRecord) -> SavedReading:
    """A picture or a PDF: kept, and said plainly that a person has to enter what it shows."""
    form = "pdf" if file.media_type == "application/pdf" else file.media_type.partition("/")[0]
    if file.kind == "chat":
        seen = form in ("pdf", "image", "video", "audio")
        why = f"{_UNREADABLE_WORDS if seen else 'No messages with their times were found in it.'} It is kept as it is."
        return SavedReading(page=SavedPage(form, "kept", why))
    why = "Its facts cannot be read by themselves. Enter what it shows, such as dispute.deadline=2026-10-09."
    return SavedReading(page=SavedPage(form, "kept", why))


class _SavedPageReader:
    """One saved page on its way to facts: when it was saved, what it is, whose it is."""

    def __init__(
        self, file: AddedRecord, page: PageFile, targets: tuple[Target, ...], site: PageReader, alias: Alias
    ) -> None:
        self.file, self.page, self.targets, self.site, self.alias = file, page, targets, site, alias
        self.url = alias.to_real(file.url or page.url)
        self.local = self.url != (file.url or page.url)  # a local stand-in for the site
        self.saved_at, self.said_by = _saved_at(file, page)

    def result(self) -> SavedReading:
        stored = self.stored(self.saved_at or self.file.added_at)
        found = self.site.recognise(stored)
        kind, why = found.kind, ""
        outcome: SavedOutcome
        if found.barrier and (kind or self.url):
            outcome, why = "wall", found.why
        elif not kind:
            outcome, why = "unknown", found.why
        else:
            outcome, why = self.whose(kind, stored)
        facts = self.facts(kind, stored) if outcome == "read" else ()
        facts = tuple(replace(fact, lacks=found.lacks) for fact in facts) if found.lacks else facts
        page = SavedPage(
            self.page.form, outcome, why, kind, self.shown_address(), self.saved_at, self.said_by,
            others=self.site.shows_others(stored), secrets=self.holds_secrets(),
            alias=str(self.alias) if self.local else "",
        )  # fmt: skip
        return SavedReading(facts, self.site.text(stored), page)

    def stored(self, seen_at: datetime) -> StoredPage:
        digests = {part.name: part.digest for part in self.file.parts}
        documents = tuple(
            Document(n, digests.get(name, self.file.digest), html) for n, (name, html) in enumerate(self.page.documents)
        )
        return StoredPage(self.url, 200, documents, "", seen_at, self.file.id)

    def shown_address(self) -> str:
        """The address without the secrets in it."""
        return Mask(secrets_of((), (self.url,), ()), (self.file.case,)).mask(self.url, "address")

    def holds_secrets(self) -> bool:
        """Whether the file has values that look like secrets of the session: a pack then withholds the original."""
        texts = [VisitText(html.decode("utf-8", "replace"), "html") for _, html in self.page.documents]
        return bool(secrets_of((), (self.page.url,), texts))

    def whose(self, kind: str, stored: StoredPage) -> tuple[SavedOutcome, str]:
        """Whether the page belongs to the case: by what stands on it, held against the case and the pages it names."""
        named = [target for target in self.targets if target.kind == kind]
        if page_kind(kind).of_order:  # without its number it cannot be told from another's
            # What the page says of itself decides; the address it was saved from is only the file's own word.
            identity = self.site.identity(stored, Target("", self.file.case, kind, "", "", {"order": self.file.case}))
            by_number = identity.ok is None and any(self.site.identity(stored, target).ok for target in named)
            if identity.ok or by_number:  # a dispute's own number, where the case names that dispute's page
                return "read", identity.why
            return "other", identity.why or "The page does not say which order it belongs to."
        answers = [self.site.identity(stored, target) for target in named]
        if answers and not any(answer.ok for answer in answers) and any(answer.ok is False for answer in answers):
            return "other", next(answer.why for answer in answers if answer.ok is False)
        return "read", ""

    def facts(self, kind: str, stored: StoredPage) -> tuple[Fact, ...]:
        """The page's facts, marked as saved. `at` stays open where nothing says when the page was saved."""
        read = self.site.read(kind, stored)
        if self.saved_at is not None:
            return tuple(replace(fact, saved=True, at=self.saved_at) for fact in read)
        long_before = self.site.read(kind, self.stored(self.file.added_at - _LONG_BEFORE))
        return tuple(
            replace(_whenever_saved(late, early, self.file.added_at), saved=True, at=None)
            for late, early in zip(read, long_before, strict=True)
        )


def _whenever_saved(late: Fact, early: Fact, added_at: datetime) -> Fact:
    """A fact of a page that may have been saved at any time before it was added.

    A countdown ("2 days left") may have run out by now, or have all of that left: it is read as that whole range, so that
    it warns at once. Anything else that depends on the time of the look cannot be read.
    """
    if as_json(late.value) == as_json(early.value):
        return late
    if isinstance(late.value, Printed) and isinstance(early.value, Printed):
        return replace(late, value=replace(late.value, earliest=min(added_at.astimezone(UTC), late.value.earliest)))
    return replace(late, value=None, state="unreadable")


def _saved_at(file: AddedRecord, page: PageFile) -> tuple[datetime | None, str]:
    """When the page was saved, and who says so: the file itself, else the buyer, else nobody. Never after it was added."""
    for moment, said_by in ((page.saved_at, page.said_by), (file.saved_at, "the buyer")):
        if moment is not None and moment <= file.added_at + _CLOCKS_APART:
            return min(moment, file.added_at), said_by
    return None, ""
