"""Changes of type, on a server: values get across, and a rewrite is what it is said to be."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from gnkmigrate.kinds.casts import built_in
from gnkmigrate.kinds.conversions import convert
from gnkmigrate.kinds.types import Type, are_comparable
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.servers import Server

STAMP, STAMPTZ = "timestamp without time zone", "timestamp with time zone"


@dataclass(frozen=True)
class Way:
    """A change of type, a value before and after as text, and what it does."""

    old: str
    new: str
    value: str
    arrives: str
    rewrites: bool = True
    loses: str = ""


WAYS = [
    Way("character varying(5)", "character varying(9)", "abc", "abc", rewrites=False),
    Way("character varying(9)", "character varying(5)", "abc", "abc", loses="trailing spaces of"),
    Way("character varying(9)", "character varying", "abc", "abc", rewrites=False),
    Way("character varying", "character varying(9)", "abc  ", "abc  ", loses="trailing spaces of"),
    Way("character varying(9)", "text", "abc", "abc", rewrites=False),
    Way("text", "character varying", "abc", "abc", rewrites=False),
    Way("character varying(3)[]", "character varying(5)[]", "{a}", "{a}"),
    Way("character varying(3)[]", "character varying[]", "{a}", "{a}", rewrites=False),
    Way("text", "character varying(3)", "abc  ", "abc", loses="trailing spaces of"),
    Way("text", "text[]", "{a,b}", "{a,b}", loses="the spelling of"),
    Way("text[]", "character varying(3)[]", "{a,b}", "{a,b}", loses="trailing spaces of"),
    Way("text[]", "integer[]", "{1,2}", "{1,2}", loses="the spelling of"),
    Way("integer[]", "text[]", "{1,2}", "{1,2}"),
    Way("text", "numeric(3,0)", "1.5", "2", loses="the spelling and the last digits of"),
    Way(
        "text",
        "date",
        "2020-01-01 12:00",
        "2020-01-01",
        loses="the spelling and the time of day of",
    ),
    Way(
        "text",
        "timestamp(0) without time zone",
        "2020-01-01 12:00:00.4+02",
        "2020-01-01 12:00:00",
        loses="the spelling and the zone and the finer parts of",
    ),
    Way("integer", "text", "7", "7"),
    Way("text", "integer", "007", "7", loses="the spelling of"),
    Way("integer", "bigint", "7", "7"),
    Way("bigint", "smallint", "7", "7"),
    Way("integer", "boolean", "7", "true", loses="all but whether it is zero of"),
    Way("bigint", "boolean", "0", "false", loses="all but whether it is zero of"),
    Way("boolean", "smallint", "true", "1"),
    Way("boolean", "text", "true", "true"),
    Way("text", "uuid", "A" * 32, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", loses="the spelling of"),
    Way("uuid", "character varying", "a" * 32, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
    Way("numeric(8,2)", "numeric(10,2)", "1.25", "1.25", rewrites=False),
    Way("numeric(8,2)", "numeric", "1.25", "1.25", rewrites=False),
    Way("numeric(8,2)", "numeric(8,1)", "1.25", "1.3", loses="the last digits of"),
    Way("numeric", "numeric(8,2)", "1.255", "1.26", loses="the last digits of"),
    Way("numeric(8,2)", "integer", "1.25", "1", loses="the last digits of"),
    Way("numeric(8,0)", "integer", "1", "1"),
    Way("integer", "numeric(8,2)", "1", "1.00"),
    Way("double precision", "integer", "1.25", "1", loses="the fractions of"),
    Way("numeric", "double precision", "1.25", "1.25", loses="the exact digits of"),
    Way("double precision", "real", "1.25", "1.25", loses="the last digits of"),
    Way(STAMP, "date", "2025-03-30 02:30", "2025-03-30", loses="the time of day of"),
    Way("date", STAMP, "2025-03-30", "2025-03-30 00:00:00"),
    Way(
        STAMP, "timestamp(6) without time zone", "2025-03-30", "2025-03-30 00:00:00", rewrites=False
    ),
    Way(
        "timestamp(3) without time zone",
        "timestamp(3) with time zone",
        "2025-03-30",
        "2025-03-30 00:00:00+00",
    ),
    Way(
        "timestamp(0) with time zone",
        "timestamp(3) without time zone",
        "2025-03-30 00:00Z",
        "2025-03-30 00:00:00",
    ),
    Way("time(3) without time zone", "time without time zone", "10:20", "10:20:00", rewrites=False),
    Way("time without time zone[]", "time(6) without time zone[]", "{10:20}", "{10:20:00}"),
    Way(
        "timestamp(6) without time zone",
        "timestamp(0) without time zone",
        "2025-03-30 02:30:00.7",
        "2025-03-30 02:30:01",
        loses="the finest fractions of a second of",
    ),
    Way(
        "json",
        "jsonb",
        '{"b":1, "a":2}',
        '{"a": 2, "b": 1}',
        loses="spaces, order and repeated keys in",
    ),
    Way("jsonb", "text", '{"a": 2}', '{"a": 2}'),
    Way("cidr", "inet", "10.0.0.0/8", "10.0.0.0/8", rewrites=False),
    Way("interval", "time without time zone", "26:02:03", "02:02:03", loses="the days of"),
    Way(
        "interval",
        "interval(0)",
        "00:00:01.7",
        "00:00:02",
        loses="the finest fractions of a second of",
    ),
    Way("interval", "interval year", "1 year 2 mons", "1 year", loses="the finer parts of"),
    Way("interval year", "interval", "1 year", "1 year", rewrites=False),
    Way(
        "time with time zone", "time without time zone", "10:20+02", "10:20:00", loses="the zone of"
    ),
    Way(
        "double precision",
        "numeric",
        "1.2345678901234567",
        "1.23456789012346",
        loses="the last digits of",
    ),
    Way(
        "bigint",
        "double precision",
        "9007199254740993",
        "9.007199254740992e+15",
        loses="the exact digits of",
    ),
    Way("integer", "double precision", "7", "7"),
    Way("numeric", "money", "1.256", "$1.26", loses="the last digits of"),
    Way("integer", "money", "7", "$7.00"),
    Way("inet", "cidr", "10.0.0.1/8", "10.0.0.0/8", loses="the host's part of"),
    Way("text", "name", "a" * 70, "a" * 63, loses="what is beyond 63 bytes of"),
    Way("text", '"char"', "abc", "a", loses="all but one of"),
    Way("name", '"char"', "abc", "a", loses="all but one of"),
    Way("integer", '"char"', "65", "A", loses='what "char" cannot hold of'),
    Way("boolean", '"char"', "true", "t", loses='what "char" cannot hold of'),
    Way('"char"', "boolean", "t", "true", loses="what boolean cannot hold of"),
    Way('"char"', "text", "t", "t"),
    Way("macaddr8", "macaddr", "08:00:2b:ff:fe:01:02:03", "08:00:2b:01:02:03"),
    Way("bit(8)", "integer", "10101010", "170", loses="what integer cannot hold of"),
    Way("jsonb", "integer", "7.6", "8", loses="what integer cannot hold of"),
    Way("int4range", "int4multirange", "[1,5)", "{[1,5)}"),
    Way(
        "tsrange",
        "daterange",
        "[2020-01-01 10:00,2020-01-02 11:00]",
        "[2020-01-01,2020-01-03)",
        loses="what daterange cannot hold of",
    ),
    Way("circle", "point", "<(1,2),3>", "(1,2)", loses="what point cannot hold of"),
    Way("polygon", "box", "((0,0),(1,5),(3,4))", "(3,5),(0,0)", loses="what box cannot hold of"),
    Way("oid", "regclass", "1259", "pg_class", rewrites=False),
    Way("xml", "text", "<a/>", "<a/>", rewrites=False),
    Way("text", "json", '{"b":1, "a":2}', '{"b":1, "a":2}'),
    Way("character varying[]", "text[]", "{a,b}", "{a,b}"),
    Way("character(5)", "text", "ab", "ab"),
]
ZONED = [
    Way(
        STAMP,
        STAMPTZ,
        "2025-07-01 12:00",
        "2025-07-01 10:00:00+00",
        loses="the hour that summer time skips in",
    ),
    Way(
        STAMPTZ,
        STAMP,
        "2025-07-01 10:00+00",
        "2025-07-01 12:00:00",
        loses="the hour that summer time repeats in",
    ),
    Way("date", STAMPTZ, "2025-07-01", "2025-06-30 22:00:00+00"),
    Way(STAMPTZ, "date", "2025-06-30 22:30+00", "2025-07-01", loses="the time of day of"),
]


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[Connection]:
    with server.database() as url, connect(url) as connection:
        yield connection


def arrive(connection: Connection, way: Way, timezone: str, *, online: bool) -> None:
    """Goes the way with one row, and looks at the row and at the table's file."""
    conversion = convert(way.old, way.new, "value", timezone, online=online, casts=built_in())
    using = f" USING {conversion.using}" if conversion.using else ""
    file = b"SELECT pg_relation_filenode('pg_temp.sample')"
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE TEMP TABLE sample (value {way.old})".encode())
        connection.execute(b"INSERT INTO sample VALUES (%s)", [way.value])
        before = connection.execute(file).fetchone()
        connection.execute(f"ALTER TABLE sample ALTER value TYPE {way.new}{using}".encode())
        assert connection.execute(b"SELECT value::text FROM sample").fetchone() == (way.arrives,)
        assert conversion.rewrites == (connection.execute(file).fetchone() != before)
    assert conversion.rewrites == way.rewrites
    assert conversion.loses == way.loses


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.old} to {way.new}")
def test_way(connection: Connection, way: Way) -> None:
    arrive(connection, way, "UTC", online=True)


@pytest.mark.parametrize("way", ZONED, ids=lambda way: f"{way.old} to {way.new}")
@pytest.mark.parametrize("online", [True, False])
def test_way_through_another_time_zone(connection: Connection, way: Way, online: bool) -> None:
    arrive(connection, way, "Europe/Berlin", online=online)


@pytest.mark.parametrize(("old", "new"), [(STAMP, STAMPTZ), (STAMPTZ, STAMP)])
def test_in_utc_the_bytes_stay_as_they_are(connection: Connection, old: str, new: str) -> None:
    assert convert(old, new, "value", "UTC", online=True, casts=built_in()).zone == "UTC"
    way = Way(old, new, "2025-07-01 12:00+00", "", rewrites=False)
    shown = "2025-07-01 12:00:00" + ("+00" if new == STAMPTZ else "")
    arrive(connection, Way(**{**vars(way), "arrives": shown}), "UTC", online=True)


def test_a_text_that_is_too_long_stops_the_change(connection: Connection) -> None:
    way = Way("text", "character varying(2)", "abc", "ab")
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        arrive(connection, way, "UTC", online=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("character varying(255)", Type("character varying", (255,), array=False)),
        ("interval day to second(3)", Type("interval", (3,), array=False, fields="day to second")),
        ("timestamp(3) with time zone", Type("timestamp with time zone", (3,), array=False)),
        ("numeric(20,8)[]", Type("numeric", (20, 8), array=True)),
        ('public."Role(2)"', Type('public."Role(2)"', (), array=False)),
    ],
)
def test_parse(text: str, expected: Type) -> None:
    assert Type.parse(text) == expected


def test_comparable() -> None:
    assert are_comparable("integer", "bigint")
    assert are_comparable("character varying(5)", "text")
    assert not are_comparable("uuid", "text")
    assert not are_comparable("integer", "integer[]")
