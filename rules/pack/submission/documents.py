"""The exhibits of a plan as documents that can be handed in, and what cannot be handed in as JPG or PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collector.model import Exhibit
from rules.pack.plan.exhibits import slug
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.proofs import weight_of
from rules.pack.plan.wording import REASONS, UNWITNESSED
from rules.pack.submission.fitting import REPORT, OmittedFile, Submittable
from rules.pack.submission.paper import Binder
from rules.pack.submission.papers import OwnPaper
from rules.policy.forums import Forum

_BESIDE = 1_000  # added to the weight of what bears on none of the reasons
_FIRST, _AFTER_ALL = -1, 100_000
_IN_PERSON = "Its messages stand in the report; the original can be shown to the case manager in person."


def documents_of(
    plan: PackPlan, copies: Mapping[str, list[bytes]], own: Mapping[str, OwnPaper], binder: Binder
) -> tuple[Submittable, ...]:
    """Every exhibit that has pages: reading copies, or a paper of the buyer's own, by exhibit number."""
    made = [document for exhibit in plan.exhibits if (document := _document(plan, exhibit, copies, own))]
    counts = iter(binder.counts([document.pdf for document in made if document.pdf]))
    counted = [replace(one, pages=next(counts)) if one.pdf else one for one in made]
    needed = _needed(plan, counted)
    return tuple(replace(one, essential=one.name in needed) for one in counted)


def strongest_first(plan: PackPlan) -> tuple[tuple[Exhibit, tuple[str, ...]], ...]:
    """The exhibits in the order in which they are handed in, each with what it shows for the reasons.

    Of a redacted pack none has to show an original: what is handed in are its redacted copies.
    """
    shown = [(exhibit, _proves(plan, exhibit)) for exhibit in plan.exhibits if exhibit.files or plan.redaction]
    return tuple(sorted(shown, key=lambda one: (_weight(plan, *one), one[0].number)))


def report_as(forum: Forum, report: bytes, binder: Binder) -> tuple[Submittable, ...]:
    """The report as the place gets it; nothing where it gets none."""
    if not report or forum.report == "never":
        return ()
    weight = _FIRST if forum.report == "first" else _AFTER_ALL
    title = "The claim, its timeline and its exhibits on a few pages"
    pages = binder.counts([report])[0] if forum.most("pages") else 1
    return (Submittable("report", title, REPORT, weight, pdf=report, pages=pages),)


def without_pages(
    plan: PackPlan,
    forum: Forum,
    documents: tuple[Submittable, ...],
    unopened: frozenset[str] = frozenset(),
    *,
    has_wacz: bool,
    has_report: bool,
) -> list[OmittedFile]:
    """What has no page to hand in, or what the place has no use for."""
    names = {document.name for document in documents}
    left_out = [OmittedFile("archive.wacz", "not a JPG or PDF.", forum.rest)] if has_wacz else []
    if has_report and forum.report == "never":
        left_out.append(OmittedFile("report.pdf", "the statement and the index stand in its place.", forum.rest))
    return left_out + [_omitted(exhibit, forum, unopened) for exhibit in plan.exhibits if exhibit.number not in names]


def _document(
    plan: PackPlan, exhibit: Exhibit, copies: Mapping[str, list[bytes]], own: Mapping[str, OwnPaper]
) -> Submittable | None:
    title = exhibit.title if exhibit.witnessed else f"{exhibit.title} ({UNWITNESSED.lower()})"
    proves = _proves(plan, exhibit)
    weight, thread = _weight(plan, exhibit, proves), exhibit.kind == "thread"
    blank = Submittable(exhibit.number, title, slug(exhibit.kind), weight, proves=proves, from_end=thread)
    paper, pictures = own.get(exhibit.number), tuple(copies.get(exhibit.number, ()))
    if paper is not None:
        return replace(blank, pdf=paper.pdf, title=_copied(title) if paper.copied else title)
    if not pictures:
        return None
    return replace(blank, pictures=pictures, pages=len(pictures), photo=not exhibit.witnessed and len(pictures) == 1)


def _copied(title: str) -> str:
    words = "its text as a reading copy)"
    return f"{title.removesuffix(')')}; {words}" if title.endswith(")") else f"{title} ({words}"


def _weight(plan: PackPlan, exhibit: Exhibit, proves: tuple[str, ...]) -> int:
    return weight_of(exhibit, plan.proofs) + (_BESIDE if plan.reasons and not proves else 0)


def _proves(plan: PackPlan, exhibit: Exhibit) -> tuple[str, ...]:
    """Under which reasons an exhibit is handed in, and as which piece of the evidence that each asks for, in words."""
    found: dict[str, list[str]] = {}
    for proof in plan.proofs:
        if exhibit.number in proof.exhibits:
            found.setdefault(REASONS[proof.reason].lower(), []).append(proof.label)
    return tuple(f"{reason} ({', '.join(labels)})" for reason, labels in found.items())


def _needed(plan: PackPlan, documents: Sequence[Submittable]) -> set[str]:
    """The strongest exhibit of each kind, for each piece of evidence: page and contract may both state the ship date."""
    needed: set[str] = set()
    for proof in plan.proofs:
        those = sorted((one for one in documents if one.name in proof.exhibits), key=lambda one: (one.weight, one.name))
        for kind in dict.fromkeys(one.kind for one in those):
            own = [one.name for one in those if one.kind == kind]
            if not needed.intersection(own):
                needed.add(own[0])
    return needed


def _omitted(exhibit: Exhibit, forum: Forum, unopened: frozenset[str]) -> OmittedFile:
    stem = f"{exhibit.number}-{slug(exhibit.kind)}"
    if exhibit.witnessed or not exhibit.files:
        why = "withheld, see report.pdf." if not exhibit.files else "no picture of it was kept."
        return OmittedFile(stem, why, _IN_PERSON)
    names = ", ".join(path.rpartition("/")[2] for path in exhibit.files)
    if exhibit.number in unopened:
        why = "locked with a password, or damaged: nobody there could open it."
        return OmittedFile(f"{stem} ({names})", why, "Add a copy that opens, and pack again.")
    return OmittedFile(f"{stem} ({names})", "not a JPG or PDF.", forum.rest)
