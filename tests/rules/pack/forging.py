"""What a forger does with a pack: takes it apart, changes it, and puts it together again as carefully as can be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from collector.canonical import sha256
from rules.pack.bag.zipform import Member, write_zip

Files = dict[str, bytes]


def files_of(pack: Path) -> Files:
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def base_of(files: Files) -> str:
    return next(iter(files)).partition("/")[0] + "/"


def rezip(files: Files, out: Path) -> Path:
    """The files in the canonical form, so that only what was done to them is found."""
    write_zip(out, [_member(path, data) for path, data in files.items()])
    return out


def _member(path: str, data: bytes) -> Member:
    return Member(path, len(data), lambda: (data,))


def zipped(files: Files, method: int = zipfile.ZIP_STORED) -> bytes:
    """The files as any other program would zip them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


def remade(files: Files, base: str) -> Files:
    """The files with manifests, payload count and tag manifest computed anew, as a careful forger would."""
    made = {path.removeprefix(base): data for path, data in files.items()}
    payload = sorted(path for path in made if path.startswith("data/"))
    made["manifest-sha256.txt"] = "".join(f"{sha256(made[p])}  {p}\n" for p in payload).encode()
    lines = made["bag-info.txt"].decode().splitlines()
    oxum = f"Payload-Oxum: {sum(len(made[p]) for p in payload)}.{len(payload)}"
    made["bag-info.txt"] = "".join(f"{oxum if x.startswith('Payload-Oxum') else x}\n" for x in lines).encode()
    tags = sorted(p for p in made if not p.startswith(("data/", "tagmanifest")))
    made["tagmanifest-sha256.txt"] = "".join(f"{sha256(made[p])}  {p}\n" for p in tags).encode()
    return {base + path: data for path, data in made.items()}


def unpack(files: Files, folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder / base_of(files)
