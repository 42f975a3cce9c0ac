"""How `make site` turns README, CONTRIBUTING, CHANGELOG and docs/ into pages: Sphinx, furo, nothing from the network.

The pages are plain Markdown, written to be read in a checkout too; docs/index.md is the map, and its sections are the
navigation. Sphinx runs over the checkout with warnings as errors: a link or an anchor that leads nowhere ends the build.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
MAP = "docs/index"

project = "tradewitness"
release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
copyright = "the authors of tradewitness, Apache-2.0"
extensions = ["myst_parser"]
root_doc = MAP
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md"]
exclude_patterns = [".*"]
nitpicky = True
highlight_language = "none"
myst_heading_anchors = 4
myst_enable_extensions: list[str] = []

html_theme = "furo"
html_title = "tradewitness"
html_static_path: list[str] = []
html_copy_source = False
html_show_search_summary = False  # it is fetched page by page, which no browser allows from file://
html_show_sphinx = False
html_use_index = False
templates_path = ["templates"]
html_additional_pages = {"index": "home.html"}


def navigation(text: str) -> str:
    """The map with its sections as the navigation: a hidden table of contents for each, of the pages it links."""
    contents = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0].strip()
        pages = [(ROOT / "docs" / page).resolve().relative_to(ROOT) for page in re.findall(r"\]\(([^)#]+\.md)\)", section)]
        named = "\n".join(f"/{page.with_suffix('').as_posix()}" for page in pages)
        contents.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{named}\n```\n")
    return "\n".join([text, *contents])


def _add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    if page == MAP:
        source[0] = navigation(source[0])


def setup(app: Sphinx) -> None:
    app.connect("source-read", _add_navigation)
