"""The buyer's own papers as PDF: those that are one, and of a text or an office document a reading copy of its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collector.model import AddedFile, Exhibit
from rules.pack.plan.exhibits import folder
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.wording import UNWITNESSED
from rules.pack.render.pdf import finished
from rules.pack.render.report import html

READ_KINDS = ("text/", "application/vnd.openxmlformats-officedocument.wordprocessingml")


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """A PDF that stands for one of the buyer's files; `copied`: it was made of its words, and is not the file itself."""

    pdf: bytes
    copied: bool = False


def words_of(
    plan: PackPlan, read: Callable[[AddedFile], tuple[str, ...]], redacted: Mapping[str, str], exhibit: Exhibit
) -> tuple[str, ...]:
    """The words to print of an exhibit without reading copies: its redacted text, or those of a text or office document."""
    if plan.redaction is not None:
        return tuple(filter(None, map(str.strip, redacted.get(plan.origin(exhibit), "").splitlines())))
    file = plan.file(exhibit)
    readable = file is not None and exhibit.files and file.media_type.startswith(READ_KINDS)
    return read(file) if file is not None and readable else ()


def own_papers(
    plan: PackPlan,
    copies: Mapping[str, list[bytes]],
    pdfs: Mapping[str, bytes],
    words: Callable[[Exhibit], tuple[str, ...]],
    print_pdf: Callable[[str], bytes],
) -> dict[str, OwnPaper]:
    """By exhibit number; `pdfs` are the files that are PDFs, by bag path, handed in as they are. What else has
    reading copies needs no paper.

    A place that takes JPG and PDF alone would not get a contract that is a text file: its words are printed, with the name
    and the SHA-256 of the file that they were read from.
    """
    papers: dict[str, OwnPaper] = {}
    for exhibit in plan.exhibits:
        own = [data for path, data in sorted(pdfs.items()) if path.startswith(folder(exhibit)) and not exhibit.witnessed]
        if own:
            papers[exhibit.number] = OwnPaper(own[0])
        elif not copies.get(exhibit.number) and (lines := words(exhibit)):
            papers[exhibit.number] = OwnPaper(_printed(plan, exhibit, lines, print_pdf), copied=True)
    return papers


def _printed(plan: PackPlan, exhibit: Exhibit, words: tuple[str, ...], print_pdf: Callable[[str], bytes]) -> bytes:
    file = None if plan.redaction is not None else plan.file(exhibit)
    page = html().get_template("paper.html.j2").render(
        plan=plan, exhibit=exhibit, file=file, words=words, unwitnessed=UNWITNESSED
    )  # fmt: skip
    return finished(print_pdf(page), f"{exhibit.number}, {plan.order}")
