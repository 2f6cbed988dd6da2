"""A plan as a script, as a document and as text."""

import json
from pathlib import Path

import pytest

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.document import PlanUnreadable, facts_hash, read_plan, write_plan
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.script import write_script
from gnkmigrate.plan.text import render_plan

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


def planned() -> Planned:
    return Planned(STATEMENTS, Snapshot.of([], 160004), Snapshot.of([], 160004), "here", "there")


def test_a_script_says_what_each_statement_does() -> None:
    script = write_script((ADDED, BUILT), "here", "there")
    assert script == (
        "-- From here to there: 2 statements.\n"
        "-- Run with: psql --set ON_ERROR_STOP=1 --file FILE, not in a single transaction.\n"
        "\n"
        "SET client_encoding = 'UTF8';\n"
        "SET standard_conforming_strings = on;\n"
        "SET default_transaction_read_only = off;\n"
        "SET default_tablespace = '';\n"
        "SET default_table_access_method = heap;\n"
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
    lines = write_script((DROPPED,), "here", "there").splitlines()
    assert [line for line in lines if line and not line.startswith(("--", "SET "))] == [
        'DROP TABLE public."',
        'DROP TABLE item; --";',
    ]


def test_text_shows_nothing_that_a_terminal_obeys() -> None:
    statement = Statement('DROP TABLE public."\x1b[2J"', "Table \x1b[2J is extra.")
    assert "\x1b" not in render_plan([statement]).plain


def test_text_sums_up() -> None:
    assert render_plan(STATEMENTS).plain.splitlines()[-2:] == [
        "3 statements, 1 loss of data.",
        '  loses all rows of public."\\u000aDROP TABLE item; --"',
    ]
    assert render_plan([]).plain == "Nothing to do: the database is as the target says."


def test_a_document_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(write_plan(planned()))
    document = read_plan(file)
    assert tuple(each.statement() for each in document.statements) == STATEMENTS
    assert document.source.facts == facts_hash(Snapshot.of([]))
    assert json.loads(file.read_text())["summary"] == {
        "statements": 3,
        "rewrites": 0,
        "scans": 1,
        "outside_transaction": 1,
        "loses_data": [DROPPED.loses_data],
    }


def test_a_plan_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({**json.loads(write_plan(planned())), "version": 1}))
    with pytest.raises(PlanUnreadable, match=r"is a plan of version 1, and .* reads version 2\."):
        read_plan(file)


@pytest.mark.parametrize("text", ["", "{}", '{"version": 2}', "no JSON"])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(PlanUnreadable, match="is not a plan"):
        read_plan(file)
    with pytest.raises(PlanUnreadable, match="cannot be read"):
        read_plan(tmp_path / "missing.json")


def test_the_hash_knows_every_fact() -> None:
    fact = Fact(Identity("schema", ("shop",)), None, {})
    hashes = {facts_hash(Snapshot.of(facts)) for facts in ([], [fact])}
    assert len(hashes) == 2
