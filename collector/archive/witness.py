"""A checkpoint to give away: what a third party keeps, so that the archive can later be held against it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.canonical import as_json, made
from collector.errors import WrongRequest
from collector.ledger.anchor import Anchor
from collector.ledger.checkpoint import MALFORMED, Checkpoint
from collector.seal.signature import verify_signature

_ABOUT = (
    "A checkpoint of a tradewitness archive. Keep this file as it is: it shows nothing of what the archive holds, and with "
    "it anybody can find out later whether the archive's records up to here were changed or left out: "
    "tradewitness verify ARCHIVE_OR_PACK --against THIS_FILE"
)
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class _WitnessRecord:
    """What the file holds, in its order: the checkpoint's own text; signature and tokens in base64."""

    about: str = field(default=_ABOUT, kw_only=True)
    v: int = field(default=1, kw_only=True)
    checkpoint: str
    signature: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


def witness_file(checkpoint: Checkpoint, signature: bytes, tokens: Mapping[str, bytes], key: str) -> bytes:
    """The file: the checkpoint's own bytes, its signature and tokens (base64), and the signing key's fingerprint."""
    record = _WitnessRecord(
        checkpoint=checkpoint.data.decode("ascii"),
        signature=base64.b64encode(signature).decode("ascii"),
        tokens={name: base64.b64encode(token).decode("ascii") for name, token in sorted(tokens.items())},
        key=key,
    )
    return json.dumps(as_json(record), indent=1, ensure_ascii=True).encode() + b"\n"


def is_witness(path: Path) -> bool:
    """Whether a file is one that `witness_file` made."""
    try:
        read_anchor(path)
    except WrongRequest:
        return False
    return True


def read_anchor(path: Path) -> Anchor:
    """What a witness's file, or a checkpoint from an archive, holds. WrongRequest when it is neither, or was changed."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        data = path.read_bytes()
        found = json.loads(data)
        given = made(_WitnessRecord, found) if isinstance(found, dict) and "checkpoint" in found else None
        checkpoint = Checkpoint.parse(given.checkpoint.encode() if given else data)
        signature = base64.b64decode(given.signature, validate=True) if given else _beside(path)
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
    except MALFORMED as error:
        raise WrongRequest(
            f"{path} is not a checkpoint.",
            "Give what `timestamp --witness FILE` wrote, a file from ledger/checkpoints, a pack, or a fingerprint.",
        ) from error
    return Anchor(path.name, _signer(path, checkpoint, signature), {checkpoint.size: checkpoint.root})


def _beside(path: Path) -> bytes:
    signature = path.with_suffix(".p7s")
    return signature.read_bytes() if signature.is_file() else b""


def _signer(path: Path, checkpoint: Checkpoint, signature: bytes) -> str:
    """Who signed the checkpoint; "" for one without a signature: its root counts all the same."""
    if not signature:
        return ""
    report = verify_signature(checkpoint.data, signature)
    if report.problems:
        raise WrongRequest(
            f"{path} was changed: {report.problems[0]}.", "Ask the one who kept it for the file as he was given it."
        )
    return report.fingerprint
