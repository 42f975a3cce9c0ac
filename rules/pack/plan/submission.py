"""What to upload to the site: few files within its limits, in the order of their weight, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.kinds import file_kind, page_kind
from collector.model import Exhibit
from rules.pack.plan.exhibits import folder, slug
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.wording import UNWITNESSED
from rules.pack.render.copies import as_jpeg, as_pdf

# The platform does not publish its limits: these are defaults, and list.txt says so.
MOST_FILES = 10
MOST_BYTES = 5_000_000
QUALITIES = (80, 60, 40)

_ON_REQUEST = "Keep it with the pack; offer it to the case manager in the Message Center or when evidence is asked for."
_SPLIT = "Send the whole pack, or this file by a link, when the case manager asks for it."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload; the lightest come first."""

    name: str
    title: str
    data: bytes
    weight: int

    @property
    def size_kb(self) -> int:
        return -(-len(self.data) // 1000)


@dataclass(frozen=True, slots=True)
class OmittedFile:
    """A file not to be uploaded: why, and where it can go."""

    name: str
    why: str
    where: str


def submission_of(
    plan: PackPlan, copies: Mapping[str, list[bytes]], originals: Mapping[str, bytes], report: bytes, *, has_wacz: bool
) -> tuple[list[Upload], list[OmittedFile]]:
    """Uploads within the limits and everything else; `copies` by exhibit number, `originals` by bag path (PDF, JPG)."""
    candidates: list[Upload] = []
    left_out = [OmittedFile("archive.wacz", "not a JPG or PDF.", _ON_REQUEST)] if has_wacz else []
    if report:
        candidates.append(Upload("00-report.pdf", "The claim, its timeline and its exhibits on a few pages", report, 0))
    for exhibit in plan.exhibits:
        made = _upload(exhibit, copies.get(exhibit.number, []), originals)
        if isinstance(made, Upload):
            candidates.append(made)
        else:
            left_out.append(made)
    chosen: list[Upload] = []
    for upload in sorted(candidates, key=lambda u: (u.weight, u.name)):
        if len(upload.data) > MOST_BYTES:
            left_out.append(OmittedFile(upload.name, f"larger than {MOST_BYTES // 1_000_000} MB.", _SPLIT))
        elif len(chosen) == MOST_FILES:
            left_out.append(OmittedFile(upload.name, f"more than {MOST_FILES} files.", _ON_REQUEST))
        else:
            chosen.append(upload)
    return chosen, sorted(left_out, key=lambda item: item.name)


def _upload(exhibit: Exhibit, copies: list[bytes], originals: Mapping[str, bytes]) -> Upload | OmittedFile:
    stem = f"{exhibit.number}-{slug(exhibit.kind)}"
    title = exhibit.title if exhibit.witnessed else f"{exhibit.title} ({UNWITNESSED.lower()})"
    weight = page_kind(exhibit.kind).weight if exhibit.witnessed else file_kind(exhibit.kind).weight
    if len(copies) == 1 and not exhibit.witnessed:
        return Upload(f"{stem}.jpg", title, _smallest(copies[0]), weight)
    if copies:
        return Upload(f"{stem}.pdf", title, _smallest_pdf(copies), weight)
    for path, data in sorted(originals.items()):
        if path.startswith(folder(exhibit)) and not exhibit.witnessed:
            return Upload(f"{stem}.pdf", title, data, weight)
    if exhibit.witnessed or not exhibit.files:
        why = "withheld, see report.pdf." if not exhibit.files else "no picture of it was kept."
        return OmittedFile(
            stem, why, "Its messages stand in the report; the original can be shown to the case manager in person."
        )
    return OmittedFile(
        f"{stem} ({', '.join(path.rpartition('/')[2] for path in exhibit.files)})", "not a JPG or PDF.", _ON_REQUEST
    )


def _smallest(copy: bytes) -> bytes:
    """The best quality that keeps to the limit, or the worst when none does."""
    if copy.startswith(b"\xff\xd8") and len(copy) <= MOST_BYTES:
        return copy
    made = b""
    for quality in QUALITIES:
        made = as_jpeg(copy, quality)
        if len(made) <= MOST_BYTES:
            break
    return made


def _smallest_pdf(copies: list[bytes]) -> bytes:
    made = b""
    for quality in QUALITIES:
        made = as_pdf(copies, quality)
        if len(made) <= MOST_BYTES:
            break
    return made
