"""The deadlines of a policy as a Markdown page, so that the document can never say something else than the program."""

from __future__ import annotations

from collections.abc import Iterable

from rules.deadlines.counting import count_text
from rules.policy.platform import Conflict, Count, DeadlineRule, Policy, Source

_READING = """## How days are read

- A bare date (`2026-10-04`) is a civil day. Days are counted by the calendar: the day of the start is day 0, or day 1
  where the table says "the first included". A deadline ends with its last day, at 23:59:59.
- That day ends first in Beijing (`{earliest_zone}`) and last in US Pacific time (`{latest_zone}`): `earliest` is the
  first of these ends over the base policy and all variants, `latest` the last. Act by `earliest`.
- An instant with a zone is taken as its civil day in Beijing and as its civil day in Pacific time; each is counted, and
  each ends, in its own zone. A time that a page printed without a zone is the day it names.
- Working days: no source says whose calendar holds, so China's and the buyer's (the country of the case's time zone) are
  both counted. For `earliest`, the working week and its make-up working days count and no holiday is skipped; for `latest`,
  public holidays are skipped and make-up days do not count. China announces a year's bridging days only in the November
  before: until they are in the `holidays` package, `latest` knows only the holidays of the law.
- A timer printed on the dispute page ranks before all of this, and is used alone. One that changes while the page asks for
  the same thing is the same timer, moved, and a finding; after what was asked for was done, another stage or its end it is
  a new `round` of that deadline.
- What was done before the page was seen does not end what the page asks for. A page that still asks, seen after the day on
  which you entered that it was done, is believed, until a later page asks for something else. What you type from the page
  was seen when you typed it; with dates alone, at the time asked for.
- An offer, and a page that waits for you, open a new round of your answer without a printed timer, from that day.
- A decision or a refund ends every step of the dispute that stood before it.
- A source that names since when (or until when) it holds counts only for what began in that time.
- An opening is a time *from* which something is possible: surely from `latest`, and never overdue.

## States

| state | meaning |
|---|---|
| `not_started` | what it counts from has not happened, or is not entered; `needs` names what to enter |
| `open` | it runs |
| `due_soon` | `act_by` is at most 3 days away |
| `act_now` | the safe date has passed; it may still be open: do it now |
| `overdue` | the latest plausible end has passed; `if_missed` says what to do |
| `met` | done, done late, or over undone (`outcome`, `days_late`); it stays listed |
| `undetermined` | it runs, but not known since when, or two dates contradict each other; `needs` names what to enter |

Contradictory dates silence nothing: the earliest end that they give is told, and is an alarm (exit code 6) when it is near.

## How sure

`sure` is `printed` (the timer of a page that was kept), `saved` (the timer of a page that you saved by hand), `copied` (a
timer that you typed from the page), `counted` (from a day that a page shows), `entered` (counted from a day that you
entered), `sources differ` (counted, and the sources end on different days), or empty where there is no date. `basis` says
what it was counted from. Where a page that you saved contradicts one that was witnessed, both timers count: act by the
earlier, and it is overdue only after the later. A saved page that does not say when it was saved warns, and is not believed
that a dispute is over.
"""


def page(*policies: Policy) -> str:
    """The whole page: how days are read, the states, and for each policy its deadlines, starts and sources."""
    first = policies[0]
    reading = _READING.format(earliest_zone=first.earliest_zone, latest_zone=first.latest_zone)
    parts = (line for policy in policies for line in _policy(policy))
    opening = "Made from `rules/policies/` by `make docs`; a test compares the two."
    return "\n".join(["# Deadlines", "", opening, "", *parts, reading])


def _policy(policy: Policy) -> list[str]:
    return [
        f"## {policy.title}",
        "",
        f"`rules/policies/{policy.name}.toml`, version {policy.version}. The base stands first and each",
        "variant beside it.",
        "",
        "| deadline | who | must or may | counted | source | if missed |",
        "|---|---|---|---|---|---|",
        *(_row(policy, rule) for rule in policy.deadlines),
        "",
        "Where each start is found: the first that is known is used, pages before what the buyer enters. A difference",
        "between the two is a finding.",
        "",
        "| start | facts |",
        "|---|---|",
        *(f"| {event.words} | {_code((*event.facts, *event.fallbacks))} |" for event in policy.events),
        "",
        *_conflicts(policy),
        "Sources:",
        "",
        *(_source(source) for source in policy.sources),
        "",
    ]


def _conflicts(policy: Policy) -> list[str]:
    if not policy.conflicts:
        return []
    rows = (f"| {c.about} | {_says(c)} | {c.here} |" for c in policy.conflicts)
    return ["Where the sources conflict:", "", "| about | they say | here |", "|---|---|---|", *rows, ""]


def _says(conflict: Conflict) -> str:
    return "<br>".join(f"`{saying.source}`: {saying.text}" for saying in conflict.says)


def _source(source: Source) -> str:
    address = f" ({source.url})" if source.url != "-" else ""
    return f"- `{source.id}`: {source.title}{address}; {source.effective}."


def _row(policy: Policy, rule: DeadlineRule) -> str:
    counts = "<br>".join(_count(policy, count) for count in rule.counts)
    sources = "<br>".join(dict.fromkeys(f"`{count.source}`" for count in rule.counts))
    kind = "from here, may" if rule.opening else "must" if rule.must else "may"
    return f"| `{rule.id}`: {rule.label} | {rule.who} | {kind} | {counts} | {sources} | {rule.if_missed} |"


def _count(policy: Policy, count: Count) -> str:
    otherwise = " (where no other start is known)" if count.otherwise else ""
    return f"{count.name}: {count_text(count)} {policy.event(count.start).words}{otherwise}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
