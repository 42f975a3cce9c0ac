"""The facts of a pack, read again from the originals beside them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from collector.alias import Alias
from collector.archive.records import snapshot_of
from collector.canonical import as_json, sha256
from collector.errors import DamagedArchive, UnknownSite
from collector.ledger.log import Opening
from collector.model import Fact, Problem, Snapshot
from collector.reading.reader import is_read, read_stored
from collector.reading.stored import stored_page
from collector.site import PageReader, PageReaderNamed
from rules.pack.bag.bag import Bag, open_bag
from rules.pack.bag.proof import OPENINGS

_OF_A_CONVERSATION = ("stretch", "network", "body", "frames")
_SAID = ("from", "name", "printed", "text", "translation", "recalled")  # of a message, as it stands in the markup
_MINUTE = timedelta(minutes=1)


class _Originals:
    """An object store over the files of a bag, by their digests."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self._paths = {stored.sha256: path for path, stored in bag.files.items()}

    def has(self, digest: str) -> bool:
        return digest in self._paths

    def get(self, digest: str) -> bytes:
        data = self._bag.read(self._paths[digest]) if self.has(digest) else None
        if data is None or sha256(data) != digest:
            raise DamagedArchive("An original is not in this pack.", "Run: tradewitness verify")
        return data

    def put(self, data: bytes) -> str:
        raise DamagedArchive("A pack is only read.", "")


def check_facts(path: Path, site_named: PageReaderNamed, alias: Alias) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Facts that the originals of a pack do not say, and findings: what could not be read again, and why."""
    bag = open_bag(path)
    openings, originals = _openings(bag), _Originals(bag)
    problems: list[Problem] = []
    notes: list[str] = []
    for where in sorted(p for p in bag.files if p.startswith("data/exhibits/") and p.endswith("/facts.json")):
        try:
            if where.startswith("data/exhibits/B"):
                notes.append(f"{where}: is of a page that the buyer saved by hand; its facts were not read again")
                continue
            body = json.loads(bag.read(where.replace("facts.json", "snapshot.json")) or b"")
            stated = json.loads(bag.read(where) or b"")["facts"]
            snapshot = snapshot_of(body, openings)
            site = site_named(snapshot.target.site)
            if lack := _lack(body, snapshot, originals):
                messages = _shown_messages(snapshot, originals, site, alias)
                problems += [bag.problem(where, what) for what in _other_messages(stated, messages)]
                again = f"only what {len(messages)} messages say was" if messages else "its facts were not"
                notes.append(f"{where}: {lack}, so {again} read again")
                continue
            read = read_stored(snapshot, originals, site, alias)
            answered = _from_answers(stated, read, originals)
            if answered:
                notes.append(f"{where}: {', '.join(sorted(answered))} stood in answers that do not lie beside it")
            compared = [fact for fact in stated if fact["name"] not in answered]
            problems += [
                bag.problem(where, what)
                for what in _differences(compared, tuple(fact for fact in read if fact.name not in answered))
            ]
        except UnknownSite as error:
            notes.append(f"{where}: its facts were not read again. {error.message} {error.hint}")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, DamagedArchive):
            problems.append(bag.problem(where, "cannot be read again from the originals beside it"))
    return tuple(problems), tuple(notes)


def _openings(bag: Bag) -> dict[str, Opening]:
    found: dict[str, Opening] = {}
    for record in bag.records(OPENINGS):  # what is wrong with it `verify` names
        if all(isinstance(record.get(name), str) for name in ("commitment", "digest", "salt")):
            found[record["commitment"]] = Opening(record["digest"], record["salt"])
    return found


def _lack(body: Mapping[str, Any], snapshot: Snapshot, originals: _Originals) -> str:
    """What of the files that the facts were read from is not in the pack; "" when all are."""
    shown = Counter(a.role for a in snapshot.artefacts if originals.has(a.digest))
    sealed = Counter(str(record["role"]) for record in body["artefacts"])
    if shown["dom"] < sealed["dom"]:
        return "the originals are withheld"
    # A conversation was also read from what the page was told, and its files are named by what was sent.
    if sealed["stretch"] and any(shown[role] < sealed[role] for role in _OF_A_CONVERSATION):
        return "its messages were also read from answers that do not lie beside it"
    return ""


def _from_answers(stated: list[Mapping[str, Any]], read: tuple[Fact, ...], originals: _Originals) -> set[str]:
    """The facts that were read from an answer to the page, which is not in the pack, and of which the page itself shows
    nothing.
    """
    unseen = {fact.name for fact in read if fact.unseen}
    placed = ((fact["name"], fact["place"]) for fact in stated if fact["place"] and fact["place"]["scheme"] == "json")
    return {name for name, place in placed if name in unseen and not originals.has(place["digest"])}


def _shown_messages(
    snapshot: Snapshot, originals: _Originals, site: PageReader, alias: Alias
) -> tuple[Mapping[str, Any], ...]:
    """The messages of a conversation as the stretches say them that are in the pack; () where none is."""
    shown = replace(snapshot, artefacts=tuple(a for a in snapshot.artefacts if originals.has(a.digest)))
    page = stored_page(shown, originals.get, alias)
    if not page.stretches or not is_read(snapshot):
        return ()
    page = replace(page, documents=(replace(page.stretches[0], part=0),))  # a gap between stretches loses no message
    read = next(fact for fact in site.read(snapshot.target.kind, page) if fact.name == "thread.messages")
    return tuple(as_json(read.value)) if read.state == "read" else ()


def _other_messages(stated: list[Mapping[str, Any]], shown: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    """What facts.json says otherwise than the messages themselves; when each was sent may rest on what is not shown."""
    said = next((f["value"] or () for f in stated if f["name"] == "thread.messages"), ())
    theirs = {message["id"]: (place, message) for place, message in enumerate(said)}
    last = -1
    for message in shown:
        place, other = theirs.get(message["id"], (last, None))
        if other is None:
            yield f"thread.messages: {message['id']} is in the conversation, and left out here"
        elif place < last or any(message[name] != other.get(name) for name in _SAID) or not _may_be(message, other):
            yield f"thread.messages: {message['id']} is not what the original says"
        last = max(last, place)


def _may_be(shown: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    """Whether a message may have been sent when it is said to have been: within what is printed, to the minute."""
    printed, exact = shown["sent_at"], stated.get("sent_at")
    if printed is None or exact is None:
        return printed is None or exact is not None
    earliest, latest = (datetime.fromisoformat(printed[name]) for name in ("earliest", "latest"))
    return (
        earliest <= datetime.fromisoformat(exact["earliest"]) <= datetime.fromisoformat(exact["latest"]) < latest + _MINUTE
    )


def _differences(stated: list[Mapping[str, Any]], read: tuple[Fact, ...]) -> Iterator[str]:
    """What facts.json says otherwise than this version's readers; facts of another reader are compared by value alone."""
    ours = {(f.name, f.round): as_json(f) for f in read}
    theirs = {(f["name"], f["round"]): f for f in stated}
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key), theirs.get(key)
        if mine is None or other is None:
            yield f"{key[0]}: {'is not on the page' if mine is None else 'is on the page, and left out here'}"
            continue
        names = ("value", "state") if mine["reader"] != other["reader"] else ("value", "state", "place")
        if any(mine[name] != other.get(name) for name in names):
            yield f"{key[0]}: is not what the original says"
