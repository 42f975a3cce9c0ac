"""Verification of an archive: an archive in, `Problem` values out; nothing is changed, and no link is followed."""

from collector.verify.archive import ArchiveReport, verify_archive

__all__ = ["ArchiveReport", "verify_archive"]
