"""`make demo`: the LED-fan case, the day that is today, through the real commands; ends with a verified pack.

The marketplace and the timestamp authority are programs of their own on loopback; every command is the installed
`tradewitness`, run as a user would run it. All that it makes is under demo/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from fixtures.marketplace.scenarios import SCENARIOS, addresses

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo"
STORY = SCENARIOS["led-fans"]
DAY = STORY.today


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


def tradewitness(*arguments: str, may_exit: tuple[int, ...] = (0,), environment: dict[str, str]) -> str:
    """Runs one command as a user would, showing the command and what it prints."""
    shown = " ".join(f'"{a}"' if "&" in a or "?" in a or " " in a else a for a in arguments)
    print(f"\n$ tradewitness {shown}", flush=True)
    command = [str(ROOT / ".venv" / "bin" / "tradewitness"), *arguments]
    result = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(result.stdout.rstrip(), flush=True)
    if result.returncode not in may_exit:
        raise SystemExit(f"The demo stopped: the command above ended with exit code {result.returncode}.")
    return result.stdout


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


def main() -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    today = datetime.now(UTC)
    base = (today - timedelta(days=DAY)).date()
    print(f"The story, day {DAY}: {STORY.days[DAY]}")
    print("A marketplace on this machine stands in for Alibaba.com; its pages are visited with a real browser.")
    marketplace = (
        "fixtures.marketplace",
        "--port",
        "0",
        "--scenario",
        "led-fans",
        "--day",
        str(DAY),
        "--base",
        base.isoformat(),
    )
    with (
        served(*marketplace) as site,
        served("fixtures.authority", "--folder", str(DEMO / "authority"), "--port", "0") as authority,
    ):
        play(site["origin"], authority["url"], authority["root"], base)


def play(origin: str, authority: str, root: str, base: object) -> None:
    from datetime import date

    assert isinstance(base, date)
    environment = {
        **os.environ,
        "TRADEWITNESS_ARCHIVE": str(DEMO / "archive"),
        "TRADEWITNESS_CONFIG": str(DEMO / "configuration"),
        "TRADEWITNESS_LOG": str(DEMO / "log"),
        "TRADEWITNESS_ALIAS": f"{origin.removeprefix('http://')}=alibaba.com",
    }
    pages = addresses("led-fans", origin)
    order = STORY.order.id

    def run(*arguments: str, may_exit: tuple[int, ...] = (0,)) -> str:
        return tradewitness(*arguments, may_exit=may_exit, environment=environment)

    run("init", "--authority", f"demo={authority}", "--authority-root", root)
    options = [part for kind, url in pages.items() for part in (f"--{kind}", url)]
    run("case", "open", order, "--name", "led-fans", *options)
    run("capture", "led-fans")
    run("add", "led-fans", *photographs(DEMO / "photographs"), "--as", "photo")
    reported = base + timedelta(days=63)
    run("case", "set", "led-fans", f"supplier_contacted_at={reported}", "units_total=200", "units_defective=160")
    run("check", "led-fans", "--reason", "late", "--reason", "damaged")
    packed = json.loads(run("pack", "led-fans", "--reason", "late", "--reason", "damaged", "-o", f"{DEMO}/", "--json"))
    run("verify", packed["path"])
    run("verify")
    run(may_exit=(0, 6))
    run("deadlines", "led-fans", may_exit=(0, 6))
    print(f"\nThe pack is whole and verified. Open index.html in it, or give it to anybody:\n{packed['path']}")


if __name__ == "__main__":
    main()
