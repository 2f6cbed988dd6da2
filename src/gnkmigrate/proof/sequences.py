"""Sequences: they stand where they stood, and the next key of every column is a new one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg
from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.plan_claims import Path, Said

_STANDS = "SELECT last_value, is_called FROM {}"
_EXTREME = "SELECT {}({}) FROM {}"


class Range(NamedTuple):
    """What a sequence may give."""

    increment: int
    minimum: int
    maximum: int
    cycles: bool

    def has(self, value: int) -> bool:
        return self.minimum <= value <= self.maximum


@dataclass(frozen=True)
class Numbers:
    """A sequence.

    Attributes:
        path: schema and name.
        range: what it may give.
        last: the value at which it stands.
        called: whether it has given that one; else it is the next.
        behind: of the columns that it fills, those whose next value has been taken already.
        columns: all columns that it fills.
    """

    path: Path
    range: Range
    last: int
    called: bool
    behind: frozenset[Path] = field(default=frozenset())
    columns: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        return qualified(*self.path)

    @property
    def next(self) -> int:
        return self.last + self.range.increment if self.called else self.last


def read_numbers(session: Connection) -> Mapping[int, Numbers]:
    """Every sequence by its oid; none of them is asked for a value."""
    with session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return {oid: _known(session, found) for oid, found in _sequences(session).items()}


def compare_numbers(
    session: Connection, before: Mapping[int, Numbers], said: Said
) -> tuple[str, ...]:
    """What stands where it should not, and what columns get no new value; a line each.

    Sequences are asked for a value, which they do not give again.
    """
    now = _sequences(session)
    by_name = {each.path: oid for oid, each in now.items()}
    problems: list[str] = []
    for oid, old in before.items():
        found = oid if oid in now else by_name.get(said.now(*old.path))
        problems += _not_kept(old, now.get(found) if found is not None else None, said)
    known = frozenset(said.now(*column) for old in before.values() for column in old.behind)
    return (*problems, *(line for each in now.values() for line in _repeated(session, each, known)))


def _not_kept(old: Numbers, new: Numbers | None, said: Said) -> Iterator[str]:
    if said.loses(old.path) or not old.called:
        return
    if new is None:
        # That of a column that is gone, or gets its values otherwise, is the column's affair.
        if not old.columns:
            yield f"{old.name}: stood at {old.last:,}, and is gone"
    elif not _goes_on(old, new):
        yield f"{old.name}: stood at {old.last:,}, stands at {new.last:,}"


def _goes_on(old: Numbers, new: Numbers) -> bool:
    """Whether it gives nothing that has been given; where it may not go on, it starts anew."""
    if (new.last, new.called) == (old.last, old.called) or not new.range.has(old.next):
        return True
    forward = (new.next - old.next) * (1 if new.range.increment > 0 else -1) >= 0
    return bool(new.columns) and forward


def _repeated(session: Connection, numbers: Numbers, known: frozenset[Path]) -> Iterator[str]:
    for column in numbers.columns:
        extreme = _extreme(session, numbers.range, column)
        try:
            ((next_,),) = session.execute(
                "SELECT nextval(%s::regclass)", (numbers.name,)
            ).fetchall()
        except psycopg.errors.SequenceGeneratorLimitExceeded:
            if column not in known:
                yield f"{qualified(*column)}: its sequence {numbers.name} has no value left"
            continue
        if _is_taken(next_, extreme, numbers.range) and column not in known:
            yield (
                f"{qualified(*column)}: the next value is {next_:,}, but "
                f"{extreme:,} is there already"
            )


def _sequences(session: Connection) -> Mapping[int, Numbers]:
    found = session.execute(query("proof.sql", "sequences")).fetchall()
    numbers = {}
    for oid, schema, name, increment, minimum, maximum, cycles, columns in found:
        ((last, called),) = session.execute(
            sql.SQL(_STANDS).format(sql.Identifier(schema, name))
        ).fetchall()
        numbers[oid] = Numbers(
            (schema, name),
            Range(increment, minimum, maximum, cycles),
            last,
            called,
            columns=tuple(map(tuple, columns)),
        )
    return numbers


def _known(session: Connection, numbers: Numbers) -> Numbers:
    """With the columns that would get no new value as it is."""
    behind = frozenset(_behind(session, numbers))
    return Numbers(
        numbers.path, numbers.range, numbers.last, numbers.called, behind, numbers.columns
    )


def _behind(session: Connection, numbers: Numbers) -> Iterable[Path]:
    for column in numbers.columns:
        exhausted = not numbers.range.has(numbers.next) and not numbers.range.cycles
        extreme = _extreme(session, numbers.range, column)
        if exhausted or _is_taken(numbers.next, extreme, numbers.range):
            yield column


def _extreme(session: Connection, range_: Range, column: Path) -> int | None:
    """The value that the next one must be beyond; None where there is none."""
    *table, name = column
    highest = sql.SQL("max" if range_.increment > 0 else "min")
    question = sql.SQL(_EXTREME).format(highest, sql.Identifier(name), sql.Identifier(*table))
    ((value,),) = session.execute(question).fetchall()
    return None if value is None else int(value)


def _is_taken(next_: int, extreme: int | None, range_: Range) -> bool:
    if extreme is None:
        return False
    return next_ <= extreme if range_.increment > 0 else next_ >= extreme
