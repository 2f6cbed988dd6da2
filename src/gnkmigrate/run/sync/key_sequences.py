"""The sequences that give a table its keys, when it takes another one's place.

They go on after what the other one's have given out, whether its rows are still there or not, and
after the keys of the rows that are there, so that no key is given twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.rows import class_row

from gnkmigrate.run.names import column, literal
from gnkmigrate.run.work import Work

# Those of serial and identity columns, which belong to them, and those that a default asks.
_SEQUENCES = """
SELECT attname::text AS column, format('%I.%I', nspname, relname) AS name,
       typcategory = 'N' AS compares, seqincrement AS increment, seqstart AS start,
       seqmin AS minimum, seqmax AS maximum
FROM pg_catalog.pg_attribute
JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
CROSS JOIN LATERAL (
    SELECT objid FROM pg_catalog.pg_depend
    WHERE classid = 'pg_catalog.pg_class'::regclass AND deptype IN ('a', 'i')
      AND refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = attrelid
      AND refobjsubid = attnum
    UNION
    SELECT refobjid FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_depend ON objid = pg_attrdef.oid
    WHERE classid = 'pg_catalog.pg_attrdef'::regclass AND adrelid = attrelid AND adnum = attnum
      AND refclassid = 'pg_catalog.pg_class'::regclass
) AS used
JOIN pg_catalog.pg_sequence ON seqrelid = used.objid
JOIN pg_catalog.pg_class ON pg_class.oid = seqrelid
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE attrelid = {table}::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum, name
"""


@dataclass(frozen=True)
class KeySequence:
    """A sequence that gives a column its values.

    Attributes:
        column: the column's name.
        name: the sequence's, qualified and quoted.
        compares: whether the column's values are numbers.
        increment: less than 0 where it descends.
        start: where it began.
        minimum: the least that it gives.
        maximum: the most that it gives.
    """

    column: str
    name: str
    compares: bool
    increment: int
    start: int
    minimum: int
    maximum: int

    @property
    def sign(self) -> int:
        return 1 if self.increment > 0 else -1

    def steps_beyond(self, following: int, value: int) -> int:
        """How often it has to be asked before what it gives next is beyond a value.

        Args:
            following: what it would give next.
            value: what is taken.
        """
        return max(0, -((self.sign * (following - value) - 1) // abs(self.increment)))


def sequences(work: Work, table: str) -> list[KeySequence]:
    """Those of a table, which is quoted."""
    with work.connection.cursor(row_factory=class_row(KeySequence)) as cursor:
        return cursor.execute(_SEQUENCES.format(table=literal(table)).encode()).fetchall()


def pairs(work: Work, table: str, other: str) -> Iterator[tuple[KeySequence, KeySequence]]:
    """Each sequence of a table with each that the other table, quoted, has for the same column."""
    others = sequences(work, other)
    for own in sequences(work, table):
        yield from ((own, theirs) for theirs in others if theirs.column == own.column)


def go_on_after_rows(work: Work, table: str) -> None:
    """Moves the sequences of a table on, past the keys of rows that were put into it.

    Args:
        work: the session, in a transaction, which undoes this where it is undone.
        table: quoted; nobody writes to it until the transaction ends.
    """
    for own in sequences(work, table):
        furthest = _furthest(work, table, own)
        _move(work, own, [] if furthest is None else [furthest])


def go_on_after(work: Work, table: str, other: str) -> None:
    """Moves the sequences of a table on, past what the other's have given out.

    Nobody writes to either: the caller's transaction holds them. An index on the column answers
    how far its values go.

    Args:
        work: the session, in a transaction, which undoes this where it is undone.
        table: the table that comes, quoted.
        other: the table that goes, quoted.
    """
    given = list(pairs(work, table, other))
    for own in sequences(work, table):
        taken = [_furthest(work, table, own)]
        taken += [
            _given_out(work, theirs)
            for mine, theirs in given
            if mine == own and theirs.sign == own.sign
        ]
        _move(work, own, [value for value in taken if value is not None])


def _move(work: Work, own: KeySequence, taken: list[int]) -> None:
    last, called = _position(work, own)
    following = last + own.increment if called else last
    # What it cannot give itself is in nobody's way.
    reached = [value for value in taken if own.minimum <= value <= own.maximum]
    steps = max((own.steps_beyond(following, value) for value in reached), default=0)
    if not steps:
        return
    place = following + steps * own.increment
    within = min(max(place, own.minimum), own.maximum)
    # Unlike setval() this is undone by ROLLBACK (manual, ALTER SEQUENCE, Notes).
    work.execute(f"ALTER SEQUENCE {own.name} RESTART WITH {within}")
    if within != place:  # it has nothing left to give
        work.execute(f"SELECT setval({literal(own.name)}, {within}, true)")


def _furthest(work: Work, table: str, own: KeySequence) -> int | None:
    """The value of the column that is the furthest that its sequence could have given."""
    if not own.compares:
        return None
    furthest, name = "max" if own.sign > 0 else "min", column(own.column)
    found = work.value(
        f"SELECT {furthest}({name}) FROM {table}"
        f" WHERE {name} BETWEEN {own.minimum} AND {own.maximum}"
    )
    return None if found is None else int(found)


def _given_out(work: Work, own: KeySequence) -> int | None:
    """The last value that a sequence has given out; None where it has given none."""
    last, called = _position(work, own)
    if called:
        return last
    return None if last == own.start else last - own.increment


def _position(work: Work, own: KeySequence) -> tuple[int, bool]:
    last, called = work.execute(f"SELECT last_value, is_called FROM {own.name}").fetchall()[0]
    return int(last), bool(called)
