"""Placeholders in psql's notation, filled in with quoted values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.template import render

storable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("SELECT :'zone'", "SELECT 'UTC'"),
        ('SELECT 1 AS :"zone"', 'SELECT 1 AS "UTC"'),
        ("SELECT 1::text, '12:30', a[1:2]", "SELECT 1::text, '12:30', a[1:2]"),
        ("SELECT :zone, :'Zone', :'1'", "SELECT :zone, :'Zone', :'1'"),
        ("SELECT '%s', '100 %', '{zone}'", "SELECT '%s', '100 %', '{zone}'"),
        ("AS $body$ SELECT :'zone' $body$", "AS $body$ SELECT 'UTC' $body$"),
    ],
)
def test_only_placeholders_are_replaced(text: str, rendered: str) -> None:
    assert render(text, {"zone": "UTC"}) == rendered


def test_a_parameter_that_nobody_has_set_is_named() -> None:
    with pytest.raises(RevisionError, match=":'policy'") as error:
        render("SELECT :'policy'", {"zone": "UTC"})

    assert 'policy = "..."' in error.value.hint


@given(value=storable)
def test_a_value_arrives_as_it_is(database: DatabaseUrl, value: str) -> None:
    with connect(database) as session:
        row = session.execute(render("SELECT :'value'", {"value": value}).encode()).fetchone()

    assert row == (value,)


@given(name=storable)
def test_a_value_is_not_filled_in_again(name: str) -> None:
    text = render("SELECT :'one'", {"one": ":'two'", "two": name})

    value = sql.Literal(":'two'").as_string().strip()
    assert text == f"SELECT {value}"
