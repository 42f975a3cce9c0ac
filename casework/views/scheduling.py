"""The jobs that run with nobody at the keyboard, and whether anybody will be warned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from casework.blocks import Block, Result, Span, View, hint, line, warnings
from casework.views.notices import unsent
from collector.canonical import as_json
from collector.errors import DONE
from rules.language.words import time_words

if TYPE_CHECKING:
    from casework.scheduling.schedule import ScheduleAnswer

_SCHEDULERS = {"systemd": "systemd timers", "cron": "crontab", "launchd": "launchd", "task-scheduler": "the Task Scheduler"}
OUTCOME_WORDS = {"complete": "kept whole", "partial": "kept in part", "blocked": "stopped by the site", "failed": "failed"}


def scheduled(answer: ScheduleAnswer) -> View:
    """The jobs, whether they are there, what the last night did, and whether anybody will be warned."""
    rows = [as_json(job) for job in answer.jobs]
    files = [{"path": str(path), "text": text} for path, text in answer.plan.texts]
    last = answer.last_run
    value = {
        "scheduler": answer.scheduler, "jobs": rows, "installed": all(job.installed for job in answer.jobs),
        "dry_run": answer.dry_run, "files": files,
        "crontab": answer.plan.crontab, "commands": [list(command) for command in answer.plan.commands],
        "last_run": None if last is None else {"ended": as_json(last.at), **as_json(last.body)}, "notes": list(answer.notes),
        "warned": any(one.confirmed for one in answer.book.addresses),
    }  # fmt: skip
    return View(value, tuple(_scheduled(answer)), DONE)


def _scheduled(answer: ScheduleAnswer) -> Iterator[Block]:
    where = _SCHEDULERS[answer.scheduler]
    if answer.dry_run:
        yield from _dry_run(answer)
        return
    if answer.did == "installed":
        yield line(Span("✓", "good"), f" The jobs are in {where}.")
        for path, _ in answer.plan.files:
            yield line(str(path), indent=2)
    elif answer.did == "removed":
        yield line(Span("✓", "good"), f" The jobs are taken out of {where}; nothing runs by itself any more.")
        yield from warnings(answer.notes)
        return
    elif answer.did:
        yield line(f"There were no jobs of this archive in {where}; nothing was changed.")
        return
    missing = [job for job in answer.jobs if not job.installed]
    if missing:
        yield line(
            Span("!", "urgent"),
            " Nothing runs by itself: nobody looks while you sleep."
            if len(missing) == len(answer.jobs)
            else f" A job is not there: {missing[0].name}.",
        )
        yield hint("Set this up: tradewitness schedule install")
    for job in answer.jobs:
        if job.always and job.installed:
            yield line("The pages are kept ready: tradewitness serve opens them.", indent=2)
        if job.runs_next is not None:
            yield line(
                f"{job.words.removeprefix('tradewitness: ').capitalize()}: next {time_words(job.runs_next, answer.zone)}",
                indent=2,
            )
    if answer.last_run is None:
        yield line("No night has run yet.")
    else:
        did = _did(answer.last_run.body.get("outcomes") or {})
        yield line(f"The last night ended {time_words(answer.last_run.at, answer.zone)}: {did}.")
    yield from warnings(answer.notes)
    yield from _warned(answer)


def _did(outcomes: Mapping[str, int]) -> str:
    """How many pages had which outcome, the good ones first."""
    numbers = [(outcomes[name], words) for name, words in OUTCOME_WORDS.items() if outcomes.get(name)]
    return ", ".join(f"{number} page{'s' if number != 1 else ''} {words}" for number, words in numbers) or "nothing was due"


def _dry_run(answer: ScheduleAnswer) -> Iterator[Block]:
    """What installing would write and run, whole."""
    for path, text in answer.plan.texts:
        yield line(Span(f"Would write {path}", "strong"))
        yield Result(text)
    if answer.plan.crontab:
        yield line(Span("Would put into your crontab, and leave the rest of it as it is", "strong"))
        yield Result(answer.plan.crontab)
    for command in answer.plan.commands:
        yield line(f"Would run: {' '.join(command)}")


def _warned(answer: ScheduleAnswer) -> Iterator[Block]:
    """Whether anybody will be warned: only a test that arrived says so."""
    book = answer.book
    arrived = [one for one in book.addresses if one.confirmed]
    if not book.addresses:
        yield line(Span("!", "urgent"), " Nobody will be warned: no address is known. Add one: tradewitness notify add")
    elif not arrived:
        yield line(
            Span("!", "warning"),
            " Whether you will be warned is not known: no test message was confirmed. Send one: tradewitness notify test",
        )
    else:
        who = ", ".join(one.label for one in arrived)
        yield line(Span("✓", "good"), f" Warnings go to {who}; a test arrived there.")
    yield from unsent(book)
    if book.ping is None:
        yield hint(
            "Let somebody else notice when this machine stops: tradewitness notify heartbeat URL (see docs/notices.md)"
        )
