"""A sample of a page: its skeleton, to be sent to whoever mends readers, and what each reader made of both."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from pathlib import Path

from casework.keeping.sign_in import Person
from casework.workspace import Workspace
from collector.alias import Alias
from collector.canonical import sha256
from collector.errors import WrongRequest
from collector.kinds import page_names
from collector.ledger.disk import write_file
from collector.model import ALIBABA, FactState
from collector.progress import Progress
from collector.reading.disguise import Kept, plain_words
from collector.reading.skeleton import skeleton
from collector.reading.stored import stored_page
from collector.saved.page import folder_of, read_page
from collector.site import Document, Recognition, Site, StoredPage
from collector.vocabulary import Vocabulary
from rules.policy.platform import load_policy

_LARGEST = 24 << 20  # bytes of a page; a longer one is no page of the site
_BOUNDARY = "----a-page-in-disguise----"


@dataclass(frozen=True, slots=True)
class FactBeside:
    """One fact: its state on the page, and on the sample of it ("" where that gives no such fact)."""

    name: str
    page: FactState
    sample: FactState | str


@dataclass(frozen=True, slots=True)
class ReaderBeside:
    """What the reader of one kind of page made of both."""

    kind: str
    facts: tuple[FactBeside, ...]

    @property
    def alike(self) -> bool:
        """Whether it reads, misses and fails to read the same on both."""
        return all(fact.page == fact.sample for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample before it is written: its bytes and where they are to go, what it is taken for, and what it keeps.

    `shown` and `seen` say what the page and its sample are recognised as. `there`: a file of that name would be lost.
    """

    what: str
    place: Path
    there: bool
    data: bytes
    shown: Recognition
    seen: Recognition
    readers: tuple[ReaderBeside, ...]
    kept: Kept

    @property
    def sha256(self) -> str:
        return sha256(self.data)


def make_sample(ws: Workspace, what: str, output: Path, progress: Progress) -> Sample:
    """The sample of a kept snapshot (its id, or a unique beginning) or of a page saved in a file. Writes nothing.

    Raises WrongRequest for anything else, and for a place where no file can be.
    """
    place = _place(output)
    progress("looking at the page")
    page, name = _page(ws, what)
    site = ws.site_named(name)
    if sum(len(document.html) for document in (*page.documents, *page.stretches, *page.told)) > _LARGEST:
        raise WrongRequest("The page is larger than any page of the site.", "Save a smaller one.")
    progress("putting it in disguise")
    documents = tuple(document.html for document in (*page.documents, *page.stretches))
    made = skeleton(documents, tuple(answer.html for answer in page.told), page.url, _vocabulary(site, name))
    data = _file(made.documents, made.told, made.url)
    progress("reading both")
    seen = _as_received(data, page)
    shown = site.recognise(page)
    kinds = (shown.kind,) if shown.kind else page_names()
    readers = tuple(beside for kind in kinds if (beside := _beside(site, kind, page, seen)).facts)
    return Sample(what, place, place.exists(), data, shown, site.recognise(seen), readers, made.kept)


def write_sample(sample: Sample, person: Person, *, yes: bool) -> bool:
    """Writes it where somebody who saw what it keeps agrees, or agreed before (`yes`). Gives whether it was written."""
    if not yes:
        if not person.present:
            return False
        over = f"{sample.place} is there already. Write over it?"
        if not person.agrees(over if sample.there else f"Write it to {sample.place}?"):
            return False
    write_file(sample.place, sample.data)
    return True


def _place(output: Path) -> Path:
    place = output.expanduser().absolute()
    if place.is_dir():
        raise WrongRequest(f"{place} is a folder.", "Name the file to write: -o page.html")
    if place.exists() and not place.is_file():
        raise WrongRequest(f"{place} is no ordinary file.", "Name the file to write: -o page.html")
    if not place.parent.is_dir():
        raise WrongRequest(f"The folder {place.parent} is not there.", "Make it, or name another file.")
    return place


def _page(ws: Workspace, what: str) -> tuple[StoredPage, str]:
    path = Path(what).expanduser()
    if path.is_dir():
        raise WrongRequest(f"{what} is a folder.", "Name a page saved in a file, or a snapshot.")
    if path.is_file():
        page = _saved(ws, path)
        return page, ws.site_at(page.url) or ALIBABA
    if not ws.archive.exists:
        raise WrongRequest(f"There is no file {what}, and no archive with such a snapshot.", "Name a saved page.")
    found = ws.index.snapshots_named(what)
    if len(found) != 1:
        many = f"{len(found)} snapshots begin with {what!r}." if found else f"There is no snapshot and no file {what!r}."
        raise WrongRequest(many, "See the snapshots: tradewitness facts CASE --all")
    page = stored_page(found[0], ws.archive.objects.get, ws.alias)
    if not page.documents:
        raise WrongRequest(f"Of snapshot {found[0].id} no page source was kept.", "Take another visit of that page.")
    return page, found[0].target.site


def _saved(ws: Workspace, path: Path) -> StoredPage:
    """A page in a file, as `add` takes it."""
    try:
        data = path.read_bytes()
        folder = folder_of(path, data)
        inside = sorted(folder.iterdir()) if folder is not None else ()
        parts = {
            part.name: part.read_bytes() for part in inside if part.suffix.lower() in (".html", ".htm") and part.is_file()
        }
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Name another file.") from error
    found = read_page(path.name, data, parts)
    if found is None or not any(html.strip() for _, html in found.documents):
        raise WrongRequest(
            f"{path.name} holds no page.", "Save the page in the browser (MHTML or HTML), and name that file."
        )
    documents = tuple(Document(n, sha256(html), html) for n, (_, html) in enumerate(found.documents))
    return StoredPage((ws.alias or Alias()).to_real(found.url), 200, documents, "", ws.clock.now())


def _vocabulary(site: Site, name: str) -> Vocabulary:
    """What the site prints for everybody, and the words by which the policy understands it."""
    own, phrases = site.vocabulary(), load_policy(name).phrases
    return replace(
        own,
        words=own.words
        | {word for phrase in phrases for text in (*phrase.any, *phrase.unless) for word in plain_words(text)},
    )


def _file(documents: tuple[bytes, ...], told: tuple[str, ...], url: str) -> bytes:
    """One document as HTML that names its address as browsers do; several as MHTML. What the page was told stands in it."""
    answers = "".join(
        f'\n<script type="application/json" id="answer-{n}">{answer}</script>' for n, answer in enumerate(told)
    )
    first, *others = documents
    first += answers.encode()
    if not others:
        mark = f"<!-- saved from url=({len(url):04d}){url.replace('--', '%2D%2D')} -->\n" if url else ""
        return mark.encode() + first
    head = (
        f'Snapshot-Content-Location: {url}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="{_BOUNDARY}"'
    )
    parts = (
        f"--{_BOUNDARY}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(html).replace(b"\n", b"\r\n")
        for html in (first, *others)
    )
    return b"".join([f"{head}\r\n\r\n".encode(), *parts, f"--{_BOUNDARY}--\r\n".encode()])


def _as_received(data: bytes, page: StoredPage) -> StoredPage:
    """The sample as whoever receives it reads it: at the time at which the page was seen."""
    found = read_page("sample.html" if not data.startswith(b"Snapshot-") else "sample.mhtml", data, {})
    documents = found.documents if found else ()
    own = tuple(Document(n, sha256(html), html) for n, (_, html) in enumerate(documents))
    return StoredPage(found.url if found else "", page.status, own, "", page.seen_at)


def _beside(site: Site, kind: str, page: StoredPage, sample: StoredPage) -> ReaderBeside:
    made = {fact.name: fact.state for fact in site.read(kind, sample)}
    return ReaderBeside(kind, tuple(FactBeside(f.name, f.state, made.get(f.name, "")) for f in site.read(kind, page)))
