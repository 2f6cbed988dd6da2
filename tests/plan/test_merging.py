"""Neighbouring commands that each rewrite one table are one command."""

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.merging import merged


def rewriting(action: str, relation: str = "public.orders", loses: str = "") -> Statement:
    return Statement(
        f"ALTER TABLE {relation} {action}",
        f"{action}.",
        lock="ACCESS EXCLUSIVE",
        relation=relation,
        rewrites=True,
        scans=True,
        loses_data=loses,
    )


def test_two_types_of_one_table_change_in_one_command() -> None:
    first = rewriting("ALTER COLUMN total TYPE numeric", loses="the fractions of total")
    second = rewriting("ALTER COLUMN number TYPE bigint")
    (statement,) = merged([first, second])
    assert statement.sql == (
        "ALTER TABLE public.orders ALTER COLUMN total TYPE numeric, ALTER COLUMN number TYPE bigint"
    )
    assert statement.loses_data == "the fractions of total"
    assert statement.rewrites


def test_another_table_is_another_command() -> None:
    statements = [
        rewriting("ALTER COLUMN a TYPE bigint"),
        rewriting("ADD COLUMN b int", "public.b"),
    ]
    assert merged(statements) == tuple(statements)


def test_what_stands_between_keeps_them_apart() -> None:
    between = Statement("DROP VIEW public.v", "It makes way.", relation="public.v")
    statements = [
        rewriting("ALTER COLUMN a TYPE bigint"),
        between,
        rewriting("ALTER COLUMN b TYPE bigint"),
    ]
    assert merged(statements) == tuple(statements)


def test_another_expression_is_no_part_of_a_command_that_changes_types() -> None:
    statements = [
        rewriting("ALTER COLUMN a TYPE bigint"),
        rewriting("ALTER COLUMN b SET EXPRESSION AS (c + 1)"),
        rewriting("ALTER COLUMN d SET EXPRESSION AS (c + 2)"),
    ]
    assert len(merged(statements)) == 2
