"""What commands can do is done on pages: a case is looked at, told about, packed and verified by clicks alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image

from casework.asking.told import told
from casework.cases import close_case, set_case
from casework.notices.nights import told_night
from casework.proving.status import seal_of
from casework.workspace import Workspace
from collector.network_record import network_record
from tests.paper_desk import ORDER, paper_browser, quiet
from tests.web.serving import Visitor, serving
from web.uploads import file_name

HOSTILE = '<img src=x onerror="alert(1)"></title><script>alert(1)</script>\u202e.jpg'


@pytest.fixture
def visitor(ws: Workspace) -> Iterator[Visitor]:
    """A server over a copy of a case that was kept and packed."""
    with serving(ws.archive.root) as one:
        yield one


def jpeg() -> bytes:
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    return data.getvalue()


def test_today_leads_to_the_case_and_the_case_to_its_visits(visitor: Visitor) -> None:
    assert f'href="/case/{ORDER}"' in visitor.get("/").body
    body = visitor.get(f"/case/{ORDER}").body
    visit = re.search(r'href="(/snapshot/[^"]+)"', body)
    assert visit is not None
    shown = visitor.get(visit[1]).body
    assert "Digests of everything" in shown
    picture = re.search(r'<image href="([^"]+)"', shown)
    assert picture is not None
    answer = visitor.get(picture[1])
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_visit_shows_its_words_what_it_asked_of_the_network_and_how_it_is_sealed(visitor: Visitor, ws: Workspace) -> None:
    """The line of the ledger is the one that names it, and each authority that confirmed the time is named."""
    number, kept = ws.index.snapshots(ORDER)[0]
    shown = visitor.get(f"/snapshot/{kept.id}").body
    heard = network_record(kept.artefacts, ws.archive.objects.get).exchanges
    assert heard
    assert all(escape(one.url) in shown for one in heard)
    text = next(artefact for artefact in kept.artefacts if artefact.role == "text")
    words = ws.archive.objects.get(text.digest).decode().split()[0]
    assert f'lang="">{escape(words)}' in shown
    assert f"line {number + 1:,} of the ledger" in shown
    seal = seal_of(ws, kept.id)
    assert seal is not None
    assert seal.checkpoint is not None
    assert all(f"Timestamped by {name}" in shown for name, _ in seal.checkpoint.tokens)
    assert seal.checkpoint.tokens or "No timestamp has arrived yet" in shown


def test_a_message_is_marked_with_what_is_found_in_its_words_and_one_that_says_nothing_is_not(visitor: Visitor) -> None:
    told = ("Good morning", "Please send the balance to my paypal")
    chat = "\n".join(f"[2026-10-01, 10:0{n}:00] Cindy: {text}" for n, text in enumerate(told))
    visitor.upload(f"/case/{ORDER}/add", "_chat.txt", chat.encode(), {"kind": "chat"})
    shown = [unescape(part) for part in visitor.get(f"/case/{ORDER}/thread").body.split("<li ")]
    polite, paid = (next(part for part in shown if words in part) for words in told)
    assert "Marked: asks for payment outside the platform" in re.sub(r"<[^>]+>", "", paid)
    assert "Marked:" not in polite


def test_a_photo_is_put_in_shown_and_taken_out_again(visitor: Visitor, ws: Workspace) -> None:
    answer = visitor.upload(f"/case/{ORDER}/add", "crushed corner.jpg", jpeg(), {"note": "the third carton"})
    assert answer.status == 200
    assert "crushed corner.jpg" in answer.body
    file = next(one for one in told(ws, ORDER).files if one.name == "crushed corner.jpg")
    assert visitor.get(f"/file/{ORDER}/{file.id}").headers["content-type"] == "image/jpeg"
    assert visitor.post(f"/case/{ORDER}/withdraw", {"file": file.id, "why": "of another order"}).status == 303
    ws.refresh()
    assert file.id not in [one.id for one in told(ws, ORDER).files]


def test_what_is_entered_counts_and_is_taken_back_by_an_empty_field(visitor: Visitor, ws: Workspace) -> None:
    assert visitor.post(f"/case/{ORDER}/enter", {"name": "amount_claimed", "value": "USD 500"}).status == 303
    ws.refresh()
    assert "amount_claimed" in [one.fact.name for one in told(ws, ORDER).entries]
    visitor.post(f"/case/{ORDER}/enter", {"name": "amount_claimed", "value": "", "why": "a slip"})
    ws.refresh()
    assert "amount_claimed" not in [one.fact.name for one in told(ws, ORDER).entries]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_another_program_writes_shows_at_the_next_load(visitor: Visitor, ws: Workspace, lang: str) -> None:
    def page() -> str:
        return visitor.get(f"/case/{ORDER}", **{"Accept-Language": lang}).body

    def findings(body: str) -> str:
        return body.partition('id="findings"')[2].partition('id="pages"')[0]

    before = page()
    set_case(ws, ORDER, ["amount_claimed=USD 512.34", "reason=damaged"], {})
    then = page()
    assert ("512.34" in before, "512.34" in then) == (False, True)
    assert findings(before) != findings(then)
    close_case(ws, ORDER)
    assert [f'action="/case/{ORDER}/stop"' in body for body in (then, page())] == [True, False]


@pytest.mark.parametrize(
    ("name", "value"),
    [("amount_claimed", "much"), ("nothing_known", "1"), ("", "x"), ("received_at", "2090-01-01"), ("a=b", "c")],
)
def test_what_cannot_be_entered_is_said_in_a_sentence(visitor: Visitor, name: str, value: str) -> None:
    answer = visitor.post(f"/case/{ORDER}/enter", {"name": name, "value": value})
    assert answer.status == 400
    assert "Traceback" not in answer.body


@pytest.mark.stories
def test_a_pack_is_looked_at_made_downloaded_and_verified(visitor: Visitor) -> None:
    assert "The other side would see" in visitor.get(f"/case/{ORDER}/pack?look=1").body
    done = visitor.finished(visitor.post(f"/case/{ORDER}/pack", {}))
    place = re.search(r'href="(/pack/[^"]+)"', done.body)
    assert place is not None, done.body
    connection = visitor.ask("GET", place[1])
    assert connection.headers["content-type"] == "application/zip"
    assert connection.body.startswith("PK")


@pytest.mark.stories
def test_a_box_is_drawn_on_a_picture_of_a_pack_and_is_black_in_it(visitor: Visitor) -> None:
    chosen = {"reason": "damaged", "redact": "on", "also": "brightwing\ncartons"}
    drawn = visitor.finished(visitor.post(f"/case/{ORDER}/pack/copies", chosen)).body
    place = unescape(re.search(r'href="(/case/\d+/pack/boxes/[^"]+)"', drawn)[1])  # type: ignore[index]
    first = visitor.get(place).body
    exhibit, number, wide = re.search(r'name="on" value="(\w+):(\d+)".*?max="(\d+)"', first, re.DOTALL).groups()  # type: ignore[union-attr]
    assert int(wide) > 80
    assert (
        visitor.get(f"/pack/{place.split('/')[5].split('?')[0]}/{exhibit}/{number}")
        .headers["content-type"]
        .startswith("image/")
    )
    boxed = visitor.get(f"{place}&on={exhibit}:{number}&x=20&y=30&w=40&h=24").body
    assert '<rect x="20" y="30" width="40" height="24"/>' in boxed
    box = f"{exhibit}:{number}:20,30,40,24"
    assert f'name="box" value="{box}" checked' in boxed
    shown = visitor.get(f"/case/{ORDER}/pack?look=1&{urlencode({**chosen, 'box': box})}").body
    assert "What the other side would see" in shown
    assert f'<input type="hidden" name="box" value="{box}">' in shown
    done = visitor.finished(visitor.post(f"/case/{ORDER}/pack", {**chosen, "box": box})).body
    pack = visitor.raw(re.search(r'href="(/pack/[0-9a-f]+)"', done)[1])  # type: ignore[index]
    with zipfile.ZipFile(BytesIO(pack)) as bag:
        copies = sorted(
            name for name in bag.namelist() if f"/{exhibit}" in name and name.endswith((".png", ".jpg", ".jpeg"))
        )
        picture = Image.open(BytesIO(bag.read(copies[int(number) - 1]))).convert("L")
    assert picture.crop((21, 31, 59, 53)).getextrema() == (0, 0)


@pytest.mark.parametrize("box", ["A01:1:1,1,0,5", "A01:0:1,1,5,5", "../A01:1:1,1,5,5", "A01:1:1,1,5"])
def test_what_is_no_box_is_said_in_a_sentence(visitor: Visitor, box: str) -> None:
    answer = visitor.get(f"/case/{ORDER}/pack/boxes/{'0' * 24}?{urlencode({'box': box})}")
    assert answer.status == 400
    assert "is no box" in answer.body


def test_what_changed_is_listed_and_drawn(visitor: Visitor) -> None:
    assert visitor.get(f"/case/{ORDER}/changes").status == 200
    done = visitor.finished(visitor.post(f"/case/{ORDER}/changes", {}))
    place = re.search(r'href="(/changes/[^"]+)"', done.body)
    assert place is not None, done.body
    drawn = visitor.get(place[1])
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert "<script" not in drawn.body


def test_a_nights_report_is_read_from_the_list_of_nights(visitor: Visitor, ws: Workspace) -> None:
    with paper_browser():
        told_night(ws, quiet)
    place = re.search(r'href="(/nights/[^"]+)"', visitor.get("/nights").body)
    assert place is not None
    assert visitor.get(place[1]).status == 200
    assert visitor.get("/nights/20200101T000000Z").status == 400


def test_a_torn_pack_is_said_to_be_torn(visitor: Visitor) -> None:
    answer = visitor.upload("/verify", "pack.zip", b"PK\x03\x04 torn")
    assert answer.status == 200
    assert "Traceback" not in answer.body
    assert re.search(r"not a|cannot be|problem|torn", answer.body)


def test_hostile_names_and_notes_stay_text(visitor: Visitor) -> None:
    answer = visitor.upload(f"/case/{ORDER}/add", HOSTILE, jpeg(), {"note": HOSTILE})
    for body in (answer.body, visitor.get(f"/case/{ORDER}").body, visitor.get("/search?q=onerror").body):
        assert "<img src=x" not in body
        assert "<script>alert" not in body
        assert "\u202e" not in body


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\ana\\photo.jpg", "photo.jpg"), ("", "file"), ("...", "file"),
     ("a\x00b.jpg", "ab.jpg"),
     ("x" * 500 + ".jpg", "x" * 117 + ".jpg"), ("照片 1.jpg", "照片 1.jpg"), ("con|:?.png", "file-con.png"),
     ("AUX", "file-AUX")],
)  # fmt: skip
def test_a_files_name_is_a_name_and_no_path(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_an_empty_file_is_refused_in_a_sentence(visitor: Visitor) -> None:
    answer = visitor.upload(f"/case/{ORDER}/add", "empty.jpg", b"")
    assert answer.status == 400
    assert "empty" in answer.body


def test_more_than_is_taken_is_refused_before_it_is_read(visitor: Visitor) -> None:
    told_size = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(5 << 30)}
    assert visitor.ask("POST", f"/case/{ORDER}/add", b"", told_size).status == 400


def test_an_svg_that_calls_itself_a_picture_is_never_handed_to_the_browser(visitor: Visitor, ws: Workspace) -> None:
    visitor.upload(f"/case/{ORDER}/add", "x.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    ws.refresh()
    file = next(one for one in told(ws, ORDER).files if one.name == "x.jpg")
    assert visitor.get(f"/file/{ORDER}/{file.id}").status == 400


def test_a_search_finds_what_a_command_finds_and_leads_to_the_visit(visitor: Visitor) -> None:
    assert "/snapshot/" in visitor.get("/search?q=carton").body


@pytest.mark.parametrize(
    "path", ["/case/999999", "/snapshot/nope", "/case/nope/thread", "/search?q=%00", "/search?q=x&limit=-1", "/pack/nope"]
)
def test_what_is_not_there_is_said_in_a_sentence(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (200, 400, 404)
    assert "unexpected" not in answer.body


def test_many_at_once_are_all_answered(visitor: Visitor) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: visitor.get(f"/case/{ORDER}/facts").status, range(60)))
    assert statuses == [200] * 60


def test_work_that_a_question_waits_for_goes_on_when_it_is_answered(visitor: Visitor, tmp_path: Path) -> None:
    """Watching an order asks for the consent to visits; a no ends it, and says so."""
    place = visitor.post("/new", {"order": "not an order"}).headers["location"]
    assert "is not an order number" in visitor.finished(visitor.post("/new", {"order": "not an order"})).body
    assert place.startswith("/work/")


def test_a_conversation_is_sought_in_and_leads_to_where_it_was_said(visitor: Visitor) -> None:
    said = "\n".join(f"[2026-10-0{1 + n // 200}, 10:{n % 60:02d}:00] Cindy: carton number {n}" for n in range(450))
    assert visitor.upload(f"/case/{ORDER}/add", "_chat.txt", said.encode(), {"kind": "chat"}).status == 200
    path = f"/case/{ORDER}/thread"
    assert "450 messages" in visitor.get(path).body
    found = visitor.get(f"{path}?q=number+7").body
    assert re.findall(r"carton number (\d+)</p>", found) == ["7", *map(str, range(70, 80))]
    place = re.search(r'href="\?(page=1)#(m7)"', found)
    assert place is not None
    assert f'id="{place[2]}"' in visitor.get(f"{path}?{place[1]}").body
    assert "No message says that" in visitor.get(f"{path}?q=%3Cscript%3E").body
