"""What goes to a place keeps to its limits, whatever the exhibits are; every reason keeps its proof; nothing is lost."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from collector.saved.sheets import PageRange, _bound, _Task
from rules.pack.submission.fitting import Fitted, Submittable, fit
from rules.pack.submission.paper import Leaves, NoBinder, numbers_alone, pdf_of
from rules.policy.forums import Forum, load_forums

SHRUNK = 60  # the pictures here are so much smaller than a page's, and so are the limits in bytes


def _noise(seed: int, width: int, height: int) -> bytes:
    """A picture that no format makes small."""
    out = io.BytesIO()
    pixels = random.Random(seed).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(out, "PNG")
    return out.getvalue()


PICTURES = tuple(_noise(n, 60 + 15 * n, 80 + 15 * n) for n in range(3))


def _pdf(pages: int) -> bytes:
    jpeg = io.BytesIO()
    Image.open(io.BytesIO(PICTURES[1])).save(jpeg, "JPEG", quality=70)
    return pdf_of([jpeg.getvalue()] * pages)


PDFS = (_pdf(1), _pdf(4), _pdf(25))


class InProcess:
    """The binder of the program, without a process of its own."""

    def counts(self, pdfs: Sequence[bytes]) -> tuple[int, ...]:
        return tuple(len(PdfReader(io.BytesIO(pdf)).pages) for pdf in pdfs)

    def bind(self, parts: Sequence[Leaves], number_from: int | None) -> bytes:
        pages = sum(part.last - part.first for part in parts)
        over = [] if number_from is None else [numbers_alone(number_from, pages)]
        ranges = tuple(PageRange(at, part.first, part.last) for at, part in enumerate(parts))
        return _bound([*(part.pdf for part in parts), *over], _Task((), ranges, bool(over)))


def _shrunk(forum: Forum) -> Forum:
    limits = tuple(replace(one, most=one.most // SHRUNK) if one.what.endswith("bytes") else one for one in forum.limits)
    return replace(forum, limits=limits, beside_bytes=forum.beside_bytes // SHRUNK)


def _documents(chance: random.Random) -> tuple[Submittable, ...]:
    """Exhibits of every shape: long and short, pictures and PDFs, of which some must not be missing."""
    made: list[Submittable] = []
    for number in range(chance.randint(0, 16)):
        kind = chance.choice(("order", "thread", "photo", "contract", "inspection", "product"))
        blank = Submittable(f"A{number + 1:02d}", kind.title(), kind, chance.randint(10, 140))
        if kind in ("contract", "inspection"):
            at = chance.randint(0, 2)
            one = replace(blank, pdf=PDFS[at], pages=(1, 4, 25)[at])
        else:
            count = 1 if kind == "photo" else chance.randint(1, 12)
            pictures = tuple(chance.choices(PICTURES, k=count))
            one = replace(blank, pictures=pictures, pages=count, photo=kind == "photo", from_end=kind == "thread")
        few = sum(other.essential for other in made) < 8
        made.append(replace(one, essential=few and chance.random() < 0.5))
    return tuple(made)


FORUMS = load_forums().forums


@pytest.mark.parametrize("forum", FORUMS, ids=lambda forum: forum.id)
@pytest.mark.parametrize("seed", range(3))
def test_the_limits_hold_and_nothing_is_silently_dropped(forum: Forum, seed: int) -> None:
    """Files, pages and bytes keep to what the place takes, and each page is handed in or named among what is left out."""
    given_ = _documents(random.Random(f"{forum.id} {seed}"))
    forum = _shrunk(forum)
    fitted = fit(forum, given_, InProcess())
    _keeps_to(forum, fitted)
    for document in given_:
        pages = {
            page
            for upload in fitted.uploads
            for extract in upload.extracts
            if document.name in extract.document.numbers
            for page in range(extract.first, extract.last + 1)
        }
        named = any(item.name.startswith(f"{document.name}-") for item in fitted.left_out)
        assert pages == set(range(1, document.pages + 1)) or named, document.name
        if document.essential:
            assert pages, f"{document.name} is needed, and no page of it is there"


def _keeps_to(forum: Forum, fitted: Fitted) -> None:
    sizes = [len(upload.data) for upload in fitted.uploads]
    pages = 0
    for upload in fitted.uploads:
        said = sum(extract.pages for extract in upload.extracts)
        there = 1 if upload.name.endswith(".jpg") else len(PdfReader(io.BytesIO(upload.data)).pages)
        assert there == said, upload.name
        pages += there
    limits = {limit.what: limit.most for limit in forum.limits}
    assert len(sizes) <= limits.get("files", len(sizes))
    assert max(sizes, default=0) <= limits.get("file_bytes", max(sizes, default=0))
    assert sum(sizes) <= limits.get("total_bytes", sum(sizes))
    assert pages + forum.beside_pages <= limits.get("pages", pages + forum.beside_pages)
    names = [upload.name for upload in fitted.uploads]
    assert len(set(names)) == len(names)
    assert all(len(name) <= limits.get("name_letters", len(name)) for name in names)
    assert all(name.rpartition(".")[2] in forum.types for name in names)


def _named(name: str) -> Forum:
    return next(forum for forum in FORUMS if forum.id == name)


def test_many_photos_are_put_together_before_anything_is_left_out() -> None:
    """With more than ten exhibits all are handed in, the photos in one file, and the strongest by themselves."""
    photos = [Submittable(f"B{n:02d}", "Photo", "photo", 30, (PICTURES[0],), photo=True) for n in range(1, 13)]
    others = [
        Submittable("A01", "Order page", "order", 10, (PICTURES[1],)),
        Submittable("B20", "Contract", "contract", 20, pdf=PDFS[0]),
    ]
    fitted = fit(_named("alibaba"), [*photos, *others], InProcess())
    assert not fitted.left_out
    assert len(fitted.uploads) == 10
    assert [upload.extracts[0].document.name for upload in fitted.uploads[:2]] == ["A01", "B20"]
    assert fitted.uploads[1].data == PDFS[0], "the buyer's own file goes as it is"


def test_where_pages_are_few_four_photos_share_one() -> None:
    """Thirty photos of damage go on eight pages, and none is left out; the contract and the order keep theirs."""
    photos = [Submittable(f"B{n:02d}", "Photo", "photo", 30, (PICTURES[0],), photo=True) for n in range(1, 31)]
    others = [Submittable("A01", "Order page", "order", 10, PICTURES[:2], pages=2, essential=True)]
    fitted = fit(_named("mastercard"), [*photos, *others], InProcess())
    assert not fitted.left_out
    assert fitted.uploads[1].name == "02B01toB04ph.pdf"
    assert {number for one in fitted.uploads for extract in one.extracts for number in extract.document.numbers} == {
        "A01", *(photo.name for photo in photos)
    }  # fmt: skip


def test_of_a_conversation_that_is_too_long_the_end_is_handed_in() -> None:
    """The complaint and the answer stand at its end; the pages before are named."""
    thread = Submittable("A02", "Conversation", "thread", 60, PICTURES[:1] * 30, pages=30, essential=True, from_end=True)
    fitted = fit(_named("mastercard"), [thread], InProcess())
    assert [(extract.first, extract.last) for upload in fitted.uploads for extract in upload.extracts] == [(13, 30)]
    assert [item.name for item in fitted.left_out] == ["A02-thread, pages 1 to 12 of 30"]


def test_a_bundle_has_running_numbers_over_pictures_and_pdfs() -> None:
    """Each page of the volume has its number at the foot, the buyer's own PDF included."""
    own = [
        Submittable("A01", "Order page", "order", 10, PICTURES[:2], pages=2),
        Submittable("B01", "Contract", "contract", 20, pdf=PDFS[1], pages=4),
    ]
    bundle = fit(_named("china-court"), own, InProcess()).uploads[0]
    assert [extract.at for extract in bundle.extracts] == [1, 3]
    pages = PdfReader(io.BytesIO(bundle.data)).pages
    assert [page.extract_text().split()[-1] for page in pages] == ["1", "2", "3", "4", "5", "6"]


def test_a_pdf_that_nobody_can_open_stays_whole_and_by_itself() -> None:
    """It is handed in as it is where it fits, and named where it does not."""
    locked = Submittable("B01", "Contract", "contract", 20, pdf=b"%PDF-1.4\nlocked", pages=0, essential=True)
    fitted = fit(_named("alibaba"), [locked], NoBinder())
    assert [upload.data for upload in fitted.uploads] == [locked.pdf]
    large = replace(locked, pdf=locked.pdf + bytes(6_000_000))
    assert [item.name for item in fit(_named("alibaba"), [large], NoBinder()).left_out] == ["B01-contract"]


def test_the_same_exhibits_give_the_same_bytes() -> None:
    """Whoever makes the set again gets the same files."""
    own = [
        Submittable("A01", "Order page", "order", 10, PICTURES, pages=4),
        Submittable("B01", "Contract", "contract", 20, pdf=PDFS[1], pages=4),
    ]
    first, second = (fit(_named("small-claims-us"), own, InProcess()).uploads for _ in range(2))
    assert first == second
