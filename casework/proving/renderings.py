"""What is made for a pack beside the originals: once for each plan, then kept, and fetched again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile

from casework.proving.binding import PdfBinder
from casework.proving.looks import Looks, own_leaves
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.errors import ArchiveError, SealError
from collector.ledger.log import Opening, new_salt
from collector.model import AddedFile, PictureReading, Private, Snapshot
from collector.progress import Progress
from collector.saved.chats.conversation import folded
from collector.saved.chats.mail import files_attached
from collector.saved.chats.zipped import files_in, is_zip
from collector.saved.text import texts_of
from rules.pack.plan.plan import PackPlan, plan_digest
from rules.pack.render.renderings import make_renderings


@dataclass(frozen=True, slots=True)
class RenderingWork:
    """What a plan's renderings are made of: `redacted` are the redacted texts, by the id of their visit or file, `read` what
    a machine read in pictures, by file id.
    """

    ws: Workspace
    case: Case
    planned: PackPlan
    redacted: Mapping[str, str]
    read: Mapping[str, PictureReading]
    progress: Progress

    def made_once(self) -> Mapping[str, bytes]:
        """Bag path to bytes of all that is made for the plan: one that was packed before gives the stored bytes again."""
        archive = self.ws.archive
        stored = self.ws.index.renderings(plan_digest(self.planned))
        if stored is None:
            made = self.made_anew()
            self.progress("keeping what was made")
            stored = self._kept(made)
        openings = archive.ledger.openings(stored.values())
        if len(openings) < len(set(stored.values())):
            raise SealError("A stored part of this pack cannot be opened any more.", "Run: tradewitness verify")
        return _KeptRenderings(archive.objects.get, {path: openings[named].digest for path, named in stored.items()})

    def made_anew(self) -> dict[str, bytes]:
        """The same, made from nothing; nothing of it is kept."""
        from collector.browser.launch import print_pdf

        self.progress("drawing the reading copies")
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of tables in a print that no reader misses
        objects = self.ws.archive.objects
        return make_renderings(
            self.planned,
            objects.get,
            self.ws.index.sealed(self.case.order),
            partial(print_pdf, page_numbers=False),
            partial(_web_archive, objects.get),
            partial(inside, objects.get),
            Looks(objects, self.planned, self.read),
            partial(own_leaves, objects),
            PdfBinder(),
            partial(_words_of, self.ws),
            self.redacted,
            self.progress,
        )

    def _kept(self, made: Mapping[str, bytes]) -> dict[str, str]:
        """Keeps what was made, and records that; gives the commitment to each by its bag path."""
        ws, planned = self.ws, self.planned
        openings = {path: Opening(ws.archive.objects.put(data), new_salt()) for path, data in sorted(made.items())}
        body = {
            "case": self.case.order,
            "name": planned.name,
            "plan": plan_digest(planned),
            "checkpoint": planned.covering.size,
            "renderings": [
                {"path": path, "size": len(made[path]), "commitment": opening.commitment}
                for path, opening in openings.items()
            ],
            "shows": [planned.origin(exhibit) for exhibit in planned.exhibits],
        }
        ws.archive.record("pack.made", body, openings.values())
        ws.refresh()
        return {path: opening.commitment for path, opening in openings.items()}


def _web_archive(get: Callable[[str], bytes], snapshots: Iterable[Snapshot], left_out: Mapping[str, Private]) -> bytes:
    """The visits' exchanges as a WACZ; b"" where there is none to show. Made on disk: bodies can be many and large."""
    from collector.wacz import write_wacz

    try:
        with TemporaryFile() as out:
            if not write_wacz(snapshots, get, out, left_out):
                return b""
            out.seek(0)
            return out.read()
    except OSError as error:
        raise ArchiveError(
            f"The web archive could not be made ({error.strerror}).", "Free some space and run the command again."
        ) from error


def inside(get: Callable[[str], bytes], digest: str, names: frozenset[str]) -> Iterable[tuple[str, bytes]]:
    """The files of these names in a zip or a mail that is kept."""
    data, wanted = get(digest), frozenset(map(folded, names))
    if is_zip(data):
        return files_in(data, lambda name: folded(name) in wanted)
    return ((name, inner) for name, inner in files_attached(data) if folded(name) in wanted)


def _words_of(ws: Workspace, file: AddedFile) -> tuple[str, ...]:
    """The text of one of the buyer's files, paragraph by paragraph."""
    return tuple(passage.text for text in texts_of([file], ws.archive.objects) for passage in text.passages)


class _KeptRenderings(Mapping[str, bytes]):
    """Each is fetched when it is asked for: of many photos the copies are never in memory together."""

    def __init__(self, get: Callable[[str], bytes], digests: Mapping[str, str]) -> None:
        self._get, self._digests = get, digests

    def __getitem__(self, path: str) -> bytes:
        return self._get(self._digests[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)
