"""doctor and init: whether this machine has what is needed, each with the next step; and where a crash is written down."""

from __future__ import annotations

import os
import shutil
import traceback
from datetime import UTC, datetime
from pathlib import Path

from casework.answers import HealthItem
from casework.cases import machine_zone
from casework.workspace import Workspace, keep
from collector.archive.config import user_folder
from collector.errors import TradewitnessError, WrongRequest
from collector.ledger.disk import make_folder

_SYNCED = ("onedrive", "dropbox", "icloud", "mobile documents", "google drive", "googledrive")
_LITTLE_DISK = 2 * 1024**3


def make_archive(ws: Workspace, authorities: tuple[str, ...], root: Path | None) -> bool:
    """`init`: True when the archive was made now. Raises WrongRequest for an authority without its root certificate."""
    if authorities and root is None:
        raise WrongRequest("A timestamp authority of your own needs its root certificate.", "Add: --authority-root FILE.pem")
    pem = ""
    if root is not None:
        try:
            pem = root.read_text("ascii")
        except (OSError, ValueError) as error:
            raise WrongRequest(f"{root} cannot be read as a certificate.", "Give a PEM file.") from error
        if "-----BEGIN CERTIFICATE-----" not in pem:
            raise WrongRequest(
                f"{root} holds no certificate.", "Give a PEM file: it begins with -----BEGIN CERTIFICATE-----"
            )
    return keep(ws, authorities, pem)


def examine(ws: Workspace) -> list[HealthItem]:
    """Every check, in the order in which a person would mend them. Creates nothing."""
    return [
        *_browser(), _fonts(), _archive(ws), _folder(ws), _disk(ws), _key(ws), *_authorities(ws), _zone(),
    ]  # fmt: skip


def _browser() -> list[HealthItem]:
    from collector.browser.find import find_browser, version_of
    from collector.browser.launch import sandbox_state

    try:
        path = find_browser()
    except TradewitnessError as error:
        return [HealthItem("Browser", "problem", error.message, error.hint)]
    sandbox = sandbox_state()
    safe = sandbox == "on"
    advice = "" if safe else "Run tradewitness as an ordinary user, not as root: the browser's own protection is off."
    return [
        HealthItem("Browser", "ok", f"{version_of(path)} ({path})"),
        HealthItem("Browser's sandbox", "ok" if safe else "note", sandbox, advice),
    ]


def _fonts() -> HealthItem:
    """Chinese text in pictures needs a font that has it; only Linux may come without."""
    name = "Chinese fonts"
    if not shutil.which("fc-list"):
        return HealthItem(name, "ok", "part of this system")
    import subprocess

    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=20)
    if found.stdout.strip():
        return HealthItem(name, "ok", found.stdout.strip().splitlines()[0])
    return HealthItem(
        name, "note", "none: Chinese messages would show as boxes in pictures", "Install one, such as fonts-noto-cjk."
    )


def _archive(ws: Workspace) -> HealthItem:
    name = "Archive"
    if not ws.archive.exists:
        return HealthItem(name, "ok", f"{ws.archive.root} (not made yet)")
    try:
        config = ws.archive.config
    except TradewitnessError as error:
        return HealthItem(name, "problem", error.message, error.hint)
    return HealthItem(name, "ok", f"{ws.archive.root}, {len(config.authorities)} timestamp authorities")


def _folder(ws: Workspace) -> HealthItem:
    name = "Archive's folder"
    nearest = next(p for p in (ws.archive.root, *ws.archive.root.parents) if p.exists())
    if not nearest.is_dir():
        return HealthItem(name, "problem", f"{nearest} is a file", "Choose a folder with --archive.")
    if not os.access(nearest, os.W_OK):
        return HealthItem(name, "problem", f"{nearest} cannot be written to", "Choose another folder with --archive.")
    if any(word in str(ws.archive.root).lower() for word in _SYNCED):
        advice = (
            "Use a folder that is not synchronised: two machines writing at once would damage it. Copy it there instead."
        )
        return HealthItem(name, "note", f"{ws.archive.root} looks synchronised", advice)
    return HealthItem(name, "ok", "can be written to")


def _disk(ws: Workspace) -> HealthItem:
    nearest = next(p for p in (ws.archive.root, *ws.archive.root.parents) if p.exists())
    free = shutil.disk_usage(nearest).free
    text = f"{free / 1024**3:.1f} GB free"
    if free < _LITTLE_DISK:
        return HealthItem("Disk", "problem", text, "Free some space: a visit takes a few megabytes, a video far more.")
    return HealthItem("Disk", "ok", text)


def _key(ws: Workspace) -> HealthItem:
    folder = ws.user / "keys"
    if not folder.exists():
        return HealthItem("Signing key", "ok", f"made at first use, in {folder}")
    from collector.archive.sealing import signing_key

    try:
        return HealthItem("Signing key", "ok", f"{signing_key(ws.archive, ws.user).fingerprint[:16]}… in {folder}")
    except TradewitnessError as error:
        return HealthItem("Signing key", "problem", error.message, error.hint)


def _authorities(ws: Workspace) -> list[HealthItem]:
    """Asks each authority for a token over a fixed text; its answer also tells whether this machine's clock is right."""
    from collector.seal.authorities import PUBLIC
    from collector.seal.timestamp import Token, request_all

    try:
        authorities = ws.archive.config.authorities if ws.archive.exists else PUBLIC
    except TradewitnessError:
        return []
    items, offsets = [], []
    for authority, answer in zip(
        authorities, request_all(authorities, b"tradewitness doctor", timeout_s=8.0, now=ws.clock.now), strict=True
    ):
        name = f"Timestamps: {authority.name}"
        if isinstance(answer, Token):
            offsets.append(answer.offset_ms)
            items.append(HealthItem(name, "ok", "answers"))
        else:
            items.append(
                HealthItem(name, "note", answer.message, "Snapshots wait as `not yet timestamped` until it answers.")
            )
    if not offsets:
        return [
            *items,
            HealthItem("Clock", "note", "could not be compared: no timestamp authority answers", "Check the time by hand."),
        ]
    worst = max(offsets, key=abs)
    if abs(worst) > 60_000:
        advice = "Set the clock to be set automatically: a wrong clock weakens every record."
        return [*items, HealthItem("Clock", "problem", f"{worst / 1000:+.0f} seconds from the authority's", advice)]
    return [*items, HealthItem("Clock", "ok", f"{worst / 1000:+.1f} seconds from the authority's")]


def _zone() -> HealthItem:
    return HealthItem("Time zone", "ok", machine_zone())


def keep_crash(error: BaseException) -> Path:
    """Writes the details of an unexpected error to a file that only the user can read, and gives its path."""
    path = user_folder() / "last-error.txt"
    text = "".join(traceback.format_exception(error))
    try:
        make_folder(path.parent)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{text}")
    except (OSError, TradewitnessError):
        return Path("(could not be written)")
    return path
