"""One evidence pack: seal what is new, plan, render once, bundle, and say where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from casework.asking.dossier import as_of_instant
from casework.cases import casefile, find_case
from casework.keeping.pictures import keep_readings, readings_of_case, unread_pictures
from casework.proving.last_look import LastLook, Suspect, Unread
from casework.proving.looks import Looks, camera_of, own_leaves
from casework.proving.proof import PackProof, covering_checkpoint
from casework.proving.redaction import DecidedRedaction, decide_redaction
from casework.proving.renderings import RenderingWork, inside
from casework.workspace import Workspace, sealed_view
from collector.archive.sealing import TIMEOUT_S, seal, signing_key
from collector.canonical import sha256, sha256_file
from collector.errors import WrongRequest
from collector.model import AddedFile, Exhibit, PictureReading, Private, Problem, Snapshot
from collector.platform import SCRIPTS, font_for
from collector.progress import Progress, megabytes
from collector.reading.withheld import private_of
from collector.saved.acting import may_do
from collector.saved.record import reading_bytes
from collector.saved.text import texts_of
from collector.seal.ask.request import Token, request_all
from collector.seal.signature import sign
from rules.case.casefile import CaseFile
from rules.check.review import check, reasons_of
from rules.deadlines.counting import deadlines
from rules.pack.bag.verify import verify_pack
from rules.pack.bag.write import write_pack
from rules.pack.plan.exhibits import Choices, Selection, choose
from rules.pack.plan.personal import PersonalData, personal_data
from rules.pack.plan.plan import CoveringCheckpoint, EarlierPack, PackPlan, plan
from rules.pack.plan.withheld import Withheld
from rules.pack.plan.wording import say
from rules.pack.redact.boxes import boxes_of
from rules.pack.redact.case import redacted_case, redacted_file, redacted_snapshot
from rules.pack.redact.decided import Redaction
from rules.pack.render.renderings import copies_to_cover
from rules.pack.submission.documents import strongest_first
from rules.pack.submission.submission import limits_in_short
from rules.policy.forums import forums_of
from rules.policy.platform import load_policy


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What the other side learns beside the exhibits themselves: what is `withheld` from it, and whose data it gets.

    Of a redacted pack `redacted` is how much of which kind was taken out of each exhibit's text, `unpictured` are the
    exhibits of which pictures are not shown because nobody knows where on them it stands, `unseen` those, with the file's
    name, that are shown though no machine read the words in them, and `records` how many sealed records are withheld.

    `opened` is what it gets because the buyer asked for that.
    `located` are the names of the files that say where they were taken. `suspects` may open an account, and `unread` could
    not be looked into.
    """

    withheld: tuple[Withheld, ...] = ()
    opened: tuple[Withheld, ...] = ()
    personal: tuple[PersonalData, ...] = ()
    located: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    unread: tuple[Unread, ...] = ()
    is_redacted: bool = False
    redacted: tuple[PersonalData, ...] = ()
    unpictured: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    records: int = 0


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """A pack that was written: `seal` is timestamped, pending or unsigned; `failures` why a token is missing.

    `problems` are what verification finds in it: the archive that it was made from is not whole.
    """

    path: Path
    sha256: str
    exhibits: tuple[Exhibit, ...]
    disclosed: Disclosed
    seal: str
    failures: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: tuple[Destination, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where files can be handed in: who sees them there, and which limits are kept to.

    `files` are those of the pack's folder for it, with their sizes in bytes; none before they are made.
    """

    id: str
    title: str
    seen_by: str
    limits: str
    files: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PackPreview:
    """What a pack would show and withhold.

    `order` are the exhibits' numbers, strongest first, each with what it shows for the reasons; `places` where they go.
    `new` says in a sentence what is new since an earlier pack, "" where there was none.
    """

    name: str
    exhibits: tuple[Exhibit, ...]
    disclosed: Disclosed
    order: tuple[tuple[str, tuple[str, ...]], ...] = ()
    places: tuple[Destination, ...] = ()
    new: str = ""


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What the user asked of a pack: `as_of` and `since` as typed, `since` being put into the choices.

    With `accept_risk` it is written although a file may hold what opens an account.
    """

    reasons: tuple[str, ...] = ()
    as_of: str = ""
    since: str = ""
    choices: Choices = field(default_factory=Choices)
    output: Path | None = None
    accept_risk: bool = False


Tell = Callable[[PackPreview], None]
TellFiles = Callable[[tuple[Destination, ...]], None]
_LETTERS = {"zh": re.compile("[\u3400-\u9fff]"), "ar": re.compile("[\u0600-\u06ff]")}


def preview_pack(ws: Workspace, wanted: str, request: PackRequest, progress: Progress | None = None) -> PackPreview:
    """What the pack would be; nothing is written, sealed or kept.

    For whoever is told of the `progress`, what is handed in at the places that were asked for is made, so that its files are
    known by name and size: without them only their order and limits are.
    """
    case = find_case(ws, wanted)
    ws = sealed_view(ws, case.order)
    file = casefile(ws, case, as_of_instant(ws, request.as_of, case.zone))
    made = _plan(ws, file, request, replace(request.choices, since=_day(request.since)))
    _require_something(ws, file)
    planned = replace(made.plan, earlier=_earlier(ws, file))
    preview = _preview(planned, _disclosed(ws, planned, _looked(ws, planned, file)))
    if progress is None or not request.choices.forums:
        return preview
    work = RenderingWork(ws, case, planned, made.texts, made.readings, progress)
    return replace(preview, places=_places(planned, work.made_anew()))


def _preview(planned: PackPlan, disclosed: Disclosed) -> PackPreview:
    order = tuple((exhibit.number, shows) for exhibit, shows in strongest_first(planned))
    return PackPreview(planned.name, planned.exhibits, disclosed, order, _places(planned, {}), planned.new_words)


def _earlier(ws: Workspace, file: CaseFile) -> EarlierPack | None:
    """The newest pack that was made before the last thing was kept of the case, so that another order of making packs of
    the same evidence makes no other pack.

    A pack of an earlier version notes no exhibits: all that was kept by then counts as shown.
    """
    newest = max((event.seq for event in file.events), default=0)
    before = [(at, body) for at, body in ws.index.packs(file.order) if body.get("checkpoint", newest + 1) <= newest]
    if not before or before[-1][0] > file.as_of:
        return None
    at, body = before[-1]
    by_then = [one.id for one in file.files if one.seq < body["checkpoint"]]
    by_then += [snapshot.id for seq, snapshot in ws.index.snapshots(file.order) if seq < body["checkpoint"]]
    return EarlierPack(str(body.get("name", "")), at, tuple(body.get("shows", by_then)))


def _places(planned: PackPlan, made: Mapping[str, bytes]) -> tuple[Destination, ...]:
    """The places that the pack is for, with what was made for each."""
    places = []
    for forum in forums_of(planned.choices.forums, planned.site):
        names = (path.removeprefix(forum.folder) for path in sorted(made) if path.startswith(forum.folder))
        files = tuple((name, len(made[forum.folder + name])) for name in names if "/" not in name)
        places.append(Destination(forum.id, forum.title, forum.seen_by, limits_in_short(forum), files))
    return tuple(places)


def _disclosed(ws: Workspace, planned: PackPlan, look: LastLook) -> Disclosed:
    located = _located(ws, planned)
    personal = tuple(_personal(ws, planned, located))
    found = tuple(look.suspects), tuple(look.unread)
    told = Disclosed(planned.withheld, planned.opened, personal, tuple(located.values()), *found)
    return replace(told, **_redacted(planned)) if planned.redaction else told


def _redacted(planned: PackPlan) -> dict[str, Any]:
    """What of a redacted pack was taken out, and what of it is not shown therefore."""
    redaction = planned.redaction or Redaction({})
    own = [(exhibit.number, redaction.of(planned.origin(exhibit))) for exhibit in planned.exhibits]
    counted = (PersonalData(number, kind, count) for number, one in own for kind, count in one.counts)
    boxed = {box.exhibit for box in boxes_of(planned.choices.redact_boxes)}
    dark = [number for number, one in own if one.is_dark and number not in boxed]
    found = {"redacted": tuple(counted), "unpictured": tuple(dark), "records": len(redaction.entries)}
    unseen = (exhibit for exhibit, (_, one) in zip(planned.exhibits, own, strict=True) if one.drawn and one.pictures is None)
    named = tuple(f"{e.number} {file.name}" for e in unseen if (file := planned.file(e)) and e.number not in dark)
    return {"is_redacted": True, **found, "unseen": named}


def pages_to_cover(ws: Workspace, wanted: str, request: PackRequest) -> Mapping[str, list[bytes]]:
    """The reading copies (PNG, JPEG) of a redacted pack by exhibit number, as they are before the buyer's own boxes.

    For drawing these: a box "A01:2:x,y,w,h" in `choices.redact_boxes` is on the second picture of A01, in its pixels.
    Nothing is written. Raises WrongRequest as `preview_pack`.
    """
    case = find_case(ws, wanted)
    ws = sealed_view(ws, case.order)
    file = casefile(ws, case, as_of_instant(ws, request.as_of, case.zone))
    choices = replace(request.choices, since=_day(request.since), redact=True, redact_boxes=())
    made = _plan(ws, file, request, choices)
    planned, get = made.plan, ws.archive.objects.get
    looks = Looks(ws.archive.objects, planned, made.readings)
    return copies_to_cover(planned, get, partial(inside, get), looks, partial(own_leaves, ws.archive.objects))


def _located(ws: Workspace, planned: PackPlan) -> Mapping[str, str]:
    """The shown files that say where they were taken: their names by exhibit number."""
    shown = [(e.number, file) for e in planned.exhibits if e.files and (file := planned.file(e)) is not None]
    redacted = planned.redaction is not None  # such a plan says nothing of cameras
    camera = camera_of(ws.archive.objects, (file for _, file in shown)) if redacted else planned.camera
    return {number: file.name for number, file in shown if file.id in camera and camera[file.id].located}


def _personal(ws: Workspace, planned: PackPlan, located: Container[str]) -> Iterator[PersonalData]:
    """Whose numbers, mails and houses each exhibit shows, as far as its texts say."""
    for exhibit in planned.exhibits:
        said = [say(fact.value) for fact in planned.facts if fact.snapshot == planned.origin(exhibit) and fact.snapshot]
        said += _texts(ws, planned, exhibit)
        yield from personal_data(exhibit.number, said, places=int(exhibit.number in located))


def _texts(ws: Workspace, planned: PackPlan, exhibit: Exhibit) -> list[str]:
    """What people can read of an exhibit: a page's text as it was kept, or that of the buyer's file."""
    file, snapshot = planned.file(exhibit), planned.snapshot(exhibit)
    if file is not None:
        passages = texts_of([file], ws.archive.objects) if exhibit.files else ()
        return [file.name, file.note, *(passage.text for text in passages for passage in text.passages)]
    shown = set(exhibit.files.values())
    kept = [a.digest for a in snapshot.artefacts if a.role == "text" and a.digest in shown] if snapshot else []
    return [ws.archive.objects.get(digest).decode("utf-8", "replace") for digest in kept]


def make_pack(
    ws: Workspace,
    wanted: str,
    request: PackRequest,
    progress: Progress,
    tell: Tell = lambda _: None,
    tell_files: TellFiles = lambda _: None,
) -> PackAnswer:
    """Writes the pack, after telling what it would be and which files it has for whom.

    The same plan gives the same bytes, but for signature and tokens.
    """
    case = find_case(ws, wanted)
    ws = sealed_view(ws, case.order)
    choices = replace(request.choices, since=_day(request.since))
    key = signing_key(ws.archive, ws.user)
    file = casefile(ws, case, as_of_instant(ws, request.as_of, case.zone))
    unread = unread_pictures(ws, case.order)
    # A wrong request is refused before anything is kept.
    made = _plan(ws, file, request, choices, readings={} if unread else None)
    _require_something(ws, file)
    if unread:
        keep_readings(ws, case.order, progress)
        file = casefile(ws, case, as_of_instant(ws, request.as_of, case.zone))
        made = _plan(ws, file, request, choices)
    planned = made.plan
    out = _place(request.output, planned.name)
    progress("looking at what the other side gets")
    look = _looked(ws, planned, file)
    disclosed = _disclosed(ws, planned, look)
    tell(_preview(replace(planned, earlier=_earlier(ws, file)), disclosed))
    if not request.accept_risk:
        look.require_nothing()
    progress("sealing what is new")
    seal(ws.archive, key, progress)
    ws.refresh()
    checkpoint = covering_checkpoint(ws, max(event.seq for event in file.events), key)
    proof = PackProof(ws, checkpoint, key)
    planned = replace(planned, covering=proof.covering, earlier=_earlier(ws, file))
    renderings = RenderingWork(ws, case, planned, made.texts, made.readings, progress).made_once()
    places = _places(planned, renderings)
    tell_files(places)
    material = proof.material(planned, file)
    tokens = _PackStamper(ws, progress)
    progress("writing the pack")

    def inspect(made: Iterable[tuple[str, bytes]]) -> None:
        look.look(made)
        if not request.accept_risk:
            look.require_nothing()

    result = write_pack(
        planned, renderings, ws.archive.objects.pieces, material, inspect=inspect,
        search=made.search if made.decided is not None else None,
        sign=lambda data: sign(data, key, ws.clock.now()), stamp=tokens.stamp, out=out,
        done=megabytes("writing the pack", progress),
    )  # fmt: skip
    seal(ws.archive, key, progress)
    with ThreadPoolExecutor(1) as core:
        digest = core.submit(sha256_file, result.path)
        # Whoever hands it in must not hear from others that it does not hold.
        report = verify_pack(result.path, done=megabytes("checking the pack as it was written", progress))
    failures = (*dict.fromkeys(ws.archive.warnings), *tokens.failures, *_without_letters(planned))
    return PackAnswer(
        result.path.absolute(), digest.result(), planned.exhibits, replace(disclosed, suspects=tuple(look.suspects)),
        report.seal, failures, report.problems, places,
    )  # fmt: skip


def _without_letters(planned: PackPlan) -> Iterator[str]:
    """That the report shows boxes for a language that the case speaks and this machine has no font for."""
    said = "".join(row.text for row in planned.timeline)
    for name, (language, package) in SCRIPTS.items():
        if _LETTERS[language].search(said) and font_for(language) == "":
            yield f"No {name} font: {name} words are boxes in report.pdf. Install one, such as {package}, and pack again."


def _originals(planned: PackPlan) -> dict[str, str]:
    """The digest of every original that is shown, by its path in the pack."""
    return {path: digest for exhibit in planned.exhibits for path, digest in sorted(exhibit.files.items())}


def _looked(ws: Workspace, planned: PackPlan, file: CaseFile) -> LastLook:
    """The last look, at the originals and at what the buyer entered."""
    look = LastLook(planned)
    look.look_at_entered(file)
    seen = {file.digest for file in planned.files if _is_seen(file)}  # pictures are not looked at
    originals = {path: digest for path, digest in _originals(planned).items() if digest not in seen}
    look.look((path, ws.archive.objects.get(digest)) for path, digest in originals.items())
    return look


def _require_something(ws: Workspace, file: CaseFile) -> None:
    """A pack dated tomorrow, or of nothing, would only harm whoever hands it in."""
    if file.as_of > ws.clock.now():
        raise WrongRequest("A pack cannot be dated in the future.", "Leave --as-of out, or give a time that has passed.")
    if not (file.snapshots or file.files or file.facts):
        raise WrongRequest(
            "Nothing of this case was kept or entered by then.", "Capture its pages, add files, or give a later --as-of."
        )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongRequest(f"{text!r} is not a day.", "Write it as 2026-10-04.") from error


def _place(output: Path | None, name: str) -> Path:
    """Where the pack is written: in a folder under its own name, else as a file that a double click opens as a zip."""
    place = output.expanduser() if output else Path.cwd()
    if place.is_dir():
        return place / f"{name}.zip"
    return place if place.suffix.lower() == ".zip" else place.with_name(f"{place.name}.zip")


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan, the case that it is of, what is taken out of both where the pack is redacted, and what a machine read in the
    case's photos and videos, by file id.
    """

    plan: PackPlan
    file: CaseFile
    decided: DecidedRedaction | None = None
    readings: Mapping[str, PictureReading] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[str, str]:
        """The redacted copies of texts, by the id of their visit or file."""
        return self.decided.texts if self.decided else {}

    def search(self, path: str, data: bytes) -> None:
        """Looks at a file as it is written. Raises PersonNeeded where anything stands in it that was taken out."""
        if self.decided:
            self.decided.search(path, data)


def _plan(
    ws: Workspace,
    file: CaseFile,
    request: PackRequest,
    choices: Choices,
    readings: Mapping[str, PictureReading] | None = None,
) -> _Planned:
    """The plan but for its checkpoint, which is known once everything is sealed; `readings` in place of all that a machine
    reads in pictures.

    Where the pack is redacted, everything is planned from the redacted case, so that nothing else can come into it.
    """
    policy = load_policy(file.site)
    file = file.known()
    chosen = choose(file, choices)
    readings = readings_of_case(ws, file.order, unread=True) if readings is None else readings
    private = _private(ws, chosen.snapshots)
    acting = {one.id: may_do(ws.archive.objects.get(one.digest)) for one in chosen.files if not _is_seen(one)}
    camera = {} if choices.redact else camera_of(ws.archive.objects, chosen.files)
    decided = decide_redaction(ws, file, chosen, choices, private, readings) if choices.redact else None
    if decided:
        file = redacted_case(file, decided.redactor)
        chosen = Selection(
            tuple(redacted_snapshot(one, decided.redactor) for one in chosen.snapshots),
            tuple(redacted_file(one, decided.redactor) for one in chosen.files),
        )
    made = plan(
        file,
        deadlines(file, policy),
        check(file, policy, request.reasons),
        reasons_of(file, policy, request.reasons),
        choices,
        CoveringCheckpoint(0),
        private=private,
        acting=acting,
        camera=camera,
        pictures_read=tuple(sha256(reading_bytes(readings[one.id])) for one in chosen.files if one.id in readings),
        chosen=chosen,
        redaction=decided.redaction if decided else None,
    )
    return _Planned(made, file, decided, readings)


def _is_seen(file: AddedFile) -> bool:
    """Whether it is a photo or video by its bytes: such files hold no program, and may be large."""
    return file.is_picture and not file.media_type.startswith("image/svg")


def _private(ws: Workspace, snapshots: Iterable[Snapshot]) -> dict[str, Private]:
    """What shows others. Where a pane stands in a picture only a record says: one that was changed since could name more."""
    private = private_of(ws.site_named, ws.archive.objects, ws.alias, snapshots)
    if ws.archive.ledger.contradicted() is None:
        return private
    return {name: replace(what, cropped=()) for name, what in private.items()}


class _PackStamper:
    """Asks every configured authority for a token over the pack's signature; keeps why one is missing."""

    def __init__(self, ws: Workspace, progress: Progress) -> None:
        self.ws, self.progress = ws, progress
        self.failures: list[str] = []

    def stamp(self, signature: bytes) -> Mapping[str, bytes]:
        self.progress("asking the timestamp authorities")
        authorities = self.ws.archive.config.authorities
        answers = request_all(authorities, signature, timeout_s=TIMEOUT_S, now=self.ws.clock.now)
        tokens: dict[str, bytes] = {}
        for authority, answer in zip(authorities, answers, strict=True):
            if isinstance(answer, Token):
                tokens[authority.name] = answer.tsr
            else:
                self.failures.append(answer.message)
        return tokens
