"""DER is written in one form, and nothing but that form is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from collector.seal import der
from collector.seal.der import MalformedDer, Reader

OIDS = st.tuples(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**70), max_size=8)).map(
    lambda parts: ".".join(str(arc) for arc in (parts[0], parts[1], *parts[2]))
)


@given(st.integers(0, 2**200))
def test_a_number_is_written_as_asn1crypto_writes_it_and_read_back(number: int) -> None:
    assert der.integer(number) == core.Integer(number).dump()
    assert Reader(der.integer(number)).integer() == number


@given(st.integers(-(2**70), -1))
def test_a_negative_number_is_read(number: int) -> None:
    assert Reader(core.Integer(number).dump()).integer() == number


@given(OIDS)
def test_an_object_identifier_survives_the_way_there_and_back(dotted: str) -> None:
    assert Reader(der.oid(dotted)).oid() == dotted


@given(st.binary(max_size=400))
def test_every_length_is_read_back(content: bytes) -> None:
    element = der.tlv(der.OCTET_STRING, content)
    assert element == core.OctetString(content).dump()
    assert Reader(element).content(der.OCTET_STRING) == content
    assert Reader(element).raw(der.OCTET_STRING) == element


@given(st.datetimes(datetime(1950, 1, 1), datetime(2149, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 hypothesis asks so
def test_a_time_is_read_back_in_whole_seconds(at: datetime) -> None:
    assert Reader(der.time(at)).time() == at.replace(microsecond=0)


@pytest.mark.parametrize(("text", "microsecond"), [("20261005093015.25Z", 250_000), ("20261005093015.000001Z", 1)])
def test_a_fraction_of_a_second_is_kept(text: str, microsecond: int) -> None:
    read = Reader(der.tlv(der.GENERALIZED_TIME, text.encode())).time()
    assert read == datetime(2026, 10, 5, 9, 30, 15, microsecond, UTC)


@pytest.mark.parametrize(
    "element",
    [
        "",  # nothing
        "04",  # no length
        "0480",  # indefinite
        "048101aa",  # a long form where the short one does
        "048200" + "80" + "00" * 128,  # a length with a leading zero
        "0402aa",  # ends in the middle
        "2403040161",  # an octet string in pieces
    ],
)
def test_ber_that_is_not_der_is_refused(element: str) -> None:
    with pytest.raises(MalformedDer):
        Reader(bytes.fromhex(element)).content(der.OCTET_STRING)


@pytest.mark.parametrize("element", ["0200", "02020001", "0202ff80"])
def test_a_number_not_in_its_shortest_form_is_refused(element: str) -> None:
    with pytest.raises(MalformedDer):
        Reader(bytes.fromhex(element)).integer()


@pytest.mark.parametrize("element", ["0600", "06028001", "0603558003", "060281"])
def test_an_object_identifier_not_in_its_shortest_form_is_refused(element: str) -> None:
    with pytest.raises(MalformedDer):
        Reader(bytes.fromhex(element)).oid()


@pytest.mark.parametrize(
    "text", ["20261305093015Z", "20261005093015", "20261005093015.50Z", "20261005093015.Z", "2026１005093015Z"]
)
def test_a_time_that_der_does_not_write_so_is_refused(text: str) -> None:
    with pytest.raises(MalformedDer):
        Reader(der.tlv(der.GENERALIZED_TIME, text.encode())).time()


def test_a_truth_value_is_00_or_ff() -> None:
    assert [Reader(der.tlv(der.BOOLEAN, value)).boolean() for value in (b"\0", b"\xff")] == [False, True]
    with pytest.raises(MalformedDer):
        Reader(der.tlv(der.BOOLEAN, b"\1")).boolean()


def test_nothing_may_follow_where_the_end_must_be() -> None:
    with pytest.raises(MalformedDer, match="1 bytes follow"):
        Reader(der.sequence() + b"\0").only()
