"""Drafts for the buyer to send: fixed, polite templates filled with the case's facts. Nothing is sent from here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from collector.errors import WrongRequest
from collector.kinds import file_kind, in_words
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, Occurrence, days_between
from rules.check.contact import BuyerMessage, reports
from rules.check.contract import clause, missing_items
from rules.check.refund import COUNTED, money
from rules.check.review import reasons_of
from rules.conversation.messages import not_whole, statements
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in
from rules.policy.platform import Policy, SiteWords
from rules.policy.schema import from_toml, installed

KINDS = ("supplier", "statement", "contract", "question")
LANGUAGES = ("en", "zh")
_ANSWER_DAYS = 3  # from day 4 the buyer may escalate: an answer in three days leaves the choice open
_UNKNOWN = {
    "en": {"contact": "[name]", "product": "[product]", "day": "[day]", "amount": "[amount]", "number": "[number]"},
    "zh": {"contact": "[姓名]", "product": "[产品]", "day": "[日期]", "amount": "[金额]", "number": "[数量]"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """One draft in one language, with {names} to fill."""

    kind: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """What happened, by reason, in each language; `about_…` names the problem in a few words."""

    reason: str
    en: str
    zh: str
    about_en: str
    about_zh: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All drafts and the sentences in them."""

    drafts: tuple[Template, ...]
    problems: tuple[ProblemWords, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to copy; `to_fill` are the places in [brackets] that the case does not know, `goes_to` where it is pasted."""

    kind: str
    lang: str
    text: str
    to_fill: tuple[str, ...]
    goes_to: str


@lru_cache
def load_templates(words: SiteWords) -> Templates:
    """The installed templates in the words of a site. Raises WrongRequest when their text is wrong."""
    return from_toml(Templates, words.filled(installed("drafts")), "drafts")


def draft(casefile: CaseFile, policy: Policy, kind: str, lang: str = "en", reasons: tuple[str, ...] = ()) -> Draft:
    """The draft of that kind and language, filled with what is known; `reasons` as for a check.

    Raises WrongRequest for another kind, language or reason.
    """
    if kind not in KINDS:
        raise WrongRequest(f"{kind!r} is not a draft.", "Drafts: " + ", ".join(KINDS) + ".")
    if lang not in LANGUAGES:
        raise WrongRequest(f"Drafts are not written in {lang!r}.", "Languages: en (English), zh (Chinese).")
    chronology = Chronology(casefile.known(), policy)
    template = next(t for t in load_templates(policy.words).drafts if (t.kind, t.lang) == (kind, lang))
    text = template.text.strip().format_map(
        _CaseWords(chronology, reasons_of(chronology.casefile, policy, reasons), lang).all()
    )
    text = re.sub(r"\n{3,}", "\n\n", text)
    text = re.sub(r"(?<=\w)\.\.(?=\s|$)", ".", text)  # "Co., Ltd." at the end of a sentence
    return Draft(kind, lang, text, tuple(dict.fromkeys(re.findall(r"\[[^\]\n]+\]", text))), policy.words.messages)


@dataclass(frozen=True, slots=True)
class _CaseWords:
    """The case in the words of one language."""

    chronology: Chronology
    reasons: tuple[str, ...]
    lang: str

    def all(self) -> Mapping[str, str]:
        known = self._known()
        return {
            **known,
            "problems": self._problems(known),
            "terms": self._terms(),
            "clauses": self._clauses(),
            "evidence": self._evidence(),
            "contacted": self._contacted(),
            "claim": self._claim(),
            "delay": self._delay(),
        }

    def _pick(self, en: str, zh: str) -> str:
        return zh if self.lang == "zh" else en

    def _known(self) -> dict[str, str]:
        case, unknown = self.chronology.casefile, _UNKNOWN[self.lang]
        agreed, shipped = self.chronology.happened("ship_by"), self.chronology.happened("shipped")
        claimed = money(case, "dispute.amount") or money(case, "amount_claimed")
        company = case.value("supplier.name") or case.value("order.supplier")
        shared = len(COUNTED & set(self.reasons)) > 1
        answer_by = day_in(case.as_of, case.zone) + timedelta(days=_ANSWER_DAYS)
        return {
            "order": case.order,
            "contact": self._contact(),
            "product": self._product(),
            "supplier": str(company or self._pick("[supplier]", "[供应商]")),
            "total": self._money("order.total"),
            "paid": self._money("order.paid"),
            "ship_by": self._day(agreed),
            "shipped": self._day(shipped),
            "received": self._day(self.chronology.happened("received")),
            "days_late": self._late(agreed, shipped),
            "tracking": str(case.value("tracking.number") or unknown["number"]),
            "units": str(case.value("units_total") or unknown["number"]),
            # One count cannot be the units missing and the units damaged too.
            "bad": str((not shared and case.value("units_defective")) or unknown["number"]),
            "answer_by": self._written(answer_by),
            "amount": self._pick(f" ({money_words(claimed)})", f"（{money_words(claimed)}）") if claimed else "",
        }  # fmt: skip

    def _contact(self) -> str:
        value = self.chronology.casefile.value("thread.with")
        name = value.get("name") if isinstance(value, Mapping) else value
        return str(name) if name and isinstance(name, str) else _UNKNOWN[self.lang]["contact"]

    def _product(self) -> str:
        names = [str(item.get("name")) for item in self.chronology.casefile.goods]
        return "; ".join(names) or str(self.chronology.casefile.value("product.title") or _UNKNOWN[self.lang]["product"])

    def _money(self, name: str) -> str:
        amount = money(self.chronology.casefile, name)
        return money_words(amount) if amount else _UNKNOWN[self.lang]["amount"]

    def _day(self, told: Occurrence | None) -> str:
        return self._written(min(day for day, _ in told.days)) if told else _UNKNOWN[self.lang]["day"]

    def _written(self, day: date) -> str:
        return self._pick(day_words(day), f"{day.year}年{day.month}月{day.day}日")

    def _late(self, agreed: Occurrence | None, shipped: Occurrence | None) -> str:
        """The days late that are sure in every zone."""
        days = min(days_between(agreed, shipped), default=0) if agreed and shipped else 0
        return self._pick(f", {days} day{'' if days == 1 else 's'} late", f"，延迟{days}天") if days > 0 else ""

    def _problems(self, known: Mapping[str, str]) -> str:
        sentences = [
            self._pick(p.en, p.zh).format_map(known)
            for r in self.reasons
            for p in load_templates(self.chronology.policy.words).problems
            if p.reason == r
        ]
        listed = sentences or [self._pick("[what is wrong, with numbers and days]", "[具体问题、数量和日期]")]
        return "".join(f"- {sentence}\n" for sentence in listed)

    def _terms(self) -> str:
        terms = self.chronology.casefile.value("order.terms")
        listed = [f"“{text}”" for text in terms.values()] if isinstance(terms, Mapping) else [f"“{terms}”"] if terms else []
        agreed = self.chronology.happened("ship_by")
        if agreed:
            listed.append(self._pick(f"ship by {self._day(agreed)}.", f"{self._day(agreed)}前发货。"))
        return " ".join(listed) or self._pick("[quote the contract]", "[引用合同条款]")

    def _clauses(self) -> str:
        clauses = [clause(self._pick(i.clause_en, i.clause_zh), self.chronology) for i in missing_items(self.chronology)]
        return "".join(f"{number}. {text}\n" for number, text in enumerate(clauses, 1)) or self._pick(
            "(Nothing of the checklist is missing.)\n", "（合同要点齐全，没有缺项。）\n"
        )

    def _evidence(self) -> str:
        files = self.chronology.casefile.files
        if not files:
            return self._pick("[photos, videos, contract: list them here]\n", "[照片、视频、合同：请列出]\n")
        return "".join(f"- {self._pick(in_words(f.kind), file_kind(f.kind).zh)}: {f.name}\n" for f in files)

    def _contacted(self) -> str:
        """For each problem the first message that told the supplier of it; what one message told stands together."""
        unknown: list[str] = []
        told: dict[BuyerMessage, list[str]] = {}
        for found in reports(self.chronology, self.reasons):
            words = next(p for p in load_templates(self.chronology.policy.words).problems if p.reason == found.reason.id)
            about = self._pick(words.about_en, words.about_zh)
            if found.told:
                told.setdefault(found.told, []).append(about)
            else:
                unknown.append(about)
        if unknown or not told:
            about = self._listed(unknown) or self._pick("the problem", "问题")
            place = self._pick(
                f"[when you wrote to the supplier in the {self.chronology.policy.words.messages} about {about}]",
                f"[何时在消息中心就{about}联系供应商]",
            )
            return "\n".join([*(self._told(said, about) for said, about in told.items()), place])
        return "\n".join(self._told(said, about) for said, about in told.items())

    def _told(self, said: BuyerMessage, about: list[str]) -> str:
        first, case = said.told.earliest, self.chronology.casefile
        answered = any(s.who == "supplier" and s.earliest and s.earliest > first for s in statements(case))
        answered = answered or bool(not_whole(case))  # of what is not kept nothing is claimed
        place = self.chronology.policy.words.messages
        en = f"We wrote to the supplier in the {place} about {self._listed(about)} on {said.day}"
        day = f"{said.on.year}年{said.on.month}月{said.on.day}日"
        zh = f"我们于{day}在消息中心就{self._listed(about)}联系了供应商"
        en += ("" if answered else "; no answer is shown since") + f": {said.quote}"
        zh += ("" if answered else "，至今没有答复") + f"：{said.quote}"
        return self._pick(en, zh)

    def _listed(self, words: list[str]) -> str:
        return self._pick(" and ", "和").join(words)

    def _claim(self) -> str:
        case = self.chronology.casefile
        claimed = money(case, "dispute.amount") or money(case, "amount_claimed")
        asked = money_words(claimed) if claimed else _UNKNOWN[self.lang]["amount"]
        return self._pick(f"A refund of {asked}.", f"退款{asked}。")

    def _delay(self) -> str:
        """While nothing is shipped: no later date is agreed to."""
        if self.chronology.happened("shipped") or not self.chronology.happened("ship_by"):
            return ""
        return self._pick("We do not agree to a later shipping date.\n", "我们不同意推迟发货日期。\n")
