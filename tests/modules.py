"""The application's own modules as syntax trees: each is parsed once for all tests that judge the code."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parsed(module: Path) -> ast.Module:
    """The module's tree, which nobody changes."""
    return ast.parse(module.read_text("utf-8"))


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    """Every node of the module, outer before inner."""
    return tuple(ast.walk(parsed(module)))
