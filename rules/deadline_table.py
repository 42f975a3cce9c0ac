"""The deadlines of a policy as a Markdown page, so that the document can never say something else than the program."""

from __future__ import annotations

from collections.abc import Iterable

from rules.deadlines import count_text
from rules.policy import Count, DeadlineRule, Policy

_READING = """## How days are read

- A bare date (`2026-10-04`) is a civil day. Days are counted by the calendar: the day of the start is day 0, or day 1
  where the table says "the first included". A deadline ends with its last day, at 23:59:59.
- That day ends first in Beijing (`{earliest_zone}`) and last in US Pacific time (`{latest_zone}`): `earliest` is the
  first of these ends over the base policy and all variants, `latest` the last. Act by `earliest`.
- An instant with a zone is taken as its civil day in Beijing and as its civil day in Pacific time; each is counted, and
  each ends, in its own zone. A time that a page printed without a zone is the day it names.
- Working days: for `earliest`, Monday to Friday and China's make-up working days count and no holiday is skipped; for
  `latest`, China's public holidays are skipped and make-up days do not count. China announces a year's bridging days
  only in the November before: until they are in the `holidays` package, `latest` knows only the holidays of the law.
- A timer printed on the dispute page ranks before all of this, and is used alone.
- An opening is a time *from* which something is possible: surely from `latest`, and never overdue.

## States

| state | meaning |
|---|---|
| `not_started` | what it counts from has not happened, or is not entered; `needs` names what to enter |
| `open` | it runs |
| `due_soon` | `act_by` is at most 3 days away |
| `act_now` | our safe date has passed; it may still be open: do it now |
| `overdue` | the latest plausible end has passed; `if_missed` says what to do |
| `met` | done, or over; it stays listed |
| `undetermined` | it runs, but not known since when; `needs` names what to enter |
"""


def page(policy: Policy) -> str:
    """The whole page: every deadline with its counts, what happens if missed, how days are read, states and sources."""
    lines = [
        f"# Deadlines: {policy.title}",
        "",
        f"Made from `rules/policies/{policy.name}.toml` (version {policy.version}); a test compares the two.",
        "The sources conflict: the base policy stands first, each variant beside it.",
        "",
        "| deadline | who | must or may | counted | source | if missed |",
        "|---|---|---|---|---|---|",
        *(_row(policy, rule) for rule in policy.deadlines),
        "",
        _READING.format(earliest_zone=policy.earliest_zone, latest_zone=policy.latest_zone),
        "## Where each start is found",
        "",
        "The first that is known is used: pages before what the buyer enters. A difference between the two is a finding.",
        "",
        "| start | facts |",
        "|---|---|",
        *(f"| {event.words} | {_code((*event.facts, *event.fallbacks))} |" for event in policy.events),
        "",
        "## Sources",
        "",
        *(f"- `{source.id}`: {source.title}; {source.effective}." for source in policy.sources),
        "",
    ]
    return "\n".join(lines)


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
