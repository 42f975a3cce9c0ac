"""Brings web/locale/*/LC_MESSAGES/web.po up to date: every text that the pages say themselves, with the translation that it
has. What is new stands there empty, for whoever translates it; what is said no more is gone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from casework.views.scheduling import OUTCOME_WORDS
from collector.kinds import FILE_KINDS, PAGE_KINDS, in_words
from collector.model import ORIGINS
from rules.language.facts import fact_words
from rules.pack.plan.withheld import ROLES, role_words
from rules.policy.fact_names import WORDS
from rules.policy.platform import REASONS
from web.kept import STEP_OUTCOMES, STEP_WORDS
from web.pressing import INSTEAD
from web.shown import OURS

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "web" / "locale"
# What is said by whom calls these; of `page` and `begin` it is the title.
_SAYING = {
    "page", "begin", "go", "said", "Outcome", "_refused", "WrongRequest", "DiskFull", "ArchiveError", "TradewitnessError",
    "PersonNeeded",
}  # fmt: skip
_BESIDE = ("web/server.py",)  # speaks in the terminal


def template() -> Catalog:
    """The catalogue without translations, with the file of each text."""
    made = Catalog()
    for where, text in sorted({*_of_templates(), *_of_code(), *_of_tables()}):
        made.add(text, locations=[(where, 0)])
    return made


def updated(path: Path) -> bytes:
    """A language's catalogue, with the texts of today."""
    known = read_po(BytesIO(path.read_bytes())) if path.exists() else Catalog()
    made = Catalog()
    for message in template():
        held = known.get(message.id)
        if message.id:
            made.add(message.id, held.string if held else None, locations=message.locations)
    data = BytesIO()
    write_po(data, made, width=126, omit_header=True, include_lineno=False, sort_output=True)
    return data.getvalue()


def _of_templates() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
    for path in sorted((ROOT / "web" / "templates").glob("*.html")):
        for _, message, _, _ in extract("jinja2.ext:babel_extract", BytesIO(path.read_bytes()), options=options):
            yield path.relative_to(ROOT).as_posix(), message if isinstance(message, str) else tuple(message)


def _of_code() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "web").glob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in _BESIDE:
            yield from ((name, text) for text in texts_of(path.read_text("utf-8")))


def texts_of(source: str) -> Iterator[str]:
    """What a module says: the words in what it hands to whoever says them, a place in them as {name}."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAYING:
            given = (*node.args, *(keyword.value for keyword in node.keywords))
            yield from filter(_is_said, (text for argument in given for text in literals(argument)))


def literals(node: ast.AST) -> Iterator[str]:
    """The strings in an expression, with a place for each value that is put into them."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(map(_part, node.values))
    elif isinstance(node, ast.Constant):
        yield from (node.value,) if isinstance(node.value, str) else ()
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    names = [one.attr if isinstance(one, ast.Attribute) else one.id for one in ast.walk(node)
             if isinstance(one, ast.Attribute | ast.Name)]  # fmt: skip
    return f"{{{names[0] if names else 'value'}}}"


def _is_said(text: str) -> bool:
    """A title or a sentence, and no address, file or name of a field."""
    return text[:1].isupper() or (" " in text and not text.startswith("/"))


def _of_tables() -> Iterator[tuple[str, str]]:
    """What other tables call things: kinds, facts, outcomes, reasons, and what to press in place of a command."""
    for pages in PAGE_KINDS:
        yield from (("collector/kinds.py", text) for text in (in_words(pages.name), pages.title))
    for file in FILE_KINDS:
        yield from (("collector/kinds.py", text) for text in (in_words(file.name), file.title))
    yield from (("rules/policy/fact_names.py", fact_words(name)) for name in WORDS)
    yield from (("collector/model.py", text) for text in ORIGINS.values())
    yield from (("rules/policy/platform.py", in_words(text)) for text in REASONS)
    yield from (("casework/views/scheduling.py", text) for text in OUTCOME_WORDS.values())
    yield from (("web/kept.py", text) for text in (*STEP_WORDS.values(), *STEP_OUTCOMES.values()))
    yield from (("rules/pack/plan/withheld.py", role_words(role)) for role in ROLES)
    yield from (("web/pressing.py", text) for text in INSTEAD.values())
    yield from (("web/shown.py", text) for text in OURS)


def main() -> None:
    for folder in sorted(LOCALES.glob("*/LC_MESSAGES")):
        path = folder / "web.po"
        path.write_bytes(updated(path))


if __name__ == "__main__":
    main()
