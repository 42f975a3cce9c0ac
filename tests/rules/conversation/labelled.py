"""Messages with their labels, and how well the flags are found in them: precision and recall by kind and language.

The files under tests/data/messages/ are named SET.LANGUAGE.txt; a line is `who | labels | text`, "-" for no label. A label
in brackets is one about which careful people differ: it counts neither as right nor as wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rules.conversation.raised import raised
from rules.language.likeness import read_head
from rules.language.phrases import load_phrases
from rules.policy.schema import installed_bytes

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "messages"
PAGE = ROOT / "docs" / "messages.md"
LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "zh": "Chinese"}
KINDS = {"red_flag": "red flags", "own_words": "the buyer's own words", "admission": "admissions"}
SETS = {"held": "held apart", "development": "tuned on", "learned": "learned from"}
WHO = {"s": "supplier", "b": "buyer"}
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, who wrote it, the flags that it should raise, and those that it may."""

    who: str
    labels: frozenset[str]
    text: str
    arguable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Score:
    """How many flags were raised rightly, wrongly, and not at all."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def read(path: Path) -> tuple[Labelled, ...]:
    """The messages of a file."""
    lines = (line.split("|", 2) for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return tuple(_labelled(who, labels.split(), text) for who, labels, text in lines)


def _labelled(who: str, labels: list[str], text: str) -> Labelled:
    arguable = frozenset(label.strip("()") for label in labels if label.startswith("("))
    return Labelled(WHO[who], frozenset(label for label in labels if label[0] not in "(-"), text, arguable)


def messages(name: str, language: str) -> tuple[Labelled, ...]:
    """The messages of one set in one language."""
    return read(DATA / f"{name}.{language}.txt")


@cache
def scores(told: tuple[Labelled, ...]) -> dict[str, Score]:
    """The score of each kind of flag over these messages, by phrases and likeness together."""
    return _scores(told, [{hit.flag.id for hit in raised(one.text, one.who)} for one in told])


@cache
def phrases_alone(told: tuple[Labelled, ...]) -> dict[str, Score]:
    """The same, had nothing been learned."""
    return _scores(told, [{hit.flag.id for hit in load_phrases().hits(one.text, one.who)} for one in told])


def _scores(told: tuple[Labelled, ...], found: list[set[str]]) -> dict[str, Score]:
    kinds = {flag.id: flag.kind for flag in load_phrases().book.flags}
    count: Counter[tuple[str, str]] = Counter()
    for message, got in zip(told, found, strict=True):
        for flag in (got | message.labels) - message.arguable:
            outcome = "right" if flag in got & message.labels else "wrong" if flag in got else "missed"
            count[kinds[flag], outcome] += 1
    return {kind: Score(*(count[kind, outcome] for outcome in ("right", "wrong", "missed"))) for kind in KINDS}


def tried(language: str) -> dict[str, Score]:
    """The score over the messages learned from, each scored before it was, as the weights say it of themselves."""
    name = f"likeness_{language}"
    return {kind: Score(*count) for kind, count in read_head(installed_bytes(name, "weights"), name)[0].tried.items()}


def _table() -> Iterator[str]:
    yield "| | | messages | labels | phrases alone: precision | recall | with likeness: precision | recall |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, title in SETS.items():
        for language, called in LANGUAGES.items():
            told = messages(name, language)
            both = scores(told) if name == "held" else tried(language) if name == "learned" else {}
            for kind, score in phrases_alone(told).items():
                with_both = _figures(both[kind]) if both else "– | –"
                labels = score.right + score.missed
                yield f"| {called}, {title} | {KINDS[kind]} | {len(told)} | {labels} | {_figures(score)} | {with_both} |"


def _figures(score: Score) -> str:
    return f"{score.precision:.2f} | {score.recall:.2f}"


def disturbed(told: tuple[Labelled, ...]) -> tuple[int, int]:
    """How many ordinary messages raise a flag, and of how many."""
    ordinary = [message for message in told if not message.labels]
    found = (raised(message.text, message.who) for message in ordinary)
    return sum(any(hit.flag.kind in KINDS for hit in hits) for hits in found), len(ordinary)


def _ordinary() -> str:
    each = [(called, *disturbed(messages("held", language))) for language, called in LANGUAGES.items()]
    told = ", ".join(f"{flagged} of {number} in {called}" for called, flagged, number in each)
    return f"Of the ordinary messages held apart, these raise a flag: {told}."


def page() -> str:
    """docs/messages.md with the figures of today between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    return f"{before}{_BEGIN}" + "\n".join((*_table(), "", _ordinary())) + f"\n{_END}{rest.partition(_END)[2]}"
