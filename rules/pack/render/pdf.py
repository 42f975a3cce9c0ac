"""The report as a PDF that anybody keeps: which page a part stands on, and what is said about the file. Pure."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Mapping
from html import escape

from PIL import ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from collector.errors import BrowserError

# It would say on the terminal that a print names too few objects, which is of no consequence.
logging.getLogger("pypdf").setLevel(logging.ERROR)

LANGUAGE = "en"
COLOURS = "sRGB IEC61966-2.1"
_DATE = slice(24, 36)  # of a colour profile (ICC.1, 7.2.8): when it was made, which would be now
_MADE = b"\x07\xd0\0\1\0\1\0\0\0\0\0\0"


def pages_of(pdf: bytes) -> dict[str, int]:
    """The page, from 1, of every anchor in a printed page that something links to. Raises BrowserError."""
    try:
        reader = PdfReader(io.BytesIO(pdf))
        found = {
            name.removeprefix("/"): reader.get_destination_page_number(to) for name, to in reader.named_destinations.items()
        }
    except (PyPdfError, ValueError, KeyError) as error:
        raise _unreadable() from error
    return {name: page + 1 for name, page in found.items() if page is not None}


def finished(pdf: bytes, title: str, language: str = LANGUAGE) -> bytes:
    """A printed page with title, language and colours declared, opened with its bookmarks; the same print, the same bytes.

    No time and nothing of the machine is in it. Tags, bookmarks and links stay as they were printed. Raises BrowserError.
    """
    try:
        writer = PdfWriter(clone_from=io.BytesIO(pdf))
        _declare(writer, title, language)
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError) as error:
        raise _unreadable() from error
    return out.getvalue()


def _unreadable() -> BrowserError:
    return BrowserError("The browser printed a report that cannot be read.", "Run the command again.")


def _declare(writer: PdfWriter, title: str, language: str) -> None:
    """What ISO 19005 (PDF/A) asks for beside what the browser does: XMP, an output intent with its profile, an identity."""
    writer.pdf_header = "%PDF-1.7"
    writer.metadata = {
        "/Title": title,
        "/Creator": "tradewitness",
    }  # the browser's own names the machine's system, and the time
    metadata, profile = DecodedStreamObject(), DecodedStreamObject()
    metadata.set_data(_xmp(title, language))
    metadata.update(_dictionary({"/Type": NameObject("/Metadata"), "/Subtype": NameObject("/XML")}))
    profile.set_data(_srgb())
    profile[NameObject("/N")] = NumberObject(3)
    colours = {
        "/Type": NameObject("/OutputIntent"), "/S": NameObject("/GTS_PDFA1"),
        "/DestOutputProfile": writer._add_object(profile),
        "/OutputConditionIdentifier": TextStringObject(COLOURS), "/Info": TextStringObject(COLOURS),
    }  # fmt: skip
    root = writer.root_object
    root[NameObject("/Metadata")] = writer._add_object(metadata)
    root[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(_dictionary(colours))])
    root[NameObject("/Lang")] = TextStringObject(language)
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    root[NameObject("/ViewerPreferences")] = _dictionary({"/DisplayDocTitle": BooleanObject(True)})
    identity = ByteStringObject(hashlib.sha256(title.encode()).digest()[:16])
    writer._ID = ArrayObject([identity, identity])


def _dictionary(entries: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _xmp(title: str, language: str) -> bytes:
    """What is said about the file, in the form that archives read. It does not claim PDF/A: nothing here can judge that."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
        "<xmp:CreatorTool>tradewitness</xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()


def _srgb() -> bytes:
    """The profile of the colours, without the time at which it was put together."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_DATE] = _MADE
    return bytes(made)
