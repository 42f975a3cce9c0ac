"""What else can protect an order, or the part of it that the site's own does not reach: and when each fits."""

from __future__ import annotations

from collector.model import Finding, Money
from rules.language.words import money_words
from rules.policy.platform import Policy


def protections(amount: Money | None, uncovered: Money | None, policy: Policy) -> tuple[Finding, ...]:
    """A finding for each way that fits the amount: when it fits, and how to go about it. Advice, not a fault."""
    subject = uncovered or amount
    fitting = [p for p in policy.protections if not subject or subject.currency != "USD" or p.fits_from <= subject.amount]
    about = (
        f"the {money_words(uncovered)} that is not covered"
        if uncovered
        else f"what {policy.words.protection} does not cover"
    )
    source = policy.base.title
    return tuple(
        Finding(f"alternative.{p.id}", "undetermined", f"For {about}: {p.label}, {p.fits}.", (), p.todo, source)
        for p in fitting
    )
