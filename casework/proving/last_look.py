"""The last look at what the other side gets: what in it may open an account, where it stands, and what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.capture.secrets import secrets_by_place, secrets_left
from collector.errors import PersonNeeded
from collector.saved.text import read_apart
from rules.case.casefile import CaseFile
from rules.language.facts import fact_words
from rules.pack.plan.exhibits import folder
from rules.pack.plan.plan import PackPlan

# What the program wrote itself, from what was masked when it was kept: names in it are the program's, or somebody's words.
_OURS = re.compile(r"data/(?!exhibits/|archive\.wacz).*|data/exhibits/A[^/]+/(?:facts|snapshot)\.json")
_TEXT_OF_PAGE = re.compile(r"data/exhibits/A[^/]+/text(?:-\d+)?\.txt")
# Printed from pages, and copied from originals, of the pack that are looked at themselves.
_AGAIN = re.compile(r"data/report\.pdf|data/submission/(?:[^/]+/)?[^/]+\.pdf")
_WEB_ARCHIVE = "data/archive.wacz"
_REMASK = "mask the kept pages by the rules of today (tradewitness remask)"
_ENTERED = "entered by you/"
_SIGN_OUT = "sign out at the site that it is for, so that it opens nothing any more, and add --accept-risk"


@dataclass(frozen=True, slots=True)
class Suspect:
    """What may open an account: `path` in the pack, `place` in that file ("line 3", "page 2"), `kinds` with their number.

    `name` is what people call it, and `todo` what the buyer can do, as half a sentence.
    """

    path: str
    name: str
    place: str
    kinds: tuple[tuple[str, int], ...]
    todo: str

    @property
    def where(self) -> str:
        """ "notes.txt (B02), line 3"."""
        return f"{self.name}, {self.place}" if self.place else self.name


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be looked into, and why."""

    path: str
    why: str


class LastLook:
    """Looks at the originals before anything is made, then at what is made of them. What was found stays in `suspects`."""

    def __init__(self, planned: PackPlan | None = None) -> None:
        self._names = _names(planned) if planned is not None else {}
        self._legible = ""  # what people can read of the pages
        self.suspects: list[Suspect] = []
        self.unread: list[Unread] = []

    def look(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Looks at files by their path in the pack."""
        waiting: dict[str, bytes] = {}
        for path, data in files:
            if _TEXT_OF_PAGE.fullmatch(path):
                self._legible += data.decode("utf-8", "replace") + "\n"
            if data.startswith(b"%PDF-"):
                if not _AGAIN.fullmatch(path):
                    self._look_into_pdf(path, data)
            elif secrets_left(data, by_name=not _OURS.fullmatch(path)):
                waiting[path] = data
        for path, data in waiting.items():
            for place, found in secrets_by_place(data, by_name=not _OURS.fullmatch(path), legible=self._legible):
                self._suspect(path, place or _line_of(data), found)

    def look_at_entered(self, file: CaseFile) -> None:
        """What the buyer wrote: it stands in the sealed records, and so in every pack."""
        for what, text in _entered(file):
            if found := secrets_left(text.encode("utf-8", "replace"), by_name=False):
                self._suspect(f"{_ENTERED}{what}", "", found)

    def _look_into_pdf(self, path: str, data: bytes) -> None:
        passages, problem = read_apart("whole pdf", data)
        if problem and not passages:
            self.unread.append(Unread(path, problem))
        found: dict[str, Counter[str]] = {}
        for passage in passages:
            if left := secrets_left(passage.text.encode("utf-8", "replace"), by_name=False):
                found.setdefault(passage.place, Counter()).update(left)
        for place, kinds in found.items():
            self._suspect(path, place, kinds)

    def _suspect(self, path: str, place: str, found: Counter[str]) -> None:
        name, todo = self._names.get(path, (path, _SIGN_OUT))
        if path == _WEB_ARCHIVE:
            todo = f"{_REMASK}, or {_SIGN_OUT}"
        if path.startswith(_ENTERED):
            name, todo = path.removeprefix(_ENTERED), f"it stands in the sealed records, which every pack shows: {_SIGN_OUT}"
        self.suspects.append(Suspect(path, name, place, tuple(sorted(found.items())), todo))

    def require_nothing(self) -> None:
        """Raises PersonNeeded where something may open an account."""
        if not self.suspects:
            return
        first = next((one for one in self.suspects if not _OURS.fullmatch(one.path)), self.suspects[0])
        others = len({one.path for one in self.suspects} - {first.path})
        more = f", and so may {others} other file(s): --dry-run names them" if others else ""
        raise PersonNeeded(
            f"No pack was written: {first.where} may hold what opens an account ({_kinds(first)}){more}.",
            f"The other side would get it. To go on: {first.todo}.",
        )


def _kinds(suspect: Suspect) -> str:
    return ", ".join(kind for kind, _ in suspect.kinds)


def _names(planned: PackPlan) -> dict[str, tuple[str, str]]:
    """What each original is called, and what the buyer can do about it."""
    names: dict[str, tuple[str, str]] = {}
    for exhibit in planned.exhibits:
        file = planned.file(exhibit)
        for path in exhibit.files:
            inside = path.removeprefix(folder(exhibit))
            name = file.name if file is not None and len(exhibit.files) == 1 else inside
            away = f"leave it out with --exclude {file.id if file is not None else exhibit.snapshot}"
            todo = f"{away}, or {_SIGN_OUT}"
            if file is None:
                todo = f"{_REMASK}, or {todo}"
            names[path] = f"{name} ({exhibit.number})", todo
    return names


def _entered(file: CaseFile) -> Iterator[tuple[str, str]]:
    for added in file.files:
        yield f"the note on {added.name}", added.note
        yield f"the name of {added.name}", added.name
    for fact in file.facts:
        if fact.state == "asserted" and isinstance(fact.value, str):
            yield f"what you entered as {fact_words(fact.name)}", fact.value
    yield "the name of the case", file.name


def _line_of(data: bytes) -> str:
    """The first line that holds it by itself, or ""."""
    if data.startswith((b"PK", b"\x1f\x8b")):
        return ""
    for number, text in enumerate(data.splitlines(), 1):
        if b"=" in text and secrets_left(text, by_name=False):
            return f"line {number}"
    return ""
