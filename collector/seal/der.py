"""Strict DER (ITU-T X.690): a seal has one form of bytes only, so anything else in it is a change somebody made.

General ASN.1 parsers read BER, accept long lengths and ignore what they do not expect; a flipped byte can hide there.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, PRINTABLE, UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31

_UTC_TIME = re.compile(r"\d{12}Z", re.ASCII)
_GENERALIZED_TIME = re.compile(r"\d{14}(\.\d{0,5}[1-9])?Z", re.ASCII)


class MalformedDer(ValueError):
    """These bytes are not the DER that must stand here; the text says what is wrong."""


def context(number: int) -> int:
    """The tag of a constructed context-specific element."""
    return 0xA0 | number


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element: tag, shortest length, the parts joined."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts."""
    return tlv(SEQUENCE, *parts)


def integer(number: int) -> bytes:
    """A non-negative INTEGER."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, *(_arc(number) for number in (40 * first + second, *rest)))


def _arc(number: int) -> bytes:
    septets = [number & 0x7F]
    while number := number >> 7:
        septets.append(0x80 | number & 0x7F)
    return bytes(reversed(septets))


def time(at: datetime) -> bytes:
    """A CMS Time in whole seconds: UTCTime until 2049, GeneralizedTime after (RFC 5652, 11.3)."""
    at = at.astimezone(UTC)
    if 1950 <= at.year < 2050:
        return tlv(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())


class Reader:
    """Takes elements one after another from DER bytes; whatever is not as expected raises MalformedDer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def next_is(self, tag: int) -> bool:
        """Whether another element follows and has this tag."""
        return self._data[self._at : self._at + 1] == bytes((tag,))

    @property
    def more(self) -> bool:
        """Whether anything follows."""
        return self._at < len(self._data)

    def raw(self, tag: int) -> bytes:
        """The next element, which must have this tag, with its tag and length."""
        start, content = self._header(tag)
        self._at = content.stop
        return self._data[start : content.stop]

    def content(self, tag: int) -> bytes:
        """The next element's content, without tag and length."""
        _, content = self._header(tag)
        self._at = content.stop
        return self._data[content.start : content.stop]

    def enter(self, tag: int = SEQUENCE) -> Reader:
        """A reader of the next element's content."""
        return Reader(self.content(tag))

    def only(self, tag: int = SEQUENCE) -> Reader:
        """Like `enter`, where nothing may follow the element."""
        inner = self.enter(tag)
        self.end()
        return inner

    def expect(self, element: bytes, what: str) -> None:
        """The next element must be exactly this one."""
        if self.raw(element[0]) != element:
            raise MalformedDer(f"{what} is not what it must be")

    def end(self) -> None:
        """Nothing may follow."""
        if self.more:
            raise MalformedDer(f"{len(self._data) - self._at} bytes follow where nothing may")

    def integer(self) -> int:
        """The next element, a shortest-form INTEGER."""
        content = self.content(INTEGER)
        number = int.from_bytes(content, "big", signed=True)
        if not content or len(content) != (number if number >= 0 else ~number).bit_length() // 8 + 1:
            raise MalformedDer("a number is not in its shortest form")
        return number

    def boolean(self) -> bool:
        """The next element, a BOOLEAN: 00 or FF."""
        content = self.content(BOOLEAN)
        if content not in (b"\x00", b"\xff"):
            raise MalformedDer("a truth value is neither true nor false")
        return content == b"\xff"

    def oid(self) -> str:
        """The next element, an OBJECT IDENTIFIER, dotted."""
        element = self.raw(OID)
        arcs, number = [], 0
        for octet in element[2:]:
            number = number << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(number)
                number = 0
        if not arcs:
            raise MalformedDer("an object identifier is empty")
        first = min(arcs[0] // 40, 2)
        dotted = ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
        if oid(dotted) != element:
            raise MalformedDer("an object identifier is not in its shortest form")
        return dotted

    def time(self) -> datetime:
        """The next element, a UTCTime or GeneralizedTime ending in Z, as an aware UTC instant."""
        if self.next_is(UTC_TIME):
            text = self.content(UTC_TIME).decode("latin-1")
            if not _UTC_TIME.fullmatch(text):
                raise MalformedDer("a time is not written as DER writes it")
            text = ("19" if text >= "50" else "20") + text
        else:
            text = self.content(GENERALIZED_TIME).decode("latin-1")
            if not _GENERALIZED_TIME.fullmatch(text):
                raise MalformedDer("a time is not written as DER writes it")
        try:
            second = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise MalformedDer("a time names a moment that does not exist") from error
        fraction = text[15:-1] if "." in text else ""
        return second + timedelta(microseconds=int((fraction or "0").ljust(6, "0")))

    def _header(self, tag: int) -> tuple[int, slice]:
        data, start = self._data, self._at
        if data[start : start + 1] != bytes((tag,)):
            found = f"{data[start]:02x}" if self.more else "the end"
            raise MalformedDer(f"an element {tag:02x} must stand where {found} stands")
        at = start + 2
        length = data[start + 1] if at <= len(data) else 0x80
        if length >= 0x80:
            octets = data[at : at + (length & 0x7F)]
            at += len(octets)
            length = int.from_bytes(octets, "big")
            if len(octets) > 4 or length < 0x80 or octets[0] == 0 or len(octets) != data[start + 1] & 0x7F:
                raise MalformedDer("a length is not in its shortest form")
        if at + length > len(data):
            raise MalformedDer("the bytes end in the middle of an element")
        return start, slice(at, at + length)
