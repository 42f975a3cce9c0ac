"""A process of its own for what reads hostile files: bounded in time and memory, it cannot harm the one that asks."""

from __future__ import annotations

import subprocess
import sys

SECONDS = 30
_MEMORY = 1024 * 1024 * 1024


def run_apart(module: str, argument: str, data: bytes, seconds: float = SECONDS) -> bytes:
    """What `python -m module argument` writes when it is given the data; b"" where it had to be stopped."""
    command = [sys.executable, "-P", "-m", module, argument]
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False).stdout
    except subprocess.TimeoutExpired:
        return b""


def bound() -> None:
    """Bounds on memory and processor time where the system has them; elsewhere the caller's time limit alone holds."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
