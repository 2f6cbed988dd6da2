"""A table of which some columns become rows of their own, and what ought to become of its rows.

As in shapes.py the oracle is a plain table of the old shape, to which whatever an application
writes is written as well, in the same transaction, by SQL of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from psycopg import errors, sql

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from tests.operations.shapes import KEYS, NAMES

STREETS = ("'Elm 1'", "'Oak ''2'''", "'größe'", "'Elm 1 '")
CITIES = ("'Ulm'", "'Bonn'")
TIMES = (
    "TIMESTAMP '2024-03-31 02:30'",  # no such moment
    "TIMESTAMP '2024-10-27 02:30'",  # two of them
    "TIMESTAMP 'infinity'",
)
ZONE = "AT TIME ZONE 'Europe/Berlin'"

OLD = {
    "insert": "INSERT INTO {old} ({columns}) VALUES ({key}, 1, {street}, {city}, {seen})",
    "move": 'UPDATE {old} SET "The Street" = {street}, city = {city}, seen = {seen} WHERE {this}',
    "count": "UPDATE {old} SET number = number + 1 WHERE {this}",
    "rekey": "UPDATE {old} SET {rekey}, number = number + 1 WHERE {this}",
    "delete": "DELETE FROM {old} WHERE {this}",
}
_BOTH = {verb: (OLD[verb].replace("{old}", "{new}"),) * 2 for verb in ("count", "rekey", "delete")}
# What the new application does, and what that means; there is no seen time that says the same.
_SEEN = "CASE WHEN seen {zone} = {seen} {zone} THEN seen ELSE {seen} {zone} {zone} END"
SPLIT = {
    **_BOTH,
    "insert": (
        'INSERT INTO {new} ({names}, number, "place id") VALUES ({key}, 1, {place})',
        "INSERT INTO oracle.rows ({columns}) SELECT {key}, 1, there.* FROM ({there}) AS there",
    ),
    "move": (
        'UPDATE {new} SET "place id" = {place} WHERE {this}',
        (
            'UPDATE oracle.rows SET "The Street" = a, city = b,'
            " seen = CASE WHEN seen {zone} = c {zone} THEN seen ELSE c END"
            " FROM ({there}) AS there (a, b, c) WHERE {this}"
            ' AND ("The Street", city) IS DISTINCT FROM (a, b)'
        ),
    ),
    "rename": (
        "UPDATE {places} SET street = street || '!', seen_at = 'epoch' WHERE {it}",
        (
            'UPDATE oracle.rows SET "The Street" = "The Street" || \'!\','
            " seen = TIMESTAMPTZ 'epoch' {zone} WHERE \"The Street\" = {street} AND city = {city}"
        ),
    ),
    "make": (
        (
            "INSERT INTO {places} (street, größe, seen_at)"
            " SELECT {street}, {city}, {seen} {zone} WHERE {city} IS NOT NULL"
        ),
        "SELECT",
    ),
}
MOVE = {
    **_BOTH,
    "insert": (
        "INSERT INTO {new} ({names}, number) VALUES ({key}, 1)",
        "INSERT INTO oracle.rows ({names}, number) VALUES ({key}, 1)",
    ),
    "move": (
        (
            "INSERT INTO {places} AS place ({names}, street, größe, seen_at)"
            " SELECT {key}, {street}, {city}, {seen} {zone}"
            " WHERE EXISTS (SELECT FROM {new} WHERE {this})"
            " ON CONFLICT ({names}) DO UPDATE SET"
            " (street, größe, seen_at) = ROW(excluded.street, excluded.größe, excluded.seen_at)"
        ),
        (
            'UPDATE oracle.rows SET "The Street" = {street}, city = {city},'
            f" seen = {_SEEN} WHERE {{this}}"
        ),
    ),
    "rename": (
        "UPDATE {places} SET street = street || '!' WHERE {this}",
        'UPDATE oracle.rows SET "The Street" = "The Street" || \'!\' WHERE {this}',
    ),
    "make": (
        "DELETE FROM {places} WHERE {this}",
        'UPDATE oracle.rows SET "The Street" = NULL, city = NULL, seen = NULL WHERE {this}',
    ),
}


@dataclass(frozen=True)
class Write:
    """What an application does: to the row of this number, or with the place of this number."""

    verb: str
    row: int
    through: str
    place: int


@dataclass(frozen=True)
class Places:
    """A table whose places become rows of another.

    Attributes:
        rows: the place of each row; 0 for none.
    """

    schema: str
    name: str
    key: str
    entity: str
    rows: tuple[int, ...]
    meanwhile: tuple[Write, ...]
    afterwards: tuple[Write, ...]
    cut_off_at: int

    @property
    def operation(self) -> str:
        """What the revision asks for."""
        return (
            f"op.split_table({f'{self.schema}.{self.name}'!r}, {f'public.{self.entity}'!r}, ("
            "op.renamed('The Street', 'street', not_null=True),"
            "op.cast('city', 'varchar(20)', rename='größe', not_null=True),"
            "op.zoned('seen', 'seen_at')), reference='place id', identity=('größe', 'street'))"
        )

    @property
    def new(self) -> Mapping[str, tuple[str, str]]:
        """What the new application does, and what that means to the oracle."""
        return SPLIT

    @property
    def keys(self) -> list[str]:
        return [sql.Identifier(name).as_string() for name in KEYS[self.key][0]]

    @property
    def columns(self) -> str:
        return ", ".join((*self.keys, "number", '"The Street"', "city", "seen"))

    @property
    def table(self) -> str:
        return sql.Identifier(self.schema, self.name).as_string()

    @property
    def places(self) -> str:
        return sql.Identifier("public", self.entity).as_string()

    def setup(self) -> Iterator[str]:
        if self.schema != "public":
            yield f"CREATE SCHEMA {sql.Identifier(self.schema).as_string()}"
        keys = zip(self.keys, KEYS[self.key][0].values(), strict=True)
        own = ", ".join(f"{name} {type_}" for name, type_ in keys)
        rest = 'number int, "The Street" text, city text, seen timestamp'
        yield f"CREATE TABLE {self.table} ({own}, {rest}, PRIMARY KEY ({', '.join(self.keys)}))"
        yield f"CREATE INDEX ON {self.table} (city DESC)"
        plain = own.replace("GENERATED BY DEFAULT AS IDENTITY", "").replace("serial", "int")
        yield f"CREATE SCHEMA oracle; CREATE TABLE oracle.rows ({plain}, {rest})"
        for number, place in enumerate(self.rows):
            yield from self.statements(Write("insert", number, "old", place), shown=False)

    def statements(self, write: Write, *, shown: bool) -> tuple[str, str]:
        """What an application does, and what that means to the oracle."""
        street, city, seen = "NULL", "NULL", "NULL::timestamp"
        if write.place:
            street, city = (each[write.place % len(each)] for each in (STREETS, CITIES))
            seen = TIMES[write.place % len(STREETS) % len(TIMES)]  # the same for all of a place
        key, other = ([value % n for value in KEYS[self.key][1]] for n in (write.row, write.place))
        same = zip(self.keys, key, strict=True)
        view = sql.Identifier("gnkmigrate_legacy", self.name).as_string()
        it = f"street = {street} AND größe = {city}"
        given = {
            "columns": self.columns,
            "names": ", ".join(self.keys),
            "key": ", ".join(key),
            "this": " AND ".join(f"{name} = {value}" for name, value in same),
            "rekey": ", ".join(f"{a} = {b}" for a, b in zip(self.keys, other, strict=True)),
            "street": street,
            "city": city,
            "seen": seen,
            "zone": ZONE,
            "places": self.places,
            "it": it,
            "place": f"(SELECT id FROM {self.places} WHERE {it})",
            "there": f"SELECT {street}, {city}, {seen} {ZONE} {ZONE} FROM {self.places} WHERE {it}"
            f" UNION ALL SELECT NULL, NULL, NULL"
            f" WHERE NOT EXISTS (SELECT FROM {self.places} WHERE {it})",
            "old": view if shown else self.table,
            "new": self.table,
        }
        if not shown or (write.through == "old" and write.verb in OLD):
            verb = write.verb if write.verb in OLD else "move"
            return OLD[verb].format(**given), OLD[verb].format(**{**given, "old": "oracle.rows"})
        done, meant = self.new[write.verb]
        return done.format(**given), meant.format(**{**given, "new": "oracle.rows"})

    def differences(self, session: Connection, *, shown: bool) -> list[tuple[object, ...]]:
        """Rows of the old shape, and of the new one, which are not what they ought to be."""
        view = sql.Identifier("gnkmigrate_legacy", self.name).as_string()
        old = f"SELECT {self.columns} FROM {view if shown else self.table}"
        found = _unlike(session, old, f"SELECT {self.columns} FROM oracle.rows")
        if shown:
            keys = ", ".join(f"linked.{name}" for name in self.keys)
            found += _unlike(
                session,
                f"SELECT {keys}, linked.number, street, größe FROM {self.table} AS linked"
                f" LEFT JOIN {self.places} AS place ON {self.joined}",
                f'SELECT {keys}, number, "The Street", city FROM oracle.rows AS linked',
            )
        return found

    @property
    def joined(self) -> str:
        """Which `place` belongs to a `linked` row."""
        return 'place.id = linked."place id"'


@dataclass(frozen=True)
class SidePlaces(Places):
    """A table whose places move to a side table."""

    @property
    def operation(self) -> str:
        key = {name: name for name in KEYS[self.key][0]}
        return (
            f"op.move_columns({f'{self.schema}.{self.name}'!r}, {f'public.{self.entity}'!r}, ("
            "op.renamed('The Street', 'street'), op.cast('city', 'varchar(20)', rename='größe'),"
            f"op.zoned('seen', 'seen_at')), key={key!r})"
        )

    @property
    def new(self) -> Mapping[str, tuple[str, str]]:
        return MOVE

    @property
    def joined(self) -> str:
        return " AND ".join(f"place.{name} = linked.{name}" for name in self.keys)


def _unlike(session: Connection, one: str, other: str) -> list[tuple[object, ...]]:
    query = f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})"
    return session.execute(query.encode()).fetchall()


@dataclass
class Applications:
    """The old and the new application, which write whenever they are called."""

    url: DatabaseUrl
    places: Places
    written: int = 0

    def write(self, write: Write) -> None:
        """Writes, unless somebody holds the table."""
        with connect(self.url, search_path=["public"]) as session:
            session.execute("SET lock_timeout = '100ms'")
            view = sql.Identifier("gnkmigrate_legacy", self.places.name).as_string()
            ((shown,),) = session.execute("SELECT to_regclass(%s) IS NOT NULL", (view,)).fetchall()
            try:
                with session.transaction():
                    for statement in self.places.statements(write, shown=bool(shown)):
                        session.execute(statement.encode())
                self.written += 1
            except (errors.LockNotAvailable, errors.UniqueViolation):
                pass  # neither has been written


@st.composite
def splits(draw: st.DrawFn) -> Places:
    count = draw(st.integers(0, 9))
    place = st.integers(0, 8)
    write = st.builds(
        Write,
        verb=st.sampled_from(
            ["insert", "move", "move", "count", "rekey", "delete", "rename", "make"]
        ),
        row=st.integers(0, count + 3),
        through=st.sampled_from(["old", "new"]),
        place=place,
    )
    kind = draw(st.sampled_from([Places, SidePlaces]))
    return kind(
        schema=draw(st.sampled_from(["public", "Other Schema"])),
        name=draw(st.sampled_from(NAMES)),
        key=draw(st.sampled_from(sorted(KEYS))),
        entity=draw(st.sampled_from(["places", 'An "odd" place', "y" * 63])),
        rows=tuple(draw(place) for _ in range(count)),
        meanwhile=tuple(draw(st.lists(write, min_size=10, max_size=20))),
        afterwards=tuple(draw(st.lists(write, min_size=10, max_size=20))),
        cut_off_at=draw(st.integers(0, 14)),
    )
