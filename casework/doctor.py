"""doctor and init: whether this machine has what is needed, each with the next step."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

from casework.cases import machine_zone
from casework.logfile import log_path
from casework.workspace import Workspace, authorities_of, keep
from collector.archive.config import write_config
from collector.errors import SealError, TradewitnessError, WrongRequest
from collector.platform import SCRIPTS, font_for, synced_by, too_long
from rules.language.words import day_words, time_words

_LITTLE_DISK = 2 * 1024**3
_LONGEST_WITHIN = f"objects/ab/{'0' * 62}.zst"  # of what an archive keeps in its folder
_LATE_MS = 60_000  # a clock further off than this weakens every record
_AUTHORITIES_S = 8.0


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One thing that doctor looked at: `state` is ok, note or problem; `todo` the next step, or ""."""

    name: str
    state: str
    found: str
    todo: str = ""


def make_archive(
    ws: Workspace, authorities: tuple[str, ...], root: Path | None, key: Path | None = None
) -> tuple[bool, tuple[str, ...]]:
    """`init`: True when the archive was made now, and what there is to say of the key's certificates and the settings.

    `key` is the user's own, PKCS #12; its password comes from TRADEWITNESS_KEY_PASSWORD, or is asked for on a terminal.
    WrongRequest for an authority without its root, or a key file not there.
    """
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
    notes = _take_key(ws, key) if key is not None else ()
    made = keep(ws, authorities, pem)
    if not made and not ws.archive.config_path.exists():
        with ws.archive.writing():
            write_config(ws.archive.config_path, authorities_of(authorities, pem))
        notes += ("config.toml was gone. A new one is there: if the lost one named other authorities, name them in it.",)
    return made, notes


def _take_key(ws: Workspace, path: Path) -> tuple[str, ...]:
    from collector.seal.keyring import take_own

    try:
        p12 = path.expanduser().read_bytes()
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Give a .p12 or .pfx file.") from error
    password = os.environ.get("TRADEWITNESS_KEY_PASSWORD", "")
    if not password and sys.stdin.isatty():
        from getpass import getpass

        password = getpass(f"Password of {path.name}: ")
    try:
        return take_own(ws.user / "keys", p12, password, ws.clock.now())[1]
    except SealError as error:
        raise WrongRequest(error.message, error.hint) from error


def examine(ws: Workspace) -> list[HealthItem]:
    """Every check, in the order in which a person would mend them; each ends in a bounded time. Creates nothing."""
    return [
        *_browser(), *map(_fonts, SCRIPTS), _archive(ws), _folder(ws), _disk(ws), _settings(ws), _key(ws),
        *_authorities(ws), *_term(ws),
        _zone(),
        _log(),
    ]  # fmt: skip


def _browser() -> list[HealthItem]:
    """The browser and its own protection, seen by starting it as a visit does."""
    from collector.browser.find import find_browser
    from collector.browser.launch import launch

    async def about() -> Mapping[str, str]:
        async with launch(path) as browser:
            return browser.about

    try:
        path = find_browser()
    except TradewitnessError as error:
        return [HealthItem("Browser", "problem", error.message, error.hint)]
    try:
        seen = asyncio.run(about())
    except TradewitnessError as error:
        again = f"Start {path} by hand to see what is wrong, or install Google Chrome or Microsoft Edge anew."
        return [HealthItem("Browser", "problem", error.message, again)]
    sandbox = seen["sandbox"]
    return [
        HealthItem("Browser", "ok", f"{seen['name']} {seen['version']} ({path})"),
        HealthItem("Browser's sandbox", "ok" if sandbox == "on" else "note", sandbox, _sandbox_advice(sandbox)),
    ]


def _sandbox_advice(sandbox: str) -> str:
    if sandbox == "on":
        return ""
    if "root" in sandbox:
        return "Run tradewitness as an ordinary user, not as root: the browser's own protection is off."
    return "Install Google Chrome from its own package, which may use a sandbox here: the browser's own protection is off."


def _fonts(script: str) -> HealthItem:
    """Chinese or Arabic text in pictures and in a pack's report needs a font that has it."""
    name, (language, package) = f"{script} fonts", SCRIPTS[script]
    found = font_for(language)
    if found:
        return HealthItem(name, "ok", found)
    if found is None:
        return HealthItem(
            name, "note", "could not be looked for (fc-list is not there)", "Install fontconfig, then look again."
        )
    advice = f"Install one, such as {package}, before the next visit: a picture cannot be mended afterwards."
    return HealthItem(name, "note", f"none: {script} messages would show as boxes in pictures", advice)


def _archive(ws: Workspace) -> HealthItem:
    name = "Archive"
    if not ws.archive.exists:
        return HealthItem(name, "ok", f"{ws.archive.root} (not made yet)")
    try:
        config = ws.archive.config
    except TradewitnessError as error:
        return HealthItem(name, "problem", error.message, error.hint)
    which = "authority" if len(config.authorities) == 1 else "authorities"
    return HealthItem(name, "ok", f"{ws.archive.root}, {len(config.authorities)} timestamp {which}")


def _folder(ws: Workspace) -> HealthItem:
    name = "Archive's folder"
    nearest = next(p for p in (ws.archive.root, *ws.archive.root.parents) if p.exists())
    if not nearest.is_dir():
        return HealthItem(name, "problem", f"{nearest} is a file", "Choose a folder with --archive.")
    if not os.access(nearest, os.W_OK):
        return HealthItem(name, "problem", f"{nearest} cannot be written to", "Choose another folder with --archive.")
    if too_long(ws.archive.root.resolve() / _LONGEST_WITHIN):
        advice = "Move it into a folder with a shorter path, and name that with --archive or TRADEWITNESS_ARCHIVE."
        return HealthItem(name, "problem", f"{ws.archive.root} is too long a path for Windows", advice)
    if service := synced_by(ws.archive.root.resolve()):
        advice = (
            f"Keep the archive outside {service}, in a folder named by --archive or TRADEWITNESS_ARCHIVE, and copy it there "
            "when no command runs: a file that is synchronised while it is written damages the archive."
        )
        return HealthItem(name, "note", f"{ws.archive.root} is synchronised by {service}", advice)
    return HealthItem(name, "ok", "can be written to")


def _disk(ws: Workspace) -> HealthItem:
    nearest = next(p for p in (ws.archive.root, *ws.archive.root.parents) if p.exists())
    free = shutil.disk_usage(nearest).free
    text = f"{free / 1024**3:.1f} GB free"
    if free < _LITTLE_DISK:
        return HealthItem("Disk", "problem", text, "Free some space: a visit takes a few megabytes, a video far more.")
    return HealthItem("Disk", "ok", text)


def _settings(ws: Workspace) -> HealthItem:
    """The user's own folder holds the signing key and sign-ins: it must not travel, nor be open to others."""
    name = "Your settings' folder"
    if service := synced_by(ws.user.absolute()):
        advice = "Name another folder in TRADEWITNESS_CONFIG and move its content there: it holds your key and sign-ins."
        return HealthItem(name, "problem", f"{ws.user} is synchronised by {service}", advice)
    if not ws.user.exists():
        return HealthItem(name, "ok", f"{ws.user} (made at first use)")
    return HealthItem(name, "ok", str(ws.user))


def _key(ws: Workspace) -> HealthItem:
    folder = ws.user / "keys"
    if not folder.exists():
        return HealthItem("Signing key", "ok", f"made at first use, in {folder}")
    from collector.archive.sealing import signing_key

    try:
        key = signing_key(ws.archive, ws.user)
    except TradewitnessError as error:
        return HealthItem("Signing key", "problem", error.message, error.hint)
    found = f"{key.fingerprint[:16]}… in {folder}{_certified(key.names)}"
    notes = key.chain_notes(ws.clock.now())
    return HealthItem("Signing key", "note" if notes else "ok", found, " ".join(notes))


def _certified(names: tuple[str, ...]) -> str:
    return f": {', certified by '.join(names)}" if len(names) > 1 else ""


def _authorities(ws: Workspace) -> list[HealthItem]:
    """Asks each authority for a token over a fixed text; its answer also tells whether this machine's clock is right."""
    from collector.seal.ask.authorities import PUBLIC
    from collector.seal.ask.request import Token, request_all

    try:
        authorities = ws.archive.config.authorities if ws.archive.exists else PUBLIC
    except TradewitnessError:
        return []
    items, offsets = [], []
    for authority, answer in zip(
        authorities,
        request_all(authorities, b"tradewitness doctor", timeout_s=_AUTHORITIES_S, now=ws.clock.now),
        strict=True,
    ):
        name = f"Timestamps: {authority.name}"
        if isinstance(answer, Token):
            offsets.append(answer.offset_ms)
            unknown = "whether its certificates were revoked could not be learned now"
            revoked = "its certificates are not revoked" if answer.report.not_revoked else unknown
            items.append(HealthItem(name, "ok", f"answers; {revoked}"))
        else:
            items.append(
                HealthItem(name, "note", answer.message, "Snapshots wait as `not yet timestamped` until it answers.")
            )
    if not offsets:
        items.append(HealthItem("Timestamps", "note", "no timestamp authority can be reached", _UNREACHED))
    return [*items, _clock(ws, offsets)]


def _term(ws: Workspace) -> list[HealthItem]:
    """Until when what is timestamped proves its time."""
    from collector.archive.renewal import archive_term

    try:
        term = archive_term(ws.archive) if ws.archive.exists else None
    except TradewitnessError:
        return []  # what is wrong, `verify` tells
    if term is None:
        return []
    found = f"prove their time until {day_words(term.until.date())}"
    if term.ends_soon(ws.clock.now()):
        return [HealthItem("Your timestamps", "note", found, "Before then, run: tradewitness timestamp --renew")]
    return [HealthItem("Your timestamps", "ok", found)]


_UNREACHED = (
    "Look at the network, or at a firewall that lets no plain http through. Nothing is lost: what is kept is stamped later."
)


def _clock(ws: Workspace, offsets: list[int]) -> HealthItem:
    """This machine's clock beside an authority's, else beside the Date that a page was sent with at the last visit."""
    name = "Clock"
    whose, found = "the timestamp authority's", max(offsets, key=abs, default=None)
    if found is None:
        whose, found = _page_clock(ws)
    if found is None:
        return HealthItem(name, "note", "could not be compared: no authority answers and no page was visited", _BY_HAND)
    text = f"{abs(found) / 1000:.0f} seconds {'behind' if found > 0 else 'ahead of'} {whose}"
    if abs(found) < 1500:
        text = f"agrees with {whose}, to a second"
    if abs(found) <= _LATE_MS:
        return HealthItem(name, "ok", text)
    return HealthItem(
        name,
        "problem",
        text,
        "Let the system set its clock by itself (date and time settings): a wrong clock weakens every record.",
    )


_BY_HAND = "Compare the time with your telephone's."


def _page_clock(ws: Workspace) -> tuple[str, int | None]:
    """The server's time less this machine's at the newest visit that tells, in milliseconds."""
    if not ws.archive.exists:
        return "", None
    for snapshot in ws.index.all_snapshots():
        try:
            sent = parsedate_to_datetime(snapshot.visit.server_date)
        except ValueError:
            continue
        seen = snapshot.visit.machine_time
        offset = int(((sent if sent.tzinfo else sent.replace(tzinfo=UTC)) - seen).total_seconds() * 1000)
        return f"the site's, at the visit of {time_words(seen, 'UTC')}", offset
    return "", None


def _zone() -> HealthItem:
    return HealthItem("Time zone", "ok", machine_zone())


def _log() -> HealthItem:
    """Where the log is; one that cannot be written stops nothing."""
    path = log_path()
    nearest = next(p for p in (path, *path.parents) if p.exists())
    if os.access(nearest, os.W_OK) and (nearest == path or nearest.is_dir()):
        return HealthItem("Log", "ok", str(path))
    advice = "Everything else works without it. To have one, name another folder in TRADEWITNESS_LOG."
    return HealthItem("Log", "note", f"{path} cannot be written to", advice)
