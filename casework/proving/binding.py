"""PDFs of the buyer's own, cut and put together for a submission, by a process that cannot harm this one."""

from __future__ import annotations

from collections.abc import Sequence

from collector.saved.sheets import PageRange, bind, page_counts
from rules.pack.submission.paper import Leaves, numbers_alone


class PdfBinder:
    """The binder of `rules.pack.submission.paper`; each answer is one short process."""

    def counts(self, pdfs: Sequence[bytes]) -> tuple[int, ...]:
        """The number of pages of each, 0 where it cannot be opened."""
        return page_counts(pdfs)

    def bind(self, parts: Sequence[Leaves], number_from: int | None) -> bytes:
        """The parts as one PDF, numbered where asked; b"" where it cannot be done."""
        pages = sum(part.last - part.first for part in parts)
        over = b"" if number_from is None else numbers_alone(number_from, pages)
        ranges = [PageRange(at, part.first, part.last) for at, part in enumerate(parts)]
        return bind([part.pdf for part in parts], ranges, over)
