"""What a plan chooses, numbers, withholds and says."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from collector.canonical import canonical
from collector.errors import WrongRequest
from collector.model import Fact, FilePart, Private
from rules.case.casefile import CaseFile
from rules.language.dates import at_the_earliest, both, time_in
from rules.pack.bag.bag import is_safe
from rules.pack.bag.proof import openings_of
from rules.pack.plan.exhibits import Choices, original_name
from rules.pack.plan.plan import CoveringCheckpoint, PackPlan, plan, plan_digest
from rules.pack.plan.timeline import timeline_csv, timeline_json
from rules.pack.plan.withheld import OTHERS_TOLD
from rules.pack.render.report import key_rows
from tests.rules.pack.synthetic import AS_OF, MESSAGES, ORDER, SUPPLIER, ZONE, Sealed


def kinds(made: PackPlan) -> list[tuple[str, str]]:
    return [(exhibit.number, exhibit.kind) for exhibit in made.exhibits]


def test_exhibits_are_the_newest_of_each_page_then_earlier_ones_that_differ_then_files(made: PackPlan) -> None:
    """The supplier's page of sixty days ago showed the same as that of fifty days ago: only the last of them is shown."""
    assert kinds(made) == [
        ("A01", "order"), ("A02", "thread"), ("A03", "supplier"), ("A04", "product"), ("A05", "dispute"),
        ("A06", "supplier"), ("B01", "contract"), ("B02", "photo"), ("B03", "photo"), ("B04", "video"),
    ]  # fmt: skip
    earlier = made.snapshot(made.exhibits[5])
    limits = {f.snapshot: f.value for f in made.facts if f.name == "supplier.limit"}
    assert earlier is not None
    assert str(limits[earlier.id]) == "USD 12,000.00"


def test_every_exhibit_finds_its_visit_or_its_file(made: PackPlan) -> None:
    """Numbers lead back to what they show."""
    for exhibit in made.exhibits:
        snapshot, file = made.snapshot(exhibit), made.file(exhibit)
        assert (snapshot is None) != (file is None)
        assert (snapshot.target.kind if snapshot else file.kind if file else "") == exhibit.kind


def test_all_visits_are_shown_on_request(sealed: Sealed) -> None:
    """Blocked ones too."""
    whole = sealed.plan(Choices(all=True))
    assert {s.id for s in whole.snapshots} == {s.id for s in sealed.casefile.snapshots}


def test_visits_and_files_are_left_out_by_kind_name_or_id(sealed: Sealed) -> None:
    """An excluded kind takes no number."""
    file = sealed.casefile.files[0]
    less = sealed.plan(Choices(exclude=("product", "unboxing.mp4", file.id)))
    assert [kind for _, kind in kinds(less)] == ["order", "thread", "supplier", "dispute", "supplier", "contract", "photo"]


def test_an_earlier_visit_is_added_by_the_beginning_of_its_id(sealed: Sealed) -> None:
    """What the default leaves out can be asked for."""
    same = next(s for s in sealed.casefile.snapshots if s.id not in {p.id for p in sealed.plan().snapshots})
    assert same.id in {s.id for s in sealed.plan(Choices(include=(same.id[:6],))).snapshots}


def test_since_leaves_out_what_was_seen_before_that_day_in_the_cases_zone(sealed: Sealed) -> None:
    """The day itself counts; the day after does not reach back."""
    day = AS_OF.date()
    assert ("A06", "supplier") not in kinds(sealed.plan(Choices(since=day)))
    assert not [number for number, _ in kinds(sealed.plan(Choices(since=date(2026, 9, 24)))) if number.startswith("A")]
    assert ("A05", "dispute") in kinds(sealed.plan(Choices(since=day)))


@pytest.mark.parametrize("choices", [Choices(include=("nothing",)), Choices(exclude=("S-nothing",))])
def test_a_choice_that_fits_nothing_is_a_wrong_request(sealed: Sealed, choices: Choices) -> None:
    """A mistyped name must not silently make another pack."""
    with pytest.raises(WrongRequest):
        sealed.plan(choices)


def test_an_unknown_reason_is_a_wrong_request(sealed: Sealed) -> None:
    """The known ones are listed."""
    with pytest.raises(WrongRequest, match="ugly") as caught:
        plan(sealed.casefile, (), (), ("ugly",), Choices(), CoveringCheckpoint(1))
    assert "not_as_described" in caught.value.hint


def test_a_conversation_is_withheld_unless_it_shows_nothing_else_or_is_asked_for(sealed: Sealed, made: PackPlan) -> None:
    """The messenger shows other conversations beside it: the commitments stay, the openings do not."""
    thread = next(s for s in made.snapshots if s.target.kind == "thread")
    digests = {artefact.digest for artefact in thread.artefacts}
    assert sum(w.exhibit == "A02" for w in made.withheld) == len(thread.artefacts)
    assert not digests & {opening["digest"] for opening in openings_of(made)}
    shown = sealed.plan(Choices(with_originals=True))
    assert not shown.withheld
    assert digests <= {opening["digest"] for opening in openings_of(shown)}
    judged = sealed.plan(private={thread.id: Private()})
    assert {path.rpartition("/")[2] for path in judged.exhibits[1].files} == {"tile-00.png", "tile-01.png", "text.txt"}


def test_of_a_page_that_was_told_of_others_those_files_alone_are_withheld(sealed: Sealed, made: PackPlan) -> None:
    """Its pictures are shown; the record of its network, which tells what was asked, is not."""
    order = next(s for s in made.snapshots if s.target.kind == "order")
    planned = sealed.plan(private={order.id: Private(exchanges=(2,), parts=(("dom", 0),))})
    assert [w.role for w in planned.withheld if w.why == OTHERS_TOLD] == ["dom"]
    names = {path.rpartition("/")[2] for path in planned.exhibits[0].files}
    assert "tile-00.png" in names
    assert "dom.html.txt" not in names
    closed = {a.digest for a in order.artefacts if a.role == "dom"}
    assert not closed & {opening["digest"] for opening in openings_of(planned)}


def test_the_web_archive_shows_public_pages_that_were_judged_and_all_of_all_with_originals(
    sealed: Sealed, made: PackPlan
) -> None:
    """Exchanges that nobody has looked at are shown to nobody; those of a page of the account where they are opened."""
    order, product = (next(s for s in made.snapshots if s.target.kind == kind) for kind in ("order", "product"))
    assert made.exchanges == {}
    private = {one.id: Private(exchanges=(2,)) for one in (order, product)} | {"a visit that is no exhibit": Private()}
    assert sealed.plan(private=private).exchanges == {product.id: Private(exchanges=(2,))}
    everything = sealed.plan(Choices(with_originals=True), private)
    assert everything.exchanges == {s.id: Private() for s in everything.snapshots}


def test_the_claim_names_the_parties_as_the_order_page_does(sealed: Sealed) -> None:
    """Supplier and buyer cite it; where it names no buyer, the holder of the account stands there."""
    case = sealed.casefile
    order = next(fact for fact in case.facts if fact.name == "order.supplier")
    buyer = replace(order, name="order.buyer", value="Jan Jansen, Jansen BV")
    named = replace(case, facts=(*case.facts, buyer), is_known=False)
    of_nobody, of_both = (
        {line.label: line for line in plan(one, (), (), (), Choices(), CoveringCheckpoint(0)).claim.parties}
        for one in (case, named)
    )
    assert (of_nobody["Supplier"].text, of_nobody["Supplier"].source) == (SUPPLIER, "A01")
    assert of_nobody["Buyer"].text.startswith("the holder of the account")
    assert (of_both["Buyer"].text, of_both["Buyer"].source) == ("Jan Jansen, Jansen BV", "A01")


def test_what_a_message_asks_for_is_marked_in_the_sites_own_words(sealed: Sealed) -> None:
    case = sealed.casefile
    told = next(fact for fact in case.facts if fact.name == "thread.messages")
    asked = {**told.value[1], "id": "m9", "text": "Add me on WhatsApp, we talk there from now on.", "translation": None}
    facts = tuple(replace(f, value=(*f.value, asked)) if f is told else f for f in case.facts)
    made = plan(replace(case, facts=facts, is_known=False), (), (), (), Choices(), CoveringCheckpoint(0))
    labels = [mark.text for row in made.timeline for mark in row.marks]
    assert "the supplier moves the talk out of the Message Center" in labels


MADE_UP = "USD 6,880.00 is 160 times USD 43.00, the price of a unit on the order page."
OF_BOTH = "160 of 200 units are damaged or missing"


def test_the_claim_says_who_what_how_much_and_where_it_stands(made: PackPlan) -> None:
    """One sentence, the figures, agreed beside happened, each with its exhibit."""
    claim = made.claim
    assert claim.sentence == (
        f"The buyer asks for USD 6,880.00 back on order {ORDER} from {SUPPLIER}, "
        "because the goods were shipped later than agreed and the goods arrived damaged."
    )
    assert claim.numbers == (
        "Shipped 30 days after the agreed date.", "160 of 200 units are damaged (80 %), as counted by the buyer.", MADE_UP,
    )  # fmt: skip
    shipping = claim.compared[0]
    assert (shipping.agreed.text, shipping.agreed.source) == ("Sun 26 Jul 2026", "A01")
    assert shipping.happened.text.startswith("Tue 25 Aug 2026")
    assert claim.compared[1].happened.source == "the buyer"
    quantity, condition = claim.compared[2:4]
    assert (quantity.agreed.text, quantity.agreed.source) == ("200 pieces", "A01")
    assert (quantity.happened.text, quantity.happened.source) == ("no difference is claimed", "")
    assert condition.happened.text.startswith(
        "160 of 200 units are damaged (80 %), as counted by the buyer. See the buyer's"
    )
    assert {line.label: line.source for line in claim.money}["Asked for"] == "A05"
    assert claim.ceiling.startswith("USD ")


@pytest.mark.parametrize(
    ("reasons", "numbers", "missing"),
    [
        (("late",), ["Shipped 30 days"], "no difference is claimed"),
        (("damaged",), ["160 of 200 units are damaged", MADE_UP], "no difference is claimed"),
        (("quality",), ["160 of 200 units are defective", MADE_UP], "no difference is claimed"),
        (("quantity",), ["160 of 200 units are missing", MADE_UP], "160 of 200 units are missing"),
        (("damaged", "quantity"), [OF_BOTH, MADE_UP], OF_BOTH),
        (("not_received",), [], "no difference is claimed"),
    ],
)
def test_the_claim_has_the_figures_of_its_reasons_and_no_others(
    sealed: Sealed, reasons: tuple[str, ...], numbers: list[str], missing: str
) -> None:
    """One count of units is no figure of lateness, and what is broken is not missing."""
    claim = plan(sealed.casefile, (), (), reasons, Choices(), CoveringCheckpoint(1)).claim
    assert len(claim.numbers) == len(numbers)
    assert all(text.startswith(words) for text, words in zip(claim.numbers, numbers, strict=True))
    assert claim.compared[2].happened.text.startswith(missing)


def test_a_page_goes_before_the_buyers_word_on_the_claim() -> None:
    """The order page's quantity and day of receipt, though the buyer entered others."""
    seen = datetime(2026, 9, 1, tzinfo=UTC)
    facts = (
        Fact("order.items", ({"name": "Fan", "quantity": 200, "unit": "Pieces"},), "read", "s1", "test/1", at=seen),
        Fact("order.received_at", "2026-09-01", "read", "s1", "test/1", at=seen),
        Fact("units_total", 210, "asserted", "", "buyer", at=seen),
        Fact("received_at", "2026-09-03", "asserted", "", "buyer", at=seen),
    )
    claim = plan(
        CaseFile(ORDER, "", ZONE, AS_OF, AS_OF, facts), (), (), ("damaged",), Choices(), CoveringCheckpoint(1)
    ).claim
    rows = {row.topic: row for row in claim.compared}
    assert (rows["Quantity"].agreed.text, rows["Quantity"].agreed.source) == ("200 pieces", "page seen Tue 1 Sep 2026")
    assert rows["Delivery"].happened.text == "Tue 1 Sep 2026"
    assert rows["Delivery"].happened.source != "the buyer"


def test_a_case_of_assertions_alone_has_a_plan() -> None:
    """When the site refuses the tool, the pack still stands on what the buyer says."""
    bare = plan(CaseFile(ORDER, "", ZONE, AS_OF, AS_OF), (), (), (), Choices(), CoveringCheckpoint(1))
    assert bare.exhibits == ()
    assert bare.claim.sentence == f"This is the record of order {ORDER}."
    assert bare.name == f"{ORDER}-record-20260923"


def test_the_packs_day_is_that_of_the_cases_zone(sealed: Sealed) -> None:
    """Late in the evening in UTC it is the next day in Amsterdam."""
    late = replace(sealed.casefile, as_of=datetime(2026, 9, 23, 22, 30, tzinfo=UTC))
    assert plan(late, (), (), (), Choices(), CoveringCheckpoint(1)).name.endswith("-20260924")


def test_what_was_seen_after_the_day_of_the_pack_is_not_in_it(sealed: Sealed) -> None:
    """Neither visits nor facts nor files, nor their ledger entries."""
    before = replace(sealed.casefile, as_of=datetime(2026, 8, 1, tzinfo=UTC))
    made = plan(before, (), (), (), Choices(), CoveringCheckpoint(1))
    assert kinds(made) == [("A01", "supplier")]
    assert not set(made.entries) & {file.seq for file in sealed.casefile.files}


def test_the_same_case_has_the_same_plan_and_another_choice_another(sealed: Sealed, made: PackPlan) -> None:
    """The digest finds renderings again, so it must not depend on chance or on the order of dictionaries."""
    assert plan_digest(sealed.plan()) == plan_digest(made)
    assert plan_digest(sealed.plan(Choices(all=True))) != plan_digest(made)
    assert canonical(sealed.plan()) == canonical(made)


def test_the_timeline_holds_every_message_visit_file_and_dated_deadline_in_order(made: PackPlan, sealed: Sealed) -> None:
    """Once each, oldest first; CSV and JSON hold the same rows."""
    rows = made.timeline
    assert [row.first for row in rows] == sorted(row.first for row in rows)
    count = {kind: sum(1 for row in rows if row.kind == kind) for kind in ("message", "visit", "file", "deadline")}
    assert count == {
        "message": len(MESSAGES), "visit": len(sealed.casefile.snapshots), "file": len(sealed.casefile.files),
        "deadline": sum(1 for d in made.deadlines if d.act_by),
    }  # fmt: skip
    assert len(json.loads(timeline_json(rows))["rows"]) == len(rows)
    table = list(csv.reader(io.StringIO(timeline_csv(rows).decode("utf-8-sig"))))
    assert len(table) == len(rows) + 1


def test_a_spreadsheet_runs_nothing_from_the_timeline(made: PackPlan) -> None:
    """A message that begins like a formula gets a quote before it in the CSV, and stands as it is in the JSON."""
    row = replace(made.timeline[0], text='=HYPERLINK("http://x")')
    assert "'=HYPERLINK" in timeline_csv([row]).decode("utf-8-sig")
    assert json.loads(timeline_json([row]))["rows"][0]["text"] == row.text


def test_the_reports_timeline_is_short_and_says_what_it_leaves_out(made: PackPlan) -> None:
    """Pages seen on one day are one row; messages stand in the conversation."""
    rows, hidden = key_rows(made)
    assert hidden > 0
    assert not [row for row in rows if row.kind == "message"]
    assert [row.text for row in rows if row.text.startswith("Added")] == ["Added: 2 × Photo, Contract, Video"]
    assert any("blocked" in row.text for row in rows)


def test_times_are_local_with_weekday_and_utc() -> None:
    """Another UTC day is said; a time without a zone gives the first instant it can mean."""
    assert both(datetime(2026, 9, 24, 10, 0, tzinfo=UTC), ZONE) == "Thu 24 Sep 2026, 12:00 CEST (10:00 UTC)"
    assert both(datetime(2026, 9, 24, 22, 30, tzinfo=UTC), ZONE) == "Fri 25 Sep 2026, 00:30 CEST (Thu 24 Sep, 22:30 UTC)"
    assert both(datetime(2026, 9, 24, 10, 0, tzinfo=UTC), "UTC") == "Thu 24 Sep 2026, 10:00 UTC"
    assert time_in("2026-09-24", ZONE) is not None
    assert time_in("soon", ZONE) is None


def test_the_printed_timer_keeps_its_words_and_gives_the_instant_to_act_by(made: PackPlan) -> None:
    """Printed without a zone: the earliest reading counts."""
    (timer,) = [line for line in made.claim.parties if line.label == "Timer printed there"]
    value = next(f.value for f in made.facts if f.name == "dispute.deadline")
    assert timer.text == at_the_earliest(value, ZONE)
    assert "18:00, as printed (no zone)" in timer.text
    assert "12:00 CEST (10:00 UTC)" in timer.text


@pytest.mark.parametrize(
    ("name", "safe"),
    [("copy-1.png", "file-copy-1.png"), ("Facts.JSON", "file-Facts.JSON"), ("../../etc/passwd", "etc-passwd"),
     ("外箱.jpg", "file.jpg"), ("a b\n.jpg", "a-b.jpg"), (".hidden", "file.hidden"), ("", "file"), ("CON:x", "CON-x"),
     ("con.txt", "file-con.txt"), ("Aux", "file-Aux"), ("合同", "file"), ("x" * 90 + ".jpeg", "x" * 75 + ".jpeg")],
)  # fmt: skip
def test_names_of_files_are_made_safe_and_never_take_the_packs_own(name: str, safe: str) -> None:
    """Whatever the buyer's phone called it; a name that Windows takes for a device would be a pack that does not verify."""
    assert original_name(name) == safe
    assert is_safe(safe)


def test_files_of_a_saved_page_whose_names_are_alike_on_some_system_all_have_their_place(sealed: Sealed) -> None:
    """Names of another script lose all but their ending, and Windows and macOS make no difference between cases."""
    names = ("Logo.png", "logo.png", "图.png", "箱.png", "con.png")
    file = sealed.casefile.files[0]
    parts = tuple(FilePart(f"p_files/{name}", 1, f"{n:064x}", "00") for n, name in enumerate(names))
    files = (replace(file, parts=parts), *sealed.casefile.files[1:])
    made = replace(sealed, casefile=replace(sealed.casefile, files=files)).plan()
    exhibit = next(e for e in made.exhibits if file.digest in e.files.values())
    assert set(exhibit.files.values()) == {file.digest, *(part.digest for part in parts)}
    assert len({path.casefold() for path in exhibit.files}) == len(exhibit.files)
    assert all(map(is_safe, exhibit.files))
