"""Where a pack's evidence can be handed in, and what each place takes: data with its sources and the days they were read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from collector.errors import WrongRequest
from collector.model import ALIBABA
from rules.policy.platform import REASONS, policy_beside
from rules.policy.schema import from_toml, installed, wrong

LIMITS = ("files", "file_bytes", "total_bytes", "pages", "name_letters")
_WORDS = {"shape": ("files", "bundle"), "report": ("first", "last", "never"), "types": ("jpg", "pdf")}


@dataclass(frozen=True, slots=True)
class ForumSource:
    """Where something about a place is written; `looked` is the day on which a copy of it was read."""

    id: str
    title: str
    url: str
    looked: date


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of something that a place takes; where it does not say so itself (`published`), what is assumed."""

    what: str
    most: int
    published: bool
    source: str


@dataclass(frozen=True, slots=True)
class ForumReason:
    """What a place calls one of the reasons, and its code for it, "-" where it has none."""

    reason: str
    code: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Forum:
    """One place: the `shape` of what it gets (single files, or one bundle with running page numbers) and its limits.

    `report`: whether the report comes first, last if there is room, or never. `sides` are the parties' names in a Chinese
    text. `beside_pages` and `beside_bytes` are kept free for what goes along, such as the e-mail itself. `rest` and
    `too_large` say where a file can go that is left out. `counts` name rows of the payment policy. `of_site`: it is the
    site of the order itself, which goes by its id.
    """

    id: str
    title: str
    shape: str
    types: tuple[str, ...]
    report: str
    languages: tuple[str, ...]
    sides: tuple[str, str]
    seen_by: str
    send: str
    rest: str
    too_large: str
    timing: str
    timing_source: str
    counts: tuple[str, ...]
    limits: tuple[Limit, ...]
    reasons: tuple[ForumReason, ...]
    beside_pages: int = 0
    beside_bytes: int = 0
    of_site: bool = False

    def most(self, what: str) -> int | None:
        """The limit of that name, None where there is none."""
        return next((limit.most for limit in self.limits if limit.what == what), None)

    def known_as(self, reason: str) -> ForumReason:
        """What it calls a reason; the data are checked, so that it has every one."""
        return next(one for one in self.reasons if one.reason == reason)

    @property
    def folder(self) -> str:
        """Where its files lie in the pack, with the slash."""
        return "data/submission/" if self.of_site else f"data/submission/{self.id}/"


@dataclass(frozen=True, slots=True)
class Forums:
    """All places that are known, and what is said of them where."""

    sources: tuple[ForumSource, ...]
    forums: tuple[Forum, ...]

    def source(self, id: str) -> ForumSource:
        """The source of that id; the data are checked, so that it is there."""
        return next(source for source in self.sources if source.id == id)


@lru_cache
def load_forums() -> Forums:
    """The installed places. Raises WrongRequest that names what of their text is wrong."""
    return parse_forums(installed("forums"))


def parse_forums(text: str) -> Forums:
    """Places from TOML text. Raises WrongRequest that names the place of what is wrong."""
    known = from_toml(Forums, text, "forums")
    counts = {count.name for rule in policy_beside("payment").deadlines for count in rule.counts}
    sources = [source.id for source in known.sources]
    for forum in known.forums:
        where = f"forums.{forum.id}"
        cited = [forum.timing_source, *(one.source for one in forum.limits), *(one.source for one in forum.reasons)]
        _require(where, cited, sources, "no such source")
        _require(where, [limit.what for limit in forum.limits], LIMITS, "no such limit")
        _require(where, forum.counts, counts, "no such count of the payment policy")
        _require(where, [one.reason for one in forum.reasons], REASONS, "no such reason")
        _require(where, REASONS, [one.reason for one in forum.reasons], "it does not say what it calls this reason")
        _require(where, [forum.shape], _WORDS["shape"], "no such shape")
        _require(where, [forum.report], _WORDS["report"], "the report is first, last or never")
        _require(where, forum.types, _WORDS["types"], "no such type")
        _require(where, forum.languages, ("en", "zh"), "no such language")
    return known


def forum_names(site: str = ALIBABA) -> tuple[str, ...]:
    """The places that a pack of an order on that site can be made for."""
    return tuple(forum.id for forum in _open_to(site))


def _open_to(site: str) -> Iterable[Forum]:
    return (forum for forum in load_forums().forums if not forum.of_site or forum.id == site)


def forums_of(names: Iterable[str], site: str) -> tuple[Forum, ...]:
    """The site of the order, then the places of these names, each once. Raises WrongRequest for an unknown one."""
    wanted = tuple(dict.fromkeys((site, *names)))
    known = {forum.id: forum for forum in _open_to(site)}
    for name in wanted:
        if name not in known:
            raise WrongRequest(f"{name!r} is no place that a pack can be made for.", f"Places: {', '.join(known)}.")
    return tuple(known[name] for name in wanted)


def _require(where: str, names: Iterable[str], known: Collection[str], what: str) -> None:
    if strange := next((name for name in names if name not in known), None):
        raise wrong(where, f"{strange!r}: {what}")
