"""What the conversation itself shows: red flags, the supplier's admissions, and the buyer's own words that hurt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.model import Finding
from rules.case.casefile import CaseFile
from rules.conversation.messages import Statement, passages, quoted, said_elsewhere, seen_in_picture, statements
from rules.language.phrases import Flag, Hit, Matcher, load_phrases
from rules.policy.platform import Policy, SiteWords

_PREFIX = {"red_flag": "redflag", "own_words": "own", "admission": "admission"}
# In a chat kept by hand anybody may be writing; a contract names accounts and addresses by its nature.
_IN_FILES = {"chat": "", "other": "", "contract": "account_changed"}

FlagHits = dict[str, list[tuple[Statement, Hit]]]


def redflags(casefile: CaseFile, policy: Policy) -> tuple[Finding, ...]:
    """One finding for each flag that is raised, however often: the last time quoted, the others counted."""
    matcher = load_phrases()
    heard = listen(casefile, matcher)
    flags = [flag for flag in matcher.book.flags if flag.id in heard and flag.kind in _PREFIX]
    return tuple(_finding(flag, heard, policy) for flag in flags)


def listen(casefile: CaseFile, matcher: Matcher) -> FlagHits:
    """Each flag's messages and what in them raised it, oldest first; of files, only red flags. What a machine read in a
    picture stands first: the last is quoted, and anything else is surer.
    """
    heard: FlagHits = {}
    for said, hit in _in_pictures(casefile, matcher):
        heard.setdefault(hit.flag.id, []).append((said, hit))
    for said in statements(casefile):
        for hit in matcher.hits(said.text, said.who):
            heard.setdefault(hit.flag.id, []).append((said, hit))
    for said, hit in _in_files(casefile, matcher):
        heard.setdefault(hit.flag.id, []).append((said, hit))
    return heard


def flags_of(text: str, who: str, words: SiteWords) -> tuple[tuple[str, str], ...]:
    """What a message alone is flagged for: kind and label. Of who is not known only what nobody should say."""
    known = who in ("buyer", "supplier")
    hits = load_phrases().hits(text, who if known else "")
    return tuple((hit.flag.kind, words.filled(hit.flag.label)) for hit in hits if known or hit.flag.kind == "red_flag")


def _in_files(casefile: CaseFile, matcher: Matcher) -> Iterator[tuple[Statement, Hit]]:
    for kind, only in _IN_FILES.items():
        kept = said_elsewhere(casefile) if kind == "chat" else ()
        yield from _red(matcher, (*kept, *passages(casefile, kind)), only)


def _in_pictures(casefile: CaseFile, matcher: Matcher) -> Iterator[tuple[Statement, Hit]]:
    """Whatever kind they are of: a screenshot of a chat is added as a photo."""
    for text in casefile.pictures:
        yield from _red(matcher, seen_in_picture(text), _IN_FILES.get(text.kind, ""))


def _red(matcher: Matcher, words: Iterable[Statement], only: str) -> Iterator[tuple[Statement, Hit]]:
    """The red flags that words of unknown people raise: that one alone, where it is named."""
    for said in words:
        for hit in matcher.hits(said.text):
            if hit.flag.kind == "red_flag" and only in ("", hit.flag.id):
                yield said, hit


def _finding(flag: Flag, heard: FlagHits, policy: Policy) -> Finding:
    times, words = heard[flag.id], policy.words
    label = words.filled(flag.label)
    said, hit = times[-1]
    quote, raised_by = quoted(said, hit.sentence), (hit.language, hit.words)
    more = f", and {len(times) - 1} more like it" if len(times) > 1 else ""
    source = policy.source(flag.source).title if flag.source else ""
    id, facts = f"{_PREFIX[flag.kind]}.{flag.id}", (said.fact,)
    if flag.kind == "admission":
        todo = f"Good evidence for reason {flag.reason}: keep this message in the pack."
        return Finding(id, "ok", f"Good evidence: {label}: {quote}{more}.", facts, todo, source, *raised_by)
    who = {"red_flag": "The supplier " if said.who == "supplier" else "Somebody ", "own_words": ""}[flag.kind]
    if flag.kind == "red_flag" and said.who == "buyer":
        who = "You: "
    text = " ".join(filter(None, (f"{who}{label}: {quote}{more}.", said.caution)))
    if flag.id == "delay_asked" and (answer := _refused_after(heard, said)):
        return Finding(id, "ok", f"{text} You refused: {answer}.", ("thread.messages", *facts), "", source, *raised_by)
    return Finding(id, "problem", text[0].upper() + text[1:], facts, words.filled(flag.todo), source, *raised_by)


def _refused_after(heard: FlagHits, asked: Statement) -> str:
    """The buyer's refusal of a later date, written after it was last asked for and not taken back; "" for none."""
    agreed = [said.earliest for said, _ in heard.get("agreed_delay", ())]
    for said, hit in heard.get("refuses_delay", ()):
        at = said.earliest
        if asked.earliest and at and at >= asked.earliest and not any(later is None or later >= at for later in agreed):
            return quoted(said, hit.sentence)
    return ""


def speaks_for(findings: tuple[Finding, ...], reason: str) -> str:
    """The supplier's admissions for a reason, as they were quoted; "" where there is none."""
    return _quotes(findings, "admission", reason)


def speaks_against(findings: tuple[Finding, ...], reason: str) -> str:
    """The buyer's own words that weaken a reason, as they were quoted; "" where there are none."""
    return _quotes(findings, "own_words", reason)


def _quotes(findings: tuple[Finding, ...], kind: str, reason: str) -> str:
    flags = {
        f"{_PREFIX[kind]}.{flag.id}": flag
        for flag in load_phrases().book.flags
        if flag.kind == kind and reason in flag.reason.split()
    }
    return "; ".join(f.text.partition(": ")[2].partition(f"{flags[f.id].label}: ")[2].rstrip(".") or
                     f.text.partition(": ")[2].rstrip(".") for f in findings if f.id in flags)  # fmt: skip
