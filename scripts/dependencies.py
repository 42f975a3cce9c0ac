"""What each direct dependency is for: `python -m scripts.dependencies` lists name, version, licence, who uses it, and why.

It ends with 1 where a dependency of pyproject.toml has no reason here, is locked nowhere, or is used nowhere; where a reason
stands for none; or where something under the GPL or AGPL is in what is shipped. Licences are known of what is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("collector", "rules", "casework", "web", "cli", "fixtures", "tests", "bench", "scripts", "docs")
LOCKS = ("requirements.lock", "requirements-docs.lock", "requirements-release.lock", "requirements-fuzz.lock")
SHIPPED = "requirements-application.lock"
# Extras that are in no lock: whoever wants them installs them beside it.
UNLOCKED = frozenset({"rapidocr-onnxruntime"})
_NAMED = re.compile(r'^\s*(?:import|from)\s+([A-Za-z_]\w*)|"([a-z_0-9]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a dependency is there. `module` is what is imported, where that is not the name; `named_in` a file that says the
    word `word` (else the name), where nothing imports it.
    """

    why: str
    module: str = ""
    named_in: str = ""
    word: str = ""


REASONS: dict[str, Reason] = {
    # --- the application
    "playwright": Reason("drives the user's own browser and its debugging sessions"),
    "beautifulsoup4": Reason("reads facts out of stored pages, with the place of each", "bs4"),
    "lxml": Reason("parses pages fast enough to compare every look of a year"),
    "typer": Reason("the command line: options, --help, completion"),
    "rich": Reason("tables, colours and progress on a terminal, within its width"),
    "sqlite-utils": Reason("makes the tables of the derived index", "sqlite_utils"),
    "apprise": Reason("sends notices to mail, telephones and messengers"),
    "babel": Reason("dates and units in words, and the catalogue of the pages in Chinese"),
    "stamina": Reason("asks again, with growing waits, what failed for the moment"),
    "pillow": Reason("reading copies of pictures, comparing of looks, redacting boxes", "PIL"),
    "cryptography": Reason("signing key, signatures and certificate paths"),
    "rfc8785": Reason("the canonical JSON that the ledger's lines are (RFC 8785)"),
    "backports.zstd": Reason("packs kept objects; part of Python from 3.14 on", "backports"),
    "holidays": Reason("public holidays for deadlines that count working days"),
    "icalendar": Reason("writes deadlines as a calendar file (RFC 5545)"),
    "jinja2": Reason("reports, viewer and pages from templates that escape what they are given"),
    "platformdirs": Reason("where each system keeps settings and logs"),
    "psutil": Reason("finds and ends the browsers of a window's folder, on every system"),
    "filelock": Reason("one writer of an archive, one user of an account, on every system"),
    "tomli-w": Reason("writes config.toml; Python itself only reads TOML", "tomli_w"),
    "tzdata": Reason("time zones, and the zone of a country, where the system has none (Windows)"),
    "tzlocal": Reason("the name of this machine's time zone, on every system"),
    "pypdf": Reason("text of contracts, and cutting and joining of what is handed in"),
    "pypdfium2": Reason("pages of the buyer's PDFs as pictures"),
    "python-docx": Reason("text of contracts in Word's format", "docx"),
    "olefile": Reason("messages saved by Outlook (.msg)"),
    "pi-heif": Reason("photos of telephones (HEIC)", "pi_heif"),
    "phonenumberslite": Reason("telephone numbers, in every country's ways of writing them, for redaction", "phonenumbers"),
    # --- its extras
    "starlette": Reason("the pages of `serve`"),
    "uvicorn": Reason("serves them on this machine"),
    "python-multipart": Reason("starlette takes in the files of a form with it", named_in="web/page.py", word="form("),
    "av": Reason("frames of videos; only with tradewitness[media], because its wheels bring encoders under the GPL"),
    "rapidocr-onnxruntime": Reason("reads words in photos; only with tradewitness[ocr]", "rapidocr_onnxruntime"),
    # --- making and judging it
    "aiosmtpd": Reason("a mail server for the tests of notices"),
    "axe-playwright-python": Reason("axe, which judges every page for screen readers", "axe_playwright_python"),
    "asn1crypto": Reason("another reader of DER, which judges ours, and the stand-in authority"),
    "bagit": Reason("the Library of Congress's own judge of the bags that packs are"),
    "certifi": Reason("Mozilla's published roots, which the roots that are kept here are held against"),
    "coverage": Reason("which lines and branches the tests reach", named_in="pyproject.toml", word="[tool.coverage"),
    "hypothesis": Reason("properties: any bytes, any text, any order of events"),
    "import-linter": Reason("the arrows between the packages", named_in="scripts/check.py", word="lint-imports"),
    "mypy": Reason("strict types, tests too", named_in="scripts/check.py"),
    "pexpect": Reason("types at a terminal as a person does"),
    "pytest": Reason("runs the tests"),
    "pytest-cov": Reason("measures coverage in every worker", named_in="scripts/check.py", word="--cov"),
    "pytest-xdist": Reason("runs the tests on all cores", named_in="scripts/check.py", word="--dist"),
    "ruff": Reason("lint and format", named_in="scripts/check.py"),
    "setuptools": Reason("the pkg_resources that warcio imports", named_in="pyproject.toml", word="<81"),
    "types-psutil": Reason("types of psutil", "psutil"),
    "vobject": Reason("another reader of calendars, which judges ours"),
    "wacz": Reason("the judge of exported web archives"),
    "warcio": Reason("another reader of web archives, which judges ours"),
    "wsproto": Reason("WebSockets of the stand-in for the site, as uvicorn asks for them"),
    "furo": Reason("how the documents look as a site"),
    "myst-parser": Reason("reads the documents' Markdown", "myst_parser"),
    "sphinx": Reason("builds the documents as a site, and fails at a link that leads nowhere"),
    "atheris": Reason("steers the inputs that scripts/fuzz.py gives the parsers by what they reach"),
    "cyclonedx-bom": Reason("writes a release's list of packages", named_in="scripts/release", word="cyclonedx_py"),
    "hatchling": Reason("builds the wheel and the source", named_in="scripts/release"),
}


@dataclass(frozen=True, slots=True)
class Dependency:
    """A direct dependency as it stands now; `users` are our packages, or the files that name it."""

    name: str
    versions: tuple[str, ...]
    licence: str
    users: tuple[str, ...]
    why: str


def asked_for(project: Mapping[str, object]) -> tuple[str, ...]:
    """The names of pyproject.toml, each once: the application's, its extras', the groups' and the build's."""
    data, build = _table(project["project"]), _table(project["build-system"])
    extras, groups = _table(data["optional-dependencies"]), _table(project["dependency-groups"])
    lists = [data["dependencies"], *extras.values(), *groups.values(), build["requires"]]
    return tuple(dict.fromkeys(_plain(Requirement(text).name) for one in lists for text in _texts(one)))


def dependencies() -> tuple[Dependency, ...]:
    """Every direct dependency, in the order of the table of reasons."""
    reasons = {_plain(name): reason for name, reason in REASONS.items()}
    asked = asked_for(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")))
    versions, modules = _locked(LOCKS), _used_modules()
    order = list(reasons)
    ordered = sorted(asked, key=lambda name: order.index(name) if name in reasons else len(order))
    return tuple(
        Dependency(name, versions.get(name, ()), licence_of(name), _users(name, reason, modules), reason.why)
        for name in ordered
        for reason in (reasons.get(name, Reason("")),)
    )


def problems(found: Iterable[Dependency], shipped: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, a sentence each. `shipped` are the licences of everything that a user gets, by name."""
    there = list(found)
    for one in there:
        if not one.why:
            yield f"{one.name}: nobody wrote down what it is for."
        if not one.versions and one.name not in UNLOCKED:
            yield f"{one.name}: no lock has it; run scripts/lock."
        if not one.users:
            yield f"{one.name}: nothing uses it."
    for stray in sorted({_plain(name) for name in REASONS} - {one.name for one in there}):
        yield f"{stray}: pyproject.toml does not ask for it."
    for name, licence in sorted(shipped.items()):
        if re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", licence) and "LGPL" not in licence:
            yield f"{name}: it is under {licence}, and would be shipped."


def _plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return str(canonicalize_name(name))


def _metadata(name: str) -> Message | None:
    try:
        return cast(Message, metadata.metadata(name))  # that is what it is; its protocol lacks `get`
    except metadata.PackageNotFoundError:
        return None


def licence_of(name: str) -> str:
    """The licence that an installed package states; "" of one that is not installed or states none."""
    told = _metadata(name)
    if told is None:
        return ""
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    stated = str(told.get("License-Expression") or "") or " or ".join(classes) or str(told.get("License") or "")
    return stated.partition("\n")[0][:60]


def shipped_licences() -> dict[str, str]:
    """The licence of everything in the lock that a user installs, by name, as far as it is installed here."""
    return {name: licence for name in _locked((SHIPPED,)) if (licence := licence_of(name))}


def _users(name: str, reason: Reason, modules: Mapping[str, set[str]]) -> tuple[str, ...]:
    if reason.named_in:
        text = (ROOT / reason.named_in).read_text("utf-8")
        return (reason.named_in,) if (reason.word or name) in text else ()
    used = modules.get(reason.module or name.replace("-", "_"), set())
    return tuple(folder for folder in FOLDERS if folder in used)


def _used_modules() -> dict[str, set[str]]:
    """By top-level name of a module, the folders that import it, or name it as a text of its own ("tzdata", "wsproto")."""
    used: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            if file != Path(__file__):
                for match in _NAMED.finditer(file.read_text("utf-8")):
                    used.setdefault(match[1] or match[2], set()).add(folder)
    return used


def _locked(locks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The versions of each package in these locks: several where they differ by Python or by lock."""
    found: dict[str, list[str]] = {}
    for lock in locks:
        for line in (ROOT / lock).read_text("utf-8").splitlines():
            if match := re.match(r"([a-z0-9][a-z0-9.-]*)==(\S+)", line):
                versions = found.setdefault(_plain(match[1]), [])
                versions += [match[2]] if match[2] not in versions else []
    return {name: tuple(versions) for name, versions in found.items()}


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [one for one in value if isinstance(one, str)]


def main() -> int:
    """Prints the list; 1 where something is wrong with it, which is said."""
    found = dependencies()
    wrong = list(problems(found, shipped_licences()))
    for one in found:
        version = " or ".join(one.versions) or "in no lock"
        print(f"{one.name} {version}, {one.licence or 'not installed here'}; {', '.join(one.users)}\n    {one.why}")
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
