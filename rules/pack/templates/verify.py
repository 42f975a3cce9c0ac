"""Checks this pack with Python's standard library alone (3.8 or newer). Takes no argument; ends with 0 or 1.

It checks that every file is as the two manifests list it and that none is missing or was added (RFC 8493), that every
ledger entry shown is in the tree whose root the checkpoint states (RFC 6962), that every original shown is one that an
entry sealed, and that every timestamp stamps the signature beside it (RFC 3161) and is the one that an entry received.
Whether signatures and timestamps are genuine needs OpenSSL 3 beside it: where that is installed, its commands are run, and
where it is not, they are printed. Without them nothing is proven: whoever changes a file can write the lists anew.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BAG = Path(__file__).resolve().parent.parent
TAG_MANIFEST = "tagmanifest-sha256.txt"
REQUIRED = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
UNLISTED = re.compile(r"tagmanifest-sha256\.txt(\.p7s|\.[a-z0-9][a-z0-9-]*\.tsr)?")
MADE = re.compile(r"data/exhibits/[^/]+/(copy-\d+\.(png|jpg)|facts\.json|snapshot\.json)")
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)

problems: list[str] = []
withheld: list[str] = []


def wrong(where: str, what: str) -> None:
    problems.append(f"{where}: {what}")


def read(path: str) -> bytes:
    file = BAG / path
    return file.read_bytes() if file.is_file() else b""


def files_here() -> dict[str, str]:
    """Every file of the bag with its SHA-256."""
    found: dict[str, str] = {}
    for folder, folders, names in os.walk(str(BAG)):
        for name in [*names, *(f for f in folders if (Path(folder) / f).is_symlink())]:
            file = Path(folder) / name
            path = file.relative_to(BAG).as_posix()
            if file.is_symlink() or not file.is_file():
                wrong(path, "is not a plain file")
                continue
            digest = hashlib.sha256()
            with file.open("rb") as stream:
                for piece in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(piece)
            found[path] = digest.hexdigest()
    return found


def check_manifest(name: str, present: dict[str, str]) -> None:
    listed: dict[str, str] = {}
    for number, line in enumerate(read(name).decode("utf-8", "replace").split("\n")[:-1], 1):
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if not match or match.group(2) in listed:
            wrong(name, f"line {number} is not a digest and a path of its own")
        else:
            listed[match.group(2)] = match.group(1)
    added = {present[path]: path for path in present if path not in listed}
    for path, digest in sorted(listed.items()):
        if path not in present:
            wrong(path, "is missing" + (": the same bytes now stand as " + added[digest] if digest in added else ""))
        elif present[path] != digest:
            wrong(path, "has changed")
    for path in sorted(present):
        if path not in listed:
            systems = re.fullmatch(r"(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]+)", path)
            hint = "; systems put it into folders that were looked at: delete it, and check again" if systems else ""
            wrong(path, f"was added: {name} does not list it{hint}")
    if name == TAG_MANIFEST:
        for path in REQUIRED:
            if path not in listed:
                wrong(name, "does not list " + path)


def check_manifests(here: dict[str, str]) -> None:
    for name in (*REQUIRED, TAG_MANIFEST, TAG_MANIFEST + ".p7s"):
        if name not in here:
            wrong(name, "is missing")
    payload = {path: digest for path, digest in here.items() if path.startswith("data/")}
    tags = {path: digest for path, digest in here.items() if path not in payload and not UNLISTED.fullmatch(path)}
    check_manifest("manifest-sha256.txt", payload)
    check_manifest(TAG_MANIFEST, tags)
    first: dict[str, str] = {}
    for path in sorted(here):
        alike = first.setdefault(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold()), path)
        if alike != path:
            wrong(path, f"has the same name as {alike} on some systems")


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that an audit path leads to (RFC 9162, 2.1.3.2); None when it does not fit."""
    if not 0 <= index < size:
        return None
    last, value = size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            value = hashlib.sha256(b"\x01" + sibling + value).digest()
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            value = hashlib.sha256(b"\x01" + value + sibling).digest()
        index >>= 1
        last >>= 1
    return value if last == 0 else None


def check_proofs() -> list[dict[str, Any]]:
    """The entries whose proof holds."""
    name = "data/proof/proofs.json"
    sound: list[dict[str, Any]] = []
    try:
        proofs = json.loads(read(name).decode("utf-8"))
        size, root, steps = proofs["size"], proofs["root"], proofs["entries"]
        stated = json.loads(read(f"data/proof/checkpoints/{size:06d}.json").decode("utf-8"))
        if stated["root"] != root or stated["size"] != size:
            wrong(name, "leads to another root than the checkpoint states")
        lines = read("data/proof/entries.jsonl").split(b"\n")[:-1]
        if len(lines) != len(steps):
            wrong(name, f"proves {len(steps)} entries, and {len(lines)} are here")
    except BROKEN:
        wrong(name, "cannot be read together with its checkpoint")
        return sound
    for number, (line, step) in enumerate(zip(lines, steps), 1):  # noqa: B905 - Python 3.8 knows no `strict`
        try:
            entry = json.loads(line.decode("utf-8"))
            leaf = hashlib.sha256(b"\x00" + line).digest()
            reached = root_of(leaf, step["seq"], size, [bytes.fromhex(part) for part in step["path"]])
            holds = (
                entry["seq"] == step["seq"] and leaf.hex() == step["leaf"] and reached is not None and reached.hex() == root
            )
        except BROKEN:
            holds = False
        if holds:
            sound.append(entry)
        else:
            wrong("data/proof/entries.jsonl", f"line {number} is not in the tree that the checkpoint sealed")
    if [entry["seq"] for entry in sound] != sorted({entry["seq"] for entry in sound}):
        wrong("data/proof/entries.jsonl", "its lines stand out of order, or one stands twice")
    check_hidden(proofs, size, root, {entry["seq"] for entry in sound})
    check_earlier(proofs, size, root)
    return sound


def check_hidden(proofs: dict[str, Any], size: int, root: str, shown: set[int]) -> None:
    """Entries that are withheld: the hash of each must stand in the tree."""
    try:
        for item in proofs.get("withheld", []):
            reached = root_of(bytes.fromhex(item["leaf"]), item["seq"], size, [bytes.fromhex(part) for part in item["path"]])
            if reached is None or reached.hex() != root or item["seq"] in shown:
                wrong("data/proof/proofs.json", f"the withheld entry {item['seq']} is not in the tree")
            else:
                shown.add(item["seq"])
                withheld.append(f"entry {item['seq']} of the ledger: withheld, its hash is {item['leaf']}")
    except BROKEN:
        wrong("data/proof/proofs.json", "its proofs of withheld entries cannot be read")


def is_beginning(first: int, old_root: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    """Whether the tree of `first` leaves is the beginning of the tree of `size` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 < first < size:
        return first == size and not path and old_root == root
    steps = [old_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    index, last = first - 1, size - 1
    while index & 1:
        index >>= 1
        last >>= 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old = hashlib.sha256(b"\x01" + sibling + old).digest()
            new = hashlib.sha256(b"\x01" + sibling + new).digest()
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            new = hashlib.sha256(b"\x01" + new + sibling).digest()
        index >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == root


def check_earlier(proofs: dict[str, Any], size: int, root: str) -> None:
    """Every earlier checkpoint shown must be of the same ledger."""
    proven = {size: root}
    try:
        for item in proofs.get("consistency", []):
            path = [bytes.fromhex(step) for step in item["path"]]
            if is_beginning(item["size"], bytes.fromhex(item["root"]), size, bytes.fromhex(root), path):
                proven[item["size"]] = item["root"]
            else:
                wrong("data/proof/proofs.json", f"the tree of {item['size']} lines is not the beginning of this one")
    except BROKEN:
        wrong("data/proof/proofs.json", "its consistency proofs cannot be read")
    for file in sorted((BAG / "data" / "proof" / "checkpoints").glob("*.json")):
        where = file.relative_to(BAG).as_posix()
        try:
            shown = json.loads(file.read_bytes().decode("utf-8"))
            holds = proven.get(shown["size"]) == shown["root"]
        except BROKEN:
            holds = False
        if not holds:
            wrong(where, "is not proven to be an earlier state of the same ledger")


def commitments(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "commitment" and isinstance(item, str):
                yield item
            else:
                yield from commitments(item)
    elif isinstance(value, list):
        for item in value:
            yield from commitments(item)


def check_originals(here: dict[str, str], entries: list[dict[str, Any]]) -> None:
    sealed = {name for entry in entries for name in commitments(entry.get("body"))}
    opened: set[str] = set()
    named: set[str] = set()
    for number, line in enumerate(read("data/proof/openings.jsonl").split(b"\n")[:-1], 1):
        try:
            opening = json.loads(line.decode("utf-8"))
            made = hashlib.sha256(bytes.fromhex(opening["salt"]) + bytes.fromhex(opening["digest"])).hexdigest()
            holds = made == opening["commitment"] and made in sealed
        except BROKEN:
            holds = False
        if holds:
            opened.add(opening["digest"])
            named.add(made)
        else:
            wrong("data/proof/openings.jsonl", f"line {number} opens nothing that an entry sealed")
    records = {
        e["body"].get("id"): e["body"] for e in entries if e.get("kind") == "snapshot" and isinstance(e.get("body"), dict)
    }
    for path in sorted(here):
        if not path.startswith("data/exhibits/"):
            continue
        if not MADE.fullmatch(path) and here[path] not in opened:
            wrong(path, "is not a file that an entry sealed")
        if path.endswith("/snapshot.json"):
            try:
                record = json.loads(read(path).decode("utf-8"))
                same = records[record["id"]] == record
            except BROKEN:
                same = False
            if same:
                tell_withheld(path[: -len("snapshot.json")], record, named)
            else:
                wrong(path, "is not the record that the ledger sealed")


def tell_withheld(where: str, record: dict[str, Any], named: set[str]) -> None:
    """What the sealed record of a visit names and no opening opens: the buyer kept it, and can open it later."""
    sent = 0
    kept = record.get("artefacts")
    for one in kept if isinstance(kept, list) else []:
        try:
            name = one["role"] + (f"-{one['part']}" if one["part"] else "")
            told = f"{where}{name}: withheld, {one['size']} bytes, committed to as sha256 {one['commitment']}"
            if one["commitment"] in named:
                continue
            if one["role"] in ("body", "frames"):
                sent += 1
            else:
                withheld.append(told)
        except BROKEN:
            continue
    if sent:
        withheld.append(f"{where}network: what the site sent, {sent} times: withheld, each committed to in snapshot.json")


def element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the DER element at an offset."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ValueError("torn")
    return tag, start, start + length


def token_of(data: bytes) -> tuple[bytes, int]:
    """The digest that a TimeStampResp stamps, and its time in seconds since 1970."""
    at = data.index(TST_INFO) + len(TST_INFO)
    for _ in range(3):  # [0], OCTET STRING, TSTInfo
        _, at, _ = element(data, at)
    for _ in range(2):  # past version and policy
        _, _, at = element(data, at)
    _, imprint, after = element(data, at)
    _, _, digest_at = element(data, imprint)
    _, start, end = element(data, digest_at)
    _, _, time_at = element(data, after)
    _, first, last = element(data, time_at)
    printed = data[first:last].decode("ascii")
    return data[start:end], calendar.timegm(time.strptime(printed[:14], "%Y%m%d%H%M%S"))


def check_received(here: dict[str, str], entries: list[dict[str, Any]]) -> None:
    """A token must be the one that an entry received: what stamped that one anew says nothing of another."""
    digests: dict[str, tuple[int, str]] = {}
    for entry in entries:
        try:
            if entry["kind"] == "timestamp.received":
                stem = f"data/proof/checkpoints/{entry['body']['checkpoint']:06d}.{entry['body']['authority']}."
                digests[stem + "tsr"] = entry["seq"], entry["body"]["token"]
                for name, digest in entry["body"].get("revocation", {}).items():
                    digests[stem + name] = entry["seq"], digest
        except BROKEN:
            wrong("data/proof/entries.jsonl", f"entry {entry.get('seq')} does not say which token was received")
    for path, (seq, digest) in sorted(digests.items()):
        if path in here and here[path] != digest:
            wrong(path, f"is not what ledger line {seq + 1} received")


def check_tokens(here: dict[str, str]) -> list[tuple[str, str, str, int]]:
    """Signature, token, authority and time of every token that stamps the signature beside it."""
    found = []
    for path in sorted(here):
        match = re.fullmatch(r"(tagmanifest-sha256\.txt|data/proof/checkpoints/\d+)\.([a-z0-9][a-z0-9-]*)\.tsr", path)
        if not match:
            continue
        signature = match.group(1) + ".p7s"
        try:
            digest, stamped = token_of(read(path))
        except (ValueError, IndexError, OverflowError):
            wrong(path, "is not a timestamp that can be read")
            continue
        if digest != hashlib.sha256(read(signature)).digest():
            wrong(path, "stamps something other than " + signature)
        else:
            found.append((signature, path, match.group(2), stamped))
    return found


def commands(here: dict[str, str], tokens: list[tuple[str, str, str, int]]) -> Iterator[str]:
    signer = "data/proof/certificates/signer.pem"
    latest = {signature: stamped for signature, _, _, stamped in tokens}
    for path in sorted(here):
        match = re.fullmatch(r"(tagmanifest-sha256\.txt|data/proof/checkpoints/\d+)\.p7s", path)
        if match:
            content = match.group(1) + ("" if match.group(1) == TAG_MANIFEST else ".json")
            attime = f" -attime {latest[path]}" if path in latest else ""
            earlier = f"data/proof/certificates/signer-{Path(path).stem}.pem"  # of a key that was changed since
            trusted = earlier if earlier in here else signer
            options = f"-CAfile {trusted} -partial_chain -purpose any{attime} -out {os.devnull}"
            yield f"openssl cms -verify -binary -inform DER -in {path} -content {content} {options}"
    for signature, token, authority, stamped in tokens:
        root = f"data/proof/certificates/{authority}-root.pem"
        yield f"openssl ts -verify -data {signature} -in {token} -CAfile {root} -attime {stamped}"


def openssl() -> str:
    """Where OpenSSL 3 or newer is, or "": older ones, and LibreSSL, do not know all that is asked of it."""
    place = shutil.which("openssl") or ""
    try:
        said = subprocess.run([place, "version"], capture_output=True, check=False, timeout=60).stdout if place else b""
    except (OSError, subprocess.SubprocessError):
        return ""
    return place if re.match(rb"OpenSSL (?:[3-9]|[1-9][0-9])\.", said) else ""


def check_signatures(program: str, asked: list[str]) -> None:
    """Runs the commands; each says by its exit code whether a signature or a timestamp is genuine."""
    for command in asked:
        words = [os.devnull if word == "/dev/null" else word for word in shlex.split(command)]
        try:
            done = subprocess.run([program, *words[1:]], cwd=BAG, capture_output=True, check=False, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            wrong(command, f"it could not be run ({type(error).__name__})")
            continue
        if done.returncode:
            lines = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
            wrong(command, "not genuine, or not to be checked: " + (lines[0] if lines else "openssl did not say why"))


def main() -> int:
    here = files_here()
    check_manifests(here)
    entries = check_proofs()
    check_originals(here, entries)
    check_received(here, entries)
    tokens = check_tokens(here)
    asked, program = list(commands(here, tokens)), openssl()
    if program:
        check_signatures(program, asked)
    if not any(signature.startswith(TAG_MANIFEST) for signature, _, _, _ in tokens):
        print("Not yet timestamped: no token over the pack's signature is here.")
    for signature, _, authority, stamped in tokens:
        print(f"{authority} stamped {signature} at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(stamped))} UTC")
    for line in withheld:
        print("WITHHELD " + "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in line))
    for problem in problems:
        print("PROBLEM  " + "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in problem))
    if not problems:
        print(
            f"{len(here)} files are here, none more and none fewer than the lists name; digests and proofs agree with them."
        )
    if program and not problems:
        print("Signatures and timestamps are genuine, as openssl says. VERIFY.md tells how to see whose they are.")
    elif not program:
        print("NOT CHECKED  whether the lists are the signer's: else anybody may have changed a file and written them anew.")
    print("OpenSSL 3 says it by these, each with exit code 0, in the folder that holds bagit.txt:")
    for command in asked:
        print("  " + command)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
