"""What readers need to know of a site's addresses, as a Protocol: a site's module of addresses implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin, urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says by itself: the kind of page, and the number or name in it that tells it from others."""

    kind: str
    order: str = ""
    dispute: str = ""
    product: str = ""
    supplier: str = ""
    contact: str = ""


class Addresses(Protocol):
    """One site's addresses. `HOME` is the site's front door, which links without a better base are relative to."""

    HOME: str

    def absolute(self, href: str, base: str) -> str:
        """A link as an https address of the real site; "" for what is no web address."""
        ...

    def address_of(self, url: str) -> Address:
        """What page an address leads to; kind "" where it is none that is known."""
        ...


def real_address(href: str, base: str, site: str) -> str:
    """A link as an https address of the real SITE.com; "" for what is no web address.

    A saved page of a local stand-in links to `*.SITE.localhost:port`; that name stands for SITE.com.
    """
    try:
        parts = urlsplit(urljoin(base, href.strip()))
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    if host == f"{site}.localhost" or host.endswith(f".{site}.localhost"):
        parts = parts._replace(netloc=host.removesuffix("localhost") + "com")
    return parts._replace(scheme="https").geturl()
