"""Kinds of pages and files are written once: a row is enough for everybody, and nobody keeps a table of their own."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import WrongRequest
from collector.kinds import (
    FILE_KINDS,
    PAGE_KINDS,
    FileKind,
    PageKind,
    file_kind,
    file_kind_of,
    file_names,
    file_rank,
    page_kind,
    page_names,
    page_rank,
)
from collector.sites.alibaba.pages import PAGES, Page
from collector.sites.table import SITES
from rules.deadlines.moments import load_moments
from rules.pack.plan.wording import EVENTS
from rules.policy.fact_names import FACT_NAMES, FACTS, shown_by
from rules.policy.platform import load_policy, parse
from rules.policy.schema import installed
from tests.collector.sites.alibaba.stored import stored
from tests.modules import nodes
from tests.test_house import ROOT, committed
from tests.test_wheel import SHIPPED

WRITTEN = {ROOT / "collector/kinds.py", ROOT / "collector/sites/alibaba/pages.py"}
MANY = 5  # a rule may name the few kinds that it is about


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the commands say of an invented kind of page, "warranty", and of file, "declaration", by step."""
    command = [sys.executable, "-m", "tests.invented", str(tmp_path_factory.mktemp("invented"))]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: Mapping[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.browser
def test_an_invented_kind_is_offered_by_help_and_taken_by_the_commands(said: Mapping[str, str]) -> None:
    assert "The address of the warranty page." in said["open --help"]
    assert "declaration" in said["add --help"]
    assert {target["kind"] for target in json.loads(said["open"])["case"]["targets"]} == {"order", "warranty"}


@pytest.mark.browser
def test_an_invented_kind_is_read_indexed_and_found(said: Mapping[str, str]) -> None:
    facts = {fact["name"]: fact["value"] for fact in json.loads(said["facts"])["facts"]}
    assert facts["warranty.term"] == "Two years on motors and batteries"
    assert [hit["kind"] for hit in json.loads(said["search"])["hits"]] == ["warranty"]
    assert [hit["kind"] for hit in json.loads(said["search file"])["hits"]] == ["declaration"]


@pytest.mark.browser
def test_an_invented_kind_is_planned_packed_and_named_where_its_row_stands(said: Mapping[str, str]) -> None:
    exhibits = {name.split("/exhibits/")[1].split("/")[0] for name in said["names"].splitlines() if "/exhibits/" in name}
    assert sorted(exhibits) == ["A01-order", "A02-warranty", "A03-supplier", "B01-declaration"]
    assert "Warranty page seen" in said["timeline"]
    assert "Customs declaration" in said["list"]
    assert "报关单: declaration.pdf" in said["draft"]


def test_every_kind_has_a_name_of_its_own_and_words() -> None:
    for rows in (PAGE_KINDS, FILE_KINDS):
        assert len({row.name for row in rows}) == len({row.title for row in rows}) == len(rows)
        assert all(row.name == row.name.lower() and row.title for row in rows)
    every: list[PageKind | FileKind] = [*PAGE_KINDS, *FILE_KINDS]
    weights = [row.weight for row in every if row.name != "tracking" and row.weight < 1000]
    assert len(set(weights)) == len(weights), "which of two comes first in an upload is said"


def test_the_site_and_the_policy_speak_of_no_other_kinds() -> None:
    """A row of the site, or a page to open, under a misspelt name would never be found."""
    opened = {*(rule.page for rule in load_policy().deadlines), *(moment.page for moment in load_moments().moments)}
    assert {*(page.kind for page in PAGES), *opened} - {""} <= {*page_names()}


@pytest.mark.parametrize(
    ("right", "wrong"), [('files = ["video"]', 'files = ["vidio"]'), ('snapshots = ["order"]', 'snapshots = ["odrer"]')]
)
def test_a_policy_that_needs_evidence_of_no_known_kind_is_refused(right: str, wrong: str) -> None:
    """Nothing that is added could ever be that evidence."""
    text = installed("alibaba")
    assert right in text
    with pytest.raises(WrongRequest, match="no such kind of"):
        parse(text.replace(right, wrong))


@given(st.text(max_size=20))
def test_a_kind_of_a_later_version_has_no_marks_and_comes_last(name: str) -> None:
    if name not in page_names():
        assert page_rank(name) == len(PAGE_KINDS)
        assert not page_kind(name).of_case
    if name not in file_names():
        assert file_rank(name) == len(FILE_KINDS)
        assert not file_kind(name).read


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/heic", "photo"), ("video/mp4", "video"), ("message/rfc822", "chat"), ("multipart/related", "page"),
        ("text/html", "page"), ("application/pdf", "other"), ("application/octet-stream", "other"),
    ],
)  # fmt: skip
def test_a_file_is_taken_for_what_its_media_type_says(media_type: str, kind: str) -> None:
    assert file_kind_of(media_type) == kind


def named_together(module: Iterable[ast.AST]) -> Iterator[set[str]]:
    """The words of each collection that is written out: a tuple, list or set, a table's keys, a text that is split."""
    for node in module:
        if isinstance(node, ast.Dict):
            yield {word for key in node.keys if key is not None for word in words(key)}
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield {word for element in node.elts for word in words(element)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield set(node.value.split()) if "." not in node.value and "," not in node.value else set()


def words(node: ast.expr) -> set[str]:
    """A text; those of a pair too, as in a table by kind and something else."""
    if isinstance(node, ast.Tuple):
        return {word for element in node.elts for word in words(element)}
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def tables(module: Iterable[ast.AST]) -> list[str]:
    """What in a module looks like a table of kinds, as a sentence each."""
    found, kinds = [], (set(page_names()), set(file_names()))
    for together in named_together(module):
        for known in kinds:
            if len(together & known) >= MANY:
                found.append(f"{', '.join(sorted(together & known))} stand together")
    return found


def test_no_other_module_keeps_a_table_of_kinds() -> None:
    """What depends on a kind is a field of its row, or the next kind is forgotten in one of the tables."""
    modules = [path for path in committed(*SHIPPED) if path.suffix == ".py" and path not in WRITTEN]
    assert {f"{path.relative_to(ROOT)}: {text}" for path in modules for text in tables(nodes(path))} == set()
    assert tables(nodes(ROOT / "collector/kinds.py")) == [], "its tables are rows"


@pytest.mark.parametrize(
    "code",
    [
        'ORDER = ("order", "thread", "supplier", "product", "dispute")',
        'NAMES = {"photo": 1, "video": 2, "contract": 3, "chat": 4, "page": 5}',
        'ASKED = {("order", "a"): 1, ("thread", "a"): 1, ("search", "a"): 1, ("product", "a"): 1, ("account", "a"): 1}',
        'SET = frozenset("order thread supplier product dispute".split())',
    ],
)
def test_a_table_of_kinds_is_found_in_whatever_form_it_is_written(code: str) -> None:
    assert tables(ast.walk(ast.parse(code)))


@pytest.mark.parametrize("page", [page for page in PAGES if page.read], ids=lambda page: page.kind)
def test_a_reader_gives_the_facts_of_its_page_and_none_without_a_name(page: Page) -> None:
    """Every fact of the page has a state, though it shows nothing; what a reader gives may be asserted and compared."""
    nothing = stored("<p>nothing</p>", "")
    given = {fact.name for site in SITES.values() for fact in site.read(page.kind, nothing)}
    assert shown_by(page.kind) <= given <= FACTS


def test_every_fact_is_of_a_page_that_is_known_and_every_page_that_is_read_has_facts() -> None:
    assert {fact.page for fact in FACT_NAMES} - {""} == {page.kind for page in PAGES if page.read}
    assert len(FACTS) == len(FACT_NAMES)
    assert {*EVENTS} <= FACTS, "a pack's words for an event that no fact tells"
