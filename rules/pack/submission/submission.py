"""The folders under data/submission/: for each place the files to hand in, a list of them, and the statement to paste."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rules.language.dates import times_of
from rules.language.words import day_words
from rules.pack.plan.bates import Numbered, bates
from rules.pack.plan.claim_zh import in_the_names_of, new_zh, purpose_zh, title_zh, today_zh, zone_zh
from rules.pack.plan.plan import PackPlan
from rules.pack.render.pdf import finished
from rules.pack.render.report import html, render_text
from rules.pack.submission.documents import documents_of, report_as, without_pages
from rules.pack.submission.fitting import Extract, Fitted, OmittedFile, Submittable, Upload, fit
from rules.pack.submission.paper import Binder, Pressed
from rules.pack.submission.papers import OwnPaper
from rules.policy.forums import Forum, Forums, Limit, forums_of, load_forums
from rules.policy.platform import policy_beside

PrintPdf = Callable[[str], bytes]
_LIMITS: Mapping[str, str] = {
    "files": "at most {most:,} files",
    "file_bytes": "at most {mb} MB each",
    "total_bytes": "at most {mb} MB together",
    "pages": "at most {most:,} pages together",
    "name_letters": "names of at most {most:,} letters and digits",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """An exhibit in an index: what it is, what it proves, and where it stands in the bundle ("" where it does not).

    `stamped` are the numbers that its pages bear in the whole pack.
    """

    number: str
    title: str
    title_zh: str
    stamped: str
    purpose_zh: str
    proves: tuple[str, ...]
    pages: str
    count: int
    witnessed: bool


def submissions(
    plan: PackPlan,
    copies: Mapping[str, list[bytes]],
    own: Mapping[str, OwnPaper],
    unopened: frozenset[str],
    report: bytes,
    binder: Binder,
    print_pdf: PrintPdf,
    *,
    has_wacz: bool,
) -> dict[str, bytes]:
    """Bag path to bytes of every folder that the plan asks for; `copies` and `own` by exhibit number;
    `unopened` are the exhibits whose PDF nobody can open."""
    documents = documents_of(plan, copies, own, binder)
    numbers = bates(plan.exhibits, {number: len(pages) for number, pages in copies.items()})
    made: dict[str, bytes] = {}
    pressed = Pressed()
    for forum in forums_of(plan.choices.forums, plan.site):
        left_out = without_pages(plan, forum, documents, unopened, has_wacz=has_wacz, has_report=bool(report))
        handed = (*documents, *report_as(forum, report, binder))
        index, fitted = _with_index(forum, handed, binder, partial(_index, plan, forum, numbers, print_pdf), pressed)
        fitted = replace(fitted, left_out=tuple(sorted((*fitted.left_out, *left_out), key=lambda item: item.name)))
        files = {upload.name: upload.data for upload in (*index, *fitted.uploads)}
        files |= _texts(plan, forum, numbers, (*index, *fitted.uploads), fitted.left_out)
        made |= {forum.folder + name: data for name, data in files.items()}
    return made


def limits_of(forum: Forum, known: Forums) -> list[str]:
    """Each limit in a sentence with its source, and whether the place says so or it is assumed."""
    return [_limit(limit, known) for limit in forum.limits]


def limits_in_short(forum: Forum) -> str:
    """All limits in one sentence: "At most 10 files, at most 5 MB each; the place does not publish these: assumed"."""
    said = {published: [_words(one) for one in forum.limits if one.published is published] for published in (True, False)}
    assumed = f"{', '.join(said[False])} (assumed: not published)" if said[False] else ""
    return "; ".join(filter(None, (", ".join(said[True]), assumed)))


def _words(limit: Limit) -> str:
    mb = f"{limit.most / 1_000_000:.1f}".removesuffix(".0")
    return _LIMITS[limit.what].format(most=limit.most, mb=mb)


def _limit(limit: Limit, known: Forums) -> str:
    source, said = known.source(limit.source), _words(limit)
    where = f"{source.title}; looked at {day_words(source.looked)}"
    return (
        f"{said} ({where})" if limit.published else f"{said} (not published: a default that we assume. Looked in: {where})"
    )


def _with_index(
    forum: Forum,
    documents: Sequence[Submittable],
    binder: Binder,
    index_of: Callable[[Fitted], Upload],
    pressed: Pressed,
) -> tuple[tuple[Upload, ...], Fitted]:
    """A bundle with its index before it, which takes up room itself; single files have none."""
    if forum.shape != "bundle":
        return (), fit(forum, documents, binder, pressed=pressed)
    kept = [(1 + len(documents) // 8, 300_000)]
    while True:
        fitted = fit(forum, documents, binder, kept, pressed)
        index = index_of(fitted)
        needs = (binder.counts([index.data])[0] or 1, len(index.data))
        if needs[0] <= kept[0][0] and needs[1] <= kept[0][1]:
            return (index,), fitted
        kept = [(max(needs[0], kept[0][0]), max(needs[1], kept[0][1]))]


def _index(plan: PackPlan, forum: Forum, numbers: Mapping[str, Numbered], print_pdf: PrintPdf, fitted: Fitted) -> Upload:
    chinese = forum.languages[0] == "zh"
    name, title = ("00-evidence-catalogue-zh.pdf", "证据目录 (evidence catalogue)") if chinese else ("00-index.pdf", "Index")
    template = "catalogue-zh.html.j2" if chinese else "bundle-index.html.j2"
    page = html().get_template(template).render(
        plan=plan, forum=forum, lines=_lines(plan, numbers, fitted), day=today_zh(plan.as_of, plan.zone),
        named=partial(in_the_names_of, forum.sides),
    )  # fmt: skip
    return Upload(name, title, finished(print_pdf(page), f"{title}, {plan.order}", forum.languages[0]), ())


def _lines(plan: PackPlan, numbers: Mapping[str, Numbered], fitted: Fitted) -> list[_Line]:
    """The exhibits in the order in which they are handed in."""
    found: dict[str, list[Extract]] = {}
    for upload in fitted.uploads:
        for extract in upload.extracts:
            for number in extract.document.numbers:
                found.setdefault(number, []).append(extract)
    exhibits = {exhibit.number: exhibit for exhibit in plan.exhibits}
    lines = []
    for number, extracts in found.items():
        if number not in exhibits:
            continue
        first, last = min(e.at for e in extracts), max(e.at + e.pages - 1 for e in extracts)
        pages = "" if not first else str(first) if first == last else f"{first}-{last}"
        document, exhibit = extracts[0].document, exhibits[number]
        count = sum(extract.pages for extract in extracts)
        lines.append(
            _Line(
                number,
                document.title,
                title_zh(exhibit),
                str(numbers[number]),
                purpose_zh(exhibit, plan.proofs),
                document.proves,
                pages,
                count,
                exhibit.witnessed,
            )
        )
    return lines


def _texts(
    plan: PackPlan,
    forum: Forum,
    numbers: Mapping[str, Numbered],
    uploads: Sequence[Upload],
    left_out: Sequence[OmittedFile],
) -> dict[str, bytes]:
    known = load_forums()
    in_part = {e.number for e in plan.exhibits if (seen := plan.snapshot(e)) and seen.outcome == "partial"}
    pages = {line.number: line.pages for line in _lines(plan, numbers, Fitted(tuple(uploads), ()))}
    texts = {}
    if "en" in forum.languages:
        texts["statement.txt"] = render_text(
            "statement.txt.j2", plan=plan, in_part=in_part, forum=forum, reasons=_reasons(plan, forum), pages=pages,
            times=times_of(plan.zone),
        )  # fmt: skip
    if "zh" in forum.languages:
        titles = {exhibit.number: title_zh(exhibit) for exhibit in plan.exhibits}
        texts["statement-zh.txt"] = render_text(
            "statement-zh.txt.j2", plan=plan, in_part=in_part, forum=forum, titles=titles, pages=pages,
            day=today_zh(plan.as_of, plan.zone), zone_zh=zone_zh(plan.zone), named=partial(in_the_names_of, forum.sides),
            new_zh=new_zh(plan.earlier.made_at, plan.new, plan.zone) if plan.earlier else "",
        )  # fmt: skip
    texts["list.txt"] = render_text(
        "list.txt.j2", plan=plan, forum=forum, items=uploads, left_out=left_out, limits=limits_of(forum, known),
        reasons=_reasons(plan, forum), counts=_counts(forum), timing=known.source(forum.timing_source).title,
        unproved=_unproved(plan, uploads), numbers=numbers,
    )  # fmt: skip
    return texts


def _reasons(plan: PackPlan, forum: Forum) -> list[str]:
    """The reasons as the place calls them: "13.3 Not as described or defective merchandise/services"."""
    named = (forum.known_as(reason) for reason in plan.reasons)
    return list(dict.fromkeys(f"{one.code} {one.words}" if one.code != "-" else one.words for one in named))


def _counts(forum: Forum) -> list[str]:
    """The place's own time limits, as the payment policy counts them."""
    policy = policy_beside("payment")
    return [
        f"{count.add} days from {policy.event(count.start).words} ({policy.source(count.source).title})"
        for rule in policy.deadlines
        for count in rule.counts
        if count.name in forum.counts
    ]


def _unproved(plan: PackPlan, uploads: Sequence[Upload]) -> list[str]:
    """The pieces of evidence that the pack holds and that nothing which is handed in shows."""
    there = {number for upload in uploads for extract in upload.extracts for number in extract.document.numbers}
    return [
        f"{proof.label} ({', '.join(proof.exhibits)})" for proof in plan.proofs if not there.intersection(proof.exhibits)
    ]
