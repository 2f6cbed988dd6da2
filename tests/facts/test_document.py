"""A snapshot goes through JSON and comes back as it was."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts import document
from gnkmigrate.facts.document import read_document, read_document_file, write_document
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.diff.strategies import snapshots


def everything(snapshot: Snapshot) -> list[object]:
    return [(fact, fact.depends_on, fact.position) for fact in snapshot.ordered]


@given(snapshots())
def test_what_was_written_is_read_back(snapshot: Snapshot) -> None:
    read = read_document(write_document(snapshot))
    assert everything(read) == everything(snapshot)
    assert (read.server_version, read.database) == (snapshot.server_version, snapshot.database)


def test_what_it_says_nothing_of_is_read_back() -> None:
    left = Unread("large object", ("16400", "16401"), 7, "no kind reads it")
    unstated = frozenset({"owner", "grants"})
    snapshot = replace(Snapshot.of([], 160004, "shop", "app", [left]), unstated=unstated)
    read = read_document(write_document(snapshot))
    assert (read.role, read.unstated, read.unread) == ("app", unstated, (left,))


@given(snapshots())
def test_equal_snapshots_are_equal_texts(snapshot: Snapshot) -> None:
    again = Snapshot.of(reversed([*snapshot]), snapshot.server_version, snapshot.database)
    assert write_document(again) == write_document(snapshot)


def test_a_real_database_is_read_back(minegnk_target: DatabaseUrl) -> None:
    with connect(minegnk_target, read_only=True) as connection:
        snapshot = read_snapshot(connection)
    assert everything(read_document(write_document(snapshot))) == everything(snapshot)


@pytest.mark.parametrize("size", [1, 2000])
def test_some_lines_are_read_at_a_time(
    minegnk_target: DatabaseUrl, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(document, "_PIECE", size)
    with connect(minegnk_target, read_only=True) as connection:
        snapshot = read_snapshot(connection)
    text = write_document(snapshot)
    assert everything(read_document(text)) == everything(snapshot)
    broken = text.replace('"payload"', '"paid"').replace('"paid"', '"payload"', 20)
    with pytest.raises(SchemaError) as caught:
        read_document(broken)
    assert caught.value.details == ("facts.20: is not a fact ('payload')",)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_is_read_however_its_lines_are_broken(
    minegnk_target: DatabaseUrl, indent: int | None
) -> None:
    with connect(minegnk_target, read_only=True) as connection:
        snapshot = read_snapshot(connection)
    values = json.loads(write_document(snapshot))
    assert everything(read_document(json.dumps(values, indent=indent))) == everything(snapshot)
    # As it was written, but for lines that end within a fact.
    text = write_document(snapshot).replace(',"kind":', ',\n"kind":')
    assert everything(read_document(text)) == everything(snapshot)


def test_a_document_says_its_version() -> None:
    values = json.loads(write_document(Snapshot.of([], 160004, "shop")))
    assert values == {
        "version": 2,
        "server_version": 160004,
        "database": "shop",
        "role": "",
        "locale": "",
        "unstated": [],
        "unread": [],
        "count": 0,
        "facts": [],
    }


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("not JSON", "invalid literal"),
        ("{}", "version: is missing"),
        ("[]", "JSON: must be a table of names and values"),
        ('{"version": 1, "server_version": 1, "database": "", "facts": []}', "version: must be 2"),
        (
            '{"version": 2, "server_version": 990000, "database": "", "facts": []}',
            "server_version: 990000 is not PostgreSQL 14 to 18",
        ),
        ('{"version": 2, "server_version": 1, "database": "", "facts": [{}]}', "facts.0: "),
    ],
)
def test_what_is_no_snapshot_is_refused(text: str, detail: str) -> None:
    with pytest.raises(SchemaError, match=r"before\.json is not a snapshot") as caught:
        read_document(text, "before.json")
    assert caught.value.details[0].startswith(detail)


def test_facts_that_were_cut_out_are_missed() -> None:
    facts = [Fact(Identity("schema", (name,)), None, {}) for name in ("a", "b", "c", "d")]
    lines = write_document(Snapshot.of(facts, 160004, "shop")).splitlines()
    with pytest.raises(SchemaError) as caught:
        read_document("\n".join([lines[0], *lines[3:]]))
    assert caught.value.details == ("count: says 4 facts, and there are 2",)


def test_a_fact_that_is_there_twice_is_named() -> None:
    text = write_document(Snapshot.of([Fact(Identity("schema", ("a",)), None, {})], 160004))
    line = next(each for each in text.splitlines() if '"schema"' in each and '"path"' in each)
    twice = text.replace('"count":1', '"count":2').replace(line, f"{line},\n{line}")
    with pytest.raises(SchemaError) as caught:
        read_document(twice)
    assert caught.value.details == ("facts: schema a is there twice",)


def test_a_document_of_before_facts_were_counted_is_read() -> None:
    text = '{"version": 2, "server_version": 160004, "database": "shop", "facts": []}'
    assert not [*read_document(text)]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"gone\.json does not exist"):
        read_document_file(tmp_path / "gone.json")
