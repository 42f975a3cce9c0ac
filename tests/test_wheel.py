"""The wheel: what is shipped, and whether it works installed, on every Python that it promises and the machine has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fixtures.authority import Served
from tests.test_house import committed

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("collector", "rules", "casework", "web", "cli")
ORDER = "250861947301028446"
PROMISED = ("3.11", "3.12", "3.13", "3.14")  # requires-python says 3.11 and newer


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a release would build it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("tradewitness-*.whl"))


def test_the_wheel_holds_the_application_whole_and_nothing_else(wheel: Path) -> None:
    """Templates, policies and certificates go with the code; fixtures, tests and bench stay in the checkout."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == set(SHIPPED)
    missing = {path.relative_to(ROOT).as_posix() for path in committed(*SHIPPED)} - names
    assert missing == set()
    licences = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/licenses/LICENSE")]
    assert len(licences) == 1


def found(version: str) -> str:
    """A Python of that version which runs, on the path or beside the others of pyenv; "" where the machine has none."""
    beside = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python3"))
    for python in (f"python{version}", *map(str, beside)):
        try:
            said = subprocess.run([python, "--version"], check=False, capture_output=True, text=True).stdout
        except OSError:
            continue
        if said.startswith(f"Python {version}."):
            return python
    return ""


def with_pip() -> list[str]:
    """pip of this venv, or of the Python that it was made from: scripts/prepare makes some without."""
    for python in (sys.executable, str(Path(sys.base_prefix) / "bin" / "python3")):
        if subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0:
            return [python, "-m", "pip"]
    pytest.fail("There is no pip to install the wheel with.")


def ran(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a command printed that must succeed. No other copy of the code is on its path, or counted with the checkout's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON", "TRADEWITNESS"))}
    done = subprocess.run(command, cwd=cwd, env=inherited | environment, check=False, capture_output=True, text=True)
    assert done.returncode in (0, 6), f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def works(home: Path, folder: Path, authority: Served) -> None:
    """The installed command opens a case, keeps and seals a file, tells deadlines and verifies the archive."""
    where = {"TRADEWITNESS_ARCHIVE": str(folder / "archive"), "TRADEWITNESS_CONFIG": str(folder / "user")}

    def did(*arguments: str) -> Any:
        return json.loads(ran(home / "bin" / "tradewitness", *arguments, "--json", cwd=folder, **where))

    source = ran(home / "bin" / "python", "-c", "import cli; print(cli.__file__)", cwd=folder).strip()
    assert Path(source).is_relative_to(home), "it is another copy that was tried"
    assert did("deadlines", "received_at=2026-09-30", "--as-of", "2026-10-01")["deadlines"]
    assert not (folder / "archive").exists(), "a command that only reads creates nothing"
    did("init", "--authority", f"test={authority.url}", "--authority-root", str(authority.root_file))
    did("case", "open", ORDER)
    (folder / "photo.txt").write_text("a carton, wet on one side\n")
    did("add", ORDER, "photo.txt", "--as", "photo")
    verified = did("verify", "--deep")
    assert (verified["ok"], verified["seal"]) == (True, "timestamped")


@pytest.mark.stories
def test_the_installed_wheel_works_with_no_checkout_near(wheel: Path, authority: Served, tmp_path: Path) -> None:
    """Rules find their policy, the seal its certificates, where the wheel put them; the other packages are this venv's."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, capture_output=True)
    own = ran(home / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path)
    others = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (Path(own.strip()) / "others.pth").write_text("\n".join(others))
    pip = [*with_pip(), "--python", str(home / "bin" / "python")]
    ran(*pip, "install", "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
    works(home, tmp_path, authority)


@pytest.mark.proof
@pytest.mark.parametrize("version", PROMISED)
def test_the_wheel_installs_with_what_it_asks_for_and_works(
    version: str, wheel: Path, authority: Served, tmp_path: Path
) -> None:
    """In the versions that the lock names, from whatever registry the machine is set up for."""
    python = found(version)
    if not python:
        pytest.skip(f"This machine has no Python {version}: the wheel was not tried on it.")
    home = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", str(home)], check=True, capture_output=True)
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^[a-z0-9][^ ]+==[^ ]+(?: ; [^\\\n]+)?", lock, re.MULTILINE)
    (tmp_path / "pins.txt").write_text("\n".join(re.sub(r"\[[^]]*\]", "", pin) for pin in pins))
    ran(home / "bin" / "python", "-m", "pip", "install", "-c", "pins.txt", str(wheel), cwd=tmp_path)
    works(home, tmp_path, authority)
