"""What a visit read is held back until all its secrets are known, then masked and stored: no text is on disk before that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.canonical import canonical
from collector.capture.artefact_writer import ArtefactWriter
from collector.capture.machinery import Form, VisitText
from collector.capture.masking import Mask, holds
from collector.capture.network import MASKED, addresses_in, credentials_in, keep_network, texts_in
from collector.capture.secrets import secrets_of
from collector.capture.tab import Credential, NetworkTraffic
from collector.site import Document

UNKNOWN = "not kept: the session's secrets are not known, so they could not be masked"
# How the machinery is read out of what was held; other texts are content, and teach nothing.
_FORMS: Mapping[str, Form] = {"dom": "html", "stretch": "html", "text": "shown", "console": "speech"}
_IN_FILE = "it holds a secret of the session, which cannot be masked in it"


@dataclass(frozen=True, slots=True)
class _PendingText:
    role: str
    media_type: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class _PendingFile:
    role: str
    media_type: str
    data: bytes


class PendingArtefacts:
    """The readings of one visit, in the order in which they will be stored. `keep` are values that are never masked."""

    def __init__(self, writer: ArtefactWriter, keep: Iterable[str]) -> None:
        self._writer, self._keep = writer, tuple(keep)
        self._readings: list[_PendingText | _PendingFile] = []
        self._credentials: dict[Credential, None] = {}
        self._known = False
        self._mask: Mask | None = None
        self.traffic = NetworkTraffic()
        self.losses: list[str] = []
        self.incidents: tuple[str, ...] = ()

    def text(self, role: str, media_type: str, text: str, where: str = "") -> None:
        """Holds a text; `where` says in its note where it came from."""
        self._readings.append(_PendingText(role, media_type, text, where))

    def file(self, role: str, media_type: str, data: bytes) -> None:
        """Holds a file in which nothing can be masked: with a secret in it, it is not kept."""
        self._readings.append(_PendingFile(role, media_type, data))

    def values(self, name: str, values: object) -> None:
        """Holds values as canonical JSON."""
        self.text(name, "application/json", canonical(values).decode())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read."""
        return not self._readings

    def documents(self, role: str) -> tuple[Document, ...]:
        """The texts of one role as they were read, not masked yet."""
        texts = [r.text for r in self._readings if isinstance(r, _PendingText) and r.role == role]
        return tuple(Document(part, "", text.encode("utf-8", "replace")) for part, text in enumerate(texts))

    def learn(self, credentials: Iterable[Credential]) -> None:
        """Cookies and stored items of the session: without them nothing that is text is kept."""
        self._known = True
        self._credentials |= dict.fromkeys(credentials)

    def mask(self, addresses: Iterable[str]) -> Mask:
        """The visit's mask, made when first asked for, from all that was held by then."""
        if self._mask is None:
            credentials = (*self._credentials, *credentials_in(self.traffic))
            read = [reading for reading in self._readings if isinstance(reading, _PendingText)]
            where = (*addresses, *(r.where for r in read if r.role == "dom"), *addresses_in(self.traffic))
            texts = [VisitText(r.text, _FORMS[r.role]) for r in read if r.role in _FORMS]
            texts += [VisitText(c.value, "json") for c in credentials if c.kind == "storage" and c.value[:1] in ("{", "[")]
            texts += [VisitText(incident, "speech") for incident in self.incidents]
            secrets = secrets_of(credentials, where, (*texts, *texts_in(self.traffic)))
            self._mask = Mask(secrets, self._keep)
        return self._mask

    async def store(self, addresses: Iterable[str]) -> Mapping[str, str]:
        """Stores all that was held, masked; what could not be kept, by role, and why."""
        readings, self._readings = self._readings, []
        if not self._known:
            return dict.fromkeys((*(r.role for r in readings), *(["network"] if self.traffic.exchanges else [])), UNKNOWN)
        self._readings = readings
        mask = await asyncio.to_thread(self.mask, addresses)
        refused = await asyncio.to_thread(self._store, mask)
        self._readings = []
        return refused

    def _store(self, mask: Mask) -> Mapping[str, str]:
        refused: dict[str, str] = {}
        visible = any(isinstance(r, _PendingText) and r.role == "text" and mask.found_in(r.text) for r in self._readings)
        for reading in self._readings:
            part = self._writer.next_part(reading.role)
            name = f"{reading.role}:{part}"
            if isinstance(reading, _PendingText):
                masked = mask.mask(reading.text, name).encode("utf-8", "replace")
                where = mask.mask(reading.where, "address")
                note = "; ".join(filter(None, (where, MASKED if mask.masked(name) else "")))
                self._writer.keep(reading.role, reading.media_type, masked, note)
            elif (reading.role == "pdf" and visible) or holds(mask, reading.media_type, reading.data):
                refused[reading.role] = f"not kept: {_IN_FILE}"
                self.losses.append(f"The {reading.role.upper()} was not kept: {_IN_FILE}.")
            else:
                self._writer.keep(reading.role, reading.media_type, reading.data)
        if visible:
            self.losses.append("A secret of the session is visible on the page, and so in its pictures.")
        if self.traffic.exchanges or self.traffic.sockets:
            keep_network(self.traffic, mask, self._writer)
        return refused
