"""The platform's rules as data: TOML text to frozen values, checked against the dataclasses below."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from collector.errors import WrongRequest
from collector.kinds import file_names, page_names
from collector.model import ALIBABA
from rules.policy.fact_names import FACTS
from rules.policy.schema import from_toml, installed, wrong

DEADLINE_IDS = (
    "ship_by",
    "claim",
    "supplier_answer",
    "buyer_answer",
    "escalation_opens",
    "auto_escalation",
    "evidence",
    "negotiation_end",
    "mediation_end",
    "auto_complete",
    "reopen",
    "refund_due",
    "return_goods",
    "other_forum",
)
REASONS = ("late", "not_shipped", "not_received", "quality", "quantity", "not_as_described", "damaged")
REQUIRED_EVENTS = ("ship_by", "shipped", "received", "paid", "supplier_contacted", "dispute_opened")
UNITS = ("days", "days_inclusive", "working_days")
PARTIES = ("you", "supplier", "platform")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written, and in words since when it is known to hold.

    Where the source itself names days, a count of it applies only to what began from `in_force_from` to `in_force_until`.
    """

    id: str
    title: str
    effective: str
    url: str = "-"
    in_force_from: date = date.min
    in_force_until: date = date.max

    def in_force(self, day: date) -> bool:
        """Whether the rule held on that day."""
        return self.in_force_from <= day <= self.in_force_until


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a source, by its id, says of something."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where sources say different things: what each says, and `here`: what the rules make of it.

    `deadlines` are those whose counts differ by it; none where it concerns no time.
    """

    about: str
    says: tuple[SourceText, ...]
    here: str
    deadlines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens once or again (`recurring`), and the facts that tell when, in order of rank.

    "order.payments/paid_at" is that key of the first item that has it, in a fact that is a list.
    `fallbacks` tell only where none of `facts` does, and may differ from them (a scan is not a shipment). `planned` events
    may lie in the future; others count only once their day has come.
    """

    id: str
    words: str
    facts: tuple[str, ...]
    fallbacks: tuple[str, ...] = ()
    planned: bool = False
    recurring: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """`first` cannot come after `then`; only for these reasons, where any are named."""

    first: str
    then: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """One way to count a deadline: `add` units after the event `start`. `when`: words it is for, sought in `when_in`.

    Units: days (the start is day 0), days_inclusive (the start is day 1), working_days (the start is day 0).
    """

    name: str
    start: str
    add: int
    unit: str
    source: str
    otherwise: bool = False
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One deadline as the policy states it. `opening` is a time from which, not until which.

    `ask`: facts to enter when the start is unknown; `begun_by`: facts that show it has happened. `met_by`: events that meet
    it, `met_facts`: page facts that do, `again` and `again_facts`: events and page facts that ask anew, `implied_by`:
    events that show it was met if they came in time, `ended_by`: events after which it no longer matters. `only_in`: the
    dispute page's stages it belongs to; `begun_in`: the stage that shows that the start has happened. `only_with`: facts
    of which one must be known. `when_in`: facts whose words choose among the counts; `only_named`: where they name none of
    them, none applies.
    `moot_after`: `stage:…` of the dispute page, after which nobody need look at it, kept or not.
    """

    id: str
    label: str
    who: str
    must: bool
    page: str
    todo: str
    if_missed: str
    ask: tuple[str, ...]
    met_by: tuple[str, ...]
    counts: tuple[Count, ...]
    opening: bool = False
    recurring: str = ""
    begun_by: tuple[str, ...] = ()
    met_facts: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    again_facts: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    begun_in: str = ""
    only_with: tuple[str, ...] = ()
    when_in: tuple[str, ...] = ()
    only_named: bool = False
    moot_after: tuple[str, ...] = ()

    @property
    def starts(self) -> tuple[str, ...]:
        """The events that it is counted from, each once, the base first."""
        return tuple(dict.fromkeys(count.start for count in self.counts))


@dataclass(frozen=True, slots=True)
class Phrase:
    """What words on the dispute page mean: a stage, the deadline its timer `speaks_of`, and the deadlines it `settles`.

    `settles_past` are settled only where they had run out before the page was seen. It `gives_way` to stages that
    another fact of the same page names.
    Matched as whole words in any case: one of `any`, none of `unless`; only in the facts named by `only`, if any are.
    """

    stage: str
    any: tuple[str, ...]
    unless: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    speaks_of: str = ""
    settles: tuple[str, ...] = ()
    settles_past: tuple[str, ...] = ()
    gives_way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """Another way to protect an order: when it `fits`, from what amount (whole US dollars) it is worth its cost."""

    id: str
    label: str
    fits: str
    fits_from: int
    todo: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """A piece of evidence: met by `at_least` files of these kinds, a complete snapshot, one of `facts`, or `all_facts`.

    `zh` is in Chinese what it proves.

    Getting it takes `takes_days`; where so many are not left, `meanwhile` says what serves instead. `afterwards`: files and
    snapshots count only from when there can be such a problem. `against`: facts that show the contrary, in words
    `against_says`; `unless_said`: the buyer's own words (a flag of messages.toml) that do.
    """

    id: str
    label: str
    zh: str
    how: str
    files: tuple[str, ...] = ()
    at_least: int = 1
    snapshots: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    all_facts: tuple[str, ...] = ()
    takes_days: int = 0
    meanwhile: str = ""
    afterwards: bool = False
    against: tuple[str, ...] = ()
    against_says: str = "the contrary is shown"
    unless_said: str = "-"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for a dispute: the words by which pages name it, and the evidence it needs.

    `since`: the event from which there can be such a problem, the first that is known; `tells`: the phrases by which a
    message to the supplier tells of it.
    """

    id: str
    label: str
    says: tuple[str, ...]
    since: tuple[str, ...]
    tells: tuple[str, ...]
    requirements: tuple[Requirement, ...]


_SITE_WORD = re.compile(r"\{site\.([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What the site of an order calls things, as it prints them: itself, its protection of buyers, its conversations, and
    the buttons by which a dispute is opened and handed to it.

    In data for every site they stand as `{site.NAME}`.
    """

    name: str
    protection: str
    messages: str
    apply: str
    escalate: str

    def filled(self, text: str) -> str:
        """The text with the words in their places. Raises WrongRequest for a place that no word fills."""

        def word(match: re.Match[str]) -> str:
            if match[1] not in self.__dataclass_fields__:
                raise wrong("{site." + match[1] + "}", "there is no such word of a site")
            return str(getattr(self, match[1]))

        return _SITE_WORD.sub(word, text)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one platform. `holidays` is an ISO 3166 country; the zones are IANA names.

    Only the platform of the order has `reasons`, `site` (what it calls things), and pages whose words (`dispute_words`) and
    timers are read. The first of its sources is the one that its advice rests on, and `refund_source` what a refund is at
    most. `wholesale`: orders are negotiated, so that they rest
    on a contract and a sample, and a supplier is covered up to a limit.
    """

    name: str
    title: str
    version: str
    holidays: str
    earliest_zone: str
    latest_zone: str
    sources: tuple[Source, ...]
    events: tuple[Event, ...]
    deadlines: tuple[DeadlineRule, ...]
    dispute_words: tuple[str, ...] = ()
    otherwise_speaks_of: str = ""
    sequences: tuple[Sequence, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    reasons: tuple[Reason, ...] = ()
    protections: tuple[Protection, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    site: SiteWords | None = None
    refund_source: str = "-"
    wholesale: bool = True

    @property
    def words(self) -> SiteWords:
        """What the site calls things. Raises WrongRequest where the policy is no site's."""
        if self.site is None:
            raise wrong("site", f"{self.name} is the policy of no site")
        return self.site

    @property
    def base(self) -> Source:
        """The source that advice rests on."""
        return self.sources[0]

    def event(self, id: str) -> Event:
        """The event of that id; the policy is checked, so it is there."""
        return next(event for event in self.events if event.id == id)

    def source(self, id: str) -> Source:
        """The source of that id."""
        return next(source for source in self.sources if source.id == id)

    def deadline(self, id: str) -> DeadlineRule | None:
        """The deadline's rule, or None where the policy has none of that id."""
        return next((rule for rule in self.deadlines if rule.id == id), None)

    def reason(self, id: str) -> Reason:
        """The reason of that id. Raises WrongRequest, naming the reasons there are."""
        found = next((reason for reason in self.reasons if reason.id == id), None)
        if found is None:
            raise WrongRequest(
                f"{id!r} is not a reason.", "Reasons: " + ", ".join(reason.id for reason in self.reasons) + "."
            )
        return found


_OF_A_SITE = "\n[site]\n"  # the table in which a site's policy says what the site calls things
_BESIDE = ("payment",)  # other ways to the money, beside the platform of the order


@lru_cache
def load_policy(site: str = ALIBABA) -> Policy:
    """The policy of a site, by the site's name. Raises WrongRequest when there is none or its text is wrong."""
    text = installed(site)
    if _OF_A_SITE not in text:
        raise WrongRequest(f"There is no policy {site!r} of a site.", "Those there are stand in rules/policies/.")
    return parse(text)


@lru_cache
def policies(site: str = ALIBABA) -> tuple[Policy, ...]:
    """Every policy that an order on that site falls under, the site's own first."""
    return (load_policy(site), *(policy_beside(name, site) for name in _BESIDE))


@lru_cache
def policy_beside(name: str, site: str = ALIBABA) -> Policy:
    """A policy beside the site's own, such as "payment", in the site's words."""
    return parse(load_policy(site).words.filled(installed(name)))


def parse(text: str) -> Policy:
    """A policy from TOML text. Raises WrongRequest that names the place of what is wrong."""
    policy = from_toml(Policy, text, "policy")
    _check_references(policy)
    return policy


def _check_references(policy: Policy) -> None:
    """Every name that points to another part of the policy points to something. Raises WrongRequest."""
    for name, parts in (("events", policy.events), ("sources", policy.sources), ("deadlines", policy.deadlines)):
        _known(name, _repeated(part.id for part in parts), (), "it stands there twice")
    events = tuple(event.id for event in policy.events)
    sources = [source.id for source in policy.sources]
    _known("refund_source", filter(lambda id: id != "-", [policy.refund_source]), sources, "no such source")
    if policy.reasons:  # only the platform's own policy is asked for cover and evidence
        _known("events", REQUIRED_EVENTS, events, "the program needs this event")
    deadlines = tuple(rule.id for rule in policy.deadlines)
    _known("deadlines", deadlines, DEADLINE_IDS, "no such deadline is known to the program")
    _known("reasons", (reason.id for reason in policy.reasons), REASONS, "no such reason is known to the program")
    _known("reasons", (id for reason in policy.reasons for id in reason.since), events, "no such event")
    needs = [needed for reason in policy.reasons for needed in reason.requirements]
    _known("reasons", (name for needed in needs for name in needed.against), FACTS, "no such fact")
    _known("reasons", (kind for needed in needs for kind in needed.files), file_names(), "no such kind of file")
    _known("reasons", (kind for needed in needs for kind in needed.snapshots), page_names(), "no such kind of page")
    _known("sequences", (id for s in policy.sequences for id in (s.first, s.then)), events, "no such event")
    _known("sequences", (id for s in policy.sequences for id in s.reasons), REASONS, "no such reason")
    for phrase in policy.phrases:
        _known(f"phrases.{phrase.stage}", phrase.gives_way, [other.stage for other in policy.phrases], "no such stage")
        _known(
            f"phrases.{phrase.stage}", (*phrase.settles, *filter(None, [phrase.speaks_of])), deadlines, "no such deadline"
        )
    _known("otherwise_speaks_of", filter(None, [policy.otherwise_speaks_of]), deadlines, "no such deadline")
    for rule in policy.deadlines:
        _check_deadline(policy, rule, events)
    for conflict in policy.conflicts:
        where = f"conflicts.{conflict.about}"
        _known(where, (saying.source for saying in conflict.says), sources, "no such source")
        _known(where, conflict.deadlines, deadlines, "no such deadline")
    for source in policy.sources:
        if source.in_force_from > source.in_force_until:
            raise wrong(f"sources.{source.id}", "it ends before it begins")
    for event in policy.events:
        names = (name.partition("/")[0] for name in (*event.facts, *event.fallbacks))
        _known(f"events.{event.id}", names, FACTS, "no such fact")


def _check_deadline(policy: Policy, rule: DeadlineRule, events: tuple[str, ...]) -> None:
    where = f"deadlines.{rule.id}"
    named = (*rule.met_by, *rule.again, *rule.implied_by, *rule.ended_by, *filter(None, [rule.recurring]))
    _known(where, (*named, *(count.start for count in rule.counts)), events, "no such event")
    _known(where, [rule.who], PARTIES, "who is you, supplier or platform")
    _known(where, (count.unit for count in rule.counts), UNITS, "no such unit")
    _known(where, (count.source for count in rule.counts), [source.id for source in policy.sources], "no such source")
    _known(
        where, (*rule.only_in, *filter(None, [rule.begun_in])), [phrase.stage for phrase in policy.phrases], "no such stage"
    )
    if not rule.counts or any(count.add < 0 for count in rule.counts):
        raise wrong(where, "at least one count is needed, none of them negative")
    if any(count.when for count in rule.counts) and not rule.when_in:
        raise wrong(where, "a count has `when`, but no `when_in` says in which facts to look")
    stages = [f"stage:{phrase.stage}" for phrase in policy.phrases]
    _known(where, rule.moot_after, stages, "no such stage")
    facts = (*rule.when_in, *rule.only_with, *rule.ask, *rule.begun_by, *rule.met_facts, *rule.again_facts)
    _known(where, facts, FACTS, "no such fact")


def _known(where: str, names: Iterable[str], known: Collection[str], what: str) -> None:
    if strange := next((name for name in names if name not in known), None):
        raise wrong(where, f"{strange!r}: {what}")


def _repeated(names: Iterable[str]) -> list[str]:
    seen = list(names)
    return sorted({name for name in seen if seen.count(name) > 1})
