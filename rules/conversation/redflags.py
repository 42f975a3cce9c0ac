"""What the conversation itself shows: red flags, the supplier's admissions, and the buyer's own words that hurt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.model import Finding, Verdict
from rules.case.casefile import CaseFile
from rules.conversation.messages import Statement, passages, quoted, said_elsewhere, seen_in_picture, statements
from rules.conversation.raised import raised
from rules.language.phrases import LIKENESS, PHRASE, SPEAKERS, Flag, Hit, load_phrases
from rules.policy.platform import Policy, SiteWords

_PREFIX = {"red_flag": "redflag", "own_words": "own", "admission": "admission"}
# In a chat kept by hand anybody may be writing; a contract names accounts and addresses by its nature.
_IN_FILES = {"chat": "", "other": "", "contract": "account_changed"}

FlagHits = dict[str, list[tuple[Statement, Hit]]]


def redflags(casefile: CaseFile, policy: Policy) -> tuple[Finding, ...]:
    """One finding for each flag that is raised, however often: the last time quoted, the others counted.

    What stands in a phrase is quoted before what only reads like it.
    """
    heard = listen(casefile)
    flags = [flag for flag in load_phrases().book.flags if flag.id in heard and flag.kind in _PREFIX]
    return tuple(_finding(flag, heard, policy) for flag in flags)


def listen(casefile: CaseFile) -> FlagHits:
    """Each flag's messages and what in them raised it, oldest first; of files, only red flags. What a machine read in a
    picture stands first: the last is quoted, and anything else is surer.
    """
    heard: FlagHits = {}
    for said, hit in _in_pictures(casefile):
        heard.setdefault(hit.flag.id, []).append((said, hit))
    for said in statements(casefile):
        for hit in raised(said.text, said.who):
            heard.setdefault(hit.flag.id, []).append((said, hit))
    for said, hit in _in_files(casefile):
        heard.setdefault(hit.flag.id, []).append((said, hit))
    return heard


def flags_of(text: str, who: str, words: SiteWords) -> tuple[tuple[str, str], ...]:
    """What a message alone is flagged for: kind, or "likeness", and label; of who is not known what nobody should say."""
    known = who in SPEAKERS
    hits = (hit for hit in raised(text, who if known else "") if known or hit.flag.kind == "red_flag")
    return tuple(_marked(hit, words) for hit in hits)


def _marked(hit: Hit, words: SiteWords) -> tuple[str, str]:
    label = words.filled(hit.flag.label)
    return (LIKENESS, f"perhaps: {label} (it only reads like it)") if hit.by == LIKENESS else (hit.flag.kind, label)


def _in_files(casefile: CaseFile) -> Iterator[tuple[Statement, Hit]]:
    for kind, only in _IN_FILES.items():
        kept = said_elsewhere(casefile) if kind == "chat" else ()
        yield from _red((*kept, *passages(casefile, kind)), only)


def _in_pictures(casefile: CaseFile) -> Iterator[tuple[Statement, Hit]]:
    """Whatever kind they are of: a screenshot of a chat is added as a photo."""
    for text in casefile.pictures:
        yield from _red(seen_in_picture(text), _IN_FILES.get(text.kind, ""))


def _red(words: Iterable[Statement], only: str) -> Iterator[tuple[Statement, Hit]]:
    """The red flags that words of unknown people raise: that one alone, where it is named."""
    for said in words:
        for hit in raised(said.text, ""):
            if hit.flag.kind == "red_flag" and only in ("", hit.flag.id):
                yield said, hit


def _finding(flag: Flag, heard: FlagHits, policy: Policy) -> Finding:
    told = [(said, hit) for said, hit in heard[flag.id] if hit.by == PHRASE]
    times, words = told or heard[flag.id], policy.words
    label = words.filled(flag.label)
    said, hit = times[-1]
    quote = quoted(said, hit.sentence)
    more = f", and {len(times) - 1} more like it" if len(times) > 1 else ""
    source = policy.source(flag.source).title if flag.source else ""
    id, facts = f"{_PREFIX[flag.kind]}.{flag.id}", (said.fact,)

    def finding(verdict: Verdict, text: str, todo: str, facts: tuple[str, ...] = facts) -> Finding:
        return Finding(id, verdict, text, facts, todo, source, hit.language, hit.words, hit.by)

    who = {"red_flag": "The supplier " if said.who == "supplier" else "Somebody ", "own_words": ""}.get(flag.kind, "")
    if flag.kind == "red_flag" and said.who == "buyer":
        who = "You: "
    todo = words.filled(flag.todo)
    if flag.kind == "admission":
        todo = f"Good evidence for reason {flag.reason}: keep this message in the pack."
    if not told:
        reads = "It reads as if the supplier " if who == "The supplier " else f"It reads like this: {who.lower()}"
        doubt = f"Read the message yourself: it is only like others that say so, and may not. If it does: {todo}"
        return finding("undetermined", f"{reads}{label}: {quote}{more}.", doubt)
    if flag.kind == "admission":
        return finding("ok", f"Good evidence: {label}: {quote}{more}.", todo)
    text = " ".join(filter(None, (f"{who}{label}: {quote}{more}.", said.caution)))
    if flag.id == "delay_asked" and (answer := _refused_after(heard, said)):
        return finding("ok", f"{text} You refused: {answer}.", "", ("thread.messages", *facts))
    return finding("problem", text[0].upper() + text[1:], todo)


def _refused_after(heard: FlagHits, asked: Statement) -> str:
    """The buyer's refusal of a later date, written after it was last asked for and not taken back; "" for none."""
    agreed = [said.earliest for said, _ in heard.get("agreed_delay", ())]
    for said, hit in heard.get("refuses_delay", ()):
        at = said.earliest
        if asked.earliest and at and at >= asked.earliest and not any(later is None or later >= at for later in agreed):
            return quoted(said, hit.sentence)
    return ""


def speaks_for(findings: tuple[Finding, ...], reason: str) -> str:
    """The supplier's admissions for a reason that a phrase tells, as they were quoted; "" where there is none."""
    return _quotes(findings, "admission", reason)


def speaks_against(findings: tuple[Finding, ...], reason: str) -> str:
    """The buyer's own words that weaken a reason, by the same measure; "" where there are none."""
    return _quotes(findings, "own_words", reason)


def _quotes(findings: tuple[Finding, ...], kind: str, reason: str) -> str:
    flags = {
        f"{_PREFIX[kind]}.{flag.id}": flag
        for flag in load_phrases().book.flags
        if flag.kind == kind and reason in flag.reason.split()
    }
    told = (f for f in findings if f.id in flags and f.by == PHRASE)
    return "; ".join(f.text.partition(": ")[2].partition(f"{flags[f.id].label}: ")[2].rstrip(".") or
                     f.text.partition(": ")[2].rstrip(".") for f in told)  # fmt: skip
