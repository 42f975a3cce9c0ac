"""Changes the code in one small place at a time and runs the tests over it: what no test notices is named.

    python -m scripts.mutants [AREA…] [--sample N] [--seed S] [--record FILE]

All the small changes (*mutants*) would take days, so that a sample is drawn with a seed, of each area as many. Imports are
paid for once: the tests of an area run once, in this process, while it is noted which functions each enters; then a child is
forked for each mutant, the code of the changed function is put in place of the old, and the tests that enter it run, the
quickest first, until one fails. Tests that drive a browser, stories and proofs stay out.

What is changed: comparisons, `and`/`or`/`not`, sums, numbers, texts, truth values, conditions, what is returned, calls whose
value nobody takes, `break`/`continue`. Not what stands outside of functions, nor what is said in an error or a log.
docs/mutants.md says what was found.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import gc
import json
import math
import os
import random
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
# The code of an area, and the tests that are to notice.
AREAS = {
    "rules": ("rules", ("tests/rules",)),
    "seal": ("collector/seal", ("tests/collector/seal",)),
    "ledger": ("collector/ledger", ("tests/collector/ledger", "tests/collector/archive", "tests/collector/verify")),
    "reading": ("collector/reading", ("tests/collector/reading", "tests/collector/sites")),
    "sites": ("collector/sites", ("tests/collector/sites", "tests/collector/reading", "tests/test_sites.py")),
}
FAST = "not proof and not browser and not stories"
TESTS_S = 15.0  # seconds of tests that a mutant gets at most, as they took without it; the rest is left off
UNFIT = "unfit:"  # begins what is said of a mutant that could not be tried
SLOWER = 8  # a mutant whose tests take so many times as long hangs

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """The `number`th change of `path`, in the outermost function `inside` that begins at line `begins`."""

    path: str
    number: int
    line: int
    inside: str
    begins: int
    change: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`by` is the test that failed, "time" when it hung, None when nothing noticed; `tests` is how many enter it."""

    mutant: Mutant
    by: str | None
    tests: int


# -- the changes ---------------------------------------------------------------------------------------------------------
def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Each change of one node, as a node that takes its place."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            yield _with(node, ops=[COMPARED[type(op)]()])
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in COMPUTED:
            yield _with(node, op=COMPUTED[type(op)]())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"~{value}")
        case ast.If() | ast.IfExp():
            yield _with(node, test=ast.Constant(value=True))
            yield _with(node, test=ast.Constant(value=False))
        case ast.comprehension(ifs=[_, *rest]):
            yield _with(node, ifs=rest)
        case ast.Return(value=ast.expr() as value) if not _nothing(value):
            yield _with(node, value=ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _left_alone(node: ast.AST) -> bool:
    """What is said in an error or a log, and what only describes: nothing that a test should hold by the letter."""
    match node:
        case ast.Raise() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="_log" | "log" | "_LOG" | "logger")))):
            return True
    return False


Place = tuple[ast.AST, str, int | None, ast.AST]  # whose field, which of its list, and what takes the place


def _places(function: ast.AST) -> Iterator[tuple[ast.AST, Place]]:
    """Each change inside a function, with the node it changes."""
    for name, value in ast.iter_fields(function):
        if name in {"annotation", "returns", "decorator_list", "args"} and not isinstance(function, ast.Call):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _left_alone(node):
                continue
            for other in changed(node):
                yield node, (function, name, index, other)
            yield from _places(node)


def _outermost(tree: ast.AST, named: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{named}{node.name}", node
            case ast.ClassDef():
                yield from _outermost(node, f"{named}{node.name}.")
            case ast.If():
                yield from _outermost(node, named)


def _first_line(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _all(tree: ast.AST) -> Iterator[tuple[str, int, ast.AST, Place]]:
    for inside, function in _outermost(tree):
        for node, place in _places(function):
            yield inside, _first_line(function), node, place


def mutants(path: str) -> list[Mutant]:
    """Every change of a file, in its order."""
    return [
        Mutant(path, number, getattr(node, "lineno", begins), inside, begins, _said(node, place[3]))
        for number, (inside, begins, node, place) in enumerate(_all(ast.parse((ROOT / path).read_bytes())))
    ]


def _said(before: ast.AST, after: ast.AST) -> str:
    if isinstance(before, ast.If | ast.IfExp) and isinstance(after, ast.If | ast.IfExp):
        return f"if {_short(before.test)} → if {_short(after.test)}"
    return f"{_short(before)} → {_short(after)}"


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 90 else f"{text[:89]}…"


def compiled(mutant: Mutant) -> CodeType:
    """The module's code with the change in it."""
    tree = ast.parse((ROOT / mutant.path).read_bytes())
    owner, name, index, other = next(place for number, (*_, place) in enumerate(_all(tree)) if number == mutant.number)
    held = getattr(owner, name)
    ast.copy_location(other, held if index is None else held[index])
    if index is None:
        setattr(owner, name, other)
    else:
        held[index] = other
    return compile(ast.fix_missing_locations(tree), str(ROOT / mutant.path), "exec")


# -- put in place --------------------------------------------------------------------------------------------------------
Named = tuple[str, str, int]  # a code's file, its name and its first line


def _name(code: CodeType) -> Named:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def put_in_place(mutant: Mutant) -> None:
    """Gives every function of this process that has the old code the new one, and forgets what functions remember."""
    prefix = f"{mutant.inside}."
    new = {
        _name(code): code
        for code in _codes(compiled(mutant))
        if code.co_qualname == mutant.inside or code.co_qualname.startswith(prefix)
    }
    gc.unfreeze()
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and (code := new.get(_name(thing.__code__))) is not None:
            if len(code.co_freevars) == len(thing.__code__.co_freevars):
                thing.__code__ = code
        elif isinstance(thing, functools._lru_cache_wrapper):
            thing.cache_clear()
    gc.freeze()


# -- the tests -----------------------------------------------------------------------------------------------------------
@dataclass
class Plugin:
    """Takes the place of pytest's loop: the tests once, noting what they enter, then those of each mutant in a child."""

    wanted: list[Mutant]
    told: Callable[[Outcome], None]
    true: set[pytest.Item] = field(default_factory=set)
    untrue: set[str] = field(default_factory=set)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All tests, then the mutants."""
        entered: dict[Named, list[tuple[float, int]]] = {}
        files = {str(ROOT / mutant.path) for mutant in self.wanted}
        began = time.monotonic()
        for number, item in enumerate(session.items):
            following = session.items[number + 1] if number + 1 < len(session.items) else None
            passed, took, codes = _watched(item, following, files)
            for code in codes if passed else ():
                entered.setdefault(_name(code), []).append((took, number))
        print(f"{len(session.items)} tests took {time.monotonic() - began:.0f} s", flush=True)
        for mutant in self.wanted:
            tests = sorted(entered.get((str(ROOT / mutant.path), mutant.inside, mutant.begins), []))
            self.told(
                Outcome(mutant, self._killer(mutant, [(took, session.items[number]) for took, number in tests]), len(tests))
            )
        return True

    def _killer(self, mutant: Mutant, tests: list[tuple[float, pytest.Item]]) -> str | None:
        """The first test that fails with the change in place, and does not in a child with nothing changed."""
        while True:
            by = _killer(mutant, [(took, item) for took, item in tests if item.nodeid not in self.untrue])
            named = [item for _, item in tests if item.nodeid == by]
            if not named or named[0] in self.true:
                return by
            if _in_a_child(lambda: None, named, 60) is None:
                self.true.update(named)
            else:
                self.untrue.add(named[0].nodeid)


def _watched(item: pytest.Item, following: pytest.Item | None, files: set[str]) -> tuple[bool, float, set[CodeType]]:
    """Runs a test: whether it passed, its seconds, and the code of those files that it entered."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        codes.add(frame.f_code)

    for thing in _caches():  # what an earlier test had remembered, this one would not enter
        thing.cache_clear()
    began = time.monotonic()
    threading.settrace(note)
    sys.settrace(note)
    try:
        passed = _passed(item, following)
    finally:
        sys.settrace(None)
        threading.settrace(_nothing_noted)
    return passed, time.monotonic() - began, {code for code in codes if code.co_filename in files}


def _nothing_noted(frame: FrameType, event: str, argument: object) -> None:
    """For threads that begin after the tests."""


@functools.cache
def _caches() -> list[functools._lru_cache_wrapper[object]]:
    gc.unfreeze()
    found = [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]
    gc.freeze()
    return [thing for thing in found if str(getattr(thing, "__module__", "")).startswith(("rules", "collector"))]


def _passed(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return all(report.outcome != "failed" for report in reports)


def _killer(mutant: Mutant, tests: list[tuple[float, pytest.Item]]) -> str | None:
    """The first test that fails with the change in place, of as many as take `TESTS_S`."""
    within, chosen = 0.0, list[pytest.Item]()
    for took, item in tests:
        within += took
        if chosen and within > TESTS_S:
            break
        chosen.append(item)
    return _in_a_child(lambda: put_in_place(mutant), chosen, 10 + SLOWER * min(within, TESTS_S + 5))


def _in_a_child(first: Callable[[], object], items: list[pytest.Item], seconds: float) -> str | None:
    """Forks; there, `first` and then the tests. The first that fails, "time" after so many seconds, else None."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            os.setsid()
            os.close(reading)
            first()
            for item, following in zip_longest(items, items[1:]):
                if not _passed(item, following):
                    os.write(writing, item.nodeid.encode())
                    break
        except BaseException as error:  # noqa: BLE001 - whatever it was: nobody may go on with the parent's work here
            os.write(writing, f"{UNFIT} {type(error).__name__}: {error}".encode()[:500])
        finally:
            os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    said = os.read(reading, 4096).decode() if ready else "time"
    os.close(reading)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return said or None


# -- the sample and what comes of it -------------------------------------------------------------------------------------
def sample(area: str, count: int, seed: str) -> tuple[list[Mutant], int]:
    """So many mutants of an area, each as likely as another, in the order of their files; and how many there are."""
    root = ROOT / AREAS[area][0]
    paths = sorted(path.relative_to(ROOT).as_posix() for path in root.rglob("*.py") if "templates" not in path.parts)
    everything = [mutant for path in paths for mutant in mutants(path)]
    drawn = random.Random(f"{area} {seed}").sample(everything, min(count, len(everything)))
    return sorted(drawn, key=lambda mutant: (mutant.path, mutant.number)), len(everything)


def interval(killed: int, of: int) -> tuple[float, float]:
    """Within what the whole share lies with 95 %, after Wilson (1927)."""
    z, share = 1.96, killed / of
    middle, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def run(area: str, count: int, seed: str, record: Path | None) -> list[Outcome]:
    """Tries a sample of an area's mutants; each outcome is written to the record at once."""
    wanted, of = sample(area, count, seed)
    outcomes: list[Outcome] = []

    def told(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if record:
            with record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")

    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-o", "tmp_path_retention_policy=none"]
    pytest.main([*options, "-m", FAST, *AREAS[area][1]], plugins=[Plugin(wanted, told)])
    unfit = sum((outcome.by or "").startswith(UNFIT) for outcome in outcomes)
    tried, killed = len(outcomes) - unfit, sum(outcome.by is not None for outcome in outcomes) - unfit
    low, high = interval(killed, tried)
    print(f"{area}: {killed} of {tried} killed, {killed / tried:.1%} ({low:.1%} to {high:.1%}); {unfit} unfit; {of} in all")
    for outcome in outcomes:
        if outcome.by is None:
            mutant = outcome.mutant
            print(f"  {mutant.path}:{mutant.line} {mutant.inside}: {mutant.change}  [{outcome.tests} tests enter it]")
    return outcomes


def main() -> int:
    """Each area in a process of its own: the modules of one are not the other's."""
    parser = argparse.ArgumentParser(description="Which small changes of the code no test notices.")
    parser.add_argument("areas", nargs="*", choices=[*AREAS, []], metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--sample", type=int, default=150, help="how many mutants of each area (150)")
    parser.add_argument("--seed", default="1", help="another word draws others (1)")
    parser.add_argument("--record", type=Path, help="a file that gets a line of JSON for each")
    asked = parser.parse_args()
    worst = 0
    for area in asked.areas or AREAS:
        if not (child := os.fork()):
            run(area, asked.sample, asked.seed, asked.record)
            sys.stdout.flush()
            os._exit(0)
        worst = max(worst, os.waitpid(child, 0)[1])
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
