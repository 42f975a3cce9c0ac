"""aliexpress.com: addresses, markers, and one reader for each kind of page. See docs/readers-aliexpress.md."""

from collector.sites.aliexpress.site import AliExpress

__all__ = ["AliExpress"]
