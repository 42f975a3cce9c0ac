"""Plays the demo in a terminal and draws what stands there: docs/pictures/terminal.svg, a picture after the other.

Each command is run as `make demo` runs it, in a terminal of its own; rich turns colours and letters into a drawing.
Nothing in the file is fetched, and whoever asks their system for less motion sees the last picture alone.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from rich.console import Console
from rich.text import Text

from scripts.demo import COMMAND, ROOT, main, shown

TARGET = ROOT / "docs" / "pictures" / "terminal.svg"
WIDTH, HEIGHT = 108, 30  # columns, lines
SECONDS = 7  # a picture
RECORDED = re.compile(r"tradewitness( (capture|check|pack|verify \S+) ?.*)?")  # the commands worth a picture, Today too
_CHARACTER, _LINE, _EDGE, _TOP = 12.2, 24.4, 18, 40  # as rich draws: of a letter of 20 pixels


def in_a_terminal(arguments: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, str]:
    """A command's exit code and what it printed, with its colours."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    told = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    command = subprocess.Popen([COMMAND, *arguments], cwd=ROOT, env={**told, "TERM": "xterm-256color"}, stdout=its)
    os.close(its)
    printed = b""
    try:
        while read := os.read(ours, 1 << 16):
            printed += read
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(ours)
    return command.wait(), printed.decode("utf-8").replace("\r\n", "\n")


@dataclass
class Recording:
    """The commands of a session that are worth a picture, each with what it printed."""

    pictures: list[tuple[str, str]] = field(default_factory=list)

    def run(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> int:
        code, printed = in_a_terminal(arguments, environment)
        typed, printed = (text.replace(f"{ROOT}/", "") for text in (shown(arguments), printed))
        print(f"\n$ {typed}\n{printed.rstrip()}", flush=True)
        if RECORDED.fullmatch(typed):
            self.pictures.append((typed, printed))
        return code


def picture(number: int, typed: str, printed: str) -> tuple[str, str]:
    """One command with the lines that fit below it, as rich draws them: its styles, and its shapes."""
    output = Text.from_ansi(printed.rstrip())
    lines = output.split("\n")
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.assemble(("$ ", "bold green"), (typed, "bold")), soft_wrap=False)
    for line in lines[: HEIGHT - 3]:
        console.print(line, no_wrap=True, overflow="crop")
    if len(lines) > HEIGHT - 3:
        console.print(Text(f"… and {len(lines) - HEIGHT + 3} more lines", "dim"))
    styles, *shapes = console.export_svg(
        code_format="{styles}\0<defs>{lines}</defs>\0{backgrounds}\0{matrix}", unique_id=f"p{number}"
    ).split("\0")
    return styles, "\n".join(shapes)


def drawn(pictures: list[tuple[str, str]]) -> str:
    """The pictures as one drawing, each shown for some seconds, again and again."""
    width, height = WIDTH * _CHARACTER + 2 * _EDGE, HEIGHT * _LINE + _TOP + _EDGE
    each, last = 100 / len(pictures), len(pictures) - 1
    parts = [picture(number, *one) for number, one in enumerate(pictures)]
    styles = "\n".join(style for style, _ in parts)
    moves = "\n".join(f".shown{number} {{ animation-delay: {number * SECONDS}s }}" for number in range(len(pictures)))
    shapes = "\n".join(
        f'<g class="shown shown{number}" transform="translate({_EDGE}, {_TOP})">{shape}</g>'
        for number, (_, shape) in enumerate(parts)
    )
    buttons = "".join(f'<circle cx="{x}" cy="20" r="6" fill="#8b929b"/>' for x in (22, 42, 62))
    told = escape("; ".join(typed for typed, _ in pictures))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    return f"""{head}
<title>A terminal in which these commands are run over the demo: {told}</title>
<style>
text {{ font: 20px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c5c8c6 }}
.shown {{ opacity: 0; animation: show {len(pictures) * SECONDS}s steps(1) infinite }}
@keyframes show {{ 0% {{ opacity: 1 }} {each:.4f}% {{ opacity: 0 }} 100% {{ opacity: 0 }} }}
{moves}
@media (prefers-reduced-motion: reduce) {{ .shown {{ animation: none }} .shown{last} {{ opacity: 1 }} }}
{styles}
</style>
<rect width="100%" height="100%" rx="10" fill="#1d1f21"/>
{buttons}
{shapes}
</svg>
"""


if __name__ == "__main__":
    recording = Recording()
    main(recording.run)
    TARGET.write_text(drawn(recording.pictures), "utf-8")
