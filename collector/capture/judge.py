"""What a visit amounts to: complete, partial, blocked or failed, and why, from its steps and its stored page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collector.capture.tab import GONE
from collector.model import Outcome, Snapshot, Step, Target
from collector.site import SIGNED_IN_AS, Identity, Recognition

# Where a person's act helps, and nothing else does: the visit is blocked and its account rests.
WALLS = ("login", "challenge", "consent", "region")
NEEDED = {"tiles": "pictures", "dom": "the page's source", "text": "the page's text"}
_WALL = {
    "login": "The site asks to sign in.",
    "challenge": "The site asks for a person to prove that they are one.",
    "consent": "The site asks for consent before it shows the page.",
    "region": "The site asks for, or refuses, the region that this computer is in.",
}
# What to do, said of the page and not of the program: these sentences stand in packs too.
_NEXT = {
    "login": "A person has to sign in.",
    "challenge": "A person has to answer it in their own browser; this program never does.",
    "consent": "A person has to read it and choose, in their own browser.",
    "region": "A person has to choose it in their own browser, or look from a place that the site serves.",
    "not_found": "Check the address and the number, and which account is signed in.",
    "error": "Look again later, or by hand.",
    "maintenance": "Look again later; deadlines go on meanwhile, so write to the site's service before one ends.",
}


def judge(
    target: Target, status: int, steps: Sequence[Step], recognition: Recognition, identity: Identity
) -> tuple[Outcome, str]:
    """The outcome of a visit that kept something, and one sentence that says why (of a complete one, what to know of it)."""
    if recognition.barrier in WALLS:
        return "blocked", f"{recognition.why or _WALL[recognition.barrier]} {_NEXT[recognition.barrier]}"
    lacks = [why for why in (_page(target, status, recognition, identity), *_missing(steps)) if why]
    return ("partial", " ".join(lacks)) if lacks else ("complete", identity.lacks)


def passes(snapshot: Snapshot) -> bool:
    """Whether what kept a visit from its page passes by itself: a broken connection, a tab that crashed, a server's error.

    A wall never does.
    """
    gone = any(step.outcome == "failed" and step.why == GONE for step in snapshot.steps)
    return snapshot.outcome == "failed" or (snapshot.outcome == "partial" and (snapshot.visit.status >= 500 or gone))


def _page(target: Target, status: int, recognition: Recognition, identity: Identity) -> str:
    """Why this is not the page that was wanted; "" when it is."""
    barrier = recognition.barrier
    if status in (404, 410) or barrier == "not_found":
        why = f" {recognition.why}" if status < 400 and recognition.why else ""
        return f"The page was not found (HTTP {status}).{why} {_NEXT['not_found']}"
    if barrier == "maintenance":
        return f"The site is being worked on (HTTP {status}). {_NEXT[barrier]}"
    if status >= 400 or barrier == "error":
        return f"The server answered with an error (HTTP {status}). {_NEXT['error']}"
    if barrier:
        return recognition.why or "The site shows something else."
    if not recognition.kind and target.kind != "page":  # any page at all: a carrier's, a bank's
        return recognition.why or "The page's layout is not known; it was kept as it is."
    if target.kind not in ("page", recognition.kind):
        return f"This is a page of kind {recognition.kind}, not {target.kind}."
    if identity.ok is False:
        return identity.why or "This is not the page that was expected."
    if recognition.lacks:
        return recognition.lacks
    if identity.ok is None and target.expects.keys() - {SIGNED_IN_AS}:
        return identity.why or "The page does not say whether it is the one that was expected."
    return ""


def _missing(steps: Sequence[Step]) -> list[str]:
    """One sentence for each thing that a complete visit needs and this one lacks."""
    by_name = {step.name: step for step in steps}
    lacks = []
    for name, what in NEEDED.items():
        step = by_name.get(name)
        if step is None:
            lacks.append(f"Missing: {what}.")
        elif step.outcome != "ok":
            part = "Incomplete" if step.outcome == "partial" else "Missing"
            lacks.append(f"{part}: {what} ({step.why.rstrip('.')}).")
    thread = by_name.get("thread")
    if thread is not None and thread.outcome != "ok":
        lacks.append(f"The conversation is not whole: {thread.why.rstrip('.')}.")
    return lacks
