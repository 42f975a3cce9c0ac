"""What a visit amounts to: complete, partial, blocked or failed, and why, from its steps and its stored page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model import Outcome, Step, Target
from collector.site import SIGNED_IN_AS, Identity, Recognition

WALLS = ("login", "challenge")
NEEDED = {"tiles": "pictures", "dom": "the page's source", "text": "the page's text"}
_WALL = {
    "login": "The site asks to sign in.",
    "challenge": "The site asks for a person to prove that they are one.",
}
_BARRIER = {
    "not_found": "The page was not found",
    "error": "The server answered with an error",
    "maintenance": "The site is being worked on",
    "consent": "The site asks for consent before it shows the page",
}


def judge(
    target: Target, status: int, steps: Sequence[Step], recognition: Recognition, identity: Identity
) -> tuple[Outcome, str]:
    """The outcome of a visit that kept something, and one sentence that says why ("" when complete)."""
    if recognition.barrier in WALLS:
        return "blocked", recognition.why or _WALL[recognition.barrier]
    lacks = [why for why in (_page(target, status, recognition, identity), *_missing(steps)) if why]
    return ("partial", " ".join(lacks)) if lacks else ("complete", "")


def _page(target: Target, status: int, recognition: Recognition, identity: Identity) -> str:
    """Why this is not the page that was wanted; "" when it is."""
    barrier = recognition.barrier
    if status in (404, 410) or barrier == "not_found":
        return f"The page was not found (HTTP {status})."
    if status >= 400 or barrier == "error":
        return f"The server answered with an error (HTTP {status})."
    if barrier:
        return recognition.why or f"{_BARRIER.get(barrier, 'The site shows something else')}."
    if not recognition.kind and target.kind != "page":  # any page at all: a carrier's, a bank's
        return recognition.why or "The page's layout is not known; it was kept as it is."
    if target.kind not in ("page", recognition.kind):
        return f"This is a page of kind {recognition.kind}, not {target.kind}."
    if identity.ok is False:
        return identity.why or "This is not the page that was expected."
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
    return lacks
