"""What an answer looks like: one pure function an answer, which gives a `View` (JSON, blocks for people, exit code)."""

from casework.views.changes import changes
from casework.views.deadlines import deadlines
from casework.views.desk import next_step, night, signed_in, stopped, today, watched
from casework.views.findings import before_order, draft, findings
from casework.views.house import health, initialised, reindexed, site_today
from casework.views.kept import added, captured, disclosure, exported, handed_in, pack_preview, packed
from casework.views.masking import remasked
from casework.views.notices import notified, reminded, told_night
from casework.views.reading import case, cases, facts, found, reread
from casework.views.sampling import sample, sample_written
from casework.views.scheduling import scheduled
from casework.views.sealing import stamped, status, verified
from casework.views.told import told, withdrawn

__all__ = [
    "added", "before_order", "captured", "case", "cases", "changes", "deadlines", "disclosure", "draft", "exported",
    "facts", "findings", "found", "handed_in", "health", "initialised", "next_step", "night", "notified",
    "pack_preview", "packed", "reindexed", "remasked", "reminded", "reread", "sample", "sample_written", "scheduled",
    "signed_in", "site_today", "stamped", "status", "stopped", "today", "told", "told_night", "verified", "watched",
    "withdrawn",
]  # fmt: skip
