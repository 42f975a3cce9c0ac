"""The planted corpus through all that a case becomes: none of it is in the archive, a pack, a web archive or an output."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader

from collector.capture.tab import Body, Exchange
from fixtures.authority import Served
from tests.collector.capture.planted import ADDRESSES, BODIES, NAMES, OPENING, PAGES
from tests.decoding import holding
from tests.paper_desk import PaperDesk, PaperTab

_NAMES_A_PLACE = 6


def values() -> Iterator[str]:
    """Secrets, each another, in the forms that real ones have."""
    number = 0
    while True:
        number += 1
        digest = hashlib.sha256(f"planted {number}".encode()).digest()
        word = base64.b64encode(digest[:18]).decode()
        forms = digest[:16].hex(), word, str(uuid.UUID(bytes=digest[:16])), word.replace("/", "q").replace("+", "7")
        yield forms[number % len(forms)]


@dataclass(frozen=True)
class Planted:
    """A page's markup, the addresses and the answers in which a secret stands in every position, and these secrets."""

    markup: str
    addresses: tuple[str, ...]
    bodies: tuple[str, ...]
    secrets: frozenset[str]


def planted() -> Planted:
    given, used = values(), list[str]()

    def next_value() -> str:
        used.append(next(given))
        return used[-1]

    def names(place: int, of: tuple[str, ...] = NAMES) -> Iterator[str]:
        return (of[(place * _NAMES_A_PLACE + n) % len(of)] for n in range(_NAMES_A_PLACE))

    markup = [plant(name, next_value()) for n, plant in enumerate(PAGES.values()) for name in names(n)]
    bodies = [plant(name, next_value()) for n, plant in enumerate(BODIES.values()) for name in names(n)]
    opening = (*NAMES, *OPENING)
    addresses = [plant(name, next_value()) for n, plant in enumerate(ADDRESSES.values()) for name in names(n, opening)]
    return Planted("".join(markup), tuple(addresses), tuple(bodies), frozenset(used))


CORPUS = planted()


@dataclass
class PlantedTab(PaperTab):
    """The story's pages, each with the whole corpus in its source, its addresses and its answers."""

    def changed(self, kind: str) -> None:
        self.html = self.html.replace("</body>", CORPUS.markup + "</body>")
        asked = (_exchange(url, "{}") for url in CORPUS.addresses)
        told = (_exchange("https://x.example/api", body) for body in CORPUS.bodies)
        self.seen = (*self.seen, *asked, *told)


def _exchange(url: str, body: str) -> Exchange:
    """A request that sends what its answer says, too."""
    form = {"{": "application/json", ")": "application/json", "j": "application/json", "<": "text/xml"}
    kind, data = form.get(body[0], "application/x-www-form-urlencoded"), body.encode()
    return Exchange("POST", url, "XHR", 200, kind, len(data), "", sent=data, body=Body("bytes", data))


def _printed(pack: Path) -> str:
    """What the pack's report says, as a browser printed it."""
    with zipfile.ZipFile(pack) as members:
        report = next(name for name in members.namelist() if name.endswith("/data/report.pdf"))
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(members.read(report))).pages)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    table = PaperDesk(tmp_path_factory.mktemp("planted"), authority)
    table.begin()
    return table


def test_no_planted_secret_is_in_archive_packs_web_archives_logs_or_outputs(kept: PaperDesk) -> None:
    """More than two hundred, in every position. The order's number is found in each: else the search would prove nothing."""
    assert len(CORPUS.secrets) > 200
    said = [kept.run("capture", kept.order, "--verbose", make_tab=PlantedTab)]
    assert said[0].code == 0, said[0].out + said[0].err
    packs = {
        "default.zip": (),
        "whole.zip": ("--all", "--with-originals"),
        "opened.zip": ("--open", "A01/dom", "--open", "A01/body"),
    }
    for name, options in packs.items():
        said.append(kept.run("pack", kept.order, "-o", kept.folder / name, *options, prints=name == "whole.zip"))
        assert said[-1].code == 0, said[-1].err
    assert kept.order in _printed(kept.folder / "whole.zip")
    snapshot = kept.did("facts", kept.order)["facts"][0]["snapshot"]
    for command in (
        ["pack", kept.order, "--dry-run"], ["facts", kept.order, "--all"], ["search", kept.order], ["status"], ["next"],
        ["check", kept.order], ["verify", "--deep"], ["remask", "--dry-run"],
        ["export", snapshot, "--wacz", kept.folder / "page.wacz"],
    ):  # fmt: skip
        said += [kept.run(*command, *form) for form in ([], ["--json"])]
    pile = {str(path.relative_to(kept.folder)): path.read_bytes() for path in kept.folder.rglob("*") if path.is_file()}
    pile |= {f"output {n}": (one.out + one.err).encode() for n, one in enumerate(said)}
    for where in (*packs, "page.wacz", "archive/index.sqlite", "archive/ledger/entries.jsonl"):
        assert holding([(where, pile[where])], {kept.order}), where
    assert holding(pile.items(), CORPUS.secrets) == set()
