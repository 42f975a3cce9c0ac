"""A process of its own for what reads hostile files: bounded in time and memory, it cannot harm the one that asks."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import IO, Any

SECONDS = 30
_MEMORY = 1024 * 1024 * 1024


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
