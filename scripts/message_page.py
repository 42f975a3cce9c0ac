"""Writes into docs/messages.md how well the flags are found in the labelled messages; a test holds the page against it."""

from __future__ import annotations

from tests.rules.conversation import labelled

if __name__ == "__main__":
    labelled.PAGE.write_text(labelled.page(), encoding="utf-8")
