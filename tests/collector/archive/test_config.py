"""What is written down of the authorities is read back as it was given, whatever stands in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.workspace import authorities_of
from collector.archive.config import read_config, write_config
from collector.errors import ArchiveError, WrongRequest
from collector.seal.timestamp import Authority

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(st.builds(Authority, st.just("x"), TEXTS.map("http://a.example/{}".format), TEXTS.map(str.strip)), max_size=3)
)
def test_any_name_address_and_root_is_read_back_as_it_was_written(authorities: list[Authority]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        write_config(path, tuple(authorities))
        read = read_config(path).authorities
    shown = [(a.name, a.url, " ".join(a.root_pem.split())) for a in read]
    assert shown == [(a.name, a.url, " ".join(a.root_pem.split())) for a in authorities]


@pytest.mark.parametrize(
    "text",
    ['x=http://a.example/"b', "x=http://a.example/a b", "x=http:///nobody", "É=http://a.example", "x=ftp://a.example", "x"],
)
def test_an_authority_that_could_not_be_asked_is_refused_before_anything_is_kept(text: str) -> None:
    with pytest.raises(WrongRequest, match="is not an authority"):
        authorities_of((text,), "root")


def test_two_authorities_of_one_name_are_refused() -> None:
    with pytest.raises(WrongRequest, match="Two authorities"):
        authorities_of(("x=http://a.example", "x=http://b.example"), "root")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[nightly]\nbudget = "5"\n', "nightly.budget: a whole number is needed, not '5'"),
        ("[nightly]\npause_seconds = true\n", "nightly.pause_seconds: a whole number is needed, not True"),
        ('[[authority]]\nname = "x"\nurl = "http://a.example"\n', "authority[1]: 'root' is missing"),
        ('[authority]\nname = "x"\n', "authority: a list is needed"),
    ],
)
def test_a_setting_that_is_no_such_thing_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ArchiveError) as refused:
        read_config(tmp_path / "config.toml")
    assert said in refused.value.message


def test_what_a_later_version_wrote_beside_the_settings_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('colour = "red"\n[nightly]\nbudget = 7\nshade = 1\n')
    assert read_config(tmp_path / "config.toml").budget == 7
