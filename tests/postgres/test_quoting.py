"""Quoting, held against the server's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.postgres.connection import connect
from gnkmigrate.postgres.quoting import (
    MAXIMUM_BYTES,
    beside,
    dollar_quoted,
    identifier,
    literal,
    qualified,
)
from gnkmigrate.servers import Server
from tests.support import rows

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def test_every_key_word_reads_as_the_server_reads_it(server: Server) -> None:
    for word, quoted in rows(server.url, "SELECT word, quote_ident(word) FROM pg_get_keywords()"):
        # Words that became key words in another release may be quoted needlessly.
        assert identifier(word) in {quoted, f'"{word}"'}


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("users", "users"),
        ("_a1", "_a1"),
        ("isActive", '"isActive"'),
        ("user", '"user"'),
        ("1st", '"1st"'),
        ("two words", '"two words"'),
        ('say "hi"', '"say ""hi"""'),
        ("naïve", '"naïve"'),
        ("", '""'),
        ("a\nb", '"a\nb"'),
    ],
)
def test_a_name_is_quoted_where_it_must_be(name: str, quoted: str) -> None:
    assert identifier(name) == quoted


def test_a_qualified_name() -> None:
    assert qualified("public", "User", "id") == 'public."User".id'


@given(TEXT)
def test_text_comes_back_as_it_was(server: Server, text: str) -> None:
    with connect(server.url) as connection:
        for quoted in (literal(text), dollar_quoted(text)):
            row = connection.execute(f"SELECT {quoted}".encode()).fetchone()
            assert row == (text,)


@given(st.text(min_size=1), st.just("_replaced"))
def test_a_name_beside_another_fits(name: str, suffix: str) -> None:
    made = beside(name, suffix)
    assert made.endswith(suffix)
    assert len(made.encode()) <= MAXIMUM_BYTES


def test_names_that_are_cut_alike_stay_apart() -> None:
    begun = "é" * 29
    assert len({beside(begun + each, "_replaced") for each in ("a", "b", "", "aa")}) == 4
