"""What of the conversations that the buyer kept by hand could not be read, or be read with certainty."""

from __future__ import annotations

from collector.model import AddedFile, Finding
from rules.case.casefile import CaseFile


def unsure_conversations(casefile: CaseFile) -> tuple[Finding, ...]:
    """One finding that names each such file and why; none where all were read."""
    told = [(file, why) for file in casefile.files if (why := _why(file))]
    if not told:
        return ()
    text = " ".join(f"{file.name}: {why}" for file, why in told)
    todo = next((file.page.todo for file, _ in told if file.page and file.page.todo), "")
    return (Finding("chat.unsure", "undetermined", text, tuple(f"file: {file.name}" for file, _ in told), todo),)


def _why(file: AddedFile) -> str:
    page = file.page
    if page is None or page.kind != "chat":
        return ""
    return page.caution if page.is_conversation else f"It was not read. {page.why}"
