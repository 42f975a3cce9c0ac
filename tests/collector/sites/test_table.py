"""One table names the sites that are known."""

from __future__ import annotations

import pytest

from collector.errors import UnknownSite
from collector.model import ALIBABA
from collector.sites.alibaba import Alibaba
from collector.sites.table import site_named


def test_a_site_is_known_by_the_name_that_the_ledger_records() -> None:
    assert isinstance(site_named(ALIBABA), Alibaba)


@pytest.mark.parametrize("name", ["", "Alibaba", "made-in-china"])
def test_any_other_name_is_of_a_newer_version(name: str) -> None:
    with pytest.raises(UnknownSite, match="does not know") as refused:
        site_named(name)
    assert "newer tradewitness" in refused.value.hint
