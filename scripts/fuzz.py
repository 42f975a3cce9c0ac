"""Gives each parser of foreign bytes what nobody would write, steered by what it reaches (atheris, libFuzzer).

    scripts/prepare fuzz && .tools/fuzz/bin/python -m scripts.fuzz [PARSER…] [--inputs N]

A parser may say no in the way that its docstring names; anything else that comes out of it, more than a minute for one
input or more than 2 GB ends its run, and the input is kept under .tools/fuzz/found. Without --inputs each parser gets as
many as stand beside its name here: ten million in all, the quick ones most. Each runs in a process of its own, from the
same seed. The rows that are printed stand in docs/proofs.md. What reads PDF, Office and Outlook files does so
in a process of its own that may die of anything (collector/saved/apart.py): it is not among them.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import plistlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from backports import zstd

from collector.errors import DamagedArchive, TradewitnessError

if TYPE_CHECKING:
    from collector.seal.certificate import Certificate

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / ".tools" / "fuzz" / "found"
SEED, LONGEST_S, MOST_MB = 20261129, 60, 2048
AT = datetime(2026, 11, 29, tzinfo=UTC)

KEPT = b"kept"

Made = tuple[Callable[[bytes], object], Iterable[bytes]]  # what takes one input, and inputs to begin with


@dataclass(frozen=True, slots=True)
class Parser:
    """`inputs` it gets, of at most `longest` bytes; `refuses` is how it may say no."""

    what: str
    inputs: int
    longest: int
    made: Callable[[], Made]
    refuses: tuple[type[Exception], ...] = ()


# -- what is sealed ---------------------------------------------------------------------------------------------------


def _made() -> tuple[bytes, bytes, str, tuple[tuple[str, bytes], ...], Sequence[Certificate]]:
    """A token over `kept`, a signature of it, the token's root, answers on revocation, and the path they are about."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from collector.seal.certificate import Certificate
    from collector.seal.keyring import load_or_create
    from collector.seal.signature import sign
    from collector.seal.timestamp import query
    from fixtures.authority import prepare, respond
    from fixtures.revocation import Revocation

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = prepare(folder / "authority")
        told = Revocation()
        answers = (("1.ocsp", told.answer(files, "ocsp", AT)), ("1.crl", told.answer(files, "root.crl", AT)))
        path = [Certificate.read(one.public_bytes(Encoding.DER)) for one in (files.stamping, files.intermediate, files.root)]
        signed = sign(KEPT, load_or_create(folder / "keys", AT), AT)
        return respond(files, query(KEPT, 7), AT), signed, (folder / "authority" / "root.pem").read_text(), answers, path


def _der() -> Made:
    from collector.seal.der import Reader

    def take(data: bytes) -> None:
        reader = Reader(data)
        while reader.more:
            for read in (reader.integer, reader.boolean, reader.oid, reader.time):
                with suppress(ValueError):
                    read()
            reader.enter() if data[0] & 1 else reader.raw(data[-1])

    return take, _made()[:2]


def _cms() -> Made:
    from collector.seal.cms import read_signed_data

    return read_signed_data, _made()[:2]


def _token() -> Made:
    from collector.seal.timestamp import verify_token

    token, _, root, _, _ = _made()
    return lambda data: verify_token(data, KEPT, [root]), [token]


def _signature() -> Made:
    from collector.seal.signature import verify_signature

    return lambda data: verify_signature(KEPT, data), [_made()[1]]


def _revocation() -> Made:
    from collector.seal.revocation import RevocationInfo, read_answer

    _, _, _, answers, path = _made()

    def take(data: bytes) -> None:
        for name, _ in answers:
            with suppress(ValueError):
                read_answer(RevocationInfo(name, data), path)

    return take, [data for _, data in answers]


# -- what an archive and a pack hold ----------------------------------------------------------------------------------


def _ledger() -> Made:
    from collector.ledger.catalogue import opening_in
    from collector.ledger.checkpoint import Checkpoint
    from collector.ledger.log import parse_entry

    def take(data: bytes) -> None:
        opening_in(data)
        with suppress(ValueError):
            Checkpoint.parse(data)
        parse_entry(data, 0)

    with zipfile.ZipFile(ROOT / "tests" / "data" / "first-version" / "archive.zip") as kept:
        names = [name for name in kept.namelist() if name.endswith((".jsonl", ".json"))]
        return take, [line for name in names for line in kept.read(name).splitlines()]


def _record() -> Made:
    from collector.network_record import read_frames, read_record

    def take(data: bytes) -> None:
        with suppress(DamagedArchive):
            read_frames(data)
        read_record(data)

    seen = {"method": "GET", "url": "https://a.example/", "resource": "XHR", "status": 200, "media_type": "text/html"}
    frame = {"at": "2026-10-04T12:00:00.000Z", "way": "sent", "data": "", "binary": False}
    whole = {"v": 1, "unseen": [], "certificates": [], "exchanges": [seen], "sockets": []}
    return take, [json.dumps(one).encode() for one in (whole, frame)]


def _objects() -> Made:
    from collector.archive.objects import hash_object, read_object

    with tempfile.NamedTemporaryFile(suffix=".zst", delete=False) as made:
        place = Path(made.name)

    def take(data: bytes) -> None:
        place.write_bytes(data)
        plain, digest = read_object(place), hash_object(place)
        assert digest in ("", sha256(plain or b"").hexdigest()), "two digests of one object"

    return take, [zstd.compress(one) for one in (b"", b"a page " * 99)]


def _settings() -> Made:
    from collector.archive.config import read_config, write_config

    with tempfile.NamedTemporaryFile(suffix=".toml", delete=False) as made:
        place = Path(made.name)
    write_config(place, ())
    written = place.read_bytes()

    def take(data: bytes) -> None:
        place.write_bytes(data)
        read_config(place)

    return take, [written]


def _bag() -> Made:
    from rules.pack.bag.verify import verify_pack

    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as made:
        place = Path(made.name)

    def take(data: bytes) -> None:
        place.write_bytes(data)
        verify_pack(place)

    small = io.BytesIO()
    with zipfile.ZipFile(ROOT / "tests" / "data" / "first-version" / "pack.zip") as pack, zipfile.ZipFile(small, "w") as cut:
        for name in pack.namelist():
            if pack.getinfo(name).file_size < 4096:
                cut.writestr(name, pack.read(name))
    return take, [small.getvalue()]


# -- what a page says -------------------------------------------------------------------------------------------------


def _money() -> Made:
    from collector.reading.money import read_figure, read_money, read_money_range

    said = ["US$ 1,234.50", "1.234,50 €", "CN¥86.00 - 99", "￥１２３", "$0.10/piece", "1 234,50 USD", "₹ 1,00,000"]
    return _texts(said, read_money, read_money_range, read_figure)


def _times() -> Made:
    from collector.reading import times

    def deadline(text: str) -> object:
        return times.read_deadline(text, AT)

    def countdown(text: str) -> object:
        return times.read_countdown(text, AT)

    said = [
        "2026-10-05 09:30 (GMT+8)", "Oct 5, 2026", "5 oct. 2026", "5 days 3 hours", "2026年10月5日 09:30",
        "03/08/25 9:30 PM",
    ]  # fmt: skip
    return _texts(said, times.read_time, times.read_day, times.read_moment, deadline, countdown)


def _embedded() -> Made:
    from collector.reading import embedded

    said = [
        'window.pageData = {"a": [1, null, "x"]};', "var data = JSON.parse('{\\u0022a\\u0022:1}')", "f({a:1},[2])",
        "{'a':1,}", "%7B%22a%22%3A1%7D",
    ]  # fmt: skip
    return _texts(
        said, embedded.assignments, embedded.arguments, embedded.attribute_data, embedded.parsed, embedded.unquoted
    )


def _alibaba() -> Made:
    from collector.model import Target
    from tests.collector.sites.alibaba.stored import ALIBABA, KINDS, address, days_with, market, stored

    def take(data: bytes) -> None:
        kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
        page = stored(data[1:], address(kind))
        ALIBABA.recognise(page)
        ALIBABA.identity(page, Target("t", "c", kind, address(kind), expects={"order": "1"}))
        ALIBABA.discover(page)
        ALIBABA.read(kind, page)

    return take, [bytes([n]) + market(kind, days_with(kind)[-1]) for n, kind in enumerate(KINDS)]


def _aliexpress() -> Made:
    from tests.collector.sites.aliexpress.test_pages import ADDRESSES, SITE, stored

    kinds = tuple(ADDRESSES)

    def take(data: bytes) -> None:
        kind = kinds[data[0] % len(kinds)] if data else kinds[0]
        page = stored(kind, data[1:])
        SITE.recognise(page)
        SITE.read(kind, page)

    return take, [bytes([n]) + stored(kind).documents[0].html for n, kind in enumerate(kinds)]


# -- what the buyer gives ---------------------------------------------------------------------------------------------


def _chats() -> Made:
    from collector.saved.chats.table import read_chat
    from tests.collector.saved.chats.test_round_trip import FORMS

    said = [(AT.replace(tzinfo=None), "The goods are late"), (AT.replace(tzinfo=None, minute=5), "sorry")]
    mail = b"From: a@x.example\nTo: b@y.example\nDate: Mon, 5 Oct 2026 09:30:00 +0800\nSubject: Late\n\nWe are late"
    html = b'<div class="message default" id="m1"><div class="date" title="05.10.2026 09:30:00 UTC+08:00">9:30</div></div>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("_chat.txt", "[05.10.26, 09:30:00] A: hello")
    return read_chat, [*(form(said).encode() for form in FORMS.values()), mail, html, packed.getvalue()]


def _camera() -> Made:
    from PIL import Image

    from collector.saved.camera import camera_data

    exif = Image.Exif()
    exif.update({0x010F: "Maker", 0x0110: "Phone", 0x0132: "2026:10:05 09:30:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    photo = io.BytesIO()
    Image.new("RGB", (8, 8)).save(photo, "JPEG", exif=exif)
    video = b"\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x70moov\0\0\0\x68mvhd" + bytes(96)
    return lambda data: camera_data(io.BytesIO(data)), [photo.getvalue(), video]


def _media() -> Made:
    from collector.media import media_type_of

    return lambda data: media_type_of("a.jpg", data), [b"\xff\xd8\xff", b"%PDF-1.7", b"PK\3\4", b"\0\0\0\x14ftypheic"]


def _within() -> Made:
    from collector.capture.unpacking import placed_texts_in
    from collector.saved.acting import may_do

    def take(data: bytes) -> None:
        may_do(data)
        list(placed_texts_in(data, ""))

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", "token=abc " * 20)
        made.writestr("[Content_Types].xml", "<Types/>")
    pdf = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>"
    return take, [packed.getvalue(), pdf, gzip.compress(b"token=abc " * 20), b"sid=1&token=abc"]


def _page() -> Made:
    from collector.saved.page import read_page

    html = b"<!DOCTYPE html>\n<!-- saved from url=(0026)https://www.alibaba.com/x -->\n<p>Order</p>"
    mhtml = (
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://www.alibaba.com/\n"
        b"Date: Mon, 5 Oct 2026 09:30:00 -0000\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--'
    )
    safari = plistlib.dumps(
        {"WebMainResource": {"WebResourceData": b"<p>x", "WebResourceURL": "https://a/"}}, fmt=plistlib.FMT_BINARY
    )

    return lambda data: read_page("page", data, {}), [html, mhtml, safari]


# -- texts that are shown, judged or blackened ------------------------------------------------------------------------


def _shown() -> Made:
    from collector import inert
    from collector.redaction import redacted

    said = ["\x1b[31mred", "\u202eevil", "token=abc123; password: x", "https://a.example/?sid=1"]
    return _texts(said, inert.shown, inert.shown_in_line, inert.shown_in_json, redacted)


def _personal() -> Made:
    from rules.pack.redact.forms import personal_spans

    def spans(text: str) -> None:
        for span in personal_spans(text):
            assert 0 <= span.start < span.end <= len(text), "a span outside its text"

    said = [
        "call +86 138 0013 8000",
        "a@b.example",
        "4111 1111 1111 1111",
        "GB29 NWBK 6016 1331 9268 19",
        "12 High Street, Leeds",
    ]
    return _texts(said, spans)


def _messages() -> Made:
    from rules.language.phrases import load_phrases, sentences
    from rules.language.stated import amounts_in, days_in, measures_in, quantities_in

    book = load_phrases()

    def found(text: str) -> None:
        list(sentences(text))
        book.hits(text)

    lines = [line.partition("|")[2].rpartition("|")[2] for line in _lines("held.en.txt") + _lines("held.zh.txt")]
    return _texts(lines[:200], found, amounts_in, days_in, measures_in, quantities_in)


def _lines(name: str) -> list[str]:
    return (ROOT / "tests" / "data" / "messages" / name).read_text("utf-8").splitlines()


def _texts(said: Iterable[str], *readers: Callable[[str], object]) -> Made:
    def take(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for read in readers:
            read(text)

    return take, [one.encode() for one in said]


PARSERS: dict[str, Parser] = {
    "der": Parser("DER, element by element", 2_000_000, 4096, _der, (ValueError,)),
    "cms": Parser("signatures and tokens as CMS", 1_000_000, 8192, _cms, (ValueError,)),
    "token": Parser("a timestamp token, checked", 300_000, 8192, _token),
    "signature": Parser("a signature, checked", 300_000, 8192, _signature),
    "revocation": Parser("answers on revocation (OCSP, CRL)", 200_000, 8192, _revocation),
    "ledger": Parser("lines, openings and checkpoints of a ledger", 1_000_000, 4096, _ledger, (DamagedArchive,)),
    "record": Parser("the record of the network", 500_000, 4096, _record, (DamagedArchive,)),
    "objects": Parser("packed objects", 300_000, 2048, _objects),
    "settings": Parser("config.toml", 200_000, 4096, _settings, (TradewitnessError,)),
    "bag": Parser("a pack, verified", 20_000, 200_000, _bag, (TradewitnessError,)),
    "money": Parser("money in words", 1_200_000, 64, _money),
    "times": Parser("days, times and timers in words", 800_000, 64, _times),
    "embedded": Parser("data in scripts and attributes", 600_000, 1024, _embedded),
    "alibaba": Parser("pages of Alibaba.com, all readers", 20_000, 100_000, _alibaba),
    "aliexpress": Parser("pages of AliExpress, all readers", 20_000, 50_000, _aliexpress),
    "chats": Parser("conversations in any format", 300_000, 2048, _chats),
    "camera": Parser("what a camera wrote into photos and videos", 400_000, 2048, _camera),
    "media": Parser("what a file is by its first bytes", 500_000, 64, _media),
    "within": Parser("what lies in files: zip, gzip, PDF, scripts", 200_000, 2048, _within),
    "page": Parser("pages saved by hand", 100_000, 4096, _page),
    "shown": Parser("text for terminals and logs", 200_000, 256, _shown),
    "personal": Parser("personal data in texts", 50_000, 256, _personal),
    "messages": Parser("messages: phrases, amounts, days", 20_000, 256, _messages),
}


# -- the runs ---------------------------------------------------------------------------------------------------------


def fuzz(name: str, inputs: int, corpus: Path) -> None:
    """Runs one parser in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["collector", "rules"]):
        parser = PARSERS[name]
        take, seeds = parser.made()
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed[: parser.longest])

    def one(data: bytes) -> None:
        with suppress(*parser.refuses):
            take(data)

    FOUND.mkdir(parents=True, exist_ok=True)
    bounds = [
        f"-timeout={LONGEST_S}",
        f"-rss_limit_mb={MOST_MB}",
        f"-max_len={parser.longest}",
        f"-artifact_prefix={FOUND}/{name}-",
    ]
    atheris.Setup([sys.argv[0], f"-runs={inputs}", f"-seed={SEED}", "-print_final_stats=1", *bounds, str(corpus)], one)
    atheris.Fuzz()


def run(name: str, inputs: int) -> tuple[str, bool]:
    """A row of the table, and whether nothing was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "scripts.fuzz", "--inside", corpus, "--inputs", str(inputs), name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False)
    took = time.monotonic() - began
    ran = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    reached = re.findall(r"(?:cov|ft): (\d+)", done.stderr)
    given = int(ran[1]) if ran else 0
    whole = done.returncode == 0 and given >= inputs
    said = (
        "nothing"
        if whole
        else next(
            (
                f"**{line.strip()}**"
                for line in done.stderr.splitlines()
                if re.match(r" === |\w+(Error|Exception)\b|ALARM|ERROR:|==\d+==", line)
            ),
            "**it ended early**",
        )
    )
    if not whole:
        print(done.stdout[-2000:], done.stderr[-1000:], file=sys.stderr)
    what = PARSERS[name].what
    return f"| {what} | {given:,} | {reached[-2] if len(reached) > 1 else '?'} | {given / took:,.0f} | {said} |", whole


def main() -> int:
    """0 when every parser withstood its inputs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=", ".join(PARSERS))
    parser.add_argument("--inputs", type=int, help="for each parser, in place of its own number")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        fuzz(asked.parsers[0], asked.inputs, asked.inside)
        return 0
    rows, whole = [], True
    for name in asked.parsers or PARSERS:
        row, withstood = run(name, asked.inputs or PARSERS[name].inputs)
        print(row, flush=True)
        rows.append(row)
        whole &= withstood
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
