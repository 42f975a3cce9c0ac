"""`changes`, with a browser of paper: a supplier who turns over night, the noise of every page view, and other readers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.asking.changes import changes
from casework.workspace import workspace
from collector.errors import WrongRequest
from collector.model import Fact, Snapshot
from collector.reading.reader import read_stored
from fixtures.authority import Served
from fixtures.marketplace.pictures import address_of
from tests.archives import edit_index
from tests.paper_desk import PaperDesk, PaperTab
from tests.rules.changes.looks import asked_for

pytestmark = pytest.mark.stories
PAGES = ("order", "supplier", "product", "thread", "dispute")


@dataclass
class TurningTab(PaperTab):
    """The pages of the supplier who turns, each view with its own noise."""

    scenario: str = "supplier-turns"


def tab_of(day: int, seed: int, change: Callable[[str], str] = lambda html: html) -> Callable[[], PaperTab]:
    def make() -> PaperTab:
        tab = TurningTab(day=day, seed=seed)
        tab.changed = lambda kind: setattr(tab, "html", change(tab.html))  # type: ignore[method-assign]
        return tab

    return make


def capture(desk: PaperDesk, day: int, seed: int, change: Callable[[str], str] = lambda html: html) -> list[dict[str, Any]]:
    said = desk.run("capture", desk.order, "--json", make_tab=tab_of(day, seed, change))
    return list(json.loads(said.out)["snapshots"])


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    """Looked at twice on an ordinary day, and on the two days after it; nobody changes it."""
    desk = PaperDesk(tmp_path_factory.mktemp("turned"), authority, PAGES)
    desk.begin()
    for seed, day in enumerate((75, 75, 76, 77)):
        capture(desk, day, seed)
    return desk


@pytest.fixture
def of_one_page(tmp_path: Path, authority: Served, request: pytest.FixtureRequest) -> PaperDesk:
    """A case with one page, of the kind that the test names."""
    desk = PaperDesk(tmp_path, authority, (request.param,))
    desk.begin()
    return desk


@pytest.fixture
def own(turned: PaperDesk, tmp_path: Path) -> PaperDesk:
    """A copy that a test may change."""
    shutil.copytree(turned.folder, tmp_path / "desk")
    return turned.elsewhere(tmp_path / "desk")


def found(desk: PaperDesk, *arguments: str) -> list[dict[str, Any]]:
    said = desk.run("changes", *arguments, "--json")
    assert said.code == 0, said.err
    return list(json.loads(said.out)["changes"])


def test_everything_that_the_supplier_did_is_found_once_and_harms(turned: PaperDesk) -> None:
    adverse = [(c["name"], c["before"], c["after"]) for c in found(turned, turned.order) if c["adverse"]]
    names = [name for name, _, _ in adverse]
    assert sorted(names) == sorted([
        "supplier.limit", "supplier.limit", "supplier.badge", "product.badge", "order.ship_by", "dispute.deadline",
        "product.title", "product.attributes", "product.price_tiers", "message.edited", "message.recalled",
    ])  # fmt: skip
    assert ("supplier.limit", {"amount": "15000.00", "currency": "USD"}, {"amount": "6000.00", "currency": "USD"}) in adverse


def test_each_change_names_the_two_visits_between_which_it_happened(turned: PaperDesk) -> None:
    limit = next(c for c in found(turned) if c["name"] == "supplier.limit")
    looks = [s.visit.machine_time for s in looks_of(turned, "supplier")]
    assert [limit["from"]["at"], limit["to"]["at"]] == [
        instant.isoformat(timespec="milliseconds").replace("+00:00", "Z") for instant in looks[1:3]
    ]
    assert limit["sealed"] is True
    assert limit["target"] == "supplier"


def looks_of(desk: PaperDesk, kind: str) -> list[Snapshot]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in desk.environment.items():
            patch.setenv(name, value)
        return [s for _, s in workspace().index.snapshots(desk.order) if s.target.kind == kind]


@pytest.mark.parametrize("of_one_page", ["product"], indirect=True)
def test_what_is_another_at_every_view_is_no_change(of_one_page: PaperDesk) -> None:
    for seed in range(3):
        capture(of_one_page, 75, seed)
    assert found(of_one_page) == []
    assert of_one_page.run("changes").out.splitlines()[0].endswith("nothing changed.")


@pytest.mark.parametrize("of_one_page", ["product"], indirect=True)
def test_words_that_are_no_fact_and_a_replaced_picture_are_found_with_what_was_left_out(
    of_one_page: PaperDesk,
) -> None:
    before = datetime.now(UTC)

    def edit(html: str) -> str:
        return html.replace("charged over USB-C.", "charged over a cable.").replace(
            address_of("fan-side"), address_of("carton-crushed")
        )

    capture(of_one_page, 77, 8)
    capture(of_one_page, 77, 9, edit)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in of_one_page.environment.items():
            patch.setenv(name, value)
        told = changes(workspace(), of_one_page.order, before).changes
    text = next(change for change in told if change.kind == "text")
    assert text.before == ("A 12-inch table fan with LEDs, charged over USB-C.",)
    assert text.after == ("A 12-inch table fan with LEDs, charged over a cable.",)
    assert "words of parts that always move" in text.text
    assert {change.kind for change in told} == {"text", "picture"}


def test_since_a_day_only_what_later_visits_were_the_first_to_show_is_told(turned: PaperDesk) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert found(turned, "--since", tomorrow) == []
    assert len(found(turned, "--since", "2020-01-01")) == len(found(turned))


def test_since_an_instant_the_look_before_it_is_what_the_next_is_held_against(
    turned: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in turned.environment.items():
        monkeypatch.setenv(name, value)
    last = min(s.visit.machine_time for s in looks_of(turned, "order")[3:])
    told = changes(workspace(), None, last)
    assert {c.name for c in told.adverse} == {"supplier.limit", "supplier.badge", "product.badge"}
    assert all(change.first.at < last <= change.then.at for change in told.changes)


@pytest.mark.parametrize("of_one_page", ["supplier"], indirect=True)
def test_a_fact_that_one_night_could_not_read_is_held_against_the_last_that_did(
    of_one_page: PaperDesk, monkeypatch: Any
) -> None:
    """The limit is unreadable on the only look before; what an earlier one told is not forgotten."""
    capture(of_one_page, 75, 20)
    capture(of_one_page, 75, 21, lambda html: html.replace("USD 15,000", "ask us").replace('"15000', '"ask'))
    since = datetime.now(UTC)
    capture(of_one_page, 76, 22)
    for name, value in of_one_page.environment.items():
        monkeypatch.setenv(name, value)
    for reader in ("alibaba.supplier/5", "alibaba.supplier/0"):  # also where an older version had read it
        older = "update facts set reader = ? where name = 'supplier.limit' and state = 'read' and seq <"
        newest = "(select max(seq) from facts where name = 'supplier.limit')"
        edit_index(of_one_page.archive / "index.sqlite", f"{older} {newest}", reader)
        told = [
            change for change in changes(workspace(), of_one_page.order, since).changes if change.name == "supplier.limit"
        ]
        assert [str(change.before) for change in told] == ["USD 15,000.00"]


def test_a_mended_reader_makes_no_change_of_the_page_and_is_noted(own: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index holds what an older version read: another limit on the first looks."""
    first = "select id from snapshots where kind = 'supplier' order by seq limit 2"
    edit_index(
        own.archive / "index.sqlite",
        f'update facts set value = \'{{"amount": "99.00", "currency": "USD"}}\', reader = \'alibaba.supplier/0\''
        f" where name = 'supplier.limit' and snapshot in ({first})",
    )
    said = own.run("changes", own.order, "--json")
    limits = [c["before"] for c in json.loads(said.out)["changes"] if c["name"] == "supplier.limit"]
    assert [limit["amount"] for limit in limits] == ["15000.00", "6000.00"]
    assert any("no change of the page" in note for note in json.loads(said.out)["notes"])


def test_a_change_that_the_present_reader_does_not_see_is_none(own: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    ws = workspace()

    def mended(snapshot: Snapshot, *rest: Any) -> tuple[Fact, ...]:
        read = read_stored(snapshot, *rest)
        return tuple(replace(f, value=None, state="unreadable") if f.name == "supplier.limit" else f for f in read)

    monkeypatch.setattr("casework.asking.changes.read_stored", mended)
    assert not [change for change in changes(ws, own.order).changes if change.name == "supplier.limit"]


def test_an_unknown_case_and_a_wrong_day_are_refused_in_a_sentence(turned: PaperDesk) -> None:
    assert turned.run("changes", "9999").code == 2
    said = turned.run("changes", turned.order, "--since", "soon")
    assert (said.code, "is not a day" in said.err) == (2, True)
    with pytest.raises(WrongRequest):
        changes(workspace(turned.archive), "9999")


def test_people_read_what_harms_first_and_no_word_of_the_code(turned: PaperDesk) -> None:
    lines = [line for line in turned.run("changes", turned.order).out.splitlines() if line.startswith(("  !", "  ·"))]
    assert [line[2] for line in lines] == sorted((line[2] for line in lines), key="!·".index)
    assert not any(word in line for line in lines for word in ("message.", "supplier.limit", "T00:", "None"))


def test_the_page_to_look_at_shows_before_and_after_and_asks_nobody_for_anything(turned: PaperDesk, tmp_path: Path) -> None:
    out = tmp_path / "Änderungen 1.html"
    said = turned.run("changes", turned.order, "--html", out)
    html = out.read_text("utf-8")
    assert (said.code, str(out) in said.out.replace("\n", "")) == (0, True)
    assert "went down from USD 15,000.00 to USD 6,000.00" in html
    assert "<del>7200</del> <ins>4000</ins>" in html
    assert asked_for(html) == []
    assert "We hope to ship soon" in html


def test_a_page_that_cannot_be_written_is_said_in_a_sentence(turned: PaperDesk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "x.html", tmp_path):
        said = turned.run("changes", turned.order, "--html", place, "--verbose")
        assert said.code == 2
        assert "Name a file in" in said.err
        assert "laying the pictures" not in said.err  # said before the work


def unsealed(desk: PaperDesk) -> None:
    """As if the machine had stopped before the last visits were signed."""
    for path in (desk.archive / "ledger" / "checkpoints").glob("*.p7s"):
        path.unlink()


def test_what_is_not_sealed_yet_is_sealed_first(own: PaperDesk) -> None:
    unsealed(own)
    assert all(change["sealed"] for change in found(own))
    assert list((own.archive / "ledger" / "checkpoints").glob("*.p7s"))


def test_a_change_that_cannot_be_sealed_is_told_and_said_to_be_so(own: PaperDesk) -> None:
    unsealed(own)
    shutil.rmtree(own.folder / "configuration" / "keys")
    (own.folder / "configuration" / "keys").write_text("no folder")
    told = found(own)
    assert told
    assert not any(change["sealed"] for change in told)
    said = own.run("changes")
    assert "not sealed yet" in said.out
    assert "key" in said.out + said.err  # and why


def test_of_many_changes_only_the_newest_pages_are_drawn_and_the_others_told(
    turned: PaperDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.asking.changes_page._MOST_DRAWN", 0)
    assert turned.run("changes", turned.order, "--html", tmp_path / "x.html").code == 0
    html = (tmp_path / "x.html").read_text("utf-8")
    assert "Its pictures are not drawn here" in html
    assert "laid over each other" not in html
    assert "<del>7200</del> <ins>4000</ins>" in html
