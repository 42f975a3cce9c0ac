"""A view as HTML: the same lines, tables and excerpts that a terminal prints, in the same order and tones.

Text stays text: it is made inert and escaped here, and addresses become links only where they are http or https. What we say
is in the reader's language as far as the catalogue knows it; what others wrote is never translated, and marked as of no
known language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from casework.blocks import Bar, Block, Cell, Excerpt, Line, Part, Result, Table, View
from collector.inert import shown, shown_in_line
from web.language import Translated, has_words, is_instant, pieces, said
from web.pressing import pressed

_SNAPSHOT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_ADDRESS = re.compile(r"https?://[^\s<>\"'’”]+[^\s<>\"'’”.,;:!?)\]]")
# Columns that hold what pages, messages and people said.
_EVIDENCE = {"Address", "Value", "File", "What it shows", "Before", "Now", "With"}
OURS = ("yes", "no", "none", "not shown")  # our words for a value that is no text


def as_html(view: View, *, hints: bool = True) -> Markup:
    """The blocks of a view. Hints name commands to type: where a page has a button for it they are left out."""
    blocks = [b for b in view.blocks if hints or not (isinstance(b, Line) and b.hint)]
    return Markup("\n").join(_block(block) for block in blocks)


def _block(block: Block) -> Markup:
    match block:
        case Line():
            level = min(block.indent // 2, 3)
            kind = "hint" if block.hint else "line"
            return Markup('<p class="{} in{}">{}</p>').format(kind, level, _parts(block.parts, linked))
        case Table():
            head = Markup("").join(map(_column, block.columns))
            rows = Markup("").join(
                Markup("<tr>{}</tr>").format(
                    Markup("").join(
                        Markup('<td data-column="{}">{}</td>').format(said(name), _cell(cell, name in _EVIDENCE))
                        for name, cell in zip(block.columns, row, strict=False)
                    )
                )
                for row in block.rows
            )
            caption = Markup("<caption>{}</caption>").format(linked(block.title)) if block.title else ""
            return Markup(
                '<div class="scroll" tabindex="0"><table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
            ).format(caption, head, rows)
        case Excerpt():
            origin = Markup('<p class="origin">{}</p>').format(_record(block.origin)) if block.origin else ""
            return Markup('<article class="excerpt"><p class="head">{}</p><p lang="">{}</p>{}</article>').format(
                linked(block.head), _parts(block.said, quoted), origin
            )
        case Result():
            text = "\n".join(shown_in_line(line) for line in block.text.split("\n"))
            note = Markup('<p class="hint">{}</p>').format(linked(block.note)) if block.note else ""
            return Markup('<pre class="result" lang="" tabindex="0">{}</pre>{}').format(text, note)


def _column(name: str) -> Markup:
    """The head of a column; one without a name is no heading."""
    return Markup('<th scope="col">{}</th>').format(said(name)) if name else Markup("<td></td>")


def _record(origin: str) -> Markup:
    """The record that holds it, as a link where it is a visit."""
    found = _SNAPSHOT.fullmatch(origin.strip())
    if found is None:
        return escape(shown_in_line(origin))
    return Markup('<a href="/snapshot/{}">{}</a>').format(found[0], said("See the visit"))


def _cell(cell: Cell, evidence: bool) -> Markup:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return Markup("<br>").join(_in_cell(part, evidence) for part in parts)


def _in_cell(part: Part, evidence: bool) -> Markup:
    if isinstance(part, str) and _SNAPSHOT.fullmatch(part):
        return _record(part)
    return _parts((part,), kept if evidence else linked)


def _parts(parts: Iterable[Part], words: Callable[[str], Markup]) -> Markup:
    return Markup("").join(_part(part, words) for part in parts)


def _part(part: Part, words: Callable[[str], Markup]) -> Markup:
    if isinstance(part, str):
        return words(part)
    if isinstance(part, Bar):
        return Markup('<meter class="{}" min="0" max="{}" value="{}" aria-label="{}">{}</meter>').format(
            part.tone or "plain", part.cells, part.full, said("time left"), f"{part.full}/{part.cells}"
        )
    return Markup('<span class="{}">{}</span>').format(part.tone or "plain", words(part.text))


def linked(text: str) -> Markup:
    """A sentence of ours with its addresses as links, and in place of a command to type what to press."""
    return Markup("").join(map(_piece, pieces(shown_in_line(text))))


def _piece(piece: Translated) -> Markup:
    text = _with_links(pressed(piece.text, str if piece.lang else said))
    return text if piece.lang is None else Markup('<span lang="{}">{}</span>').format(piece.lang, text)


def kept(text: str) -> Markup:
    """A name, a note or a value as it was kept, in whatever language that is."""
    if text in OURS or is_instant(text):
        return escape(said(text))
    shown_so = _with_links(shown_in_line(text))
    return Markup('<span lang="">{}</span>').format(shown_so) if has_words(text) else shown_so


def quoted(text: str) -> Markup:
    """What somebody else wrote, in his own words, with its addresses as links and its lines as they are."""
    return _with_links(shown(text))


def _with_links(text: str) -> Markup:
    """The page that opens learns nothing of where it was opened from."""
    found, end = Markup(""), 0
    for match in _ADDRESS.finditer(text):
        url = match[0]
        found += escape(text[end : match.start()])
        found += Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>').format(url, url)
        end = match.end()
    return found + escape(text[end:])
