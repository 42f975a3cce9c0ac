"""The contract against the guide's checklist, and the order page against the contract's file against the chat."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.model import Fact, FileText, Finding, Money, Passage
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology
from rules.check.contract import contract, load_checklist, missing_items
from rules.check.differences import differences
from rules.policy.platform import load_policy
from tests.rules.cases import added, case, printed, shown

GOOD = {
    "quality": "Colour navy, Pantone 294. Size 24 x 18 cm. Material 100 % cotton. CE certified. Misprints at most 1 %.",
    "packaging": "50 shirts a carton, 5-layer cartons.",
    "remark": "A refund of the unit price is due for each misprint.",
}
PAGE = (
    shown("order.ship_by", "2026-07-26"),
    shown("order.ship_terms", "DDP Leeds"),
    shown("order.total", Money(Decimal(3200), "USD")),
    shown("order.items", [{"name": "T shirt", "quantity": 500, "attributes": []}]),
    shown("order.supplier", "Guangzhou Redthread Garment Co., Ltd."),
)
PAID = shown(
    "order.payments",
    [{"step": "Full payment", "amount": Money(Decimal(3200), "USD"), "paid_at": printed("2026-07-01 10:00")}],
)


def checked(*facts: Fact | str, lines: tuple[str, ...] = (), problem: str = "") -> CaseFile:
    """A case with these facts, and a contract file of these lines."""
    if not lines and not problem:
        return case(*facts)
    passages = tuple(Passage(f"page 1, line {n}", line) for n, line in enumerate(lines, 1))
    return case(*facts, files=added("contract"), texts=(FileText("contract0", "PI.pdf", "contract", passages, problem),))


def contract_of(casefile: CaseFile) -> dict[str, Finding]:
    return {f.id.removeprefix("contract."): f for f in contract(Chronology(casefile.known(), load_policy()))}


def differing(casefile: CaseFile) -> dict[str, Finding]:
    return {f.id.removeprefix("difference."): f for f in differences(Chronology(casefile.known(), load_policy()))}


def test_every_point_of_the_guides_checklist_is_on_the_list() -> None:
    """Description (materials, dimensions, colours), date and terms, quality, packaging, payment and refund."""
    checklist, _ = load_checklist(load_policy().words)
    assert {item.part for item in checklist.items} == {
        "Product description", "Shipping date and delivery terms", "Quality standards", "Packaging requirements",
        "Payment terms and refund conditions",
    }  # fmt: skip
    assert all(item.clause_en and item.clause_zh for item in checklist.items)


def test_a_full_contract_is_in_order_with_each_sentence_and_its_place() -> None:
    found = contract_of(checked(*PAGE, PAID, shown("order.terms", GOOD)))
    assert {id: f.verdict for id, f in found.items()} == dict.fromkeys(found, "ok")
    assert found["colours"].text == "The colours: “Colour navy, Pantone 294.” (order page, quality)."
    assert found["refund_conditions"].text.endswith("(order page, remark).")
    assert found["ship_date"].text == "The shipping date: Sun 26 Jul 2026 (order page)."


def test_what_is_missing_comes_with_a_clause_to_paste() -> None:
    """Before payment into the order; afterwards as a message to be confirmed."""
    found = contract_of(checked(*PAGE, shown("order.terms", {"quality": "Good fans."})))
    assert found["refund_conditions"].verdict == "missing"
    assert found["refund_conditions"].todo.startswith("Before you pay, ask for this in the order's contract: “Refund:")
    paid = contract_of(checked(*PAGE, PAID, "paid_at=2026-07-01", shown("order.terms", {"quality": "Good fans."})))
    assert "confirm in the Message Center" in paid["refund_conditions"].todo


def test_a_term_without_a_figure_cannot_be_measured() -> None:
    """Standard export packing is worth nothing in a dispute."""
    found = contract_of(checked(*PAGE, shown("order.terms", {"packaging": "Standard export packing."})))
    assert found["packaging"].verdict == "problem"
    assert "no figure" in found["packaging"].text
    assert "Standard export packing." in found["vague"].text
    assert "layers, foam thickness" in found["vague"].text


@pytest.mark.parametrize(
    "text",
    ["质量好，优质产品。", "Ship ASAP", "colour as sample", "about 200 pcs", "或类似材料", "tolerance: industry standard"],
)
def test_vague_words_are_flagged_in_both_languages(text: str) -> None:
    assert "vague" in contract_of(checked(lines=(text,)))


def test_a_chinese_contract_is_read() -> None:
    found = contract_of(
        checked(
            lines=(
                "材料：304不锈钢",
                "厚度1.2毫米 1.2mm",
                "颜色：白色",
                "不良率不超过2%",
                "五层纸箱，每箱4件",
                "交货日期：2026年7月26日",
                "不合格产品按单价退款",
            )
        )
    )
    assert [
        id
        for id in ("materials", "colours", "tolerances", "packaging", "ship_date", "refund_conditions")
        if found[id].verdict != "ok"
    ] == []


def test_what_only_the_chat_says_is_missing_in_the_contract() -> None:
    """Claims rest on the contract alone; talk after the payment is no contract either."""
    words = {"id": "1", "from": "supplier", "printed": printed("2026-06-25 09:00"), "text": "We refund every broken one."}
    late = {**words, "printed": printed("2026-09-25 09:00")}
    terms = shown("order.terms", {"quality": "12 cm"})
    before = contract_of(checked(*PAGE, PAID, terms, shown("thread.messages", [words])))["refund_conditions"]
    assert (before.verdict, "only the chat says it" in before.text) == ("missing", True)
    after = contract_of(checked(*PAGE, PAID, terms, shown("thread.messages", [late])))["refund_conditions"]
    assert "only the chat" not in after.text


def test_a_colour_box_is_no_colour() -> None:
    assert (
        contract_of(checked(shown("order.terms", {"packaging": "Each in a colour box, 4 a carton."})))["colours"].verdict
        == "missing"
    )


def test_a_scan_is_left_to_the_persons_own_eyes() -> None:
    """It is neither missing nor in order."""
    found = contract_of(checked(problem="no text found in it (a scan or a picture?): look yourself."))
    assert found["unreadable"].verdict == found["known"].verdict == "undetermined"
    assert "look yourself" in found["unreadable"].text


def test_without_any_contract_there_is_one_finding_and_not_ten() -> None:
    assert list(contract_of(case())) == ["known"]


def test_the_missing_items_are_those_that_are_not_in_order() -> None:
    casefile = checked(*PAGE, PAID, shown("order.terms", {**GOOD, "remark": "None."}))
    assert [item.id for item in missing_items(Chronology(casefile.known(), load_policy()))] == ["refund_conditions"]


# -- one thing, three sources -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ("Total amount: USD 3,500.00", "amount"),
        ("Quantity: 450 pcs", "quantity"),
        ("Shipment date: 5 August 2026", "ship_date"),
        ("Beneficiary: LI XIAOMING", "beneficiary"),
        ("Front print Pantone 300 C", "specification"),
    ],
)
def test_a_contract_file_that_differs_from_the_order_page_is_named_with_both_quotes(line: str, id: str) -> None:
    terms = shown("order.terms", {"quality": "Front print Pantone 294 C"})
    finding = differing(checked(*PAGE, PAID, terms, lines=(line,)))[id]
    assert finding.verdict == "problem"
    assert line in finding.text or "LI XIAOMING" in finding.text
    assert "order page" in finding.text
    assert finding.todo


def test_a_contract_file_that_agrees_is_in_order() -> None:
    lines = ("Total amount: USD 3,200.00", "Quantity: 500 pcs", "Shipment date: 26 July 2026", "Pantone 294 C front print",
             "Beneficiary: GUANGZHOU REDTHREAD GARMENT CO LTD")  # fmt: skip
    found = differing(checked(*PAGE, PAID, shown("order.terms", {"quality": "Front print Pantone 294 C"}), lines=lines))
    assert {id: f.verdict for id, f in found.items()} == dict.fromkeys(
        ("amount", "quantity", "ship_date", "specification", "beneficiary"), "ok"
    )


def test_what_the_chat_agreed_before_the_order_is_held_against_it() -> None:
    """A question, and talk after the payment, agree to nothing."""
    agreed = {
        "id": "1",
        "from": "supplier",
        "printed": printed("2026-06-25 09:00"),
        "text": "Agreed, ship date 20 July 2026.",
    }
    asked = {**agreed, "text": "Can you ship on 20 July 2026?"}
    late = {**agreed, "printed": printed("2026-08-25 09:00")}
    assert differing(checked(*PAGE, PAID, shown("thread.messages", [agreed])))["ship_date"].verdict == "problem"
    for message in (asked, late):
        assert "ship_date" not in differing(checked(*PAGE, PAID, shown("thread.messages", [message])))


def test_other_figures_of_the_same_unit_contradict_nothing_when_they_are_about_something_else() -> None:
    terms = shown("order.terms", {"quality": "Print 24 cm wide", "packaging": "drop test from 80 cm"})
    assert "specification" not in differing(checked(*PAGE, terms, lines=("Sleeve 20 cm",)))


def test_nothing_is_compared_where_only_one_source_speaks() -> None:
    assert differing(checked(*PAGE, PAID)) == {}
