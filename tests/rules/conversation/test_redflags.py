"""Red flags, admissions and own words: how well they are found in labelled talk, and what is said of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import Fact, FileText, Finding, Passage
from rules.conversation.redflags import redflags
from rules.language.phrases import load_phrases
from rules.policy.platform import load_policy
from tests.rules.cases import added, case, printed, shown
from tests.rules.conversation.labelled import read

DATA = Path(__file__).parent / "data"


def measured(name: str) -> tuple[float, float, float]:
    """Precision, recall, and the share of ordinary messages that are flagged."""
    count: Counter[str] = Counter()
    for said in read(DATA / name):
        got = {hit.flag.id for hit in load_phrases().hits(said.text, said.who) if hit.flag.kind != "answer"} - said.arguable
        count.update(right=len(got & said.labels), wrong=len(got - said.labels), missed=len(said.labels - got))
        count.update(ordinary=not said.labels, disturbed=not said.labels and bool(got))
    right = count["right"]
    return right / (right + count["wrong"]), right / (right + count["missed"]), count["disturbed"] / count["ordinary"]


def test_the_labelled_messages_are_many_and_every_label_is_known() -> None:
    """At least 600; every flag has messages."""
    everything = [*read(DATA / "messages.txt"), *read(DATA / "messages-held.txt")]
    assert len(everything) >= 600
    labels = {label for said in everything for label in said.labels}
    assert labels == {flag.id for flag in load_phrases().book.flags if flag.kind != "answer"}
    assert len({said.text for said in everything}) == len(everything)


@pytest.mark.parametrize(
    ("name", "precision", "recall", "disturbed"),
    [("messages.txt", 0.93, 0.97, 0.02), ("messages-held.txt", 0.93, 0.95, 0.02)],
)
def test_flags_are_found_and_ordinary_talk_is_left_in_peace(
    name: str, precision: float, recall: float, disturbed: float
) -> None:
    """Floors; both were tuned on."""
    got = measured(name)
    assert got[0] >= precision
    assert got[1] >= recall
    assert got[2] <= disturbed


def talk(*messages: tuple[str, str, str]) -> Fact:
    """A conversation: who, printed time, text."""
    told = [
        {"id": str(n), "from": who, "sent_at": None, "printed": printed(when), "text": text, "recalled": False}
        for n, (who, when, text) in enumerate(messages)
    ]
    return shown("thread.messages", told)


def findings(*facts: Fact, **rest: object) -> dict[str, Finding]:
    return {finding.id: finding for finding in redflags(case(*facts, **rest), load_policy())}  # type: ignore[arg-type]


def test_a_flag_is_one_finding_with_its_last_quote_and_a_count() -> None:
    """Ten requests are not ten warnings."""
    found = findings(talk(
        ("supplier", "2026-07-01 09:00", "Pay by Western Union please."),
        ("supplier", "2026-07-02 09:00", "We can also take W e s t e r n U n i o n for the payment."),
    ))  # fmt: skip
    finding = found["redflag.pay_elsewhere"]
    assert finding.verdict == "problem"
    assert "W e s t e r n U n i o n" in finding.text
    assert "Thu 2 Jul 2026, 09:00" in finding.text
    assert "1 more" in finding.text
    assert finding.todo


def test_an_admission_is_good_evidence_and_no_problem() -> None:
    found = findings(talk(("supplier", "2026-07-01 09:00", "发货晚了，非常抱歉。")))
    assert found["admission.admits_late"].verdict == "ok"
    assert "发货晚了" in found["admission.admits_late"].text


def test_the_buyers_own_words_that_hurt_are_said_plainly() -> None:
    found = findings(talk(("buyer", "2026-07-27 09:00", "OK, no problem, 3 August is fine for us.")))
    assert found["own.agreed_delay"].verdict == "problem"
    assert found["own.agreed_delay"].text.startswith("You agreed to a later ship date: “OK, no problem")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("We do not agree to a later date.", "ok"), ("不接受延期，请按合同发货。", "ok"), ("Hello?", "problem")],
)
def test_a_delay_that_was_refused_in_writing_is_in_order(answer: str, verdict: str) -> None:
    """The refusal must come after the request."""
    asked = ("supplier", "2026-07-26 09:00", "We need ten more days, the goods are delayed.")
    assert findings(talk(asked, ("buyer", "2026-07-27 09:00", answer)))["redflag.delay_asked"].verdict == verdict
    assert findings(talk(("buyer", "2026-07-20 09:00", answer), asked))["redflag.delay_asked"].verdict == "problem"


def test_the_platforms_own_messages_and_recalled_ones_without_text_raise_nothing() -> None:
    at = printed("2026-07-01 09:00")
    told = [
        {"id": "1", "from": "system", "printed": at, "text": "Never pay by Western Union."},
        {"id": "2", "from": "supplier", "printed": at, "text": "", "recalled": True},
    ]
    assert findings(shown("thread.messages", told)) == {}


def test_what_was_recalled_later_stays_evidence() -> None:
    """An earlier visit still showed it."""
    early = {"id": "7", "from": "supplier", "printed": printed("2026-07-01 09:00"), "text": "Pay to my personal account."}
    gone = {**early, "text": "", "recalled": True}
    found = findings(shown("thread.messages", [early], snapshot="s1"), shown("thread.messages", [gone], snapshot="s2"))
    assert "redflag.pay_elsewhere" in found


def test_a_conversation_from_elsewhere_is_read_by_its_messages_and_nobody_is_taken_for_a_side() -> None:
    said = {"id": "1", "from": "LINE", "name": "Cindy", "printed": "2026/08/03(Mon) 21:22", "text": "Pay by Western Union."}
    notice = {
        **said,
        "id": "2",
        "from": "WhatsApp",
        "name": "",
        "text": "Cindy changed their phone number. Add the new number.",
    }
    fact = Fact("chat.messages", (said, notice), "read", "chat0", "saved.chat/2", saved=True)
    (finding,) = findings(fact, files=added("chat")).values()
    assert finding.id == "redflag.pay_elsewhere"
    assert finding.text.startswith("Somebody asks for payment outside the platform")
    assert "(0.jpg, Cindy, 2026/08/03(Mon) 21:22)" in finding.text
    assert (finding.language, finding.words) == ("", "western union")


def test_what_a_machine_read_in_a_screenshot_is_flagged_and_nobody_is_said_to_have_written_it() -> None:
    """It is quoted only where nothing surer says the same, and admits nothing."""
    said = "please pay by Western Union. It is our fault, we will refund you in full"
    seen = FileText("photo0", "shot.png", "photo", (Passage("read by a machine in the picture", said),))
    found = findings(
        files=(*added("photo"), *added("contract")), pictures=(seen, replace(seen, name="PI.png", kind="contract"))
    )
    assert set(found) == {"redflag.pay_elsewhere"}
    text = found["redflag.pay_elsewhere"].text
    assert text.startswith("Somebody asks for payment outside the platform")
    assert "(shot.png, read by a machine in the picture)" in text
    assert text.endswith("A machine read this in a picture, and who wrote it is not known: read the picture.")
    chat = FileText("chat0", "chat.txt", "chat", (Passage("line 9", "please pay by Western Union"),))
    surer = findings(files=(*added("photo"), *added("chat")), pictures=(seen,), texts=(chat,))["redflag.pay_elsewhere"].text
    assert "chat.txt, line 9" in surer
    assert "machine" not in surer


def test_a_chat_kept_by_hand_is_read_and_a_contract_is_not_taken_for_a_threat() -> None:
    """A Proforma Invoice names an account and a telephone by its nature."""
    lines = (Passage("line 3", "WhatsApp +86 139 0000 0000, A/C 62220210011234567"),)
    files = (*added("chat"), *added("contract"))
    chat = FileText("chat0", "chat.txt", "chat", (Passage("line 9", "please pay by Western Union"),))
    found = findings(files=files, texts=(chat, FileText("contract0", "PI.pdf", "contract", lines)))
    assert set(found) == {"redflag.pay_elsewhere"}
    assert "chat.txt, line 9" in found["redflag.pay_elsewhere"].text
