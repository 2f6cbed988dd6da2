"""What a comparison leaves out, in words and as JSON."""

from dataclasses import replace

from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.omitted import entries, is_whole, told
from gnkmigrate.facts.document import read_document, write_document
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server

OBJECTS = Unread("large object", ("1", "2"), 2, "no kind reads it")
CASTS = Unread("thing of 2031", ("x",), 1, "no kind reads it")
OWNERS = Unread("owner", ("a", "b", "c"), 40, "the target says nothing of them", on_purpose=True)


def test_a_line_for_each_reason() -> None:
    assert told((OBJECTS, OWNERS, CASTS)) == (
        "not compared: 2 large objects (1, 2), 1 thing of 2031 (x); no kind reads it",
        "not compared: 40 owners; the target says nothing of them",
    )
    assert told((OBJECTS,), "not read") == ("not read: 2 large objects (1, 2); no kind reads it",)
    assert told(()) == ()


def test_what_is_left_out_on_purpose_does_not_count() -> None:
    assert is_whole(())
    assert is_whole((OWNERS,))
    assert not is_whole((OWNERS, OBJECTS))


def test_as_json() -> None:
    assert entries((OBJECTS,)) == [
        {
            "kind": "large object",
            "names": ["1", "2"],
            "count": 2,
            "reason": "no kind reads it",
            "on_purpose": False,
        }
    ]


def test_what_both_sides_have_is_told_once() -> None:
    one = replace(Snapshot.of([]), unread=(OBJECTS,))
    other = replace(Snapshot.of([]), unread=(replace(OBJECTS, names=("2", "3")),))
    assert not_compared(one, one) == (OBJECTS,)
    (both,) = not_compared(one, other)
    assert str(both) == "3 large objects (1, 2, 3)"


def test_an_encoding_that_no_statement_changes(server: Server, database: DatabaseUrl) -> None:
    latin = server.url.with_database("gnkmigrate_latin")
    with connect(server.url) as session:
        session.execute(
            "CREATE DATABASE gnkmigrate_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        )
    try:
        with connect(latin) as one, connect(database) as other:
            found, wanted = read_snapshot(one), read_snapshot(other)
    finally:
        server.drop_database(latin)
    assert not_compared(wanted, wanted) == ()
    (unlike,) = not_compared(found, wanted)
    assert str(unlike).startswith(
        "1 property of the database (encoding LATIN1, LC_COLLATE C, LC_CTYPE C against encoding "
    )
    assert read_document(write_document(found)).locale == found.locale
