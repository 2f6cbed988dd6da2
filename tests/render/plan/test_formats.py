"""A plan as a script and on a terminal."""

from dataclasses import replace

from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.proof import Proof
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.render.parts.view import View
from gnkmigrate.render.plan import sql, terminal

ADDED = Statement(
    "ALTER TABLE public.item ADD COLUMN name text",
    "Column public.item.name is missing.",
    lock="ACCESS EXCLUSIVE",
    relation="public.item",
)
BUILT = Statement(
    "CREATE INDEX CONCURRENTLY by_name ON public.item (name)",
    "Index by_name on public.item is missing.",
    lock="SHARE UPDATE EXCLUSIVE",
    relation="public.item",
    scans=True,
    transactional=False,
)
DROPPED = Statement(
    'DROP TABLE public."\nDROP TABLE item; --"',
    'Table public."\nDROP TABLE item; --" is not in the target.',
    lock="ACCESS EXCLUSIVE",
    relation='public."\nDROP TABLE item; --"',
    loses_data='all rows of public."\nDROP TABLE item; --"',
)
STATEMENTS = (ADDED, BUILT, DROPPED)


def planned(*statements: Statement) -> Planned:
    return Planned(statements, Snapshot.of([], 160004), Snapshot.of([], 160004), "here", "there")


def shown(*statements: Statement) -> str:
    return terminal.render(planned(*statements), View())


def test_a_script_says_what_each_statement_does() -> None:
    script = sql.render(planned(ADDED, BUILT), View())
    assert script == (
        "-- From here to there: 2 statements.\n"
        "-- Run with: psql --set ON_ERROR_STOP=1 --file FILE, not in a single transaction.\n"
        "\n"
        "SET client_encoding = 'UTF8';\n"
        "SET standard_conforming_strings = on;\n"
        "SET default_transaction_read_only = off;\n"
        "SET default_tablespace = '';\n"
        "SET default_table_access_method = heap;\n"
        f"{query('postgres', 'script_path')}"
        "\n"
        "-- Column public.item.name is missing.\n"
        "-- ACCESS EXCLUSIVE lock on public.item\n"
        "ALTER TABLE public.item ADD COLUMN name text;\n"
        "\n"
        "-- Index by_name on public.item is missing.\n"
        "-- SHARE UPDATE EXCLUSIVE lock on public.item, reads the whole table, "
        "outside a transaction\n"
        "CREATE INDEX CONCURRENTLY by_name ON public.item (name);\n"
    )


def test_a_name_with_a_line_break_stays_within_its_comment() -> None:
    script = sql.render(planned(DROPPED), View())
    lines = script.partition("END $path$;\n")[2].splitlines()
    assert [line for line in lines if line and not line.startswith(("--", "SET "))] == [
        'DROP TABLE public."',
        'DROP TABLE item; --";',
    ]


def test_text_shows_nothing_that_a_terminal_obeys() -> None:
    statement = Statement('DROP TABLE public."\x1b[2J"', "Table \x1b[2J is extra.")
    assert "\x1b" not in shown(statement)


def test_text_sums_up() -> None:
    assert shown(*STATEMENTS).splitlines()[-2:] == [
        "3 statements, 1 loss of data.",
        '  loses all rows of public."\\u000aDROP TABLE item; --"',
    ]
    assert shown() == "Nothing to do: the database is as the target says.\n"


def test_each_statement_says_what_it_does() -> None:
    assert shown(ADDED, BUILT) == (
        "1  Column public.item.name is missing.\n"
        "   ALTER TABLE public.item ADD COLUMN name text;\n"
        "   ACCESS EXCLUSIVE lock on public.item\n"
        "\n"
        "2  Index by_name on public.item is missing.\n"
        "   CREATE INDEX CONCURRENTLY by_name ON public.item (name);\n"
        "   SHARE UPDATE EXCLUSIVE lock on public.item, reads the whole table, "
        "outside a transaction\n"
        "\n"
        "2 statements.\n"
    )


def test_a_proof_says_what_took_long_and_what_was_shown() -> None:
    proof = Proof((0.01, 2.5), 10, 10, 160004, "embedded")
    said = terminal.render(replace(planned(ADDED, BUILT), proof=proof), View())
    assert "outside a transaction, 2.5 s on the copy\n" in said
    assert said.endswith(
        "Proven on a copy with 10 rows: it runs, arrives, and loses nothing unsaid.\n"
    )


def test_what_is_lost_is_red_where_there_are_colours() -> None:
    colored = terminal.render(planned(DROPPED), View(color=True))
    assert "\x1b[31m   loses all rows of " in colored
    assert "\x1b[1m1 statement, 1 loss of data.\x1b[0m" in colored
    bold = terminal.render(planned(DROPPED), View(bold=True))
    assert "\x1b[31m" not in bold
    assert "\x1b[1m1 statement, 1 loss of data.\x1b[0m" in bold
