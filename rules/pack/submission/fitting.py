"""What of a pack goes to one place: strongest first, within its limits, each reason with its proof, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rules.pack.submission.paper import LEVELS, OVERHEAD, Binder, Leaves, Press, Pressed, four_on_a_page, pdf_of
from rules.policy.forums import Forum

REPORT = "report"
_LAST = len(LEVELS) - 1


@dataclass(frozen=True, slots=True)
class Submittable:
    """An exhibit that can be handed in: its reading copies, or the buyer's own PDF.

    `weight` puts the strongest first; `essential`: without it a reason would be left without proof. `from_end`: where not
    all of it fits, its last pages stay (a conversation), else its first. `pages` is 0 where a PDF's cannot be counted.
    """

    name: str
    title: str
    kind: str
    weight: int
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    pdf: bytes = field(default=b"", repr=False)
    pages: int = 1
    essential: bool = False
    from_end: bool = False
    photo: bool = False
    proves: tuple[str, ...] = ()
    sheet_of: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The exhibits in it: one, or those on a sheet of photos."""
        return self.sheet_of or (self.name,)


@dataclass(frozen=True, slots=True)
class Extract:
    """Pages `first` to `last` of a document, counted from 1, as they are handed in from page `at` of the bundle on."""

    document: Submittable
    first: int
    last: int
    at: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing of the document is missing."""
        return (self.first, self.last) == (1, max(1, self.document.pages))

    @property
    def pages(self) -> int:
        """How many pages these are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to hand in, and what stands in it."""

    name: str
    title: str
    data: bytes = field(repr=False)
    extracts: tuple[Extract, ...]

    @property
    def size_kb(self) -> int:
        """Its size for people, rounded up."""
        return -(-len(self.data) // 1000)


@dataclass(frozen=True, slots=True)
class OmittedFile:
    """A file, or pages of one, not to be handed in: why, and where it can go."""

    name: str
    why: str
    where: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is handed in, strongest first, and what is not."""

    uploads: tuple[Upload, ...]
    left_out: tuple[OmittedFile, ...]


@dataclass(slots=True)
class _Taken:
    """Pages of a document that are taken, and the level of its copies."""

    document: Submittable
    pages: int
    level: int = 0

    def extract(self) -> Extract:
        whole = max(1, self.document.pages)
        return Extract(self.document, whole - self.pages + 1, whole) if self.document.from_end else self._first()

    def _first(self) -> Extract:
        return Extract(self.document, 1, self.pages)


@dataclass(slots=True)
class _Room:
    """What is left of a place's limits; None where it has none."""

    pages: int | None
    total: int | None
    files: int | None
    file: int | None

    @classmethod
    def of(cls, forum: Forum, front_pages: int, front_bytes: int, front_files: int) -> _Room:
        pages, total, files = forum.most("pages"), forum.most("total_bytes"), forum.most("files")
        return cls(
            None if pages is None else pages - forum.beside_pages - front_pages,
            None if total is None else total - forum.beside_bytes - front_bytes,
            None if files is None else files - front_files,
            forum.most("file_bytes"),
        )


def fit(
    forum: Forum,
    documents: Iterable[Submittable],
    binder: Binder,
    front: Sequence[tuple[int, int]] = (),
    pressed: Pressed | None = None,
) -> Fitted:
    """The documents within the limits of the place; `front` is what lies before them: pages and bytes of each file.

    `pressed` holds what other places had pressed before.
    """
    room = _Room.of(forum, sum(pages for pages, _ in front), sum(size for _, size in front), len(front))
    ordered = sorted(documents, key=lambda d: (d.weight, d.name))
    if room.pages is not None and sum(max(1, d.pages) for d in ordered) > room.pages:
        ordered = _photos_on_sheets(ordered)
    return _Fitting(forum, room, binder, pressed or Pressed()).run(ordered)


def _photos_on_sheets(documents: Sequence[Submittable]) -> list[Submittable]:
    """Where pages are few, four photos share one, rather than that most of them are left out."""
    photos = [one for one in documents if one.photo]
    sheets: list[Submittable] = []
    for four in (photos[at : at + 4] for at in range(0, len(photos), 4)):
        first, names = four[0], tuple(one.name for one in four)
        if len(four) == 1:
            sheets.append(first)
            continue
        proves = tuple(dict.fromkeys(words for one in four for words in one.proves))
        name, pictures = f"{names[0]}-to-{names[-1]}", (four_on_a_page([one.pictures[0] for one in four]),)
        title = f"{len(four)} photos on a page{first.title.removeprefix('Photo')}"
        needed = any(one.essential for one in four)
        sheets.append(
            replace(
                first,
                name=name,
                title=title,
                pictures=pictures,
                essential=needed,
                photo=False,
                proves=proves,
                sheet_of=names,
            )
        )
    others = [one for one in documents if not one.photo]
    return sorted([*others, *sheets], key=lambda d: (d.weight, d.name))


@dataclass(slots=True)
class _Fitting:
    forum: Forum
    room: _Room
    binder: Binder
    pressed: Pressed
    press: Press = field(init=False)
    left_out: list[OmittedFile] = field(default_factory=list)
    cut: dict[str, bool] = field(default_factory=dict)  # whether pages of a document can be had alone, by its name

    def __post_init__(self) -> None:
        largest = min((n for n in (self.room.file, self.room.total) if n is not None), default=None)
        self.press = Press(largest, self.pressed)

    def run(self, documents: Sequence[Submittable]) -> Fitted:
        self.press.begin([picture for document in documents for picture in document.pictures])
        needed = [d for d in documents if d.essential]
        taken = self._within_bytes(self._within_pages(needed))
        for document in (d for d in documents if not d.essential):
            self._take_whole(document, taken)
        order = {document.name: at for at, document in enumerate(documents)}
        taken.sort(key=lambda one: order[one.document.name])
        uploads = self._bundle(taken) if self.forum.shape == "bundle" else self._files(taken)
        uploads = self._within_total(uploads)
        self._say_cut(uploads, documents)
        return Fitted(tuple(uploads), tuple(sorted(self.left_out, key=lambda item: item.name)))

    # -- pages ----------------------------------------------------------------------------------------------------------

    def _within_pages(self, needed: Sequence[Submittable]) -> list[_Taken]:
        """A page of each, strongest first, then one more of each in turn, until all are taken or the room is used up."""
        room = self.room.pages
        if room is None:
            return [_Taken(d, max(1, d.pages)) for d in needed]
        taken: list[_Taken] = []
        for document in needed:
            least = 1 if self._can_be_cut(document) else max(1, document.pages)
            if least <= room:
                taken.append(_Taken(document, least))
                room -= least
            else:
                self._leave(document, self._too_many_pages(), self.forum.rest)
        while room and (short := [one for one in taken if one.pages < one.document.pages]):
            for one in short[:room]:
                one.pages += 1
            room -= min(room, len(short))
        return taken

    def _can_be_cut(self, document: Submittable) -> bool:
        """Whether some of its pages can be had alone."""
        if document.name not in self.cut:
            whole = bool(document.pictures)
            self.cut[document.name] = whole or (
                document.pages > 1 and bool(self.binder.bind((Leaves(document.pdf, 0, 1),), None))
            )
        return self.cut[document.name]

    # -- bytes ----------------------------------------------------------------------------------------------------------

    def _size(self, one: _Taken, level: int | None = None) -> int:
        if one.document.pictures:
            extract = one.extract()
            return self.press.size(
                one.document.pictures[extract.first - 1 : extract.last], one.level if level is None else level
            )
        whole = max(1, one.document.pages)
        size = len(one.document.pdf) if one.pages == whole else len(one.document.pdf) * one.pages // whole + 4_000
        return self._numbered(size, one.pages)

    def _numbered(self, size: int, pages: int) -> int:
        """How large a PDF of so many pages is at the most, once they are numbered, where they are."""
        return size + OVERHEAD * pages if self.forum.shape == "bundle" else size

    def _within_bytes(self, taken: list[_Taken]) -> list[_Taken]:
        """The best level at which they fit together; where none does, fewer pages of the longest, then fewer documents."""
        if self.room.total is None:
            return taken
        for level in range(len(LEVELS)):
            for one in taken:
                one.level = level
            if sum(map(self._size, taken)) <= self.room.total:
                return taken
        while taken and sum(map(self._size, taken)) > self.room.total:
            longest = max(taken, key=lambda one: one.pages if self._can_be_cut(one.document) else 1)
            if longest.pages > 1 and self._can_be_cut(longest.document):
                longest.pages -= 1
            else:
                largest = max(taken, key=self._size)
                taken.remove(largest)
                self._leave(largest.document, self._too_many_bytes(), self.forum.too_large)
        return taken

    def _within_total(self, uploads: list[Upload]) -> list[Upload]:
        """Pages that were taken out of a PDF can be larger than their share of it: then the weakest files go."""
        while self.room.total is not None and sum(len(upload.data) for upload in uploads) > self.room.total:
            spare = [u for u in uploads if not any(extract.document.essential for extract in u.extracts)]
            away = (spare or uploads)[-1]
            uploads = [upload for upload in uploads if upload is not away]
            for extract in away.extracts:
                self._leave(extract.document, self._too_many_bytes(), self.forum.too_large, extract)
        return uploads

    def _take_whole(self, document: Submittable, taken: list[_Taken]) -> None:
        """What is not needed is taken whole or not at all."""
        pages, used = max(1, document.pages), sum(one.pages for one in taken)
        if self.room.pages is not None and (not document.pages or used + pages > self.room.pages):
            self._leave(document, self._too_many_pages(), self.forum.rest)
            return
        one = _Taken(document, pages, max((other.level for other in taken if self.room.total), default=0))
        spent = sum(map(self._size, taken))
        while self.room.total is not None and spent + self._size(one) > self.room.total:
            if one.level == _LAST or not document.pictures:
                self._leave(document, self._too_many_bytes(), self.forum.too_large)
                return
            one.level += 1
        taken.append(one)

    # -- files ----------------------------------------------------------------------------------------------------------

    def _files(self, taken: Sequence[_Taken]) -> list[Upload]:
        groups = [[piece] for one in taken for piece in self._pieces(one)]
        groups = self._merged(groups)
        report = next((one for group in groups for one in group if one.extract.document.kind == REPORT), None)
        uploads: list[Upload] = []
        number = 0 if report and groups[0] == [report] else 1
        for group in groups:
            uploads.append(self._upload(group, number, groups))
            number += 1
        return uploads

    def _pieces(self, one: _Taken) -> Iterator[_Piece]:
        """A document as files that are each small enough: one, or several with its pages in turn."""
        extract, most = one.extract(), self.room.file
        document = one.document
        if document.pictures:
            pages = document.pictures[extract.first - 1 : extract.last]
            level = one.level
            while most is not None and level < _LAST and self.press.size(pages, level) > most:
                level += 1
            yield from self._picture_pieces(extract, pages, level)
        elif most is None or (extract.whole and self._numbered(len(document.pdf), extract.pages) <= most):
            yield _Piece(extract, pdf=self._cut(extract))
        else:
            yield from self._pdf_pieces(extract, most)

    def _picture_pieces(self, extract: Extract, pages: Sequence[bytes], level: int) -> Iterator[_Piece]:
        jpegs = [self.press.jpeg(page, level) for page in pages]
        if not all(self._fits(_with_overhead(jpeg)) for jpeg in jpegs):
            self._leave(extract.document, f"larger than {_mb(self.room.file or 0)} MB.", self.forum.too_large)
            return
        start = 0
        for end in range(1, len(jpegs) + 1):
            rest = jpegs[start : end + 1]
            if end == len(jpegs) or not self._fits(sum(map(_with_overhead, rest))):
                part = replace(extract, first=extract.first + start, last=extract.first + end - 1)
                yield _Piece(part, jpegs=tuple(jpegs[start:end]))
                start = end

    def _pdf_pieces(self, extract: Extract, most: int) -> Iterator[_Piece]:
        """Halves of a PDF, and halves of these, until each is small enough; a page that is too large is named."""
        data = self._cut(extract) if extract.document.pages else b""
        if data and self._numbered(len(data), extract.pages) <= most:
            yield _Piece(extract, pdf=data)
        elif extract.pages > 1 and data:
            middle = extract.first + extract.pages // 2
            yield from self._pdf_pieces(replace(extract, last=middle - 1), most)
            yield from self._pdf_pieces(replace(extract, first=middle), most)
        else:
            self._leave(extract.document, f"larger than {_mb(most)} MB.", self.forum.too_large, extract)

    def _cut(self, extract: Extract) -> bytes:
        if extract.whole:
            return extract.document.pdf
        return self.binder.bind((Leaves(extract.document.pdf, extract.first - 1, extract.last),), None)

    def _merged(self, groups: list[list[_Piece]]) -> list[list[_Piece]]:
        """As few files as the place takes: first those of one kind together, then the weakest; then some are left out."""
        most = self.room.files
        while most is not None and len(groups) > most:
            pairs = list(enumerate(pairwise(groups)))[::-1]  # the weakest first
            pairs.sort(key=lambda pair: _kinds(pair[1][0]) != _kinds(pair[1][1]))
            at = next((at for at, (a, b) in pairs if self._together(a, b)), None)
            if at is not None:
                groups[at : at + 2] = [groups[at] + groups[at + 1]]
                continue
            spare = [n for n, group in enumerate(groups) if not any(piece.extract.document.essential for piece in group)]
            for piece in groups.pop(spare[-1] if spare else -1):
                self._leave(piece.extract.document, f"more than {most} files.", self.forum.rest, piece.extract)
        return groups

    def _together(self, a: list[_Piece], b: list[_Piece]) -> bool:
        pieces = [*a, *b]
        if any(piece.extract.document.kind == REPORT for piece in pieces) or not self._fits(sum(p.size for p in pieces)):
            return False
        if not any(piece.pdf for piece in pieces):
            return True
        return bool(bound := self._bound(pieces, None)) and self._fits(len(bound))

    def _fits(self, size: int) -> bool:
        return self.room.file is None or size <= self.room.file

    def _bound(self, pieces: Sequence[_Piece], number_from: int | None) -> bytes:
        """The pieces as one PDF; b"" where a PDF among them cannot be bound with the others."""
        if not any(piece.pdf for piece in pieces):
            return pdf_of([jpeg for piece in pieces for jpeg in piece.jpegs], number_from)
        if len(pieces) == 1 and number_from is None:
            return pieces[0].pdf
        parts = [Leaves(piece.pdf or pdf_of(piece.jpegs), 0, piece.extract.pages) for piece in pieces]
        return self.binder.bind(parts, number_from)

    def _upload(self, group: Sequence[_Piece], number: int, groups: Sequence[Sequence[_Piece]]) -> Upload:
        extracts = tuple(piece.extract for piece in group)
        first = extracts[0].document
        if first.kind == REPORT:
            return Upload(_short(f"{number:02d}-report.pdf", self.forum), first.title, first.pdf, extracts)
        jpeg = group[0].jpegs if len(group) == 1 and first.photo and "jpg" in self.forum.types else ()
        data, ending = (jpeg[0], ".jpg") if len(jpeg) == 1 else (self._bound(group, None), ".pdf")
        names = [number for one in extracts for number in one.document.numbers]
        of = [piece for other in groups for piece in other if piece.extract.document.name == first.name]
        part = f"-part{of.index(group[0]) + 1}" if len(of) > 1 and len(group) == 1 else ""
        titles = list(dict.fromkeys(one.document.title for one in extracts))
        words = first.kind if self.forum.most("name_letters") else titles[0].partition(" (")[0]
        name = _name(number, names, words if len(titles) == 1 else "exhibits", part, ending, self.forum)
        return Upload(name, "; ".join(titles), data, extracts)

    # -- bundle ---------------------------------------------------------------------------------------------------------

    def _bundle(self, taken: Sequence[_Taken]) -> list[Upload]:
        """All of it as one PDF with running numbers, or as many volumes as its size needs."""
        volumes: list[list[_Piece]] = [[]]
        alone: list[_Piece] = []
        number = 1
        for piece in (piece for one in taken for piece in self._pieces(one)):
            if piece.pdf and not self.binder.bind((Leaves(piece.pdf, 0, piece.extract.pages),), number):
                alone.append(piece)
                continue
            placed = replace(piece, extract=replace(piece.extract, at=number))
            number += piece.extract.pages
            if volumes[-1] and not self._fits(sum(self._numbered(p.size, p.extract.pages) for p in (*volumes[-1], placed))):
                volumes.append([])
            volumes[-1].append(placed)
        uploads = []
        for count, volume in enumerate((volume for volume in volumes if volume), 1):
            extracts = tuple(piece.extract for piece in volume)
            name = "01-bundle.pdf" if len(volumes) == 1 else f"{count:02d}-bundle-volume-{count}.pdf"
            last = extracts[-1].at + extracts[-1].pages - 1
            title = f"The exhibits, pages {extracts[0].at} to {last}"
            uploads.append(Upload(name, title, self._bound(volume, extracts[0].at), extracts))
        for count, piece in enumerate(alone, len(uploads) + 1):
            uploads.append(self._upload([piece], count, [[piece]]))
        return uploads

    # -- what is not there ----------------------------------------------------------------------------------------------

    def _say_cut(self, uploads: Sequence[Upload], documents: Sequence[Submittable]) -> None:
        """Of a document of which pages are handed in, those that are not."""
        there: dict[str, list[Extract]] = {}
        for upload in uploads:
            for extract in upload.extracts:
                there.setdefault(extract.document.name, []).append(extract)
        for document in documents:
            pages = sorted((extract.first, extract.last) for extract in there.get(document.name, ()))
            if not pages:
                continue
            for first, last in _gaps(pages, max(1, document.pages)):
                if not any(item.name.startswith(f"{_stem(document)}, page") for item in self.left_out):
                    cut = Extract(document, first, last)
                    self._leave(document, "not all of its pages fit within the limits.", self.forum.rest, cut)

    def _leave(self, document: Submittable, why: str, where: str, extract: Extract | None = None) -> None:
        if document.sheet_of:
            self.left_out += [OmittedFile(f"{number}-{document.kind}", why, where) for number in document.sheet_of]
            return
        name = _stem(document)
        if extract is not None and not extract.whole:
            which = f"page {extract.first}" if extract.pages == 1 else f"pages {extract.first} to {extract.last}"
            name += f", {which} of {document.pages}"
        self.left_out.append(OmittedFile(name, why, where))

    def _too_many_pages(self) -> str:
        return f"more than {self.forum.most('pages')} pages together."

    def _too_many_bytes(self) -> str:
        return f"more than {_mb(self.forum.most('total_bytes') or 0)} MB together."


@dataclass(frozen=True, slots=True)
class _Piece:
    """Pages that stay together in a file: as pictures, or as a PDF."""

    extract: Extract
    jpegs: tuple[bytes, ...] = ()
    pdf: bytes = b""

    @property
    def size(self) -> int:
        return len(self.pdf) or sum(map(_with_overhead, self.jpegs))


def _with_overhead(jpeg: bytes) -> int:
    return len(jpeg) + OVERHEAD


def _kinds(group: Sequence[_Piece]) -> set[str]:
    return {piece.extract.document.kind for piece in group}


def _gaps(pages: Sequence[tuple[int, int]], last: int) -> Iterator[tuple[int, int]]:
    reached = 0
    for first, end in pages:
        if first > reached + 1:
            yield reached + 1, first - 1
        reached = max(reached, end)
    if reached < last:
        yield reached + 1, last


def _stem(document: Submittable) -> str:
    return "report.pdf" if document.kind == REPORT else f"{document.name}-{document.kind}"


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f}".removesuffix(".0")


def _name(number: int, names: Sequence[str], words: str, part: str, ending: str, forum: Forum) -> str:
    """ "02-A01-order-page.pdf", "03-B01-to-B05-photo.pdf"; without dashes and shorter where the place wants that."""
    which = names[0] if len(names) == 1 else f"{names[0]}-to-{names[-1]}"
    said = re.sub(r"[^a-z0-9]+", "-", words.lower())[:40].strip("-")
    return _short(f"{number:02d}-{which}{part}-{said}{ending}", forum)


def _short(name: str, forum: Forum) -> str:
    most = forum.most("name_letters")
    if most is None:
        return name
    stem, dot, ending = name.rpartition(".")
    return re.sub(r"[^A-Za-z0-9]", "", stem)[: most - len(dot + ending)] + dot + ending
