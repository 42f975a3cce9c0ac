"""What somebody else holds of a ledger, and where a ledger no longer agrees with it.

A ledger proves its own order; that nothing was cut off its end, and that nobody wrote it anew and signed it again, only
shows beside something that was out of its holder's hands: a checkpoint, a pack, or the key's fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.ledger import merkle
from collector.model import Problem


@dataclass(frozen=True, slots=True)
class Anchor:
    """Roots by the size of their tree, lines by number, and the fingerprint of the key that signed; each may be empty.

    `name` is how the user called it. `leaves` are the hashes (hexadecimal) of lines that it withholds. `exact` means that
    this key, and no later one, must have signed.
    """

    name: str
    key: str = ""
    roots: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[int, bytes] = field(default_factory=dict)
    exact: bool = False
    leaves: Mapping[int, str] = field(default_factory=dict)


def disagreements(
    anchor: Anchor, lines: Sequence[bytes], keys: Sequence[tuple[int, str]], where: str = "ledger/entries.jsonl"
) -> Iterator[Problem]:
    """Every point in which a ledger's lines and keys (from which entry on which signs) are not what the anchor holds."""
    roots = merkle.roots_at((merkle.leaf_hash(line) for line in lines), anchor.roots)
    for size, root in sorted(anchor.roots.items()):
        if size > len(lines):
            text = f"has {len(lines)} lines, and {anchor.name} sealed {size}: lines were taken off its end"
            yield Problem(where, text)
        elif roots[size].hex() != root:
            yield Problem(where, f"its first {size} lines are not those that {anchor.name} sealed")
    for seq, line in sorted(anchor.lines.items()):
        if seq < len(lines) and lines[seq] != line:
            yield Problem(f"{where} line {seq + 1}", f"is not the line that {anchor.name} shows")
    for seq, leaf in sorted(anchor.leaves.items()):
        if seq < len(lines) and merkle.leaf_hash(lines[seq]).hex() != leaf:
            yield Problem(f"{where} line {seq + 1}", f"is not the line that {anchor.name} withholds")
    if anchor.key:
        yield from _keys(anchor, keys, where)


def _keys(anchor: Anchor, keys: Sequence[tuple[int, str]], where: str) -> Iterator[Problem]:
    given, named = f"{anchor.key[:16]}…", [key for _, key in keys]
    if anchor.key not in named:
        found = f"names the key {named[-1][:16]}…" if named else "names no key"
        yield Problem(where, f"{found}, and {anchor.name} is of {given}: it was signed again by somebody else")
    elif anchor.exact and named[-1] != anchor.key:
        seq, key = next((seq, key) for seq, key in keys[len(named) - named[::-1].index(anchor.key) :] if key != anchor.key)
        text = f"from here on {key[:16]}… signs, and not {given}: ask its holder whether he changed the key"
        yield Problem(f"{where} line {seq + 1}", text)
