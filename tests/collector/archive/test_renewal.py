"""Stamping an archive anew: by an authority that ends soon and one that lasts, with verification's clock alone set ahead."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.archive.archive import Archive
from collector.archive.config import write_config
from collector.archive.renewal import archive_term, renew
from collector.archive.sealing import seal, signing_key
from collector.canonical import canonical
from collector.seal.timestamp import Authority
from collector.verify import verify_archive
from collector.verify.archive import ArchiveReport
from fixtures.authority import serve
from tests.archives import NOON, TestClock, archive_at

ENDS = NOON + timedelta(days=30)  # the certificate of the authority that seals at first
IN_TIME, TOO_LATE = NOON + timedelta(days=20), ENDS + timedelta(days=1)
LATER = ENDS + timedelta(days=100)
SAFE_UNTIL = datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)  # of keys as short as the test authority's


@dataclass(frozen=True)
class Authorities:
    """One whose certificate ends soon, one that lasts; both stamp by the archive's clock."""

    clock: TestClock
    short: Authority
    lasting: Authority


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    clock, folder = TestClock(), tmp_path_factory.mktemp("authorities")
    # The short one goes on stamping after its end, as whoever found its key could.
    with (
        serve(folder / "short", clock=clock.now, valid_until=ENDS) as short,
        serve(folder / "lasting", clock=clock.now) as long,
    ):
        named = Authority("short", short.url, short.root_pem), Authority("lasting", long.url, long.root_pem)
        yield Authorities(clock, *named)


@pytest.fixture
def archive(authorities: Authorities, tmp_path: Path) -> Archive:
    """One that the short authority sealed at noon."""
    authorities.clock.at = NOON
    made = archive_at(tmp_path / "archive", [authorities.short], authorities.clock)
    assert seal(made, signing_key(made, tmp_path / "configuration")).word == "timestamped"
    return made


def renewed(archive: Archive, authorities: Authorities, at: datetime) -> None:
    """Stamped anew on that day: the short authority answers no more then, and is taken out of the settings after it."""
    authorities.clock.at = at
    gone = Authority("short", "http://127.0.0.1:9/", authorities.short.root_pem)
    write_config(archive.config_path, (gone, authorities.lasting))
    renew(Archive(archive.root, authorities.clock), signing_key(archive, archive.root.parent / "configuration"))
    write_config(archive.config_path, (authorities.lasting,))


def seen_on(archive: Archive, day: datetime) -> ArchiveReport:
    """What verification says on that day."""
    return verify_archive(Archive(archive.root, TestClock(day)))


def test_a_timestamp_proves_its_time_until_its_certificate_ends_and_no_longer(archive: Archive) -> None:
    before, after = seen_on(archive, ENDS), seen_on(archive, ENDS + timedelta(seconds=1))
    assert (before.problems, before.seal) == ((), "timestamped")
    assert before.term is not None
    assert (before.term.until, before.term.why) == (ENDS, "the certificate “Test Timestamp Authority” ends then")
    assert after.seal == "pending"
    (problem,) = after.problems
    assert problem.where.endswith(".short.tsr")
    assert "proves its time until 2026-11-03 and no longer" in problem.what


def test_renewed_in_time_it_verifies_after_the_authority_is_gone(archive: Archive, authorities: Authorities) -> None:
    renewed(archive, authorities, IN_TIME)
    report = seen_on(archive, LATER)
    assert (report.problems, report.seal) == ((), "timestamped")
    (first,) = (term for term in report.terms if term.name.endswith(".short.tsr"))
    assert first.stands(LATER)
    assert (first.until, first.time) == (SAFE_UNTIL, NOON)
    assert [name.split(".")[1] for name in first.through] == ["lasting"]


def test_renewed_too_late_only_the_later_time_is_proven(archive: Archive, authorities: Authorities) -> None:
    renewed(archive, authorities, TOO_LATE)
    report = seen_on(archive, LATER)
    (first,) = (term for term in report.terms if term.name.endswith(".short.tsr"))
    assert not first.stands(LATER)
    assert first.through == ()
    assert report.term is not None
    assert (report.seal, report.term.time) == ("timestamped", TOO_LATE)


def edit_renewal(archive: Archive, **changes: object) -> None:
    """The record of the renewal says something else, and is sealed anew as its holder could."""
    path = archive.ledger.entries_path
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if json.loads(line)["kind"] == "timestamp.renewed")
    record = json.loads(lines[at])
    lines[at] = canonical({**record, "body": {**record["body"], **changes}}) + b"\n"
    path.write_bytes(b"".join(lines[: at + 1]))
    for left in archive.ledger.checkpoints.iterdir():
        if int(left.name[:6]) > at:
            left.unlink()
    for catalogue in archive.root.glob("*.sqlite*"):
        catalogue.unlink()


def without(suffix: str) -> Callable[[Archive], None]:
    def spoil(archive: Archive) -> None:
        for path in archive.ledger.checkpoints.glob(suffix):
            path.unlink()

    return spoil


def another_token(archive: Archive) -> None:
    """The earlier token is exchanged for one that the same authority made since, over the same signature."""
    from collector.seal.ask.request import request_token

    (path,) = archive.ledger.checkpoints.glob("*.short.tsr")
    signature = path.with_name(path.name.split(".")[0] + ".p7s").read_bytes()
    authority = next(one for one in archive.config.authorities if one.name == "short")
    path.write_bytes(request_token(authority, signature, timeout_s=8, now=archive.clock.now).tsr)


def test_a_renewal_over_another_token_is_named(archive: Archive, authorities: Authorities) -> None:
    renewed(archive, authorities, IN_TIME)
    edit_renewal(archive, token="0" * 64)
    problems = seen_on(archive, LATER).problems
    assert any("names another token than the ledger received" in problem.what for problem in problems)


def test_a_token_that_was_exchanged_since_is_not_carried_on(archive: Archive, authorities: Authorities) -> None:
    renewed(archive, authorities, IN_TIME)
    write_config(archive.config_path, (authorities.short, authorities.lasting))
    another_token(Archive(archive.root, authorities.clock))
    report = seen_on(archive, LATER)
    assert any("is not the token that ledger line" in problem.what for problem in report.problems)
    assert not any(term.name.endswith(".short.tsr") for term in report.terms)


def test_with_the_tokens_of_the_renewal_gone_nothing_carries_the_first_on(
    archive: Archive, authorities: Authorities
) -> None:
    renewed(archive, authorities, IN_TIME)
    without("*.lasting.tsr")(archive)
    report = seen_on(archive, LATER)
    assert any(p.where.endswith(".lasting.tsr") and "is missing" in p.what for p in report.problems)
    assert not any(term.stands(LATER) for term in report.terms)


def test_a_later_checkpoint_of_any_day_renews_too(archive: Archive, authorities: Authorities) -> None:
    """An archive in use is stamped anew by whatever it keeps."""
    authorities.clock.at = IN_TIME
    write_config(archive.config_path, (authorities.short, authorities.lasting))
    again = Archive(archive.root, authorities.clock)
    again.record("case.opened", {"case": "1", "name": "", "zone": "UTC", "account": ""})
    seal(again, signing_key(again, archive.root.parent / "configuration"))
    assert all(term.stands(LATER) for term in seen_on(archive, LATER).terms if term.time < IN_TIME)


def test_where_no_authority_answers_it_waits_and_the_next_command_asks_again(
    archive: Archive, authorities: Authorities
) -> None:
    authorities.clock.at = IN_TIME
    both = (authorities.short, authorities.lasting)
    write_config(archive.config_path, tuple(Authority(one.name, "http://127.0.0.1:9/", one.root_pem) for one in both))
    again, key = Archive(archive.root, authorities.clock), signing_key(archive, archive.root.parent / "configuration")
    assert renew(again, key).word == "pending"
    write_config(archive.config_path, both)
    assert seal(Archive(archive.root, authorities.clock), key).word == "timestamped"
    assert seen_on(archive, LATER).problems == ()


def test_until_when_it_is_proven_is_known_without_reading_a_token(archive: Archive, authorities: Authorities) -> None:
    (path,) = archive.ledger.checkpoints.glob("*.tsr")
    term = archive_term(archive)
    assert term is not None
    assert (term.until, term.authority) == (ENDS, "short")
    assert not term.ends_soon(ENDS - timedelta(days=90))
    assert term.ends_soon(ENDS - timedelta(days=89))
    path.unlink()
    assert archive_term(archive) is None


def test_an_archive_whose_records_do_not_say_it_is_read_for_it(archive: Archive, tmp_path: Path) -> None:
    """As earlier versions wrote them."""
    shutil.copytree(archive.root, tmp_path / "earlier")
    ledger = tmp_path / "earlier" / "ledger" / "entries.jsonl"
    lines = [json.loads(line) for line in ledger.read_bytes().splitlines()]
    for line in lines:
        line["body"].pop("until", None)
    ledger.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    term = archive_term(Archive(tmp_path / "earlier", TestClock()))
    assert term is not None
    assert (term.until, term.authority) == (ENDS, "short")
