"""The stages of `make lint`, `check`, `test`, `coverage` and `proof`: a line each, and the first to fail ends the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(sys.executable).parent  # the tools of the venv that runs this
# Compiled modules are kept, whatever the shell says: else each worker and each command that a test runs compiles them anew.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
NO_TESTS_COLLECTED = 5
ROOM = 8 << 30  # bytes; the tests leave a third of that behind, and the browser wants its own share


@dataclass(frozen=True, slots=True)
class Stage:
    """One check: its name, its command, and whether its output is shown as it comes (else only when it fails)."""

    name: str
    command: tuple[str, ...]
    shown: bool = False


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """The command line of a tool that stands in the venv."""
    return (str(HERE / name), *arguments)


LINT = (
    Stage("ruff check", tool("ruff", "check", "--output-format=concise", ".")),
    Stage("ruff format", tool("ruff", "format", "--check", ".")),
    Stage("mypy --strict", tool("mypy")),
    Stage("import-linter", tool("lint-imports")),
)


def pytest(which: str, *more: str, at_once: int = 3) -> tuple[str, ...]:
    """The command line that runs the tests with these marks, so many at a time; where some drive a browser, three: while one
    waits for it, two go on.

    The tests of a file run in one process, which takes the next file when it is done: what a module prepares is prepared
    once. The long files come first (tests/conftest.py), so that no process is left with one while the others have ended.
    """
    return tool("pytest", "-q", "-n", str(at_once), "--dist", "loadfile", "--no-loadscope-reorder", "-m", which, *more)


QUICK = Stage("pytest, without browsers", pytest("not proof and not browser and not stories", at_once=2), shown=True)
TESTS = Stage("pytest", pytest("not proof", "--durations=10", "--durations-min=10"), shown=True)
# Apart from the tests: tracing every branch makes what the rules compute three times as slow.
COVERAGE = Stage("pytest, with coverage", pytest("not proof", "--cov", "--cov-report=term:skip-covered"), shown=True)
PROOF = Stage("pytest, the long proofs", tool("pytest", "-q", "-m", "proof"), shown=True)
# The other stages try the same examples each time, so that they cannot fail by luck.
RANDOM = Stage("pytest, random examples", ("env", "HYPOTHESIS_PROFILE=random", *pytest("hypothesis")), shown=True)

# A few changes of the code that a test should notice, drawn by the day: what it names is read by a person and fails nothing.
MUTANTS = Stage(
    "mutants, a few",
    (sys.executable, "-m", "scripts.mutants", "--sample", "10", "--seed", time.strftime("%Y-%m-%d")),
    shown=True,
)


@dataclass
class Run:
    """Stages that run side by side, and whether one of them has failed."""

    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    failed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self, stages: tuple[Stage, ...]) -> int:
        """Runs the stages at once; the exit code of the first that fails, which ends the others, else 0."""
        with ThreadPoolExecutor(len(stages)) as pool:
            for ended in as_completed([pool.submit(self.one, stage) for stage in stages]):
                if code := ended.result():
                    return code
        return 0

    def one(self, stage: Stage) -> int:
        """Runs one stage and prints its line; its own output too, when it is a shown one or failed. Gives the exit code."""
        if stage.shown:
            print(f"{stage.name}:", flush=True)
        began = time.monotonic()
        said = None if stage.shown else subprocess.PIPE
        with self.lock:
            if self.failed.is_set():
                return 0
            process = subprocess.Popen(stage.command, text=True, stdout=said, stderr=subprocess.STDOUT, env=ENVIRONMENT)
            self.processes.append(process)
        output = process.communicate()[0]
        code = process.returncode
        if self.failed.is_set():
            return 0  # it was ended because of another
        if code == NO_TESTS_COLLECTED and stage is PROOF:
            print("There are no long proofs yet.")
            return 0
        if code:
            self._end_the_others()
            print((output or "").rstrip())
        print(f"{stage.name:.<32} {'FAILED' if code else 'ok'} ({time.monotonic() - began:.1f} s)", flush=True)
        return code

    def _end_the_others(self) -> None:
        with self.lock:
            self.failed.set()
            for process in self.processes:  # of one that has ended nothing comes
                # As by Ctrl-C, so that pytest takes down what its tests have set up; Windows has no such signal for another.
                process.terminate() if sys.platform == "win32" else process.send_signal(signal.SIGINT)


# Those of one row run at the same time, and the rows one after the other: types are checked while tests wait for a browser.
STAGES: dict[str, tuple[tuple[Stage, ...], ...]] = {
    "lint": (LINT,),
    "check": ((*LINT, QUICK),),
    "test": ((*LINT, TESTS),),
    "coverage": ((COVERAGE,),),
    "proof": ((PROOF,), (RANDOM,), (MUTANTS,)),
}


def memory() -> Path | None:
    """The folder that is kept in memory, where this system has one with room: what tests write there waits for no disk."""
    folder = Path("/dev/shm")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return None
    disk = os.statvfs(folder)
    return folder if disk.f_bavail * disk.f_frsize > ROOM and not disk.f_flag & os.ST_NOEXEC else None


def main(arguments: list[str]) -> int:
    """Runs the stages of what was asked for; the exit code of the first that fails, else 0."""
    if len(arguments) != 1 or arguments[0] not in STAGES:
        print(f"Say which: {', '.join(STAGES)}.", file=sys.stderr)
        return 2
    # A shell ignores Ctrl-C for what it runs in the background, and the stages would inherit that: none could be ended.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="tw-", dir=memory(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # a test tries what an ordinary user may
        # Short, because the path of a socket may have a hundred characters.
        ENVIRONMENT.update(TMPDIR=folder, PYTEST_ADDOPTS=f"{os.environ.get('PYTEST_ADDOPTS', '')} --basetemp={folder}/t")
        return next((code for row in STAGES[arguments[0]] if (code := Run().all(row))), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
