"""How things are sealed: the line after every command that keeps something, `status`, `timestamp` and `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from casework.blocks import Block, Line, Span, Table, Tone, View, hint, line, notes
from collector.canonical import as_json
from collector.errors import DONE, VERIFICATION_FAILED
from rules.language.facts import plain_words, sentence
from rules.language.words import day_words

if TYPE_CHECKING:
    from casework.proving.status import StampedCheckpoint, StatusAnswer, WitnessAnswer
    from casework.proving.verify import VerifyAnswer
    from collector.archive.sealing import SealState
    from collector.seal.standing import ProofTerm
    from rules.pack.bag.proof import SealedElsewhere


_SEAL = {
    "timestamped": "sealed and timestamped",
    "pending": "sealed; not yet timestamped (asked again by the next command that keeps something)",
    "unsigned": "NOT yet sealed",
}

PACK_SEAL = {
    "timestamped": "signed and timestamped",
    "pending": "signed, and not timestamped; made again when an authority answers, the same pack gets its timestamp",
    "unsigned": "NOT signed",
}


_ENDED = "signed, and its timestamps prove its time no longer"
_BEFORE_THEN = {
    "archive": "Have it stamped anew before then: tradewitness timestamp --renew",
    "pack": "Ask its maker for a pack made anew before then.",
}

_STATUS: dict[str, tuple[Tone, str]] = {
    "timestamped": ("good", "All that is kept is sealed and timestamped"),
    "pending": ("warning", "All that is kept is sealed; some of it waits for a timestamp"),
    "unsigned": ("bad", "Some of what is kept is NOT sealed yet"),
}
_RECORDS = {
    "timestamped": "timestamped: signed, and at least one authority confirms the date",
    "pending": "not yet timestamped: signed, and asked for again by the next command that keeps something",
    "unsigned": "not yet sealed: the next command that keeps something signs them",
}
_MOST_SHOWN = 8


def seal_lines(seal: SealState) -> Iterator[Line]:
    """How what was just kept is sealed, and what kept it from being sealed better."""
    tone: Tone = "bad" if seal.word == "unsigned" else ""
    yield Line((Span(sentence(_SEAL[seal.word]), tone), "."), hint=True)
    yield from map(hint, seal.failures)


def verified(answer: VerifyAnswer) -> View:
    """What verification found."""
    value = {"ok": not answer.problems, "seal": answer.seal, "problems": answer.problems, "key": answer.key}
    more = {"tokens": answer.tokens, "notes": answer.notes, "against": answer.against, "deep": answer.deep}
    more |= {"withheld": answer.withheld, "until": answer.term.until if answer.term else ""}
    more |= {"proofs": [_proof(term, answer.at) for term in answer.terms]}
    json = as_json({**value, "what": answer.what, "path": str(answer.path), **more})
    return View(json, tuple(_verified(answer)), VERIFICATION_FAILED if answer.problems else DONE)


def _proof(term: ProofTerm, at: datetime) -> dict[str, Any]:
    """Until when a timestamp proves its time, for programs."""
    told = {"what": term.name, "authority": term.authority, "time": term.time, "until": term.until, "why": term.why}
    return {**told, "through": term.through, "stands": term.stands(at)}


def _verified(answer: VerifyAnswer) -> Iterator[Block]:
    if answer.problems:
        yield line(Span(f"{len(answer.problems)} problem(s)", "urgent"), f" in this {answer.what}:")
        for problem in answer.problems:
            yield line(Span("✗", "bad"), f" {problem.where}: {problem.what}", indent=2)
    else:
        facts = "; the facts are what the bytes say that they were read from" if answer.deep else ""
        agrees = f"; it agrees with {answer.against}" if answer.against else ""
        yield line(Span("✓", "good"), f" This {answer.what} is whole: {answer.summary}{facts}{agrees}.")
    seal = (PACK_SEAL if answer.what == "pack" else _SEAL)[answer.seal]
    ended = answer.seal == "pending" and answer.term is not None and not answer.term.stands(answer.at)
    yield line(f"It is {_ENDED if ended else seal}. Signing key: {answer.key or 'none'}")
    yield from _until(answer)
    if len(answer.tokens) > _MOST_SHOWN:
        yield hint(f"{len(answer.tokens)} timestamps hold; the newest:")
    yield from (hint(plain_words(token, "UTC")) for token in answer.tokens[-_MOST_SHOWN:])
    yield from notes(answer.notes)
    yield from _withheld(answer.withheld)
    if not answer.against and not answer.problems:
        yield hint(
            "Somebody who rewrote everything could have signed it again: compare the key with what its holder says, "
            "or give --against CHECKPOINT, PACK or FINGERPRINT."
        )


def _until(answer: VerifyAnswer) -> Iterator[Block]:
    """Until when the time is proven, what is to be done before then, and what of earlier timestamps became."""
    term, at = answer.term, answer.at
    if term is None or not term.stands(at):
        return
    yield line(f"Its time is proven until {day_words(term.until.date())}: {term.why}.")
    if term.ends_soon(at):
        yield line(Span(_BEFORE_THEN[answer.what], "warning"))
    carried = sum(1 for one in answer.terms if one.through)
    if carried:
        what = "earlier timestamp is" if carried == 1 else "earlier timestamps are"
        yield hint(f"{carried} {what} carried on by later ones, which were made before they ended.")
    lost = [one for one in answer.terms if not one.stands(at)]
    for one in lost[-_MOST_SHOWN:]:
        yield line(Span("!", "warning"), f" {one.name}: {one.ended}.", indent=2)
    if lost:
        yield hint("What only such timestamps dated is proven to have been there by the later ones, from their own time on.")


def _withheld(withheld: tuple[SealedElsewhere, ...]) -> Iterator[Block]:
    """What a pack commits to and does not show: by exhibit, the commitments of what came one by one in full."""
    if not withheld:
        return
    yield line(
        "Withheld, none of it missing: the sealed records commit to each file as SHA-256, and it can be opened later."
    )
    for where, members in groupby(withheld, key=lambda one: one.where):
        own, sent = [], 0
        for one in members:
            if one.role in ("body", "frames"):
                sent += 1
            else:
                own.append(f"{one.role}{f'-{one.part}' if one.part else ''} {one.commitment[:16]}…")
        told = [*own[:_MOST_SHOWN], *([f"{len(own) - _MOST_SHOWN} more"] if len(own) > _MOST_SHOWN else [])]
        told += [f"{sent} of what the site sent"] if sent else []
        yield line(f"{where.rstrip('/').rpartition('/')[2]}: {', '.join(told)}", indent=2)


def status(answer: StatusAnswer) -> View:
    """What is sealed and timestamped, and what waits."""
    return View(_status_value(answer), tuple(_status(answer)))


def _status_value(answer: StatusAnswer) -> dict[str, Any]:
    newest = answer.newest
    checkpoint = None if newest is None else {"size": newest.size, "root": newest.root, "at": newest.at}
    told = [(name, at, name not in newest.unknown) for name, at in newest.tokens] if newest else []
    tokens = [{"authority": name, "time": at, "not_revoked": known} for name, at, known in told]
    value: dict[str, Any] = as_json({
        "archive": str(answer.archive), "seal": answer.seal, "records": answer.counts, "checkpoint": checkpoint,
        "tokens": tokens, "missing": answer.missing, "key": answer.key, "signer": answer.signer, "notes": answer.notes,
        "until": answer.term.until if answer.term else "",
        "waiting": [{"seal": word, "what": what} for word, what in answer.waiting],
    })  # fmt: skip
    return value


def _status(answer: StatusAnswer) -> Iterator[Block]:
    tone, words = _STATUS[answer.seal]
    yield line(Span(words, tone), f": {answer.archive}")
    rows = tuple((f"{count:,}", _RECORDS[word]) for word, count in answer.counts.items() if count)
    yield Table(("Records", "How they are sealed"), rows)
    for word, what in answer.waiting[:_MOST_SHOWN]:
        yield line(f"{what}: {_RECORDS[word].partition(':')[0]}", indent=2)
    if len(answer.waiting) > _MOST_SHOWN:
        yield line(f"… and {len(answer.waiting) - _MOST_SHOWN} more", indent=2)
    if answer.newest:
        yield from _newest(answer.newest)
    if answer.missing:
        yield line(f"Not answered yet: {', '.join(answer.missing)}")
    yield line(f"Signing key: {answer.key}")
    if answer.term:
        yield line(f"The time of what is timestamped is proven until {day_words(answer.term.until.date())}.")
    if answer.soon:
        yield line(Span(_BEFORE_THEN["archive"], "warning"))
    if len(answer.signer) > 1:
        yield line(f"Its certificate: {', certified by '.join(answer.signer)}")
    yield from notes(answer.notes)
    if answer.seal != "timestamped":
        yield hint("Next: tradewitness timestamp")


def _newest(newest: StampedCheckpoint) -> Iterator[Block]:
    times = ((name, plain_words(at, "UTC") if at else "time not recorded") for name, at in newest.tokens)
    stamps = ", ".join(f"{name} {at}" for name, at in times) or "none yet"
    yield line(f"Newest checkpoint: {newest.size} records, {plain_words(newest.at, 'UTC')}; timestamps: {stamps}")
    if newest.unknown:
        yield hint(
            f"Revocation not known: {', '.join(newest.unknown)}. When its timestamp arrived, nothing could "
            "be had on whether the authority's certificates were revoked; the timestamp counts."
        )


def _renewed(answer: WitnessAnswer) -> Iterator[Block]:
    """What stamping anew brought; nothing where that was not asked for, or no authority answered."""
    before, now = answer.before, answer.status.term
    if before is None or now is None or answer.seal.word != "timestamped":
        return
    until = day_words(now.until.date())
    if now.until > before.until:
        yield line(f"Stamped anew: its time was proven until {day_words(before.until.date())}, and is until {until} now.")
    else:
        yield line(
            f"Stamped anew. Its time is proven until {until}, as before: {now.authority} has nothing that lasts longer."
        )
        yield hint("Run it again when an authority has a new certificate, or name another one in config.toml.")


def stamped(answer: WitnessAnswer) -> View:
    """What asking again brought, and the checkpoint for a third party."""
    written = str(answer.path) if answer.path else ""
    json = {**_status_value(answer.status), "pending": list(answer.seal.failures), "witness": written}
    return View(json, tuple(_stamped(answer)))


def _stamped(answer: WitnessAnswer) -> Iterator[Block]:
    yield from seal_lines(answer.seal)
    yield from notes(answer.status.notes)
    yield from _renewed(answer)
    if answer.path and answer.status.newest:
        newest = answer.status.newest
        yield line(f"Written for a third party: {answer.path}")
        yield line(f"{newest.size} records, root {newest.root}, key {answer.status.key}", indent=2)
        yield hint(
            "Mail it, or hand it to somebody who will still have it. It shows nothing of what is kept. With it, "
            "`tradewitness verify --against FILE` finds records that were changed or left out."
        )
