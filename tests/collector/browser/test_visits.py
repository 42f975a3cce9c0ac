"""Visits in real Chromium, against a loopback server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from tests.collector.browser.conftest import Look
from tests.collector.browser.server import SECRET
from tests.collector.capture.fake import ORDER

pytestmark = pytest.mark.browser
See = Callable[..., Look]


def test_an_order_page_is_complete_with_readable_artefacts_of_every_kind(look: See, origin: str) -> None:
    seen = look("/order")
    visit = seen.snapshot.visit
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("complete", "")
    assert seen.bytes_of("dom").startswith(b"<!DOCTYPE html>")
    assert ORDER in seen.bytes_of("text").decode()
    assert "不好意思" in seen.bytes_of("text").decode()
    assert seen.bytes_of("pdf").startswith(b"%PDF-")
    assert b"multipart/related" in seen.bytes_of("mhtml")
    assert Image.open(BytesIO(seen.bytes_of("tile"))).size == (1280, 2048)
    assert (visit.status, visit.final, visit.redirects) == (200, f"{origin}/order", ())
    assert visit.server_date.endswith("GMT")


def test_the_picture_shows_the_page_and_not_a_blank_sheet(look: See) -> None:
    colours = Image.open(BytesIO(look("/order").bytes_of("tile"))).convert("L").getextrema()
    assert colours == (0, 255)


def test_the_list_of_exchanges_names_what_was_asked_and_what_came(look: See, origin: str) -> None:
    first = json.loads(look("/order").bytes_of("network"))["exchanges"][0]
    assert (first["method"], first["url"], first["status"]) == ("GET", f"{origin}/order", 200)
    assert first["media_type"] == "text/html; charset=utf-8"
    assert first["size"] > 0
    assert origin.endswith(first["remote"])


def test_what_is_asked_for_at_the_very_end_is_waited_for(look: See) -> None:
    """Here while the page is printed, which is the last that is done with it."""
    exchanges = json.loads(look("/order/printed").bytes_of("network"))["exchanges"]
    (last,) = (one for one in exchanges if one["url"].endswith("/slow"))
    assert last["status"] is not None
    assert last["body"]["mark"] != "absent"


def test_the_browser_says_openly_what_it_is(look: See) -> None:
    visit = look("/order").snapshot.visit
    assert "HeadlessChrome" in visit.browser["user_agent"]
    assert visit.browser["how"] == "launched"
    assert visit.browser["sandbox"]
    assert visit.options["locale"] == "en-US"
    assert visit.options["viewport"] == {"width": 1280, "height": 2048}


def test_an_unchanged_page_gives_the_same_files_twice(look: See) -> None:
    once, again = look("/order"), look("/order")
    roles = ("tile", "dom", "text", "mhtml", "pdf")
    assert [role for role in roles if once.bytes_of(role) != again.bytes_of(role)] == []


def test_a_page_that_is_not_there_is_kept_and_never_complete(look: See) -> None:
    seen = look("/order/gone")
    assert seen.snapshot.outcome == "partial"
    assert seen.snapshot.why.startswith("The page was not found (HTTP 404).")
    assert "Nothing here" in seen.bytes_of("text").decode()


def test_a_redirect_to_the_sign_in_page_is_blocked_and_recorded(look: See, origin: str) -> None:
    seen = look("/order/redirect")
    assert seen.snapshot.outcome == "blocked"
    assert seen.snapshot.visit.redirects == (f"{origin}/order/redirect",)
    assert seen.snapshot.visit.final == f"{origin}/login?return_url=x"
    assert "Sign in" in seen.bytes_of("text").decode()


def test_a_script_that_moves_on_to_the_sign_in_page_is_blocked_too(look: See, origin: str) -> None:
    seen = look("/order/moves")
    assert seen.snapshot.outcome == "blocked"
    assert seen.snapshot.visit.final == f"{origin}/login"


def test_a_challenge_page_is_blocked(look: See) -> None:
    assert look("/captcha").snapshot.outcome == "blocked"


def test_another_orders_page_is_never_complete(look: See) -> None:
    seen = look("/order/other")
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("partial", f"This is not order {ORDER}.")


def test_a_page_of_20_000_pixels_is_pictured_whole_without_being_resized(look: See) -> None:
    seen = look("/order/long")
    notes = [a.note for a in seen.snapshot.artefacts if a.role == "tile"]
    places = [dict(part.split("=") for part in note.split()) for note in notes]
    assert seen.snapshot.outcome == "complete"
    assert int(places[-1]["y"]) + 2048 >= 20_000
    assert all(int(b["y"]) <= int(a["y"]) + 2048 - 100 for a, b in pairwise(places))
    assert "RESIZED" not in seen.bytes_of("dom").decode().rpartition("<script>")[0]
    assert len({a.digest for a in seen.snapshot.artefacts if a.role == "tile"}) == len(places)


def test_what_loads_only_on_sight_is_there(look: See) -> None:
    assert "loaded on sight" in look("/order/long").bytes_of("text").decode()


def test_what_a_script_brings_late_is_waited_for(look: See) -> None:
    seen = look("/order/late")
    assert seen.snapshot.outcome == "complete"
    assert ORDER.encode() in seen.bytes_of("dom")


def test_what_comes_after_a_spinner_is_waited_for_longer_than_stillness(look: See) -> None:
    seen = look("/order/spinner")
    assert (seen.snapshot.outcome, seen.step("settle")[0]) == ("complete", "ok")
    assert ORDER.encode() in seen.bytes_of("dom")


def test_a_page_that_does_not_fill_in_is_partial_and_says_so(look: See) -> None:
    seen = look("/order/unfilled", settle_ms=2_000)
    assert seen.snapshot.outcome == "partial"
    assert "The page had not filled in: the page still said that it was loading after 2 s" in seen.snapshot.why


@pytest.mark.parametrize(("path", "why"), [("/order/busy", "went on asking"), ("/order/restless", "kept changing")])
def test_a_page_that_never_comes_to_rest_is_kept_in_bounded_time_and_says_so(look: See, path: str, why: str) -> None:
    seen = look(path, settle_ms=1_000)
    assert seen.snapshot.outcome == "complete"
    assert seen.step("settle")[0] == "partial"
    assert why in seen.step("settle")[1]


def test_changes_while_a_restless_page_is_read_are_counted(look: See) -> None:
    assert "the page changed" in look("/order/restless", settle_ms=300).step("dom")[1]


def test_a_page_whose_script_never_returns_ends_with_the_bound(look: See) -> None:
    seen = look("/order/stuck", settle_ms=500, whole_ms=3_000)
    assert seen.snapshot.outcome in ("failed", "partial")
    assert "took longer" in seen.snapshot.why


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/order/never", "Nothing was shown in time."),
        ("/order/closed", "The server closed the connection without an answer."),
        ("/order/file", "The address gives a file to download, not a page."),
    ],
)
def test_a_server_that_shows_nothing_gives_a_failed_visit_and_one_sentence(look: See, path: str, why: str) -> None:
    seen = look(path, open_ms=1_500)
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("failed", why)
    assert seen.snapshot.artefacts == ()


def test_an_error_without_anything_to_show_is_failed_and_its_status_is_recorded(look: See) -> None:
    seen = look("/order/empty")
    assert seen.snapshot.outcome == "failed"
    assert seen.snapshot.visit.status == 404
    assert "HTTP 404" in seen.snapshot.why


def test_a_page_that_stops_coming_half_way_is_kept_as_far_as_it_came(look: See) -> None:
    seen = look("/order/trickle", glimpse_ms=300, settle_ms=500)
    assert "did not finish loading" in seen.step("settle")[1]
    assert ORDER.encode() in seen.bytes_of("dom")


def test_a_server_that_is_down_gives_a_failed_visit(look: See) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        seen = look(f"http://127.0.0.1:{taken.getsockname()[1]}/order")
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("failed", "The server refused the connection.")


def test_open_shadow_roots_and_frames_stand_in_the_source(look: See) -> None:
    assert b"<b>in the shadow</b>" in look("/order/shadow").bytes_of("dom")
    assert b"inner frame" in look("/order/frame").bytes_of("dom", 1)


def test_dialogs_are_dismissed_and_new_windows_closed_and_both_are_recorded(look: See) -> None:
    dialog = look("/order/dialog").snapshot
    assert dialog.outcome == "complete"
    assert 'A dialog (alert) was dismissed: "Confirm receipt now?".' in dialog.visit.losses
    assert "A new window that the page opened was closed." in look("/order/window").snapshot.visit.losses


@pytest.mark.proof
@pytest.mark.parametrize(
    ("path", "outcome"),
    [("/order/blank", "partial"), ("/order/blob", "partial"), ("/order/apart", "partial"), ("/order/crowd", "complete")],
)
def test_a_page_that_runs_away_or_floods_the_visit_is_called_what_it_is(look: See, path: str, outcome: str) -> None:
    seen = look(path)
    assert seen.snapshot.outcome == outcome
    assert not any(word in seen.snapshot.why for word in ("Error", "Uncaught", "CDP"))


def test_what_a_page_does_again_and_again_is_recorded_once_with_its_count(look: See) -> None:
    assert look("/order/alerts").snapshot.visit.losses == ('A dialog (alert) was dismissed: "again", 9 times.',)


def test_halves_of_characters_that_no_file_can_hold_cost_nothing_else(look: See) -> None:
    seen = look("/order/halves")
    assert seen.snapshot.outcome == "complete"
    (line,) = json.loads(seen.bytes_of("console"))
    assert (line["kind"], line["text"]) == ("log", "\ufffd said 7 Object")


def test_a_page_cannot_forge_what_is_read_by_replacing_the_browsers_functions(look: See) -> None:
    seen = look("/order/hostile")
    assert seen.snapshot.outcome == "complete"
    assert ORDER.encode() in seen.bytes_of("dom")


def test_no_secret_of_the_session_is_stored(look: See) -> None:
    seen = look(f"/order/secret?token={SECRET}")
    assert seen.snapshot.outcome == "complete"
    assert SECRET not in repr(seen.snapshot)
    for role in ("dom", "text", "network"):
        assert SECRET.encode() not in seen.bytes_of(role)
    for role in ("mhtml", "pdf"):
        assert "not kept" in seen.step(role)[1]
