"""A small case made in memory: pages drawn with Pillow, a real ledger, a real signature and a real timestamp authority."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pypdf
from PIL import Image, ImageDraw

from collector.archive.records import entry_body
from collector.canonical import sha256
from collector.ledger import merkle
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.log import Ledger, Opening
from collector.model import AddedFile, Artefact, Fact, Money, Place, Printed, Private, Snapshot, Step, Target, Visit
from collector.seal import der
from collector.seal.keys import SigningKey
from collector.seal.signature import sign
from collector.seal.timestamp import verify_token
from fixtures.authority import Files, respond
from rules.case.casefile import CaseFile, LedgerEvent
from rules.check.review import check
from rules.deadlines.counting import deadlines
from rules.pack.bag.proof import ProofMaterial, openings_of
from rules.pack.bag.write import PackResult, write_pack
from rules.pack.plan.exhibits import Choices
from rules.pack.plan.plan import AuthorityStamp, CoveringCheckpoint, PackPlan, plan
from rules.pack.render.contact import OwnPicture
from rules.pack.render.renderings import Look, make_renderings
from rules.policy.platform import load_policy

ORDER = "250861947301028446"
ZONE = "Europe/Amsterdam"
AS_OF = datetime(2026, 9, 23, 13, 0, tzinfo=UTC)
SUPPLIER = "Foshan Brightwing Electric Appliance Co., Ltd."
REASONS = ("late", "damaged")
ALIAS = "alibaba.localhost:8123=alibaba.com"
WIDTH, WINDOW = 640, 800


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@dataclass
class Objects:
    """An object store in memory, with the salts that a capture would draw."""

    kept: dict[str, bytes] = field(default_factory=dict)
    salts: int = 0

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        self.kept[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        return self.kept[digest]

    def pieces(self, digest: str) -> Iterable[bytes]:
        return (self.kept[digest],)

    def artefact(self, role: str, part: int, media_type: str, data: bytes, note: str = "") -> Artefact:
        self.salts += 1
        salt = hashlib.sha256(f"salt {self.salts}".encode()).hexdigest()[:32]
        return Artefact(role, part, media_type, len(data), self.put(data), salt, note=note)


def as_they_are(get: Callable[[str], bytes]) -> Look:
    """Photos for reading copies as they were kept: nobody decodes hostile ones here."""

    def look(media_type: str, digest: str, data: bytes | None) -> Iterable[OwnPicture]:
        return (OwnPicture(data or get(digest)),) if media_type.startswith("image/") else ()

    return look


def draw(title: str, top: int, height: int) -> bytes:
    """A window of a page with a line of text each forty pixels, numbered down the whole page."""
    image = Image.new("RGB", (WIDTH, height), "white")
    pen = ImageDraw.Draw(image)
    for y in range(-(top % 40), height, 40):
        pen.text((20, y + 10), f"{title}, line {(top + y) // 40}", fill=(40, 40, 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def snapshot_of(
    objects: Objects,
    kind: str,
    at: datetime,
    *,
    outcome: str = "complete",
    why: str = "",
    alias: str = ALIAS,
    note: str = "",
) -> Snapshot:
    """One visit with two overlapping tiles and the usual forms; a blocked one has a single tile."""
    url = f"https://biz.alibaba.com/{kind}?orderId={ORDER}"
    windows = ((0, WINDOW), (WINDOW - 100, WINDOW)) if outcome == "complete" else ((0, WINDOW),)
    tiles = tuple(
        objects.artefact("tile", n, "image/png", draw(kind, y, h), f"x=0 y={y} width={WIDTH} height={h}")
        for n, (y, h) in enumerate(windows)
    )
    html = f"<!doctype html><title>{kind}</title><p>{at.isoformat()}{note}</p><script>alert(1)</script>".encode()
    forms = (
        objects.artefact("dom", 0, "text/html; charset=utf-8", html),
        objects.artefact("text", 0, "text/plain", f"{kind} page {note}".encode()),
        objects.artefact("mhtml", 0, "multipart/related", b"MIME-Version: 1.0\r\n" + html),
        objects.artefact("pdf", 0, "application/pdf", b"%PDF-1.4\n" + html),
    )
    visit = Visit(
        requested=url, final=url, redirects=(), status=200, server_date=f"{at:%a, %d %b %Y %H:%M:%S GMT}", machine_time=at,
        browser={"name": "Chromium", "version": "156.0"}, options={"width": WIDTH}, alias=alias,
        redactions=({"kind": "cookie", "place": "header cookie", "count": 3},), losses=(), machine={"system": "Linux"},
    )  # fmt: skip
    steps = (Step("open", "ok", "", at, 120), Step("tiles", "ok" if outcome == "complete" else "failed", why, at, 900))
    identity = hashlib.sha256(f"{kind}{at}{note}".encode()).hexdigest()[:8]
    target = Target(kind, ORDER, kind, url)
    return Snapshot(1, f"S-{identity}", target, visit, steps, outcome, why, (*tiles, *forms))  # type: ignore[arg-type]


def read(snapshot: Snapshot, name: str, value: object, state: str = "read") -> Fact:
    """A fact as a reader gives it, with its place in the page's document."""
    dom = next(a for a in snapshot.artefacts if a.role == "dom")
    place = Place(dom.digest, "json", f"/pageData/{name}", str(value)[:40]) if state == "read" else None
    return Fact(name, value, state, snapshot.id, "alibaba/1", place, snapshot.visit.machine_time)  # type: ignore[arg-type]


def asserted(name: str, value: object) -> Fact:
    return Fact(name, value, "asserted", "", "buyer", None, AS_OF - timedelta(days=3))


MESSAGES: tuple[Mapping[str, object], ...] = (
    {"id": "m1", "from": "buyer", "name": "J. de Vries", "printed": "2026-07-01 15:20", "sent_at": "2026-07-01T07:20:00Z",
     "text": "We agree: 200 fans, shipped by 26 July, cartons that survive a drop of one metre.", "translation": None,
     "recalled": False, "attachments": ()},
    {"id": "m2", "from": "supplier", "name": "Cindy Liang", "printed": "2026-08-20 10:02", "sent_at": None,
     "text": "亲爱的朋友，货物下周发出。", "translation": "Dear friend, the goods leave next week.", "recalled": False,
     "attachments": ({"name": "PI-0701.pdf", "kind": "file", "digest": ""},)},
    {"id": "m3", "from": "buyer", "name": "J. de Vries", "printed": "2026-09-10 09:15", "sent_at": "2026-09-10T07:15:00Z",
     "text": "160 of the 200 fans are broken. <script>alert('x')</script> Photos follow.", "translation": None,
     "recalled": False, "attachments": ()},
)  # fmt: skip


def led_fans(objects: Objects, *, alias: str = ALIAS) -> CaseFile:
    """The LED fans a day before the printed timer ends: late, damaged, a silent supplier, a limit that was lowered."""
    day = AS_OF - timedelta(hours=1)
    order, thread, product, dispute = (
        snapshot_of(objects, kind, day + timedelta(minutes=n), alias=alias)
        for n, kind in enumerate(("order", "thread", "product", "dispute"))
    )
    supplier_then = snapshot_of(objects, "supplier", day - timedelta(days=60), alias=alias, note="then")
    supplier_same = snapshot_of(objects, "supplier", day - timedelta(days=50), alias=alias, note="same")
    supplier_now = snapshot_of(objects, "supplier", day, alias=alias, note="now")
    blocked = snapshot_of(
        objects, "dispute", day - timedelta(days=2), outcome="blocked", why="The site asked to sign in.", alias=alias
    )
    timer = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)
    facts = (
        read(supplier_then, "supplier.limit", usd("12000")), read(supplier_then, "supplier.badge", True),
        read(supplier_same, "supplier.limit", usd("12000")), read(supplier_same, "supplier.badge", True),
        read(supplier_now, "supplier.name", SUPPLIER), read(supplier_now, "supplier.limit", usd("6000")),
        read(supplier_now, "supplier.badge", True), read(order, "order.number", ORDER),
        read(order, "order.status", "Delivered"), read(order, "order.total", usd("8600.00")),
        read(order, "order.paid", usd("8600.00")), read(order, "order.ship_by", "2026-07-26"),
        read(order, "order.shipped_at", Printed("2026-08-25 17:40:00", datetime(2026, 8, 25, 9, 40, tzinfo=UTC),
                                                datetime(2026, 8, 26, 0, 40, tzinfo=UTC))),
        read(order, "order.ship_terms", "DAP Utrecht, Netherlands"), read(order, "order.supplier", SUPPLIER),
        read(order, "order.trade_assurance", True),
        read(order, "order.items", ({"name": "12 Inch Rechargeable LED Fan with Light", "quantity": 200, "unit": "Pieces",
                                     "unit_price": usd("43.00")},)),
        read(order, "order.terms", {"quality": "CE; 600 lm; every fan runs 6 h at high speed.",
                                    "packaging": "1 pc per colour box, 4 per five-layer carton, drop-tested from 1 m."}),
        read(product, "product.title", "12 Inch Rechargeable LED Fan with Light"),
        read(product, "product.badge", None, "not_shown"),
        read(thread, "thread.with", SUPPLIER), read(thread, "thread.messages", MESSAGES),
        read(thread, "thread.complete", True),
        read(dispute, "dispute.id", "60048817352946"), read(dispute, "dispute.status", "Waiting for buyer evidence"),
        read(dispute, "dispute.amount", usd("6880.00")),
        read(dispute, "dispute.submitted_at", Printed("2026-09-14 16:00:00", datetime(2026, 9, 14, 8, 0, tzinfo=UTC),
                                                      datetime(2026, 9, 14, 23, 0, tzinfo=UTC))),
        read(dispute, "dispute.deadline", Printed("2026-09-24 18:00:00", timer, timer + timedelta(hours=15))),
        read(dispute, "dispute.action_needed", True), read(dispute, "dispute.hint", "Please upload evidence"),
        asserted("received_at", "2026-09-08"), asserted("units_total", 200), asserted("units_defective", 160),
    )  # fmt: skip
    files = (
        _file(objects, 1, "photo", "cartons outside – 外箱.jpg", "image/jpeg", _photo("carton")),
        _file(objects, 2, "photo", "copy-1.png", "image/png", _photo("fan", "PNG")),
        _file(objects, 3, "contract", "purchase contract.pdf", "application/pdf", b"%PDF-1.4\n200 fans by 26 July\n%%EOF"),
        _file(objects, 4, "video", "unboxing.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(4000)),
    )
    looks = (supplier_then, supplier_same, blocked, supplier_now, order, thread, product, dispute)
    return CaseFile(
        order=ORDER, name="fans", zone=ZONE, as_of=AS_OF, opened_at=AS_OF - timedelta(days=60), facts=facts,
        snapshots=tuple(sorted(looks, key=lambda s: s.visit.machine_time)), files=files, account="buyer@example.org",
    )  # fmt: skip


def _photo(text: str, form: str = "JPEG") -> bytes:
    image = Image.new("RGB", (480, 360), (196, 154, 108))
    ImageDraw.Draw(image).text((40, 40), text, fill="black")
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def _file(objects: Objects, number: int, kind: str, name: str, media_type: str, data: bytes) -> AddedFile:
    salt = hashlib.sha256(f"file {number}".encode()).hexdigest()[:32]
    at = AS_OF - timedelta(days=8, minutes=-number)
    return AddedFile(f"F-{number:08x}", name, kind, media_type, len(data), objects.put(data), salt, at, 0)


@dataclass
class Sealed:
    """A case in a sealed ledger: what a pack needs beside the case file."""

    casefile: CaseFile
    objects: Objects
    ledger: Ledger
    checkpoint: Checkpoint
    signature: bytes
    token: bytes
    key: SigningKey
    authority: Files
    root_pem: str

    def covering(self) -> CoveringCheckpoint:
        stamped = verify_token(self.token, self.signature, [self.root_pem]).time
        at = datetime.fromisoformat(self.checkpoint.at)
        witness = AuthorityStamp("loopback", "http://127.0.0.1/", stamped)
        return CoveringCheckpoint(self.checkpoint.size, self.checkpoint.root, at, self.key.fingerprint, (witness,))

    def plan(self, choices: Choices | None = None, private: Mapping[str, Private] | None = None) -> PackPlan:
        policy = load_policy()
        rows, found = deadlines(self.casefile, policy), check(self.casefile, policy, REASONS)
        return plan(self.casefile, rows, found, REASONS, choices or Choices(), self.covering(), private=private)

    def proof(self, made: PackPlan) -> ProofMaterial:
        lines, name = self.ledger.lines()[: self.checkpoint.size], self.checkpoint.name
        leaves = [merkle.leaf_hash(line) for line in lines]
        tree = merkle.Tree.of(leaves)
        shown = (0, *made.entries)  # the entry that names the key, and the case's own
        return ProofMaterial(
            entries=tuple((seq, lines[seq]) for seq in shown),
            paths={seq: tuple(step.hex() for step in tree.inclusion_proof(seq)) for seq in shown},
            checkpoints={
                f"{name}.json": self.checkpoint.data, f"{name}.p7s": self.signature, f"{name}.loopback.tsr": self.token,
            },
            openings=openings_of(made),
            certificates={"signer.pem": self.key.certificate_pem.encode(), "loopback-root.pem": self.root_pem.encode()},
            covering=self.checkpoint.size,
        )  # fmt: skip

    def sign(self, data: bytes) -> bytes:
        return sign(data, self.key, AS_OF + timedelta(minutes=5))

    def stamp(self, signature: bytes) -> dict[str, bytes]:
        return {"loopback": token_over(self.authority, signature, AS_OF + timedelta(minutes=5))}

    def renderings(self, made: PackPlan) -> dict[str, bytes]:
        sealed = {e.body["id"]: e.body for e in self.ledger.entries() if e.kind == "snapshot"}
        look = as_they_are(self.objects.get)
        return make_renderings(made, self.objects.get, sealed, print_stub, no_exchanges, look=look)

    def pack(
        self, out: Path, made: PackPlan | None = None, *, stamped: bool = True, renderings: dict[str, bytes] | None = None
    ) -> PackResult:
        """The pack of a plan, rendered anew unless its renderings are given."""
        made = made or self.plan()
        stamp = self.stamp if stamped else lambda _: {}
        proof = self.proof(made)
        return write_pack(
            made, renderings or self.renderings(made), self.objects.pieces, proof,
            inspect=unread, sign=self.sign, stamp=stamp, out=out,
        )  # fmt: skip


def unread(_: Iterable[tuple[str, bytes]]) -> None:
    """Nobody looks at what goes into the pack."""


def print_stub(html: str, again: Callable[[bytes], str] = lambda _: "") -> bytes:
    """A printer in memory: a PDF of one page, with the digest of what was printed last in its title."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    first = io.BytesIO()
    writer.write(first)
    writer.metadata = {"/Title": sha256((again(first.getvalue()) or html).encode())}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def no_exchanges(snapshots: Iterable[Snapshot], left_out: Mapping[str, Private]) -> bytes:
    """These visits kept none."""
    return b""


def token_over(authority: Files, data: bytes, at: datetime) -> bytes:
    """A TimeStampResp over these bytes."""
    algorithm = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
    imprint = der.sequence(algorithm, der.tlv(der.OCTET_STRING, hashlib.sha256(data).digest()))
    query = der.sequence(der.integer(1), imprint, der.integer(7), der.tlv(der.BOOLEAN, b"\xff"))
    return respond(authority, query, at)


def seal(casefile: CaseFile, objects: Objects, folder: Path, key: SigningKey, authority: Files, root_pem: str) -> Sealed:
    """Enters the case into a new ledger between entries of another case, then makes, signs and stamps a checkpoint."""
    ledger = Ledger(folder)
    ledger.append("archive.created", {"format": 1, "key": key.fingerprint, "certificate": ""}, casefile.opened_at)
    ledger.append("case.opened", {"case": "999999999999999", "name": "somebody else's"}, casefile.opened_at)
    opened = ledger.append("case.opened", {"case": casefile.order, "name": casefile.name}, casefile.opened_at)
    events = [LedgerEvent(opened.seq, "case.opened", casefile.opened_at, "Case opened")]
    for snapshot in casefile.snapshots:
        body, openings = entry_body(snapshot)
        entry = ledger.append("snapshot", body, snapshot.visit.machine_time, openings)
        events.append(LedgerEvent(entry.seq, "snapshot", snapshot.visit.machine_time, snapshot.target.kind))
    files = []
    for file in casefile.files:
        opening = Opening(file.digest, file.salt)
        parts = [Opening(part.digest, part.salt) for part in file.parts]
        body = {"case": casefile.order, "id": file.id, "name": file.name, "commitment": opening.commitment}
        more = {"parts": [{"commitment": part.commitment} for part in parts]} if parts else {}
        entry = ledger.append("file.added", body | more, file.added_at, [opening, *parts])
        files.append(replace(file, seq=entry.seq))
        events.append(LedgerEvent(entry.seq, "file", file.added_at, file.name))
    checkpoint = ledger.make_checkpoint(AS_OF + timedelta(minutes=1))
    signature = sign(checkpoint.data, key, AS_OF + timedelta(minutes=1))
    token = token_over(authority, signature, AS_OF + timedelta(minutes=1))
    whole = replace(casefile, files=tuple(files), events=tuple(events))
    return Sealed(whole, objects, ledger, checkpoint, signature, token, key, authority, root_pem)
