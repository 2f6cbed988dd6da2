"""What a structure check finds on both sides is worked out once where nothing differs there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gnkmigrate.audit.check import StructureCheck
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.outcome import run_structure, target_names
from gnkmigrate.facts.snapshot import Snapshot
from tests.audit.conftest import Read

CORPUS = Path(__file__).parent / "corpus"
HOME = "public"
CHECKS = [check for check in discover() if isinstance(check, StructureCheck)]
OTHERS = """
CREATE TABLE public.beside (id integer PRIMARY KEY, "when" timestamp, UNIQUE ("when", id));
CREATE INDEX ON public.beside (id);
"""


def fresh(snapshot: Snapshot) -> Snapshot:
    """The same facts, of which nothing is worked out yet."""
    return snapshot.having(snapshot)


def seen(check: StructureCheck, snapshot: Snapshot) -> set[tuple[str, str]]:
    return {(str(each.object), each.subject) for each in check.find(fresh(snapshot), HOME)}


def schemas(check: StructureCheck) -> Iterator[str]:
    for file in sorted((CORPUS / check.slug).glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        if (
            "-- needs:" not in text
            and "-- database:" not in text
            and "in another session" not in text
        ):
            yield text


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.slug)
def test_both_sides_are_told_of_as_if_each_were_looked_at(
    check: StructureCheck, read: Read
) -> None:
    found = [read(text) for text in schemas(check)]
    assert found
    mixed = read(OTHERS)
    compared = [(one, other) for one in (*found, mixed) for other in (*found, mixed)]
    for live, target in compared:
        here, there = seen(check, live), seen(check, target)
        told = run_structure(check, fresh(live), fresh(target), HOME, alone=False).findings
        id_ = target_names(check)[0]
        assert {
            (str(each.object), each.subject) for each in told if each.check != id_
        } == here & there
        assert {
            (str(each.object), each.subject) for each in told if each.check == id_
        } == there - here


def test_it_is_known_what_somebody_has_looked_at(read: Read) -> None:
    snapshot = read(OTHERS)

    def indexes(of: Snapshot) -> int:
        return len(of.of_kind("index"))

    assert snapshot.looked_at == set()
    snapshot.once(indexes)
    assert snapshot.looked_at == {"index"}
    snapshot.looked_at.clear()
    snapshot.once(indexes)
    snapshot.get("table", "public", "beside")
    assert snapshot.looked_at == {"index", "table"}


def test_sides_say_the_same_of_one_kind_and_not_of_another(read: Read) -> None:
    one, other = read(OTHERS), read(f"{OTHERS} ALTER TABLE public.beside ALTER id TYPE bigint;")
    assert one.says_the_same(other, "index")
    assert not one.says_the_same(other, "column")
    assert one.says_the_same(read(OTHERS), "column")
