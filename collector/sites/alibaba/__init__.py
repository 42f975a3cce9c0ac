"""alibaba.com: addresses, markers, and one reader for each kind of page. The only place that imports BeautifulSoup."""

from collector.sites.alibaba.site import Alibaba

__all__ = ["Alibaba"]
