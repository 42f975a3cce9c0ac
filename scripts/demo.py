"""`make demo`: the LED-fan case, the day that is today, through the real commands; ends with a verified pack.

The marketplace and the timestamp authority are programs of their own on loopback; every command is the installed
`tradewitness`, run as a user would run it. All that it makes is under demo/. `scripts.recording` plays it in a terminal and
draws what stands there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from fixtures.marketplace.scenarios import SCENARIOS, addresses

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"
STORY = SCENARIOS["led-fans"]
DAY = STORY.today
COMMAND = str(ROOT / ".venv" / "bin" / "tradewitness")
Run = Callable[[tuple[str, ...], Mapping[str, str]], int]  # a command's words and environment to its exit code


@contextmanager
def served(*command: str) -> Iterator[dict[str, str]]:
    """Starts a program that says in one line of JSON when it is ready; ends it afterwards."""
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"The demo cannot go on: {command[0]} did not start.")
            yield json.loads(line)
        finally:
            process.terminate()


def shown(arguments: tuple[str, ...]) -> str:
    """A command as a user would type it."""
    return " ".join(["tradewitness", *(f'"{a}"' if "&" in a or "?" in a or " " in a else a for a in arguments)])


def run_here(arguments: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Runs one command as a user would, showing the command and what it prints."""
    print(f"\n$ {shown(arguments)}", flush=True)
    return subprocess.run([COMMAND, *arguments], env=environment, cwd=ROOT, check=False).returncode


def photographs(folder: Path) -> list[str]:
    """Two drawings that stand for the buyer's photographs of the damage."""
    folder.mkdir(parents=True)
    paths = []
    for number, text in enumerate(
        ("carton 7 of 20: crushed corner, no inner padding", "broken grilles and blades beside a ruler"), 1
    ):
        image = Image.new("RGB", (1200, 900), (206, 186, 150))
        draw = ImageDraw.Draw(image)
        draw.rectangle((180, 200, 1020, 760), outline=(96, 70, 40), width=8, fill=(178, 142, 96))
        draw.line([(1020, 200), (930, 300), (1000, 380), (900, 470), (1020, 560)], fill=(60, 40, 20), width=12)
        draw.rectangle((0, 840, 1200, 900), fill=(30, 30, 30))
        draw.text((20, 858), f"photograph {number} (drawn for the demo): {text}", fill=(255, 255, 255), font_size=26)
        path = folder / f"damage-{number}.jpg"
        image.save(path, quality=88)
        paths.append(str(path))
    return paths


def main(run: Run = run_here) -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    base = (datetime.now(UTC) - timedelta(days=DAY)).date()
    print(f"The story, day {DAY}: {STORY.days[DAY]}")
    print("A marketplace on this machine stands in for Alibaba.com; its pages are visited with a real browser.")
    story = ("--scenario", "led-fans", "--day", str(DAY), "--base", base.isoformat())
    with (
        served("fixtures.marketplace", "--port", "0", *story) as site,
        served("fixtures.authority", "--folder", str(DEMO / "authority"), "--port", "0") as authority,
    ):
        play(site["origin"], authority["url"], authority["root"], base, run)


def play(origin: str, authority: str, root: str, base: date, run: Run) -> None:
    environment = {
        **os.environ,
        "TRADEWITNESS_ARCHIVE": str(DEMO / "archive"),
        "TRADEWITNESS_CONFIG": str(DEMO / "configuration"),
        "TRADEWITNESS_LOG": str(DEMO / "log"),
        "TRADEWITNESS_ALIAS": f"{origin.removeprefix('http://')}=alibaba.com",
    }

    def tradewitness(*arguments: str, may_exit: tuple[int, ...] = (0,)) -> None:
        code = run(arguments, environment)
        if code not in may_exit:
            raise SystemExit(f"The demo stopped: the command above ended with exit code {code}.")

    pages = addresses("led-fans", origin)
    options = [part for kind, url in pages.items() for part in (f"--{kind}", url)]
    reported = base + timedelta(days=63)
    tradewitness("init", "--authority", f"demo={authority}", "--authority-root", root)
    tradewitness("case", "open", STORY.order.id, "--name", "led-fans", *options)
    tradewitness("capture", "led-fans")
    tradewitness("add", "led-fans", *photographs(DEMO / "photographs"), "--as", "photo")
    tradewitness("case", "set", "led-fans", f"supplier_contacted_at={reported}", "units_total=200", "units_defective=160")
    tradewitness("check", "led-fans", "--reason", "late", "--reason", "damaged")
    tradewitness("pack", "led-fans", "--reason", "late", "--reason", "damaged", "-o", "demo/")
    (pack,) = DEMO.glob("*.zip")
    tradewitness("verify", str(pack.relative_to(ROOT)))
    tradewitness("verify")
    tradewitness(may_exit=(0, 6))
    tradewitness("deadlines", "led-fans", may_exit=(0, 6))
    print(f"\nThe pack is whole and verified. Open data/index.html in it, or give it to anybody:\n{pack}")


if __name__ == "__main__":
    main()
