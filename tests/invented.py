"""A program: invents a kind of page and a kind of file by a row each, and goes with them from `--help` to a pack.

A process of its own, because the commands are made from the rows when they are imported: `python -m tests.invented FOLDER`
prints as JSON what each step said.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from pypdf import PdfWriter

from collector import kinds
from collector.model import Fact, Target
from collector.reading.markup import Frame
from collector.sites.alibaba import pages
from tests.archives import TestClock, archive_at, keep_snapshot, snapshot_for

ORDER = "250861947301028446"
URL = f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
WARRANTY = "https://www.alibaba.com/warranty/motors.html"  # of no kind that is known
SHOP = "https://brightwing.en.alibaba.com/company_profile.html"
HTML = b"<!doctype html><title>Warranty</title><p class='warranty-term'>Two years on motors and batteries</p>"


def read_warranty(frame: Frame) -> tuple[Fact, ...]:
    """The reader of the invented kind: one fact, with its place."""
    tag = frame.soup.select_one(".warranty-term")
    assert tag is not None
    place = frame.place(tag, tag.get_text())
    return (Fact("warranty.term", tag.get_text(), "read", frame.page.snapshot, "alibaba.warranty/1", place),)


def invent() -> None:
    """The two rows, and the site's."""
    page = kinds.PageKind("warranty", "Warranty page", 35, of_case=True, of_order=True, private=True, several=True)
    kinds.PAGE_KINDS = (*kinds.PAGE_KINDS[:2], page, *kinds.PAGE_KINDS[2:])
    file = kinds.FileKind("declaration", "Customs declaration", "报关单", 45)
    kinds.FILE_KINDS = (file, *kinds.FILE_KINDS)
    pages.PAGES = (*pages.PAGES, pages.Page("warranty", read_warranty, parts=".warranty-term"))


def told(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    import cli

    out = StringIO()
    with redirect_stdout(out):
        code = cli.run(list(arguments))
    assert code == 0, (arguments, code, out.getvalue())
    return out.getvalue()


def main(folder: Path) -> None:
    os.environ |= {"TRADEWITNESS_ARCHIVE": str(folder / "archive"), "TRADEWITNESS_CONFIG": str(folder / "configuration")}
    os.environ["TRADEWITNESS_LOG"] = str(folder / "log")
    os.environ["COLUMNS"] = "200"
    archive = archive_at(folder / "archive", [], TestClock())
    invent()
    said = {"open --help": told("case", "open", "--help"), "add --help": told("add", "--help")}
    said["open"] = told("case", "open", ORDER, "--order", URL, "--warranty", WARRANTY, "--zone", "Europe/Berlin", "--json")
    for kind, url in (("supplier", SHOP), ("warranty", WARRANTY), ("order", URL)):
        keep_snapshot(archive, snapshot_for(archive, Target(kind, ORDER, kind, url), HTML, identifier=f"S-{kind}"))
    declaration = folder / "declaration.pdf"
    sheet = PdfWriter()
    sheet.add_blank_page(595, 842)
    sheet.write(declaration)
    told("add", ORDER, str(declaration), "--as", "declaration", "--json")
    said["search"] = told("search", "motors", "--kind", "warranty", "--json")
    said["search file"] = told("search", "declaration", "--kind", "declaration", "--json")
    said["facts"] = told("facts", ORDER, "--json")
    said["draft"] = told("draft", ORDER, "statement", "--lang", "zh", "--reason", "quality")
    told("pack", ORDER, "--reason", "quality", "-o", str(folder / "pack.zip"), "--json")
    with zipfile.ZipFile(folder / "pack.zip") as pack:
        said["names"] = "\n".join(pack.namelist())
        said["list"] = next(pack.read(n).decode() for n in pack.namelist() if n.endswith("submission/list.txt"))
        said["timeline"] = next(pack.read(n).decode() for n in pack.namelist() if n.endswith("timeline.csv"))
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
