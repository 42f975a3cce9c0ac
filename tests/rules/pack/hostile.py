"""A case whose every kept source is alive: pages, frames, mails and pictures that run and call home when they are opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, create_string_object

from collector.model import AddedFile, Artefact, FilePart
from rules.case.casefile import CaseFile
from tests.rules.pack.synthetic import AS_OF, MESSAGES, Objects, led_fans

# Each calls its own path, so that the list of what was called says which were alive.
CALLS = frozenset(
    "script fetch onerror svg-script refresh css-import css-url srcdoc object embed preload based autofocus iframe".split()
)
_SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>new Image().src = '{home}svg-script'</script></svg>"
_PAGE = (
    "<!doctype html><html><head><meta charset=utf-8><base href='{home}'>"
    "<link rel=preload as=image href='{home}preload'><meta http-equiv=refresh content='1;url={home}refresh'>"
    "<style>@import url('{home}css-import'); body {{ background: url('{home}css-url') }}</style></head><body>"
    "<script>console.log('ran'); document.title = 'ran'; fetch('{home}fetch', {{mode: 'no-cors'}})</script>"
    "<script src='{home}script'></script><img src=data: onerror=\"new Image().src = '{home}onerror'\"><img src=based>"
    "<object data='{home}object'></object><embed src='{home}embed'><iframe src='{home}iframe'></iframe>"
    "<iframe srcdoc=\"<img src='{home}srcdoc'>\"></iframe>"
    "<form action='{home}form'><input autofocus onfocus=\"new Image().src = '{home}autofocus'\"></form>"
    + _SVG
    + "</body></html>"
)
WORDS = "<script>console.log('ran')</script><img src='{home}words' onerror=\"console.log('ran')\">"


def page(home: str) -> bytes:
    """A page with every way of calling `home` (an address that ends with a slash)."""
    return _PAGE.format(home=home).encode()


def files(home: str) -> dict[str, bytes]:
    """The same in the forms in which buyers save pages, mails and pictures, by file name."""
    markup, svg = page(home), _SVG.format(home=home).encode()
    xhtml = svg.replace(b"<svg", b"<html xmlns='http://www.w3.org/1999/xhtml'><body><svg").replace(
        b"/svg>", b"/svg></body></html>"
    )
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary=b\r\n\r\n--b\r\n'
    mhtml = head + b"Content-Type: text/html\r\nContent-Location: http://a.test/\r\n\r\n" + markup + b"\r\n--b--\r\n"
    mail = b"From: a@a.test\r\nSubject: b\r\nContent-Type: text/html\r\n\r\n" + markup
    script = f"new Image().src = '{home}script'".encode()
    return {
        "order.html": markup, "order.HTM": markup, "order.html.": markup, "order.xhtml": xhtml, "order.xml": xhtml,
        "order.mhtml": mhtml, "order.mht": mhtml, "order.eml": mail, "order.webarchive": b"bplist00" + markup,
        "logo.svg": svg, "order": markup, "page of the order": markup, "order.pdf.shtml": markup, "order.html.gz": markup,
        "order.php": markup, "order.md": markup, "order.unheard": markup, "a.js": script, "a.hta": markup,
        "photo.jpg": markup, "list.csv": markup, "note.txt": markup, "data.json": markup, "contract.pdf": _pdf(home),
        "holding.pdf": _holding(home), "terms.docm": _office(home), "terms.docx": _office(home),
        "<img src=x onerror=1>.jpg": markup,
    }  # fmt: skip


def case(objects: Objects, home: str) -> CaseFile:
    """The LED fans, where every page, message and file is hostile."""
    clean = led_fans(objects)
    words = WORDS.format(home=home)
    sources: tuple[tuple[str, int, str, Callable[[str], bytes]], ...] = (
        ("dom", 0, "text/html; charset=utf-8", page), ("dom", 1, "text/html", page), ("stretch", 0, "text/html", page),
        ("mhtml", 0, "multipart/related", lambda home: files(home)["order.mhtml"]), ("text", 0, "text/plain", page),
        ("body", 0, "image/svg+xml", page), ("boxes", 0, "application/json", page), ("screen", 0, "image/svg+xml", page),
    )  # fmt: skip

    def alive(artefacts: tuple[Artefact, ...]) -> tuple[Artefact, ...]:
        made = tuple(objects.artefact(role, part, kind, source(home)) for role, part, kind, source in sources)
        return (*(a for a in artefacts if a.role == "tile"), *made)

    snapshots = tuple(replace(s, artefacts=alive(s.artefacts)) if s.target.kind == "order" else s for s in clean.snapshots)
    said: dict[str, object] = dict.fromkeys(("product.title", "order.status", "supplier.name", "thread.with"), words)
    said["thread.messages"] = tuple({**message, "text": words, "name": words} for message in MESSAGES)
    facts = tuple(replace(f, value=said.get(f.name, f.value)) for f in clean.facts)
    added = [_added(objects, number, name, data) for number, (name, data) in enumerate(files(home).items(), 10)]
    saved = replace(added[0], parts=_parts(objects, home))
    return replace(clean, name=words, snapshots=snapshots, facts=facts, files=(*clean.files, saved, *added[1:]))


def _added(objects: Objects, number: int, name: str, data: bytes) -> AddedFile:
    at = AS_OF - timedelta(days=7, minutes=-number)
    kind = "image/svg+xml" if name.endswith(".svg") else "application/octet-stream"
    salt = f"{number:032x}"
    return AddedFile(f"F-{number:08x}", name, "page", kind, len(data), objects.put(data), salt, at, 0, note=name)


def _parts(objects: Objects, home: str) -> tuple[FilePart, ...]:
    """The folder that a browser saved beside a page: each of its own bytes, so that each has a name of its own."""
    return tuple(
        FilePart(f"order_files/{name}", len(data) + 1, objects.put(data + b"\n"), f"{number:032x}")
        for number, (name, data) in enumerate(files(home).items(), 100)
        if name in ("order.html", "logo.svg", "a.js", "order.xml")
    )


def _office(home: str) -> bytes:
    """A document of Word with macros, a template and a picture from elsewhere, and another file in it."""
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{of}/{kind}" Target="{home}office-{kind}" TargetMode="External"/>'
        for n, kind in enumerate(("attachedTemplate", "image", "oleObject"))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {
            "[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>", "word/vbaProject.bin": "Attribute VB",
            "word/_rels/document.xml.rels": f"<Relationships>{links}</Relationships>", "word/embeddings/a.bin": "a",
        }.items():  # fmt: skip
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _holding(home: str) -> bytes:
    """A PDF with a link over its whole page and a living page in it, which it would start."""
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_annotation(0, Link(rect=(0, 0, 300, 300), url=f"{home}pdf-link"))
    writer.add_attachment("living.html", page(home))
    launch = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): create_string_object(f"{home}pdf-launch")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(launch)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pdf(home: str) -> bytes:
    """A PDF of one page that runs a script and opens an address when it is opened."""
    bodies = (
        "<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/AA<</O 5 0 R>>>>",
        f"<</S/JavaScript/JS(this.submitForm\\('{home}pdf-script'\\);)>>", f"<</S/URI/URI({home}pdf-address)>>",
    )  # fmt: skip
    out, offsets = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\n"
    return f"{out}{head}startxref\n{len(out)}\n%%EOF".encode()
