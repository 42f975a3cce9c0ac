"""Every attack, as a script that spoils a copy, and where it must be named: the table in docs/evidence.md."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backports import zstd

from collector.canonical import canonical, sha256
from collector.seal.signature import sign
from fixtures.authority import prepare
from fixtures.revocation import Revocation
from rules.pack.bag.zipform import PlacedMember, directory, local_header, read_zip
from tests.attacks.stage import Spoiled
from tests.rules.pack.forging import Files, remade, rezip, unpack, zipped
from tests.rules.pack.synthetic import token_over

ARCHIVE, PACK, BAG = "archive", "pack", "unpacked pack"
HUGE = 50 << 30


@dataclass(frozen=True)
class Attack:
    """What is done to a copy (`how`), and a regular expression that fits the place at which it must be named.

    `against` is what the verifier was given before: witness, earlier pack or fingerprint. `deep` reads the facts again.
    `heavy`: the memory that verification takes is watched. `what` stands in what is said, where several things are.
    """

    name: str
    on: str
    how: Callable[[Spoiled], object]
    where: str
    against: str = ""
    deep: bool = False
    heavy: bool = False
    what: str = ""


# -- on the archive ------------------------------------------------------------------------------------------------------


def flip(path: Path, position: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def swap(first: Path, second: Path) -> None:
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def objects(s: Spoiled, suffix: str = "") -> list[Path]:
    return [path for path in s.files("objects/*/*") if path.suffix == suffix]


def packed(s: Spoiled) -> Path:
    return max(objects(s, ".zst"), key=lambda path: path.stat().st_size)


def hidden_flip(s: Spoiled) -> None:
    """The first bit of a packed file that unpacking does not miss."""
    path = packed(s)
    whole = path.read_bytes()
    plain = zstd.decompress(whole)
    for bit in range(32, len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            if zstd.decompress(bytes(changed)) == plain:
                path.write_bytes(changed)
                return
        except zstd.ZstdError:
            continue


def link(path: Path, to: Path) -> None:
    path.unlink()
    path.symlink_to(to)


def outside(s: Spoiled, path: Path) -> None:
    """The same bytes, but lying outside the archive."""
    kept = s.folder / "elsewhere.bin"
    path.replace(kept)
    path.symlink_to(kept)


def stray(path: Path, data: bytes = b"put there") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def bomb(path: Path) -> None:
    path.write_bytes(zstd.compress(bytes(256 << 20)))


def grow(path: Path) -> None:
    os.truncate(path, HUGE)


def ledger(s: Spoiled) -> Path:
    return s.archive / "ledger" / "entries.jsonl"


def lines(s: Spoiled, change: Callable[[list[bytes]], object], name: str = "entries.jsonl") -> None:
    path = s.archive / "ledger" / name
    kept = path.read_bytes().splitlines(keepends=True)
    change(kept)
    path.write_bytes(b"".join(kept))


def exchange(kept: list[bytes]) -> None:
    kept[3], kept[4] = kept[4], kept[3]


def edit_line(number: int, **changes: object) -> Callable[[list[bytes]], None]:
    def change(kept: list[bytes]) -> None:
        kept[number] = canonical({**json.loads(kept[number]), **changes}) + b"\n"

    return change


def reencode(kept: list[bytes]) -> None:
    kept[1] = json.dumps(json.loads(kept[1])).encode() + b"\n"


def checkpoints(s: Spoiled, suffix: str) -> list[Path]:
    return s.files(f"ledger/checkpoints/*{suffix}")


def another_root(s: Spoiled) -> None:
    path = checkpoints(s, ".json")[0]
    path.write_bytes(canonical({**json.loads(path.read_bytes()), "root": "00" * 32}))


def sign_again(s: Spoiled) -> None:
    path = checkpoints(s, ".json")[0]
    path.with_suffix(".p7s").write_bytes(sign(path.read_bytes(), s.other_key, datetime.now(UTC)))


def anew(s: Spoiled) -> None:
    """Everything written anew and signed by another key, from the first line on."""
    import shutil

    shutil.rmtree(s.archive)
    shutil.copytree(s.stage.other.archive, s.archive)


def cut_off(s: Spoiled) -> None:
    """The last day, with its checkpoints and the index."""
    sizes = [int(path.stem) for path in checkpoints(s, ".json")]
    witnessed = json.loads(json.loads((s.folder / "own" / "witness.json").read_text())["checkpoint"])["size"]
    keep = max(size for size in sizes if size < witnessed)
    lines(s, lambda kept: kept.__delitem__(slice(keep, None)))
    for path in (s.archive / "ledger" / "checkpoints").iterdir():
        if int(path.name[:6]) > keep or path.suffix == ".tsr":
            path.unlink() if int(path.name[:6]) >= keep else None
    (s.archive / "index.sqlite").unlink()


def foreign_token(s: Spoiled) -> None:
    path = checkpoints(s, ".tsr")[-1]
    signature = path.with_name(path.name.split(".")[0] + ".p7s").read_bytes()
    path.write_bytes(token_over(s.other_authority(), signature, datetime.now(UTC)))


def renewed(spoil: Callable[[Spoiled], object]) -> Callable[[Spoiled], None]:
    """What is done to an archive whose timestamps its holder had stamped anew."""

    def how(s: Spoiled) -> None:
        s.desk.did("timestamp", "--renew")
        spoil(s)

    return how


def token_of_another_archive(s: Spoiled) -> None:
    """The newest token is one of the same authority over another archive's signature."""
    signature = sorted((s.stage.other.archive / "ledger" / "checkpoints").glob("*.p7s"))[-1].read_bytes()
    made = token_over(prepare(s.stage.authority.root_file.parent), signature, datetime.now(UTC))
    checkpoints(s, ".tsr")[-1].write_bytes(made)


def answer(s: Spoiled, *, revoked: str = "", another: bool = False) -> bytes:
    """What the authority could say now, by OCSP: revoked since yesterday, for that reason; or something of another one."""
    since = {"stamping": (datetime.now(UTC) - timedelta(days=1), revoked)} if revoked else {}
    told = Revocation(revoked=since, fault="another" if another else "")
    return told.answer(prepare(s.stage.authority.root_file.parent), "ocsp", datetime.now(UTC))


def edit_index(s: Spoiled, sql: str) -> None:
    from tests.archives import edit_index

    edit_index(s.archive / "index.sqlite", sql)


def endless_index(s: Spoiled) -> None:
    rows = "with recursive c(x) as (select 1 union all select x + 1 from c) select 'k' || x as key, x as value from c"
    with sqlite3.connect(s.archive / "index.sqlite") as connection:
        connection.executescript(f"drop table meta; create view meta as {rows}")


# -- on the pack ---------------------------------------------------------------------------------------------------------


def files(change: Callable[[Files, str], object]) -> Callable[[Spoiled], None]:
    """The members changed, and zipped again in the one form that a pack has."""

    def how(s: Spoiled) -> None:
        change(s.members, s.base)
        rezip(s.members, s.pack)

    return how


def by_holder(change: Callable[[Files, str], object]) -> Callable[[Spoiled], None]:
    """The same by the holder of the key: lists made anew and signed again."""

    def how(s: Spoiled) -> None:
        base = s.base
        change(s.members, base)
        made = remade(s.members, base)
        signature = sign(made[base + "tagmanifest-sha256.txt"], s.key, datetime.now(UTC))
        made = {path: data for path, data in made.items() if not path.endswith("txt.test.tsr")}
        rezip({**made, base + "tagmanifest-sha256.txt.p7s": signature}, s.pack)

    return how


def raw(change: Callable[[bytes], bytes]) -> Callable[[Spoiled], None]:
    def how(s: Spoiled) -> None:
        s.pack.write_bytes(change(s.pack.read_bytes()))

    return how


def as_zip(change: Callable[[Files, str], object], method: int = zipfile.ZIP_STORED) -> Callable[[Spoiled], None]:
    """The members changed, and zipped by another program."""

    def how(s: Spoiled) -> None:
        change(s.members, s.base)
        s.pack.write_bytes(zipped(s.members, method))

    return how


def put(path: str, data: bytes = b"put there") -> Callable[[Files, str], None]:
    return lambda members, base: members.update({(base + path if not path.startswith(("../", "/")) else path): data})


def take(path: str) -> Callable[[Files, str], None]:
    return lambda members, base: members.__delitem__(base + path)


def moved(path: str, to: str) -> Callable[[Files, str], None]:
    return lambda members, base: members.update({base + to: members.pop(base + path)})


def swapped(one: str, two: str) -> Callable[[Files, str], None]:
    return lambda m, base: m.update({base + one: m[base + two], base + two: m[base + one]})


def edited(path: str, old: bytes, new: bytes) -> Callable[[Files, str], None]:
    def change(members: Files, base: str) -> None:
        assert old in members[base + path]
        members[base + path] = members[base + path].replace(old, new, 1)

    return change


def of_redacted(spoil: Callable[[Spoiled], object]) -> Callable[[Spoiled], None]:
    """What is done to the redacted pack."""

    def how(s: Spoiled) -> None:
        s.pack.write_bytes(s.redacted.read_bytes())
        spoil(s)

    return how


def opened_as_another(members: Files, base: str) -> None:
    """A page that was withheld is opened with other bytes, and the opening names these."""
    name, openings = base + "data/exhibits/A01-order/dom.html.txt", base + "data/proof/openings.jsonl"
    before, after = members[name], members[name].replace(b"USD", b"EUR")
    members[name] = after
    members[openings] = members[openings].replace(sha256(before).encode(), sha256(after).encode())


def other_withheld(members: Files, base: str) -> None:
    """Of a record that is withheld another hash is given."""
    name = base + "data/proof/proofs.json"
    proofs = json.loads(members[name])
    proofs["withheld"][0]["leaf"] = "00" * 32
    members[name] = canonical(proofs) + b"\n"


def told_of_withheld(members: Files, base: str) -> None:
    """A record that is withheld is said to be another one, which is shown."""
    name = base + "data/proof/proofs.json"
    proofs = json.loads(members[name])
    proofs["withheld"][0]["seq"] = 0
    members[name] = canonical(proofs) + b"\n"


def without_first_line(members: Files, base: str) -> None:
    name = base + "data/proof/entries.jsonl"
    members[name] = members[name].split(b"\n", 1)[1]


def reordered_entries(members: Files, base: str) -> None:
    """Two lines and their proofs change places together."""
    name = base + "data/proof/entries.jsonl"
    kept = members[name].splitlines(keepends=True)
    kept[1], kept[2] = kept[2], kept[1]
    proofs = json.loads(members[base + "data/proof/proofs.json"])
    steps = proofs["entries"]
    steps[1], steps[2] = steps[2], steps[1]
    members |= {name: b"".join(kept), base + "data/proof/proofs.json": canonical(proofs) + b"\n"}


def grafted(s: Spoiled) -> None:
    """The proofs of another ledger, lists made anew, signed by the holder."""
    from tests.rules.pack.forging import base_of, files_of

    other = files_of(s.stage.other.folder / "second.zip")
    name = "data/proof/proofs.json"
    by_holder(put(name, other[base_of(other) + name]))(s)


def replayed(s: Spoiled) -> None:
    """The token of the pack before stands over this one's signature."""
    from tests.rules.pack.forging import base_of, files_of

    before = files_of(s.earlier)
    name = "tagmanifest-sha256.txt.test.tsr"
    files(put(name, before[base_of(before) + name]))(s)


def signed_by_another(s: Spoiled) -> None:
    base = s.base
    s.members[base + "data/index.html"] += b"<p>and more</p>"
    made = remade(s.members, base)
    made[base + "tagmanifest-sha256.txt.p7s"] = sign(made[base + "tagmanifest-sha256.txt"], s.other_key, datetime.now(UTC))
    rezip({path: data for path, data in made.items() if not path.endswith("txt.test.tsr")}, s.pack)


def signed_before(s: Spoiled) -> None:
    """The first of the checkpoints shown, and a token over the new signature."""
    name = min(path for path in s.members if path.endswith(".p7s") and "/checkpoints/" in path)
    signature = sign(s.members[name.replace(".p7s", ".json")], s.other_key, datetime.now(UTC))
    token = token_over(prepare(s.stage.authority.root_file.parent), signature, datetime.now(UTC))
    made = {name: signature, name.replace(".p7s", ".test.tsr"): token}
    by_holder(lambda members, _: members.update(made))(s)


def by_holder_answered(change: Callable[[Spoiled], bytes]) -> Callable[[Spoiled], None]:
    """The holder shows another answer on the revocation of the certificate that stamped the covering checkpoint."""

    def how(s: Spoiled) -> None:
        name = max(path for path in s.members if path.endswith(".test.1.ocsp"))
        by_holder(put(name.removeprefix(s.base), change(s)))(s)

    return how


def anew_pack(s: Spoiled) -> None:
    s.pack.write_bytes((s.stage.other.folder / "second.zip").read_bytes())


def false_fact(members: Files, base: str) -> None:
    name = next(path for path in members if path.endswith("A01-order/facts.json"))
    record = json.loads(members[name])
    next(fact for fact in record["facts"] if fact["name"] == "order.status")["value"] = "Delivered in time"
    members[name] = canonical(record) + b"\n"


def between(whole: bytes) -> bytes:
    third = read_zip(io.BytesIO(whole))[0][3].header
    return whole[:third] + b"junk" + whole[third:]


def out_of_order(whole: bytes) -> bytes:
    """The first two members change places, with a directory that fits."""
    placed = list(read_zip(io.BytesIO(whole))[0])
    body, at, moved_to = b"", 0, []
    for member in (placed[1], placed[0], *placed[2:]):
        head = local_header(member.path, member.size, member.crc)
        body += head + whole[member.start : member.start + member.size]
        moved_to.append(PlacedMember(member.path, member.size, member.crc, at, at + len(head), member.sha256))
        at = len(body)
    return body + b"".join(directory(moved_to, len(body)))


def doubled(s: Spoiled) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(s.pack, "a") as archive:
            archive.writestr(s.base + "data/report.pdf", b"%PDF-1.7 another")


def linked_member(whole: bytes) -> bytes:
    """The directory says that a member is a link; its bytes, and all else, are as they were made."""
    at = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"data/report.pdf"))
    return whole[: at + 38] + struct.pack("<I", 0o120777 << 16) + whole[at + 42 :]


def deflated_bomb(s: Spoiled) -> None:
    name = s.base + "data/bomb"
    with zipfile.ZipFile(s.pack, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as stream:
        for _ in range(256):
            stream.write(bytes(1 << 20))


def declared_size(whole: bytes) -> bytes:
    """The first member says that it has 50 GB, in the way of a large zip."""
    _, _, _, _, _, crc, _, _, length, _ = struct.unpack("<HHHHHIIIHH", whole[4:30])
    head = struct.pack("<HHHHHIIIHH", 45, 0x0800, 0, 0, 0x0021, crc, 0xFFFFFFFF, 0xFFFFFFFF, length, 20)
    return b"PK\x03\x04" + head + whole[30 : 30 + length] + struct.pack("<HHQQ", 1, 16, HUGE, HUGE) + whole[30 + length :]


def bag(change: Callable[[Path], object]) -> Callable[[Spoiled], None]:
    """The pack unpacked to a folder, which is then changed and verified in its place."""

    def how(s: Spoiled) -> None:
        change(unpack(s.members, s.folder / "bag"))

    return how


ATTACKS = (
    Attack("a byte of a kept file is flipped", ARCHIVE, lambda s: flip(objects(s)[0]), r"objects/"),
    Attack("a bit of a packed file is flipped, which unpacking hides", ARCHIVE, hidden_flip, r"objects/.*\.zst"),
    Attack("a kept file is cut short", ARCHIVE, lambda s: truncate(packed(s)), r"objects/"),
    Attack("two kept files are swapped", ARCHIVE, lambda s: swap(*objects(s, ".zst")[:2]), r"objects/"),
    Attack("a kept file is removed", ARCHIVE, lambda s: objects(s)[0].unlink(), r"objects/"),
    Attack("a kept file is a link to a file elsewhere", ARCHIVE, lambda s: outside(s, objects(s)[0]), r"objects/"),
    Attack("a file is put among the kept ones", ARCHIVE, lambda s: stray(s.archive / "objects/ab/n.txt"), r"objects/ab/"),
    Attack("a kept file becomes a bomb", ARCHIVE, lambda s: bomb(packed(s)), r"objects/", heavy=True),
    Attack("a kept file grows to 50 GB", ARCHIVE, lambda s: grow(objects(s)[0]), r"objects/", heavy=True),
    Attack("a byte of a record is flipped", ARCHIVE, lambda s: flip(ledger(s), 400), r"ledger/"),
    Attack("a record is removed", ARCHIVE, lambda s: lines(s, lambda k: k.pop(2)), r"ledger/entries.jsonl line 3"),
    Attack("a record stands twice", ARCHIVE, lambda s: lines(s, lambda k: k.insert(3, k[2])), r".*jsonl line 4"),
    Attack("two records change places", ARCHIVE, lambda s: lines(s, exchange), r"ledger/entries.jsonl line 4"),
    Attack(
        "a record is backdated", ARCHIVE, lambda s: lines(s, edit_line(3, at="2020-01-01T00:00:00.000Z")),
        r"ledger/checkpoints/",
    ),
    Attack("a record is written otherwise", ARCHIVE, lambda s: lines(s, reencode), r"ledger/entries.jsonl line 2"),
    Attack("the last record is cut short", ARCHIVE, lambda s: truncate(ledger(s)), r"ledger/entries.jsonl"),
    Attack("the last record is taken off", ARCHIVE, lambda s: lines(s, lambda k: k.pop()), r"ledger/checkpoints/.*\.tsr"),
    Attack("the last records are taken off", ARCHIVE, lambda s: lines(s, lambda k: k.__delitem__(slice(-4, None))),
           r"ledger/checkpoints/"),
    Attack("the last day is taken off, checkpoints too", ARCHIVE, cut_off, r"ledger/entries.jsonl", "witness"),
    Attack("the same", ARCHIVE, cut_off, r"ledger/entries.jsonl", "earlier pack"),
    Attack("an opening is removed", ARCHIVE, lambda s: lines(s, lambda k: k.pop(0), "openings.jsonl"), r"ledger/openings"),
    Attack("a line is put among the openings", ARCHIVE, lambda s: lines(s, lambda k: k.insert(2, b"{}\n"), "openings.jsonl"),
           r"ledger/openings.jsonl line 3"),
    Attack("the ledger is a link to a file elsewhere", ARCHIVE, lambda s: outside(s, ledger(s)), r"ledger/entries.jsonl"),
    Attack("the ledger grows to 50 GB", ARCHIVE, lambda s: grow(ledger(s)), r"ledger/entries.jsonl", heavy=True),
    Attack("the ledger is a hundred million empty lines", ARCHIVE, lambda s: ledger(s).write_bytes(b"\n" * 100_000_000),
           r"ledger/entries.jsonl", heavy=True),
    Attack("a record is a bomb", ARCHIVE, lambda s: lines(s, lambda k: k.append(b"[" + b"[]," * 12_000_000 + b"0]\n")),
           r"ledger/entries.jsonl", heavy=True),
    Attack("a checkpoint states another root", ARCHIVE, another_root, r"ledger/checkpoints/.*\.json"),
    Attack("a checkpoint is removed", ARCHIVE, lambda s: checkpoints(s, ".json")[1].unlink(), r"ledger/checkpoints/"),
    Attack("two checkpoints are swapped", ARCHIVE, lambda s: swap(*checkpoints(s, ".json")[:2]), r"ledger/checkpoints/"),
    Attack("a checkpoint's signature is removed", ARCHIVE, lambda s: checkpoints(s, ".p7s")[0].unlink(), r".*\.p7s"),
    Attack("a checkpoint's signature is flipped", ARCHIVE, lambda s: flip(checkpoints(s, ".p7s")[0], 90), r".*\.p7s"),
    Attack("a checkpoint is signed again by another key", ARCHIVE, sign_again, r".*\.p7s"),
    Attack("all is written anew by another key", ARCHIVE, anew, r"ledger/entries.jsonl", "fingerprint"),
    Attack("the same", ARCHIVE, anew, r"ledger/entries.jsonl", "witness"),
    Attack("the same", ARCHIVE, anew, r"ledger/entries.jsonl", "earlier pack"),
    Attack("a token is removed", ARCHIVE, lambda s: checkpoints(s, ".tsr")[0].unlink(), r".*\.tsr"),
    Attack("a token is flipped", ARCHIVE, lambda s: flip(checkpoints(s, ".tsr")[0], 90), r".*\.tsr"),
    Attack("an old token is replayed", ARCHIVE, lambda s: swap(*checkpoints(s, ".tsr")[:2]), r".*\.tsr"),
    Attack("a token is replaced by an unknown authority's", ARCHIVE, foreign_token, r".*\.tsr"),
    Attack("an answer on revocation is removed", ARCHIVE, lambda s: checkpoints(s, ".ocsp")[0].unlink(), r".*\.ocsp"),
    Attack("an answer on revocation is flipped", ARCHIVE, lambda s: flip(checkpoints(s, ".crl")[0]), r".*\.crl"),
    Attack("two answers on revocation are swapped", ARCHIVE,
           lambda s: swap(checkpoints(s, ".ocsp")[0], checkpoints(s, ".crl")[0]), r".*\.ocsp"),
    Attack("an answer on revocation is about another certificate", ARCHIVE,
           lambda s: checkpoints(s, ".ocsp")[0].write_bytes(answer(s, another=True)), r".*\.ocsp"),
    Attack("an authority's certificate was revoked before it stamped", ARCHIVE,
           lambda s: checkpoints(s, ".ocsp")[0].write_bytes(answer(s, revoked="superseded")), r".*\.tsr", what="not count"),
    Attack("a renewed timestamp covers another archive", ARCHIVE, renewed(token_of_another_archive), r".*\.tsr",
           what="stamps other bytes"),
    Attack("a renewed timestamp is removed", ARCHIVE, renewed(lambda s: checkpoints(s, ".tsr")[-1].unlink()), r".*\.tsr"),
    Attack("a file is put among the checkpoints", ARCHIVE, lambda s: stray(s.archive / "ledger/checkpoints/000002.txt"),
           r"ledger/checkpoints/000002.txt"),
    Attack("a file is put beside the ledger", ARCHIVE, lambda s: stray(s.archive / "ledger/more.jsonl"), r"ledger/more"),
    Attack("the settings are a link to a file elsewhere", ARCHIVE, lambda s: outside(s, s.archive / "config.toml"),
           r"config.toml"),
    Attack("a table of the index goes on for ever", ARCHIVE, endless_index, r"index.sqlite", heavy=True),
    Attack("the index says that it has seen nonsense", ARCHIVE,
           lambda s: edit_index(s, "update meta set value = 'x' where key = 'seen'"), r"index.sqlite"),
    Attack("the index is edited", ARCHIVE, lambda s: edit_index(s, "update assertions set value = '1'"), r"index.sqlite"),
    Attack("a fact in the index is edited", ARCHIVE,
           lambda s: edit_index(s, "update facts set value = '1' where name = 'order.number'"),
           r"index.sqlite: order.number", deep=True),
    Attack("a byte of a member is flipped", PACK, files(edited("data/index.html", b"<", b"=")), r".*data/index.html"),
    Attack("the file is cut short", PACK, raw(lambda whole: whole[:-100]), r".*"),
    Attack("two originals are swapped", PACK,
           files(swapped("data/exhibits/A01-order/dom.html.txt", "data/exhibits/A02-dispute/dom.html.txt")),
           r".*/dom.html.txt"),
    Attack("a member is removed", PACK, files(take("data/report.pdf")), r".*data/report.pdf"),
    Attack("the tag manifest is removed", PACK, files(take("tagmanifest-sha256.txt")), r".*/tagmanifest-sha256.txt"),
    Attack("a member is added that no list names", PACK, files(put("data/extra.txt")), r".*data/extra.txt"),
    Attack("a member is renamed", PACK, files(moved("data/report.pdf", "data/report-2.pdf")), r".*data/report.pdf"),
    Attack("a name is written in another case", PACK, files(moved("data/report.pdf", "data/Report.pdf")), r".*/report.pdf"),
    Attack("the day of the pack is set back", PACK, files(edited("bag-info.txt", b"Bagging-Date: 2", b"Bagging-Date: 1")),
           r".*/bag-info.txt"),
    Attack("a record is removed from the proofs", PACK,
           files(without_first_line),
           r".*data/proof/entries.jsonl"),
    Attack("a list is a hundred million empty lines", PACK, files(put("manifest-sha256.txt", b"\n" * 100_000_000)),
           r".*/manifest-sha256.txt", heavy=True),
    Attack("the records are ten million empty lines", PACK, files(put("data/proof/entries.jsonl", b"\n" * 10_000_000)),
           r".*/entries.jsonl", heavy=True),
    Attack("the proofs are a bomb", PACK, files(put("data/proof/proofs.json", b"[" + b"[]," * 12_000_000 + b"0]")),
           r".*/proofs.json", heavy=True),
    Attack("a list is made anew, and not signed", PACK,
           lambda s: rezip(remade({**s.members, s.base + "data/report.pdf": b"%PDF-"}, s.base), s.pack), r".*\.p7s"),
    Attack("it is changed and signed again by another key", PACK, signed_by_another, r".*\.p7s"),
    Attack("all is told anew by another key", PACK, anew_pack, r".*\.p7s", "fingerprint"),
    Attack("the same", PACK, anew_pack, r".*", "witness"),
    Attack("the same", PACK, anew_pack, r".*", "earlier pack"),
    Attack("an old token is replayed", PACK, replayed, r".*\.tsr"),
    Attack("the holder puts in an original that was never kept", PACK, by_holder(put("data/exhibits/A01-order/tile-99.png")),
           r".*/tile-99.png"),
    Attack("the holder edits the record of a visit", PACK,
           by_holder(edited("data/exhibits/A01-order/snapshot.json", b'"complete"', b'"partial"')), r".*/snapshot.json"),
    Attack("the holder lets two records change places", PACK, by_holder(reordered_entries), r".*/entries.jsonl"),
    Attack("the holder shows an earlier checkpoint that another key signed", PACK, signed_before, r".*/checkpoints/.*\.p7s",
           what="is signed by"),
    Attack("the holder shows an answer about another certificate", PACK,
           by_holder_answered(lambda s: answer(s, another=True)), r".*\.ocsp"),
    Attack("an authority's certificate was revoked before it stamped", PACK,
           by_holder_answered(lambda s: answer(s, revoked="keyCompromise")), r".*\.tsr", what="revoked"),
    Attack("the holder grafts another ledger's proofs", PACK, grafted, r".*/proofs.json"),
    Attack("what a redacted pack withheld is opened later, and swapped by the holder", PACK,
           by_holder(edited("data/exhibits/A01-order/dom.html.txt", b"USD", b"EUR")), r".*/dom.html.txt", "redacted pack"),
    Attack("the same, and the opening names the other bytes", PACK, by_holder(opened_as_another), r".*/openings.jsonl",
           "redacted pack"),
    Attack("the holder gives another hash for a record that is withheld", PACK, of_redacted(by_holder(other_withheld)),
           r".*/proofs.json"),
    Attack("the holder says that a withheld record is one that is shown", PACK, of_redacted(by_holder(told_of_withheld)),
           r".*/proofs.json"),
    Attack("the holder seals a fact that the page does not say", PACK, by_holder(false_fact), r".*/facts.json", deep=True),
    Attack("the holder adds a name that is the same in another case", PACK, by_holder(put("data/REPORT.PDF")), r".*"),
    Attack("the holder adds a name that is the same in another form of Unicode", PACK,
           by_holder(lambda m, b: m.update({b + "data/e\u0301.txt": b"1", b + "data/\u00e9.txt": b"2"})), r".*"),
    Attack("the holder adds a name that Windows takes for a device", PACK, by_holder(put("data/con.txt")), r".*con.txt"),
    Attack("a member's name climbs out (`../`)", PACK, as_zip(put("../../outside.txt")), r".*outside.txt", what="safe path"),
    Attack("a member's name climbs out by backslashes", PACK, as_zip(put("data\\..\\..\\outside.txt")), r".*outside.txt",
           what="safe path"),
    Attack("a member's name is absolute", PACK, as_zip(put("/tmp/outside.txt")), r".*outside.txt", what="safe path"),
    Attack("a member is a link, by the directory", PACK, raw(linked_member), r".*"),
    Attack("a name stands twice", PACK, doubled, r".*data/report.pdf"),
    Attack("members stand in another order", PACK, raw(out_of_order), r".*"),
    Attack("junk stands before the members", PACK, raw(lambda whole: b"junk" + whole), r".*"),
    Attack("junk stands between members", PACK, raw(between), r".*"),
    Attack("junk stands after the members", PACK, raw(lambda whole: whole + b"junk"), r".*"),
    Attack("another program zipped it again", PACK, as_zip(lambda m, b: None), r".*"),
    Attack("it is compressed", PACK, as_zip(lambda m, b: None, zipfile.ZIP_DEFLATED), r".*"),
    Attack("a member is a bomb", PACK, deflated_bomb, r".*", heavy=True),
    Attack("a member says that it has 50 GB", PACK, raw(declared_size), r".*", heavy=True),
    Attack("a byte of a file is flipped", BAG, bag(lambda b: flip(b / "data/report.pdf")), r"data/report.pdf"),
    Attack("a file is removed", BAG, bag(lambda b: (b / "data/timeline.csv").unlink()), r"data/timeline.csv"),
    Attack("a file is added beside the lists", BAG, bag(lambda b: stray(b / "notes.txt")), r"notes.txt"),
    Attack("the tag manifest is removed", BAG, bag(lambda b: (b / "tagmanifest-sha256.txt").unlink()),
           r"tagmanifest-sha256.txt"),
    Attack("a file is a link to one elsewhere", BAG, bag(lambda b: link(b / "data/report.pdf", b / "bagit.txt")),
           r"data/report.pdf"),
    Attack("a folder is a link to one elsewhere", BAG, bag(lambda b: (b / "data/more").symlink_to(b / "data/proof")),
           r"data/more"),
    Attack("a file grows to 1 GB", BAG, bag(lambda b: os.truncate(b / "data/report.pdf", 1 << 30)), r"data/report.pdf",
           heavy=True),
)  # fmt: skip
