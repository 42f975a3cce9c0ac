"""The sites that are known, by the names under which the ledger records them: the one place that names them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collector.errors import UnknownSite
from collector.model import ALIBABA
from collector.site import Site
from collector.sites.alibaba import Alibaba

_SITES: Mapping[str, Site] = MappingProxyType({ALIBABA: Alibaba()})


def site_named(name: str) -> Site:
    """The site that goes by that name. Raises UnknownSite for one that only another version knows."""
    if name not in _SITES:
        raise UnknownSite(
            f"The archive holds pages of a site that this tradewitness does not know: {name!r}.",
            "Install a newer tradewitness: uv tool upgrade tradewitness",
        )
    return _SITES[name]
