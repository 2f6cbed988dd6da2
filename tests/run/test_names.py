"""Qualified names, and their quoted form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.names import column, literal, quoted, split

# A name of PostgreSQL's: 63 bytes at most, which four bytes a character stay within.
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15)


@pytest.mark.parametrize(
    ("relation", "parts"),
    [
        ("public.users", ("public", "users")),
        ("public.a.b", ("public", "a.b")),
        ("My Schema.My Table", ("My Schema", "My Table")),
    ],
)
def test_the_schema_ends_at_the_first_dot(relation: str, parts: tuple[str, str]) -> None:
    assert split(relation) == parts


@pytest.mark.parametrize("relation", ["users", ".users", "public.", "", "."])
def test_a_name_needs_its_schema(relation: str) -> None:
    with pytest.raises(RevisionError, match="needs its schema"):
        split(relation)


@given(name=names)
def test_a_quoted_name_is_that_name(database: DatabaseUrl, name: str) -> None:
    with connect(database) as session, session.transaction(force_rollback=True):
        session.execute(f"CREATE TABLE {quoted(f'public.{name}')} ({column(name)} int)".encode())
        query = f"SELECT attrelid::regclass::oid, attname FROM pg_attribute WHERE attrelid = \
            {literal(quoted(f'public.{name}'))}::regclass AND attnum = 1"
        found = session.execute(query.encode()).fetchone()
        named = session.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()

    assert found is not None
    assert (found[1], named) == (name, (name,))
