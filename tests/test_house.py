"""The house itself: what is committed, what is written about it, and how it is prepared."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli import command_line
from scripts import check, cli_reference, dependencies
from tests.modules import nodes, parsed

ROOT = Path(__file__).resolve().parent.parent


def committed(*below: str) -> list[Path]:
    """The files under version control, as they are in the work tree."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *below],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


LOCKS = tuple(f"requirements{name}.lock" for name in ("", "-application", "-docs", "-release", "-fuzz"))


def locked(lock: str) -> dict[str, list[str]]:
    """The lines of a lock by requirement ("name==version ; marker"): its digests."""
    blocks: dict[str, list[str]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            blocks[current := line.rstrip(" \\")] = []
        elif "--hash=" in line:
            blocks[current].append(line.strip(" \\"))
    return blocks


# --- What is committed -------------------------------------------------------------------------------------------------

HOSTS = r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|--(?:extra-)?index-url[ =]\S"
PLACES = rf"(?<![\w.])(?:/(?:work|farm|root)/[a-z.]|{re.escape(str(ROOT))}/)"


def test_no_committed_file_names_a_package_registry_or_a_place_on_a_machine() -> None:
    """A checkout works with whatever registry its machine is set up for, and wherever it lies."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in committed()
        if (match := re.search(rf"{HOSTS}|{PLACES}", path.read_bytes().decode("utf-8", "replace")))
    ]
    assert found == []


def test_no_committed_file_is_one_that_git_is_to_leave_alone() -> None:
    """A link to a venv that is committed takes the place of the real one in every checkout that it is merged into."""
    asked = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split() == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_pins_every_package_by_digest_and_names_no_host(lock: str) -> None:
    """pip --require-hashes can install it from any registry."""
    lines = locked(lock)
    assert lines
    assert all(re.fullmatch(r"[a-z0-9.-]+==\S+( ; .+)?", line) for line in lines)
    assert [line for line, digests in lines.items() if not digests] == []
    assert "://" not in (ROOT / lock).read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_satisfies_what_the_project_asks_for(lock: str) -> None:
    """A dependency that was added or moved without running scripts/lock is found here."""
    data = project()
    extra, groups = data["project"]["optional-dependencies"]["web"], data["dependency-groups"]
    application = [*data["project"]["dependencies"], *extra]
    everything = [*application, *groups["dev"], *data["build-system"]["requires"]]
    asked = dict(
        zip(LOCKS, (everything, application, groups["docs"], groups["release"], [*everything, *groups["fuzz"]]), strict=True)
    )[lock]
    versions: dict[str, list[str]] = {}
    for line in locked(lock):
        name, _, version = line.partition(";")[0].strip().partition("==")
        versions.setdefault(canonicalize_name(name), []).append(version)
    needs = [Requirement(text) for text in asked]
    unmet = [
        str(need)
        for need in needs
        if not any(need.specifier.contains(version) for version in versions.get(canonicalize_name(need.name), ()))
    ]
    assert unmet == []


def test_what_is_installed_is_what_was_tested() -> None:
    """The application's own lock has the versions and digests of the one that the tests use, and nothing beside them."""
    tested, installed = locked("requirements.lock"), locked("requirements-application.lock")
    assert {line: digests for line, digests in installed.items() if tested.get(line) != digests} == {}
    assert len(installed) < len(tested)


def test_of_every_dependency_it_is_written_down_what_it_is_for_and_somebody_uses_it() -> None:
    assert list(dependencies.problems(dependencies.dependencies(), dependencies.shipped_licences())) == []


def test_a_dependency_without_reason_lock_or_user_or_under_a_licence_that_is_not_shipped_is_named() -> None:
    stray = dependencies.Dependency("stray", (), "MIT", (), "")
    licences = {"a": "GNU General Public License v3 (GPLv3)", "b": "AGPL-3.0-only", "c": "LGPL-2.1", "d": "MIT"}
    found = list(dependencies.problems([*dependencies.dependencies(), stray], licences))
    assert [sentence.partition(":")[0] for sentence in found] == ["stray", "stray", "stray", "a", "b"]


SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+(?:or\s+\w+\s+)?into\b|\bupdate\s+\w+\s+set\b|\bdelete\s+from\b"
    r"|\b(?:create|drop|alter)\s+(?:\w+\s+)?(?:table|index|view)\b|\border\s+by\b|\b\w+\s*(?:!=|>=|<=|=)\s*\?",
    re.IGNORECASE | re.DOTALL,
)


def sql_in(module: Path) -> list[str]:
    """The texts in a module's code that are SQL, or part of it; docstrings are not code."""
    said = {id(node.value) for node in nodes(module) if isinstance(node, ast.Expr)}
    texts = [node for node in nodes(module) if isinstance(node, ast.Constant) and id(node) not in said]
    return [node.value for node in texts if isinstance(node.value, str) and SQL.search(node.value)]


def test_sql_stands_with_the_archive_and_the_ledger_alone() -> None:
    """Everybody else asks the index by name: a renamed column touches one folder."""
    rooms = [ROOT / "collector" / name for name in ("archive", "ledger")]
    modules = [path for path in committed("collector", "casework", "rules", "web", "cli") if path.suffix == ".py"]
    with_sql = {path.relative_to(ROOT).as_posix(): found for path in modules if (found := sql_in(path))}
    elsewhere = {name: texts for name, texts in with_sql.items() if not any((ROOT / name).is_relative_to(r) for r in rooms)}
    assert elsewhere == {}
    assert {"collector/archive/fulltext.py", "collector/ledger/catalogue.py"} <= with_sql.keys()


def test_a_public_class_name_stands_for_one_thing() -> None:
    """Who reads a name in one module need not ask which of two is meant."""
    modules = [path for path in committed("collector", "casework", "rules", "web", "cli") if path.suffix == ".py"]
    statements = (node for path in modules for node in parsed(path).body)
    names = Counter(node.name for node in statements if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    assert {name: count for name, count in names.items() if count > 1} == {}
    assert len(names) > 100


# --- What is written about it --------------------------------------------------------------------------------------------


def pages() -> list[Path]:
    """What is written for people, but for what tells of yesterday and the reference, which is made from the commands."""
    return [path for path in committed("*.md", "docs/*.md") if path.name not in ("CHANGELOG.md", "cli.md")]


def shown_commands(page: Path) -> list[str]:
    """The command lines of tradewitness on a page: in its code blocks and between backticks."""
    text = page.read_text("utf-8")
    blocks = "".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    lines = [line.removeprefix("$ ") for line in [*blocks.splitlines(), *spans(text)]]
    return [line for line in lines if line.split()[:1] == ["tradewitness"]]


def named_options(page: Path) -> list[str]:
    """The commands that a page names with an option alone, as in `pack --redact`."""
    named = [span for span in spans(page.read_text("utf-8")) if " --" in span and span.split()[0] in command_line().commands]
    return [f"tradewitness {span}" for span in named]


def spans(text: str) -> list[str]:
    """What stands between backticks, each in a line of its own."""
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]


AT_ONCE = {"--help", "--version", "--verbose", "--install-completion", "--show-completion"}  # these act while a line is read


def refusal(line: str) -> str:
    """What the commands say against a command line before it is run; "" where they take it."""
    command: Any = command_line()
    try:
        given = [word for word in shlex.split(line, comments=True)[1:] if word not in AT_ONCE]
        context = command.make_context("tradewitness", given)
        while isinstance(command, TyperGroup) and (words := [*context._protected_args, *context.args]):
            name, command, rest = command.resolve_command(context, words)
            context = command.make_context(name, rest, parent=context)
    except TyperException as error:
        return error.format_message()
    return ""


def test_every_command_line_in_the_documents_is_one_that_the_commands_take() -> None:
    """Nobody types a line from a page and is told that there is no such command, option or place for a word."""
    shown = [(page, line) for page in pages() for line in shown_commands(page)]
    assert [f"{page.name}: {line}: {said}" for page, line in shown if (said := refusal(line))] == []
    named = [(page, line) for page in pages() for line in named_options(page)]
    assert [f"{page.name}: {line}" for page, line in named if refusal(line).startswith(("No such", "Got unexpected"))] == []
    assert min(len(shown), len(named)) > 20


def test_the_readme_shows_how_to_run_and_test_a_checkout() -> None:
    """The two commands of a newcomer stand there, and every make command named anywhere exists."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"make demo", "make test"} <= set(
        re.findall(r"^make \w+$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    named = {name for page in committed("*.md") for name in re.findall(r"`make (\w+)`", page.read_text("utf-8"))}
    assert named <= targets


def links(page: Path) -> set[tuple[Path, str]]:
    """The files that a page links to, each with the heading in it, or "" for the whole of it."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [target.partition("#") for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    return {((page.parent / file).resolve() if file else page, anchor) for file, _, anchor in targets}


def anchors(page: Path) -> set[str]:
    """How a page's headings are called in links: small letters, no punctuation, hyphens between words."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def test_every_document_is_on_the_map() -> None:
    """docs/index.md links each page in docs/, or nobody finds it; its sections are the navigation of the site."""
    pages = {path for path in (ROOT / "docs").rglob("*.md") if path.name != "index.md"}
    assert pages - {link for link, _ in links(ROOT / "docs" / "index.md")} == set()


def test_no_link_between_documents_leads_nowhere() -> None:
    """A renamed page or heading takes its links along."""
    broken = [
        f"{page.name}: {link.name}#{anchor}"
        for page in committed("*.md")
        for link, anchor in links(page)
        if not link.exists() or (anchor and anchor not in anchors(link))
    ]
    assert broken == []


def test_the_command_reference_is_the_commands_own() -> None:
    """docs/cli.md is what `make docs` writes today."""
    assert cli_reference.PAGE.read_text("utf-8") == cli_reference.reference()


# --- How it is prepared and checked ----------------------------------------------------------------------------------------


class Checkout:
    """A copy of what scripts/prepare looks at, on a pretended machine that has only the programs it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in ("sh", "cat", "cksum", "dirname", "env", "grep", "id", "mkdir", "rm", "tail"):
            (self.programs / name).symlink_to(shutil.which(name) or name)
        (self.folder / "scripts").mkdir(parents=True)
        for name in (*LOCKS, "pyproject.toml", "scripts/prepare"):
            shutil.copy(ROOT / name, self.folder / name)

    def give(self, path: Path, script: str = "exit 0") -> None:
        """A program that does what the shell script says."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)

    def install(self, *, browser: bool = True) -> None:
        """A venv as if it had been prepared; all its Python can do is to look for a browser."""
        self.give(self.folder / ".venv" / "bin" / "tradewitness")
        found = 0 if browser else 1
        self.give(self.folder / ".venv" / "bin" / "python", f'case "$*" in *find_browser*) exit {found};; esac; exit 1')
        made_from = "{ cat requirements.lock pyproject.toml scripts/prepare | cksum; pwd; } > .venv/prepared"
        subprocess.run(["sh", "-c", made_from], cwd=self.folder, check=True)

    def prepare(self, *arguments: str) -> tuple[int, str]:
        """The exit code and everything printed."""
        done = subprocess.run(
            ["scripts/prepare", *arguments], cwd=self.folder, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env={"PATH": str(self.programs), "HOME": str(self.folder)},
        )  # fmt: skip
        return done.returncode, done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_a_prepared_checkout_is_only_looked_at(checkout: Checkout) -> None:
    """Nothing is printed and nothing is run when all is there."""
    checkout.install()
    assert checkout.prepare() == (0, "")


def test_for_the_documents_their_own_packages_are_enough(checkout: Checkout) -> None:
    """Neither the application nor a browser is looked for."""
    checkout.give(checkout.folder / ".tools" / "docs" / "bin" / "python")
    made_from = "{ cat requirements-docs.lock pyproject.toml scripts/prepare | cksum; pwd; } > .tools/docs/prepared"
    subprocess.run(["sh", "-c", made_from], cwd=checkout.folder, check=True)
    assert checkout.prepare("docs") == (0, "")
    assert not (checkout.folder / ".venv").exists()


def test_without_python_one_sentence_says_so(checkout: Checkout) -> None:
    """Also when the only Python is too old; nothing is left behind that looks like a venv."""
    checkout.give(checkout.programs / "python3", "exit 1")
    code, said = checkout.prepare()
    assert code == 1
    assert said.startswith("Python 3.11 or newer is needed")
    assert said.count("\n") == 1
    assert not (checkout.folder / ".venv").exists()


def test_a_changed_lock_or_a_moved_checkout_is_prepared_again(checkout: Checkout) -> None:
    """The stamp names what the venv was made from and where."""
    checkout.install()
    with (checkout.folder / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert checkout.prepare()[0] == 1, "it looked for Python, which is not there"
    checkout.install()
    assert checkout.prepare() == (0, "")
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    assert checkout.prepare()[0] == 1


def test_a_half_made_venv_is_made_anew(checkout: Checkout) -> None:
    """One without the stamp is not trusted: a killed installation leaves packages that only look installed."""
    checkout.give(checkout.folder / ".venv" / "bin" / "broken")
    checkout.give(checkout.programs / "python3", 'case "$1 $2" in "-m venv") exit 1;; esac')
    code, said = checkout.prepare()
    assert code == 1
    assert "made anew" in said
    assert "python3 could not make .venv here" in said
    assert not (checkout.folder / ".venv" / "bin" / "broken").exists()


@pytest.mark.parametrize(("program", "arguments"), [("browser", ()), ("openssl", ("test",)), ("Xvfb", ("test",))])
def test_a_missing_program_that_cannot_be_fetched_is_named(
    checkout: Checkout, program: str, arguments: tuple[str, ...]
) -> None:
    """The sentence names what is missing and how to install it."""
    checkout.install(browser=program != "browser")
    if program == "Xvfb":
        checkout.give(checkout.programs / "openssl")
    code, said = checkout.prepare(*arguments)
    assert code == 1
    assert f"{program} is missing" in said.splitlines()[-1]
    assert "apt-get install" in said.splitlines()[-1]


def test_the_stages_end_at_the_first_that_fails(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Each stage gets a line; what a failed one printed is shown, and the exit code is its own."""

    def says(name: str, text: str, code: int) -> check.Stage:
        return check.Stage(name, (sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"))

    rows = (says("first", "all quiet", 0),), (says("second", "line 7 is wrong", 3),), (says("third", "never seen", 0),)
    monkeypatch.setitem(check.STAGES, "lint", rows)
    assert check.main(["lint"]) == 3
    printed = capfd.readouterr().out
    assert re.search(r"^first\.+ ok", printed, re.MULTILINE)
    assert re.search(r"^second\.+ FAILED", printed, re.MULTILINE)
    assert "line 7 is wrong" in printed
    assert "all quiet" not in printed
    assert "third" not in printed


def test_a_stage_that_fails_ends_those_beside_it(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """A wrong type is said at once, and nobody waits for the tests."""
    waits, fails = "import signal; signal.pause()", "import sys; sys.exit(3)"
    row = tuple(check.Stage(name, (sys.executable, "-c", code)) for name, code in (("tests", waits), ("types", fails)))
    monkeypatch.setitem(check.STAGES, "lint", (row,))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a run that a shell put into the background
    try:
        assert check.main(["lint"]) == 3
    finally:
        signal.signal(signal.SIGINT, before)
    printed = capfd.readouterr().out
    assert re.search(r"^types\.+ FAILED", printed, re.MULTILINE)
    assert "tests" not in printed


def test_the_quick_check_leaves_out_of_the_whole_one_only_browsers_and_stories() -> None:
    """Lint and types are the same, and no other mark takes a test away."""
    (quick_row,), (whole_row,) = check.STAGES["check"], check.STAGES["test"]
    assert quick_row[:-1] == whole_row[:-1] == check.LINT
    quick, whole = (row[-1].command for row in (quick_row, whole_row))
    assert quick == check.pytest("not proof and not browser and not stories", at_once=2)
    assert whole[: len(quick)] == check.pytest("not proof", at_once=3)


def test_continuous_integration_runs_make_test_and_nothing_by_hand() -> None:
    """.ci/run can be executed, stops at the first error and installs nothing itself."""
    script = ROOT / ".ci" / "run"
    text = script.read_text("utf-8")
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in text
    assert text.rstrip().endswith("make test")
    assert not re.search(r"\b(?:pip|apt-get|playwright) install\b", text)


def test_a_public_forge_would_run_what_the_quick_check_runs_on_each_system() -> None:
    """As far as a file can say: its jobs for Windows and macOS have never run."""
    yaml: Any = pytest.importorskip("yaml")
    forge = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert {name: job["runs-on"].partition("-")[0] for name, job in forge["jobs"].items()} == {
        "linux": "ubuntu", "windows": "windows", "macos": "macos",
    }  # fmt: skip
    assert forge["jobs"]["linux"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    for job in forge["jobs"].values():
        commands = [shlex.split(line) for step in job["steps"] for line in step.get("run", "").splitlines()]
        for stage in check.LINT:
            command = [Path(stage.command[0]).name, *stage.command[1:]]
            assert any(words[: len(command)] == command for words in commands), stage.name
        quick = next(words for words in commands if words[0] == "pytest")
        assert quick[quick.index("-m") + 1] == check.QUICK.command[check.QUICK.command.index("-m") + 1]
        modules = [words[2] for words in commands if words[:2] == ["python", "-m"]]
        assert [name for name in modules if find_spec(name) is None and name != "pip"] == []
        locks = [words[words.index("--requirement") + 1] for words in commands if "--requirement" in words]
        assert locks == ["requirements.lock"]


def test_help_loads_nothing_that_only_some_command_needs() -> None:
    code = "import cli, sys; cli.run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = ("collector.archive", "collector.ledger", "collector.seal", "collector.browser", "collector.reading")
    heavy = (*ours, "bs4", "cryptography", "playwright", "sqlite3")
    assert [name for name in done.stdout.splitlines()[-1].split() if name.startswith(heavy)] == []
