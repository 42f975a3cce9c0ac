from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import pytest

from collector.alias import Alias
from collector.canonical import canonical, sha256
from collector.capture.tab import Credential, Exchange, FrameSource, TabError, TabGone
from collector.capture.visit import VisitOptions, VisitSetup, snapshot_id, visit
from collector.errors import ArchiveError, WrongRequest
from collector.model import Snapshot, Target
from tests.collector.capture.fake import HTML, ORDER, URL, FakeSite, FakeTab, FixedClock, MemoryStore, order_target

SECRET = "9f3k2LmQ8zX71vBnT0aa"


def go(
    tab: FakeTab,
    target: Target | None = None,
    *,
    store: MemoryStore | None = None,
    site: FakeSite | None = None,
    alias: Alias | None = None,
    options: VisitOptions | None = None,
) -> Snapshot:
    return asyncio.run(
        visit(
            target or order_target(),
            tab=tab,
            site=site or FakeSite(),
            setup=VisitSetup(
                store if store is not None else MemoryStore(),
                FixedClock(),
                alias or Alias(),
                lambda text: None,
                options or VisitOptions(),
            ),
        )
    )


def step(snapshot: Snapshot, name: str) -> tuple[str, str]:
    return next((s.outcome, s.why) for s in snapshot.steps if s.name == name)


def kept(snapshot: Snapshot, store: MemoryStore, role: str, part: int = 0) -> bytes:
    return store.get(next(a.digest for a in snapshot.artefacts if (a.role, a.part) == (role, part)))


def test_a_good_page_is_complete_and_everything_read_is_in_the_store() -> None:
    store = MemoryStore()
    snapshot = go(FakeTab(), store=store)
    assert (snapshot.outcome, snapshot.why) == ("complete", "")
    assert [a.role for a in snapshot.artefacts] == ["tile", "dom", "text", "boxes", "mhtml", "pdf", "network"]
    for artefact in snapshot.artefacts:
        data = store.get(artefact.digest)
        assert (artefact.size, artefact.digest) == (len(data), sha256(data))
        assert len(bytes.fromhex(artefact.salt)) == 16
    assert len({a.salt for a in snapshot.artefacts}) == len(snapshot.artefacts)


def test_the_steps_stand_in_the_record_in_the_order_in_which_they_were_done() -> None:
    snapshot = go(FakeTab())
    names = ["open", "glimpse", "settle", "expand", "tiles", "dom", "text", "mhtml", "pdf", "network", "store", "identify"]
    assert [s.name for s in snapshot.steps] == names
    assert {s.outcome for s in snapshot.steps} == {"ok"}
    assert sorted(s.began for s in snapshot.steps) == [s.began for s in snapshot.steps]
    assert all(s.took_ms > 0 for s in snapshot.steps)


def test_a_snapshot_has_a_canonical_form_so_that_it_can_be_sealed() -> None:
    snapshot = go(FakeTab())
    assert json.loads(canonical(snapshot))["id"] == snapshot.id


def test_a_page_that_does_not_settle_is_complete_and_says_what_did_not() -> None:
    snapshot = go(FakeTab(unsettled="the page kept changing"))
    assert snapshot.outcome == "complete"
    assert step(snapshot, "settle") == ("partial", "the page kept changing")


@pytest.mark.parametrize(("role", "fault"), [("tiles", "pictures"), ("dom", "documents"), ("text", "text")])
def test_without_pictures_source_or_text_a_visit_is_partial_and_says_what_is_missing(role: str, fault: str) -> None:
    snapshot = go(FakeTab(faults={fault: TabError("the browser's answer took longer than 30 s")}))
    assert snapshot.outcome == "partial"
    assert "Missing:" in snapshot.why
    assert "took longer than 30 s" in snapshot.why
    assert step(snapshot, role)[0] == "failed"


@pytest.mark.parametrize("file", ["mhtml", "pdf"])
def test_a_visit_without_mhtml_or_pdf_is_still_complete_and_its_step_says_why(file: str) -> None:
    snapshot = go(FakeTab(faults={file: TabError("printing failed")}))
    assert snapshot.outcome == "complete"
    assert step(snapshot, file) == ("failed", "printing failed")
    assert file not in {a.role for a in snapshot.artefacts}


def test_a_sign_in_page_is_blocked_and_kept_as_what_it_is() -> None:
    tab = FakeTab(final="https://login.shop.example/login", redirects=(URL,))
    snapshot = go(tab)
    assert (snapshot.outcome, snapshot.why) == ("blocked", "This is the sign-in page. A person has to sign in.")
    assert {"tile", "dom", "text"} <= {a.role for a in snapshot.artefacts}
    assert snapshot.visit.redirects == (URL,)
    assert "expand" not in tab.calls


def test_a_challenge_page_is_blocked_though_it_answers_with_200() -> None:
    snapshot = go(FakeTab(html="<html><body><div id='captcha'></div></body></html>"))
    assert snapshot.outcome == "blocked"


def test_a_page_that_was_not_found_is_kept_and_never_complete() -> None:
    snapshot = go(FakeTab(status=404))
    assert (snapshot.outcome, snapshot.why) == (
        "partial",
        "The page was not found (HTTP 404). Check the address and the number, and which account is signed in.",
    )
    assert {"tile", "dom", "text"} <= {a.role for a in snapshot.artefacts}


def test_a_good_looking_page_with_status_500_is_never_complete() -> None:
    assert go(FakeTab(status=500)).why == "The server answered with an error (HTTP 500). Look again later, or by hand."


def test_another_orders_page_is_never_complete() -> None:
    snapshot = go(FakeTab(html=HTML.replace(ORDER, "111111111111111")))
    assert (snapshot.outcome, snapshot.why) == ("partial", f"This is not order {ORDER}.")


def test_a_page_that_does_not_say_which_order_it_is_is_never_complete() -> None:
    snapshot = go(FakeTab(html="<html><body class='order'></body></html>"))
    assert (snapshot.outcome, snapshot.why) == ("partial", "No order number is shown.")


def test_a_page_of_another_kind_is_never_complete() -> None:
    snapshot = go(FakeTab(html="<html><body class='supplier'></body></html>"))
    assert (snapshot.outcome, snapshot.why) == ("partial", "This is a page of kind supplier, not order.")


def test_a_page_of_unknown_layout_is_kept_and_partial() -> None:
    snapshot = go(FakeTab(html="<html><body>new</body></html>"))
    assert snapshot.outcome == "partial"
    assert "layout is not known" in snapshot.why
    assert len(snapshot.artefacts) == 7


def test_a_server_that_is_down_gives_a_failed_snapshot_without_artefacts() -> None:
    snapshot = go(FakeTab(faults={"open": TabError("the server refused the connection")}))
    assert (snapshot.outcome, snapshot.why) == ("failed", "The server refused the connection.")
    assert snapshot.artefacts == ()
    assert {s.outcome for s in snapshot.steps[1:-2]} == {"skipped"}


def test_a_tab_that_dies_before_anything_was_read_gives_a_failed_snapshot() -> None:
    snapshot = go(FakeTab(faults={"settle": TabGone("the tab closed or crashed")}))
    assert (snapshot.outcome, snapshot.why) == ("failed", "The tab closed or crashed.")


def test_a_tab_that_dies_while_it_is_read_leaves_what_was_read_by_then() -> None:
    tab = FakeTab(faults={"text": TabGone("the tab closed or crashed")})
    snapshot = go(tab)
    assert snapshot.outcome == "partial"
    assert {a.role for a in snapshot.artefacts} == {"tile", "dom", "network"}
    assert step(snapshot, "pdf") == ("skipped", "the tab closed or crashed")
    assert "pdf" not in tab.calls


def test_a_tab_that_never_answers_ends_with_the_bound_of_the_whole_visit() -> None:
    snapshot = go(FakeTab(forever=frozenset({"settle"})), options=VisitOptions(whole_ms=20))
    assert snapshot.outcome == "failed"
    assert "took longer than" in snapshot.why


def test_a_disk_that_refuses_is_an_error_and_no_snapshot() -> None:
    class FullStore(MemoryStore):
        def put(self, data: bytes) -> str:
            raise ArchiveError("The disk is full.")

    with pytest.raises(ArchiveError):
        go(FakeTab(), store=FullStore())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "order", "data:text/html,x"])
def test_only_web_addresses_are_visited(url: str) -> None:
    tab = FakeTab()
    with pytest.raises(WrongRequest):
        go(tab, order_target(url))
    assert tab.calls == []


def test_a_long_page_is_pictured_in_overlapping_pieces_whose_places_are_recorded() -> None:
    snapshot = go(FakeTab(height=5000))
    notes = [a.note for a in snapshot.artefacts if a.role == "tile"]
    places = [dict(part.split("=") for part in note.split()) for note in notes]
    tops = [int(place["y"]) for place in places]
    assert tops[0] == 0
    assert tops[-1] + 2048 == 5000
    assert all(below - above <= 2048 - 100 for above, below in pairwise(tops))
    assert [a.part for a in snapshot.artefacts if a.role == "tile"] == list(range(len(tops)))


def test_a_page_too_long_for_the_pictures_is_partial_and_says_where_they_end() -> None:
    snapshot = go(FakeTab(height=90_000), options=VisitOptions(pictures=3))
    assert snapshot.outcome == "partial"
    assert "90000 px" in snapshot.why


def test_a_page_wider_than_its_pictures_says_so() -> None:
    assert any("3000 px wide" in loss for loss in go(FakeTab(width=3000)).visit.losses)


def test_changes_of_the_page_while_it_is_read_are_counted_in_the_step() -> None:
    assert step(go(FakeTab(moved=3)), "dom") == ("ok", "the page changed 3 times since its pictures were taken")


def test_every_frame_is_an_artefact_and_says_where_it_came_from() -> None:
    store = MemoryStore()
    snapshot = go(FakeTab(frames=(FrameSource("https://other.example/f?token=" + SECRET, "<p>frame</p>"),)), store=store)
    assert kept(snapshot, store, "dom", 1) == b"<p>frame</p>"
    note = next(a.note for a in snapshot.artefacts if (a.role, a.part) == ("dom", 1))
    assert note == "frame https://other.example/f?token=[redacted:token:1]"


def test_the_page_is_recognised_from_the_bytes_that_were_stored() -> None:
    store, site = MemoryStore(), FakeSite()
    snapshot = go(FakeTab(), store=store, site=site)
    page = site.shown[-1]
    assert page.documents[0].html == store.get(page.documents[0].digest)
    assert (page.text, page.snapshot) == (f"Order {ORDER}", snapshot.id)


def test_the_site_sees_real_addresses_and_the_record_the_visited_ones() -> None:
    site = FakeSite()
    alias = Alias.parse("shop.localhost:8123=shop.example")
    snapshot = go(FakeTab(), site=site, alias=alias)
    assert snapshot.visit.requested.startswith("http://biz.shop.localhost:8123/")
    assert snapshot.visit.final == snapshot.visit.requested
    assert snapshot.visit.alias == str(alias)
    assert {page.url for page in site.shown} == {URL}


def leaky(**more: object) -> FakeTab:
    """A page whose session token stands in its source, address, exchanges and cookie."""
    html = HTML.replace("</body>", f"<input name='_tb_token_' value='{SECRET}'><a href='/x?ctoken={SECRET}'>x</a></body>")
    return FakeTab(
        html=html,
        final=f"{URL}&token={SECRET}",
        cookies=(Credential("cookie", "session", SECRET),),
        seen=(Exchange("GET", f"{URL}&token={SECRET}", "document", 200, "text/html", 9, ""),),
        **more,  # type: ignore[arg-type]
    )


def test_no_secret_of_the_visit_is_stored_anywhere() -> None:
    store = MemoryStore()
    snapshot = go(leaky(), store=store)
    assert snapshot.outcome == "complete"
    assert SECRET.encode() not in b"".join(store.objects.values()) + canonical(snapshot)
    assert "token=[redacted:session:1]" in snapshot.visit.final
    assert {"kind": "session", "artefact": "dom:0", "count": 2} in snapshot.visit.redactions
    assert next(a.note for a in snapshot.artefacts if a.role == "dom") == "masked at capture"


def test_a_page_whose_tokens_alone_changed_is_stored_as_the_same_bytes() -> None:
    store, other = MemoryStore(), "Zz0000000000000000xy"
    tab = leaky()
    again = FakeTab(html=tab.html.replace(SECRET, other), cookies=(Credential("cookie", "session", other),))
    assert kept(go(tab, store=store), store, "dom") == kept(go(again, store=store), store, "dom")


def test_an_mhtml_that_holds_a_secret_in_quoted_printable_is_not_kept() -> None:
    body = f"<p>{SECRET[:9]}=\r\n{SECRET[9:]}</p>".encode()
    head = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    snapshot = go(leaky(mhtml_file=head + body))
    assert step(snapshot, "mhtml")[0] == "partial"
    assert "not kept" in step(snapshot, "mhtml")[1]
    assert "mhtml" not in {a.role for a in snapshot.artefacts}
    assert any("MHTML was not kept" in loss for loss in snapshot.visit.losses)


def test_a_pdf_of_a_page_that_shows_a_secret_is_not_kept_and_the_pictures_are_named() -> None:
    snapshot = go(leaky(visible=f"Your token: {SECRET}"))
    assert "not kept" in step(snapshot, "pdf")[1]
    assert any("visible on the page" in loss for loss in snapshot.visit.losses)


def test_text_is_not_stored_when_the_secrets_could_not_be_learnt() -> None:
    store = MemoryStore()
    snapshot = go(leaky(visible=SECRET, faults={"credentials": TabError("no answer")}), store=store)
    assert {a.role for a in snapshot.artefacts} == {"tile"}
    assert "secrets are not known" in step(snapshot, "text")[1]
    assert SECRET.encode() not in canonical(snapshot)


def test_the_order_number_is_never_masked_even_under_a_secret_name() -> None:
    store = MemoryStore()
    snapshot = go(FakeTab(cookies=(Credential("cookie", "session", ORDER),)), store=store)
    assert ORDER.encode() in kept(snapshot, store, "dom")


def test_what_the_browser_refused_stands_in_the_record() -> None:
    assert go(FakeTab(told=("A download was refused: x.exe.",))).visit.losses == ("A download was refused: x.exe.",)


def test_a_secret_in_what_the_browser_says_is_masked_in_the_record() -> None:
    told = 'A dialog (alert) was dismissed: "token=s9f3k2LmQ8zX71".'
    snapshot = go(FakeTab(told=(told,), faults={"pdf": TabError("no answer from /x?token=s9f3k2LmQ8zX71")}))
    assert "s9f3k2LmQ8zX71" not in repr(snapshot)


def test_what_is_no_page_of_the_web_is_never_complete() -> None:
    snapshot = go(FakeTab(final="about:blank"))
    assert snapshot.outcome == "partial"
    assert snapshot.why == "The page went on to about:blank, which is no page of the web."


def test_a_source_too_long_to_be_read_is_kept_and_said_to_be() -> None:
    assert VisitOptions().readable_bytes == 24 << 20
    snapshot = go(FakeTab(html=HTML + "<p></p>" * 160_000), options=VisitOptions(readable_bytes=1 << 20))
    assert snapshot.why == "The page's source is longer than 1 MB: too long to be read."
    assert any(a.role == "dom" for a in snapshot.artefacts)


def test_the_record_names_the_system_but_neither_machine_nor_user() -> None:
    import getpass
    import platform

    machine = go(FakeTab()).visit.machine
    assert set(machine) == {"system", "python", "tradewitness"}
    assert platform.node() not in machine["system"].split()
    assert getpass.getuser() not in machine["system"].split()


def test_ids_of_snapshots_sort_by_time_and_differ_within_a_second() -> None:
    clock = FixedClock()
    ids = [snapshot_id(clock) for _ in range(5)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5
