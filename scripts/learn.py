"""Learns the weights of `rules/language/likeness.py` from labelled messages, and takes in messages to learn from.

    uv run --with scikit-learn python -m scripts.learn [LANGUAGE…]      writes rules/policies/likeness_LANGUAGE.weights
    python -m scripts.learn take LANGUAGE FILE…                         adds lines `who|labels|text` to learned.LANGUAGE.txt

scikit-learn is needed here alone, never by the tool or its tests. Learned from are tests/data/messages/development.* (on
which the phrases were tuned) and learned.* (on which none was), never held.*. From which share on a flag is raised is
chosen on both, below which a phrase's hit is not believed on learned.* alone; each message is scored by weights that never
saw it. Nothing is drawn at random: the same messages, with the same scikit-learn, give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from importlib import import_module
from itertools import chain
from pathlib import Path

from rules.language.likeness import ZERO, FlagTable, Weights, WeightsHead, grams, likest, resemblances
from rules.language.phrases import load_phrases, sentences
from tests.rules.conversation.labelled import DATA, KINDS, LANGUAGES, WHO, Labelled, Score, messages, read

POLICIES = Path(__file__).resolve().parent.parent / "rules" / "policies"

_PARTS = 4  # of the cross-validation
_LEAST = 3  # messages in which a feature must stand
_MOST = 20_000  # features of a table, those that tell most about the classes
_LOOSE = 10.0  # how little the weights are held down (C of the logistic regression)
_ROUNDS = 60
_GREATEST = 127  # steps of the greatest weight
# Of what likeness raises, how much is to be right. Admissions are taken for one another more than for nothing.
_RIGHT = {"red_flag": 0.9, "own_words": 0.95, "admission": 0.75}
_HALF = 0.5  # raised is only what reads more like the flag than like all else together
_HARDLY = 0.1  # a phrase is believed where its message reads by more than this like its flag
_IDLE = 0.8  # of the phrases' hits that are not believed, how many are to be wrong
_ALIKE = 0.6  # of their shingles that two messages have in common to be taken for one
_SHINGLE = 5  # letters

_FLAGS = {flag.id: flag for flag in load_phrases().book.flags if flag.kind in KINDS}

Grams = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A flag beside a message: by how much the message reads like it, whether most of its kind, what raises it without
    that ("", a "phrase", or a "name" that is the same in every language), and whether it is right."""

    flag: str
    share: float
    likely: bool
    by: str
    right: bool


# ------------------------------------------------------------------------------------------------------------- learning


def learn(language: str) -> tuple[bytes, dict[str, Score]]:
    """A language's file of weights, and how well phrases and likeness together do on messages that neither saw."""
    tuned, new = messages("development", language), messages("learned", language)
    scored = {one: list[Scored]() for one in (tuned, new)}
    for part in range(_PARTS):
        tables = fitted([one for one in (*tuned, *new) if _part(one) != part])
        for told, found in scored.items():
            found.extend(chain.from_iterable(_scored(one, tables[one.who]) for one in told if _part(one) == part))
    raised = _raised(chain.from_iterable(scored.values()))
    cleared = _cleared(scored[new])
    scores = _scores(scored[new], raised, cleared)
    made = [_with(weights, raised, cleared) for weights in fitted((*tuned, *new)).values()]
    return encoded(language, scores, made), scores


def _part(message: Labelled) -> int:
    return sha256(message.text.encode()).digest()[0] % _PARTS


@cache
def _told(text: str) -> tuple[tuple[str, str], ...]:
    """A message's sentences, as written and in plain words."""
    spelling = load_phrases().spelling
    return tuple((written, spelling.plain(written)) for written in sentences(text))


@cache
def _grams(text: str) -> Grams:
    whole, pieces = grams(" ".join(plain for _, plain in _told(text)))
    return frozenset(whole), frozenset(pieces)


def fitted(told: Sequence[Labelled]) -> dict[str, Weights]:
    """What is learned of each speaker; shares from which to raise are not chosen yet."""
    return {who: _fit(who, [one for one in told if one.who == who]) for who in WHO.values()}


def _fit(who: str, told: Sequence[Labelled]) -> Weights:
    flags = tuple(flag for flag in _FLAGS if any(flag in one.labels for one in told))
    classes = [(one, n) for one in told for n in _classes(one, flags)]
    numpy, sparse, linear = map(import_module, ("numpy", "scipy.sparse", "sklearn.linear_model"))
    docs, wanted = [_grams(one.text) for one, _ in classes], numpy.array([n for _, n in classes])
    features = _chosen(docs, [n for _, n in classes])
    number = {feature: n for n, feature in enumerate(features)}
    columns, parts, starts = list[int](), list[float](), [0]
    for doc in docs:
        for block in doc:
            known = sorted(number[gram] for gram in block if gram in number)
            columns += known
            parts += [max(1, len(known)) ** -0.5] * len(known)
        starts.append(len(columns))
    rows = sparse.csr_matrix((parts, columns, starts), shape=(len(docs), len(features)))
    model = linear.LogisticRegression(C=_LOOSE, max_iter=_ROUNDS, tol=1e-3).fit(rows, wanted)
    step = float(abs(model.coef_).max()) / _GREATEST
    steps = numpy.rint(model.coef_ / step).astype(int).T.tolist()
    return _weights(who, flags, features, steps, tuple(round(float(one), 4) for one in model.intercept_), step)


def _classes(message: Labelled, flags: tuple[str, ...]) -> Iterator[int]:
    """What the message is an example of: each of its flags, or nothing; of nothing that is arguable."""
    yield from (flags.index(label) + 1 for label in sorted(message.labels) if label in flags)
    if not message.labels and not message.arguable:
        yield 0


def _chosen(docs: Sequence[Grams], classes: Sequence[int]) -> tuple[str, ...]:
    """The features that tell most: by how far (chi-square) they stand in each class more or less often than in all."""
    found: dict[str, Counter[int]] = {}
    for doc, one in zip(docs, classes, strict=True):
        for gram in chain.from_iterable(doc):
            found.setdefault(gram, Counter())[one] += 1
    share = {one: number / len(classes) for one, number in Counter(classes).items()}

    def tells(gram: str) -> float:
        own = found[gram]
        every = own.total()
        return sum((own[one] - every * part) ** 2 / (every * part) for one, part in share.items())

    known = (gram for gram, own in found.items() if own.total() >= _LEAST)
    return tuple(sorted(sorted(known, key=lambda gram: (-tells(gram), gram))[:_MOST]))


def _weights(
    who: str, flags: tuple[str, ...], features: tuple[str, ...], steps: list[list[int]], lean: tuple[float, ...], step: float
) -> Weights:
    kept = [(feature, own) for feature, own in zip(features, steps, strict=True) if any(own)]
    never = (2.0,) * len(flags)
    table = FlagTable(who, flags, lean, round(step, 6), never, (0.0,) * len(flags), len(kept))
    number = {feature: n for n, (feature, _) in enumerate(kept)}
    return Weights.of(table, number, bytes(ZERO + one for _, own in kept for one in own))


def encoded(language: str, tried: Mapping[str, Score], made: Iterable[Weights]) -> bytes:
    """A file of weights, as `rules/language/likeness.py` has it."""
    tables = list(made)
    counts = {kind: (score.right, score.wrong, score.missed) for kind, score in tried.items()}
    parts = [json.dumps(asdict(WeightsHead(language, counts, tuple(one.table for one in tables)))).encode() + b"\n"]
    for one in tables:
        parts += [f"{feature}\n".encode() for feature in one.features]
        parts.append(one.rows)
    return zlib.compress(b"".join(parts), 9)


# -------------------------------------------------------------------------------------------------- from which share on


def _scored(message: Labelled, weights: Weights) -> Iterator[Scored]:
    phrases = {hit.flag.id: hit for hit in load_phrases().hits(message.text, message.who)}
    like = resemblances(weights, _told(message.text))
    likely = likest(like, {flag.id: flag.kind for flag in _FLAGS.values()})
    for one in like:
        if one.flag not in message.arguable:
            hit = phrases.get(one.flag)
            by = "" if hit is None else "phrase" if hit.language else "name"
            yield Scored(one.flag, one.share, one.flag in likely, by, one.flag in message.labels)


def _raised(scored: Iterable[Scored]) -> dict[str, float]:
    """The share from which each flag is raised, the same for all of its kind."""
    told = list(scored)

    def of(kind: str) -> float:
        own = ((-one.share, one.right) for one in told if one.likely and _FLAGS[one.flag].kind == kind)
        return max(_HALF, -_farthest(own, _RIGHT[kind], -2.0))

    return _each(of)


def _cleared(scored: Iterable[Scored]) -> dict[str, float]:
    """The share below which a phrase's hit of each flag is not believed, the same for all of its kind."""
    told = list(scored)

    def of(kind: str) -> float:
        own = ((one.share, not one.right) for one in told if one.by == "phrase" and _FLAGS[one.flag].kind == kind)
        return min(_HARDLY, _farthest(own, _IDLE, 0.0))

    return _each(of)


def _each(of: Callable[[str], float]) -> dict[str, float]:
    by_kind = {kind: of(kind) for kind in KINDS}
    return {flag.id: by_kind[flag.kind] for flag in _FLAGS.values()}


def _farthest(told: Iterable[tuple[float, bool]], share: float, none: float) -> float:
    """How far one may go, from the least, so that this share of what is passed is as it is to be."""
    reached, right = none, 0
    for n, (at, good) in enumerate(sorted(told), 1):
        right += good
        if right >= share * (n + 1):
            reached = round(at, 3)
    return reached


def _with(weights: Weights, raised: Mapping[str, float], cleared: Mapping[str, float]) -> Weights:
    own = weights.table.flags
    shares = tuple(raised[flag] for flag in own), tuple(cleared[flag] for flag in own)
    return replace(weights, table=replace(weights.table, raised=shares[0], cleared=shares[1]))


def _scores(scored: Iterable[Scored], raised: Mapping[str, float], cleared: Mapping[str, float]) -> dict[str, Score]:
    count: Counter[tuple[str, bool, bool]] = Counter()
    for one in scored:
        believed = one.by == "name" or (one.by == "phrase" and one.share >= cleared[one.flag])
        got = believed or (not one.by and one.likely and one.share >= raised[one.flag])
        count[_FLAGS[one.flag].kind, got, one.right] += 1
    return {kind: Score(count[kind, True, True], count[kind, True, False], count[kind, False, True]) for kind in KINDS}


# -------------------------------------------------------------------------------------------------- messages to learn from


def take(language: str, files: Iterable[Path]) -> Counter[str]:
    """Adds what is sound of these files to learned.LANGUAGE.txt; how many lines were taken, or left and why.

    Left is what is malformed, has a label that its writer cannot have, or is much like a message of any set.
    """
    told: Counter[str] = Counter()
    path, lines = DATA / f"learned.{language}.txt", list[str]()
    known = _Known(one.text for name in ("held", "development") for one in messages(name, language))
    if path.exists():
        lines = path.read_text("utf-8").splitlines()
        known.add(one.text for one in read(path))
    for line in chain.from_iterable(file.read_text("utf-8").splitlines() for file in files):
        line = re.sub(r"\s+", " ", line).strip()
        if line and not line.startswith("#"):
            why = _fault(line) or ("taken" if known.new(line.split("|", 2)[2]) else "much like another")
            told[why] += 1
            if why == "taken":
                lines.append(line)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return told


def _fault(line: str) -> str:
    who, *rest = line.split("|")
    if who not in WHO or len(rest) != 2 or not rest[0].strip() or not rest[1].strip():
        return "malformed"
    labels = {label.strip("()") for label in rest[0].split()} - {"-"}
    if any(label not in _FLAGS or WHO[who] not in _FLAGS[label].by for label in labels):
        return "a label that its writer cannot have"
    return ""


class _Known:
    """The texts that are there, by their shingles."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_shingle: dict[str, list[int]] = {}
        self._sizes: list[int] = []
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._keep(_shingles(text))

    def new(self, text: str) -> bool:
        """Whether no text is much like it; it is kept, then."""
        own = _shingles(text)
        common = Counter(chain.from_iterable(self._by_shingle.get(one, ()) for one in own))
        if any(both >= _ALIKE * min(len(own), self._sizes[n]) for n, both in common.items()):
            return False
        self._keep(own)
        return True

    def _keep(self, own: frozenset[str]) -> None:
        for one in own:
            self._by_shingle.setdefault(one, []).append(len(self._sizes))
        self._sizes.append(len(own))


def _shingles(text: str) -> frozenset[str]:
    plain = "".join(plain.replace(" ", "") for _, plain in _told(text))
    return frozenset(plain[at : at + _SHINGLE] for at in range(max(1, len(plain) - _SHINGLE + 1)))


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["take"]:
        print(dict(take(arguments[1], map(Path, arguments[2:]))))
        return
    for language in arguments or LANGUAGES:
        content, scores = learn(language)
        (POLICIES / f"likeness_{language}.weights").write_bytes(content)
        figures = (f"{kind} {score.precision:.2f} {score.recall:.2f}" for kind, score in scores.items())
        print(f"{language}: {len(content):,} bytes; precision and recall on what was not learned: {', '.join(figures)}")


if __name__ == "__main__":
    main(sys.argv[1:])
