"""A local host that stands for the real one (demo, tests): recorded in every snapshot, shown in every pack."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlunsplit

from collector.address import parts_of
from collector.errors import WrongRequest


@dataclass(frozen=True, slots=True)
class Alias:
    """`local` ("site.localhost:8123") stands for `real` ("site.com"); sub-domains are covered. Empty: no alias."""

    local: str = ""
    real: str = ""

    @classmethod
    def parse(cls, text: str) -> Alias:
        """From TRADEWITNESS_ALIAS ("local:port=real"); empty text is no alias. Raises WrongRequest."""
        if not text.strip():
            return cls()
        local, sep, real = text.strip().lower().partition("=")
        host = local.partition(":")[0]
        if not sep or not local or not real or not (host == "localhost" or host.endswith(".localhost")):
            raise WrongRequest(
                f"TRADEWITNESS_ALIAS is not understood: {text!r}.",
                'Write it as "site.localhost:8123=site.com"; only a *.localhost name may stand for a real one.',
            )
        return cls(local, real)

    def __bool__(self) -> bool:
        return bool(self.local)

    def __str__(self) -> str:
        return f"{self.local}={self.real}" if self else ""

    def to_real(self, url: str) -> str:
        """The address as the real site would have it; other addresses unchanged."""
        return self._swap(url, self.local, self.real, "https")

    def to_local(self, url: str) -> str:
        """The address on the local stand-in; other addresses unchanged."""
        return self._swap(url, self.real, self.local, "http")

    def _swap(self, url: str, old: str, new: str, scheme: str) -> str:
        parts = parts_of(url)
        host = parts.netloc.lower().rpartition("@")[2]
        if not self or not (host == old or host.endswith("." + old)):
            return url
        return urlunsplit((scheme, host[: len(host) - len(old)] + new, parts.path, parts.query, parts.fragment))
