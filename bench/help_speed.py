"""`tradewitness --help` beside the --help of a typer hello-world: the ratio of the medians, measured in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 10
MARK = 1.5

HELLO = '''
import typer

app = typer.Typer()


@app.command()
def main(name: str = "world") -> None:
    """Says hello to somebody."""
    typer.echo(f"Hello {name}")


app()
'''


def took(command: list[str], expected: str) -> float:
    """Seconds that one run took; the run must have printed the expected words of its help."""
    began = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    assert expected in done.stdout, f"{command[0]} printed no help"
    return seconds


def measure(runs: int = RUNS) -> tuple[float, float]:
    """The medians, in seconds, of tradewitness and of the hello-world, after one run of each to fill the caches."""
    tradewitness = [str(Path(sys.executable).parent / "tradewitness"), "--help"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "hello.py"
        script.write_text(HELLO, encoding="utf-8")
        hello = [sys.executable, str(script), "--help"]
        pairs = [(took(tradewitness, "capture"), took(hello, "Says hello to somebody.")) for _ in range(runs + 1)][1:]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def main() -> int:
    """Prints the ratio beside its mark; 0 when it is met, else 1."""
    ours, theirs = measure()
    ratio = ours / theirs
    print(f"tradewitness {ours * 1000:.0f} ms, typer hello-world {theirs * 1000:.0f} ms: ratio {ratio:.2f} (at most {MARK})")
    return 0 if ratio <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
