"""What psql would find in a statement."""

import pytest

from gnkmigrate.postgres.psql import NotPlain, commands


@pytest.mark.parametrize(
    "sql",
    [
        r"COMMENT ON TABLE a IS E'it\'s \\! echo'",
        r"SELECT 'a''\d+'::text ~ '\' AND x'1f' <> b'01'",
        r'ALTER TABLE "a\b""c" ADD COLUMN größe numeric(10,2) DEFAULT 1.5e+10',
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $_$ \\! ; -- ' \r\n $1 $$ $_$",
        "CREATE FUNCTION f(int) BEGIN ATOMIC SELECT CASE $1 WHEN 1 THEN 2 END; SELECT $1::int; END",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
        "SELECT a[1:n], begin, b #>> '{}' FROM copy",
    ],
)
def test_what_postgresql_prints_is_one_command(sql: str) -> None:
    assert list(commands(sql)) == [sql]


def test_several_commands() -> None:
    assert list(commands("A; B ';';\nC;;")) == ["A", "B ';'", "C"]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("a text;\n\\! echo", "a backslash outside of quotes"),
        ("€$a$ \\! $a$", "a backslash outside of quotes"),  # a name, and no dollar quote
        ("a -- b", "a comment"),
        ("a /* b */", "a comment"),
        ("a\rb", "a carriage return outside of quotes"),
        ("'a\0'", "the character U\\+0000"),
        ("SELECT :DBNAME", "a variable of psql"),
        ("COPY t FROM stdin", "the command COPY"),
        ("a; begin", "the command BEGIN"),
        ("a (b", "a parenthesis or a block without an end"),
        ("create function f() begin atomic select 1", "a parenthesis or a block without an end"),
        ("a 'b", "a quotation"),
        ("$$ a", "a quotation"),
        ("1E'\\'' \\! '", "a quotation"),  # releases of psql do not agree on where it begins
        ("E'a'\n'\\'' \\! '", "a quotation"),  # psql does not see it go on, the server does
    ],
)
def test_what_psql_may_read_otherwise_is_refused(sql: str, found: str) -> None:
    with pytest.raises(NotPlain, match=found):
        list(commands(sql))
