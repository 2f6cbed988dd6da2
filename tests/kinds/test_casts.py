"""The casts that are known are those that there are."""

from itertools import product

import pytest
from psycopg import DataError

from gnkmigrate.kinds.casts import built_in
from gnkmigrate.kinds.conversion_losses import fits_none
from gnkmigrate.kinds.types import INEXACT, INTEGERS, STAMPS, TIMES, Type
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

_CASTS = """
SELECT format_type(castsource, NULL), format_type(casttarget, NULL), castcontext::text,
    castmethod::text
FROM pg_cast
"""


def test_postgresql_has_those_that_are_said_to_be_built_in(database: DatabaseUrl) -> None:
    with connect(database) as session:
        found = {
            (source, target): (context != "e", method == "b")
            for source, target, context, method in session.execute(_CASTS).fetchall()
        }
    said = {pair: (cast.is_assigned, cast.is_binary) for pair, cast in built_in().items()}
    assert said.items() <= found.items()


def test_those_of_extensions_are_used(server: Server) -> None:
    extensions = "CREATE EXTENSION hstore; CREATE EXTENSION citext;"
    old, new = "CREATE TABLE t (a hstore, b text);", "CREATE TABLE t (a jsonb, b citext);"
    first, second = planned(server, extensions + old, extensions + new)
    assert first.sql == "ALTER TABLE public.t ALTER COLUMN a TYPE jsonb USING a::jsonb"
    assert first.loses_data == "what jsonb cannot hold of public.t.a"
    assert second.sql == "ALTER TABLE public.t ALTER COLUMN b TYPE public.citext"
    assert (second.rewrites, second.loses_data) == (False, "")
    converge(server, old, new, shared=extensions)


def test_those_that_somebody_made_are_used_where_they_stay(server: Server) -> None:
    types = """
        CREATE TYPE celsius AS (degrees numeric); CREATE TYPE kelvin AS (degrees numeric);
        CREATE FUNCTION warm(celsius) RETURNS kelvin LANGUAGE sql IMMUTABLE
            AS 'SELECT ROW($1.degrees + 273.15)::kelvin';
        CREATE CAST (celsius AS kelvin) WITH FUNCTION warm(celsius);
    """
    (made,) = planned(
        server, f"{types} CREATE TABLE t (a celsius);", f"{types} CREATE TABLE t (a kelvin);"
    )
    assert made.sql == (
        "ALTER TABLE public.t ALTER COLUMN a TYPE public.kelvin USING a::public.kelvin"
    )
    assert made.loses_data == "what public.kelvin cannot hold of public.t.a"


def test_labels_of_enums_are_kept(server: Server) -> None:
    mood = "CREATE TYPE mood AS ENUM ('sad');"
    there = planned(server, f"{mood} CREATE TABLE t (a text);", f"{mood} CREATE TABLE t (a mood);")
    back = planned(server, f"{mood} CREATE TABLE t (a mood);", f"{mood} CREATE TABLE t (a text);")
    assert [each.loses_data for each in (*there, *back)] == ["", ""]


# A value, or two, of each type that some other type takes no value of.
_VALUES = {
    **dict.fromkeys(INTEGERS, ("1", "20240101")),
    **dict.fromkeys(INEXACT, ("1", "1e30", "infinity")),
    **dict.fromkeys(STAMPS | {"date"}, ("2024-01-01", "infinity")),
    **dict.fromkeys(TIMES | {"interval"}, ("12:00",)),
    "boolean": ("true", "false"),
    "money": ("1",),
    "uuid": ("11111111-1111-1111-1111-111111111111",),
}


def test_of_some_types_no_value_fits(database: DatabaseUrl) -> None:
    types = {name: Type.parse(name) for name in (*_VALUES, "numeric")}
    pairs = [
        (old, new)
        for old, new in product(types, types)
        if fits_none(types[old], types[new], built_in())
    ]
    assert {("bigint", "uuid"), ("boolean", "date")} <= set(pairs)
    with connect(database) as session:
        for old, new in pairs:
            for value in _VALUES[old] if old != "smallint" else ("1",):
                with pytest.raises(DataError), session.transaction():
                    session.execute(f"SELECT '{value}'::{old}::text::{new}".encode())
