"""The text of a statement that telemetry may have: no value is left in it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import sql

from gnkmigrate.text.query_text import summary, without_values


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SELECT 'it''s', 1.5e10, 0xFF, 1_000", "SELECT ?, ?, ?, ?"),
        ("SELECT E'it\\'s', b'01', U&'\\0061', N'x'", "SELECT ?, b?, U&?, N?"),
        ("SELECT E'one\\''\n  'two\\' three' AS x", "SELECT ? AS x"),
        ("SELECT E'one' -- and\n -- more\n 'two\\' three', 4", "SELECT ?, ?"),
        ("DO $$BEGIN PERFORM 'x'; END$$", "DO ?"),
        ("DO $a$ $$ '$b$ $a$; SELECT $1", "DO ?; SELECT $1"),
        ('SELECT "it\'s 5", "a""b" FROM t1', 'SELECT "it\'s 5", "a""b" FROM t1'),
        ("SELECT id1, _2 FROM größe2 WHERE x=5", "SELECT id1, _2 FROM größe2 WHERE x=?"),
        ("SELECT 1 -- the password is 'x'\n  + 2", "SELECT ?   + ?".replace("   ", "  ")),
        ("SELECT /* it's */ 1", "SELECT   ?"),
        ("SELECT /* a /* b */ secret */ 1", "SELECT ?"),
        ("SELECT 'no end", "SELECT ?"),
        ("SELECT $x$ no end", "SELECT ?"),
        ("UPDATE t SET a = %s WHERE b = %(b)s", "UPDATE t SET a = %s WHERE b = %(b)s"),
    ],
)
def test_constants_are_hidden(text: str, shown: str) -> None:
    assert without_values(text).split() == shown.split()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
@example("\\' --")
@example("'/*$$")
def test_whatever_a_constant_holds_is_hidden(value: str) -> None:
    text = f"SELECT {sql.Literal(value).as_string()} AS shown"
    assert without_values(text) == "SELECT ? AS shown"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", ""),
        ("select 1", "SELECT"),
        ("SELECT FROM t FOR UPDATE; UPDATE t SET a = b; UPDATE u SET a = b", "SELECT UPDATE"),
        ("ALTER TABLE t ADD c text", "ALTER TABLE"),
        ("(SELECT ?) UNION (SELECT ?)", "SELECT"),
    ],
)
def test_the_kinds_of_statements(text: str, kinds: str) -> None:
    assert summary(text) == kinds
