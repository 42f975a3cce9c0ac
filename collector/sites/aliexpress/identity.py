"""Is a stored page the one that was wanted? Decided from what stands on it and where it was, not from what was asked."""

from __future__ import annotations

from collector.model import Target
from collector.reading.markup import Frame
from collector.reading.texts import squeezed
from collector.site import SIGNED_IN_AS, Identity
from collector.sites.aliexpress.account import signed_in_as
from collector.sites.aliexpress.addresses import address_of
from collector.sites.aliexpress.pages import page_of


def identify(frames: tuple[Frame, ...], target: Target) -> Identity:
    """Compares what the target expects, else its address, with what page and address state; one contradiction is enough."""
    account, expected = signed_in_as(frames), target.expects.get(SIGNED_IN_AS, "")
    if account and expected and squeezed(account) != squeezed(expected):
        return Identity(False, f"The page was shown to the account {account}, not to {expected}.")
    page, agreed = page_of(target.kind), []
    here = address_of(frames[0].page.url) if frames else address_of("")
    for what, wanted in _wanted(target).items():
        there = getattr(here, what)
        if there and there != wanted and what in {"order", "dispute", "product"}:
            return Identity(False, f"The page's address is that of {what} {there}, not {wanted}.")
        shown = _shown(frames, target.kind, what)
        if not shown:
            if there == wanted and what == "order":
                by_address = f"Its address is that of order {there}; the page itself shows no order number."
                return Identity(True, by_address, by_address)
            continue
        matches = {value for value in shown if squeezed(value).casefold() == squeezed(wanted).casefold()}
        if page.many:
            agreed += [f"{what} {wanted}"] * bool(matches)
            continue
        if what == "supplier" and not matches and _incomparable(wanted, shown):
            continue
        if not matches or (what != "supplier" and len(shown) > 1):
            return Identity(False, f"The page shows {what} {', '.join(sorted(shown))}, not {wanted}.")
        agreed.append(f"{what} {wanted}")
    if agreed:
        return Identity(True, f"The page shows {', '.join(agreed)}.")
    return Identity(None, "The page does not say which one it is.")


def _wanted(target: Target) -> dict[str, str]:
    """What the target is about, of that what such a page can say."""
    address, page = address_of(target.url), page_of(target.kind)
    wanted = {what: target.expects.get(what, "") or getattr(address, what) for what in page.stated}
    return {what: value.strip() for what, value in wanted.items() if value.strip()}


def _shown(frames: tuple[Frame, ...], kind: str, what: str) -> set[str]:
    stated = page_of(kind).stated[what]
    return next((found for frame in frames if (found := stated(frame))), set())


def _incomparable(wanted: str, shown: set[str]) -> bool:
    """A store's number says nothing of its name, nor the other way round."""
    return all(wanted.isdigit() != value.isdigit() for value in shown)
