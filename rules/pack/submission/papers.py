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


def own_papers(
    plan: PackPlan,
    copies: Mapping[str, list[bytes]],
    pdfs: Mapping[str, bytes],
    read: Callable[[AddedFile], tuple[str, ...]],
    print_pdf: Callable[[str], bytes],
) -> dict[str, OwnPaper]:
    """By exhibit number; `pdfs` are the files that are PDFs, by bag path. What has reading copies needs no paper.

    A place that takes JPG and PDF alone would not get a contract that is a text file: its words are printed, with the name
    and the SHA-256 of the file that they were read from. Of a redacted pack no words are read anew.
    """
    papers: dict[str, OwnPaper] = {}
    for exhibit in plan.exhibits:
        file = plan.file(exhibit)
        if file is None or not exhibit.files or copies.get(exhibit.number):
            continue
        own = [data for path, data in sorted(pdfs.items()) if path.startswith(folder(exhibit))]
        if own:
            papers[exhibit.number] = OwnPaper(own[0])
        elif file.media_type.startswith(READ_KINDS) and not plan.choices.redact and (words := read(file)):
            papers[exhibit.number] = OwnPaper(_printed(plan, exhibit, file, words, print_pdf), copied=True)
    return papers


def _printed(
    plan: PackPlan, exhibit: Exhibit, file: AddedFile, words: tuple[str, ...], print_pdf: Callable[[str], bytes]
) -> bytes:
    page = html().get_template("paper.html.j2").render(
        plan=plan, exhibit=exhibit, file=file, words=words, unwitnessed=UNWITNESSED
    )  # fmt: skip
    return finished(print_pdf(page), f"{exhibit.number}, {plan.order}")
