"""Data is cut out of scripts whole, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.reading.embedded import assignments, parsed

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=8), values, max_size=5) | st.lists(values, max_size=5)


@given(objects, st.sampled_from(["window.x = {};", "var x={}", "window['x'] = {} ;", "const x = {}\n", "window.x={},y=1"]))
def test_any_json_assigned_in_any_way_comes_back(value: Any, form: str) -> None:
    script = "try { a(); } catch (e) {} " + form.replace("{}", json.dumps(value), 1) + " window.z = {'end': 1};"
    assert assignments(script)["x"] == value


@given(objects, st.booleans())
def test_json_passed_as_a_string_comes_back(value: Any, ascii_only: bool) -> None:
    script = f"window.x = JSON.parse({json.dumps(json.dumps(value, ensure_ascii=ascii_only))});"
    assert assignments(script)["x"] == value


@given(objects)
def test_braces_and_assignments_inside_strings_are_text(value: Any) -> None:
    tricky = {"a": 'window.y = {"b": "}"} // /* ', "value": value}
    assert assignments(f"window.x = {json.dumps(tricky)};") == {"x": tricky}


def test_javascripts_own_ways_of_writing_data_are_read() -> None:
    script = "window.x = {b: 1, 'c': 'it\\'s', /* note */ d: [1, 2,], e: undefined, f: !0, 3: \"\\x41\\u0042\", };"
    assert assignments(script) == {"x": {"b": 1, "c": "it's", "d": [1, 2], "e": None, "f": True, "3": "AB"}}


@pytest.mark.parametrize(
    "script",
    [
        "window.x = {a: b};",
        "window.x = {a: f()};",
        "window.x = {f: function(){}};",
        "window.x = {a: 1}.b;",
        "window.x = {a: 1",
        "x = `${y}`",
    ],
)
def test_what_is_more_than_data_is_left_alone(script: str) -> None:
    assert assignments(script) == {}


def test_a_default_does_not_replace_what_was_assigned() -> None:
    assert assignments('window.x = {"a": 1}; window.x = window.x || {};') == {"x": {"a": 1}}
    assert assignments('window.x = {"a": 1}; window.x = {"a": 2};') == {"x": {"a": 2}}


def test_figures_with_a_point_stay_as_printed() -> None:
    assert assignments('window.x = {"price": 43.10};') == {"x": {"price": "43.10"}}


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assignments(text)
    assignments("window.x = {" + text)
    parsed(text)


@given(st.text(alphabet="window.x=={}[]\"'`\\/*:,0 ", max_size=200))
def test_no_mixture_of_marks_raises(text: str) -> None:
    assignments(text)


@pytest.mark.parametrize(
    "piece", ['window.a = {"', "window.a = {", "window.a=[", "window.a='", "var a = {'\\", "window.a={/*", '{"a":', "["]
)
def test_a_hostile_script_is_given_up_within_its_budget(piece: str) -> None:
    assert assignments("window.a = " + piece * (100_000 // len(piece))) == {}
    assert parsed(piece * 20_000) is None
