"""The sites that are known, by the names under which the ledger records them: the one place that names them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collector.address import parts_of
from collector.errors import UnknownSite
from collector.model import ALIBABA
from collector.site import Site
from collector.sites.alibaba import Alibaba
from collector.sites.aliexpress import AliExpress

SITES: Mapping[str, Site] = MappingProxyType({ALIBABA: Alibaba(), "aliexpress": AliExpress()})


def site_named(name: str) -> Site:
    """The site that goes by that name. Raises UnknownSite for one that only another version knows."""
    if name not in SITES:
        raise UnknownSite(
            f"The archive holds pages of a site that this tradewitness does not know: {name!r}.",
            "Install a newer tradewitness: uv tool upgrade tradewitness",
        )
    return SITES[name]


def name_at(url: str) -> str:
    """The name of the site that an address, as the real site has it, is of; "" where none is known."""
    host = (parts_of(url).hostname or "").lower()
    return next((name for name, site in SITES.items() if any(_is_of(host, one) for one in site.domains)), "")


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
