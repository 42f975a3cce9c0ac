"""A process of its own for what reads hostile files: bounded in time and memory, it cannot harm the one that asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, Protocol, TypeVar

from collector.canonical import as_json, made

SECONDS = 30
_MEMORY = 1024 * 1024 * 1024


class WithPieces(Protocol):
    """An answer behind which pieces of so many bytes follow."""

    @property
    def sizes(self) -> tuple[int, ...]: ...


Answer = TypeVar("Answer", bound=WithPieces)


def told(answer: WithPieces, pieces: Iterable[bytes]) -> bytes:
    """What a process apart writes: its answer as a line of JSON, then the pieces."""
    return json.dumps(as_json(answer)).encode() + b"\n" + b"".join(pieces)


def heard(said: bytes, kind: type[Answer]) -> tuple[Answer, list[bytes]]:
    """`told` taken apart again. Raises ValueError or RecursionError where it was stopped before it could answer."""
    line, _, rest = said.partition(b"\n")
    answer, pieces, at = made(kind, json.loads(line)), list[bytes](), 0
    for size in answer.sizes:
        pieces.append(rest[at : at + size])
        at += size
    return answer, pieces


def run_apart(module: str, argument: str, data: bytes | IO[bytes], seconds: float = SECONDS) -> bytes:
    """What `python -m module argument` writes when it is given the data; b"" where it had to be stopped.

    A file is handed over as it is, from where it stands: it is never in this process's memory.
    """
    command = [sys.executable, "-P", "-m", module, argument]
    given: dict[str, Any] = {"input": data} if isinstance(data, bytes) else {"stdin": data}
    try:
        done = subprocess.run(command, **given, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return b""
    return bytes(done.stdout)


def bound(memory: int = _MEMORY) -> None:
    """Bounds on memory and processor time where the system has them; elsewhere the caller's time limit alone holds."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):  # macOS has one that cannot be set below what the process has already
            resource.setrlimit(limit, (most, most))
