"""What old columns cannot hold is refused on the way back; what new ones cannot, to old writers.

A value comes back exactly where the old one for it means the same again. A row that has its own
words for it, which the old application has written, has them still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.convert_online import drop_checks, require
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run.batches.row_key import key_of, listed
from gnkmigrate.run.kept.old_value import OldValue
from gnkmigrate.run.names import column, literal, split
from gnkmigrate.run.rows import listed as listed_rows
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.conversion import COLUMN, Conversion
from gnkmigrate.run.sync.shadow_columns import refuse_null
from gnkmigrate.run.work import Work

_HINT = "Change them first."


@dataclass(frozen=True)
class Belonging:
    """Which row of the entity, `entity`, belongs to a row of the table, `linked`.

    Attributes:
        on: the condition, as SQL.
        columns: those of which it has the values.
    """

    on: str
    columns: tuple[Conversion, ...]


def refusals(work: Work, sides: Leaving, rows: Sequence[Belonging]) -> Iterator[Refusal]:
    """What the old columns cannot hold.

    Args:
        work: the session.
        sides: from the cutover on.
        rows: the rows of the entity that belong to one of the table.
    """
    table = sides.said.table
    key = listed(key_of(work, table, ()), "linked")
    for name in sides.required():
        old = column(kept_name(name))
        query = f"SELECT {key} FROM {sides.table} AS linked WHERE linked.{old} IS NULL"
        message = f"Rows of {table} have no {name}, which the old shape wants."
        yield from _refused(work, message, query)
    for row in rows:
        for change in row.columns:
            if not _stays(change):
                query = _unheld(sides, row, change, key)
                what = f"{sides.said.entity}.{change.new_name}"
                message = f"{what}: values that the old column cannot hold."
                yield from _refused(work, message, query)


def _stays(change: Conversion) -> bool:
    """Whether the value is the same in both columns."""
    return change.using == change.back == COLUMN and not change.type


def _unheld(sides: Leaving, row: Belonging, change: Conversion, key: str) -> str:
    value, old = f"entity.{column(change.new_name)}", f"linked.{sides.old(change)}"
    return (
        f"SELECT {key}, {value} FROM {sides.table} AS linked"
        f" JOIN {sides.entity} AS entity ON {row.on}"
        f" WHERE {alike(f'{sides.way_back(change)}({value})', old)}"
        f" AND NOT {alike(sides.new_value('linked', change), value)}"
    )


def _refused(work: Work, message: str, query: str) -> Iterator[Refusal]:
    total, rows = listed_rows(work, query)
    if total:
        yield Refusal(message, rows, total, _HINT, query)


def hold(work: Work, sides: Leaving, rows: Sequence[Belonging]) -> None:
    """Looks once more; then NOT NULL is proven, with nobody waiting.

    Raises:
        PhaseFailed: since the check values have come that the old columns cannot hold.
    """
    for refusal in refusals(work, sides, rows):
        raise PhaseFailed(
            f"Phase {work.phase}: {refusal.message}", details=refusal.rows, hint=refusal.hint
        )
    for name in sides.required():
        require(work, sides.said.table, kept_name(name))


def old_values(sides: Leaving, rows: Sequence[Belonging]) -> Iterator[OldValue]:
    """What the entity says of the old columns of a row, which `rows` call old_value.ROW.

    Args:
        sides: from the cutover on.
        rows: the rows of the entity that belong to it.
    """
    for row in rows:
        there = f"FROM {sides.entity} AS entity WHERE {row.on}"
        for change in row.columns:
            said = f"entity.{column(change.new_name)}"
            back = f"{sides.way_back(change)}({said})"
            same = alike(change.converted(back), said)
            yield OldValue(
                kept_name(change.column),
                f"(SELECT {back} {there})",
                f"coalesce((SELECT {same} {there}), true)",
                sides.said.entity,
            )


def let_go(work: Work, sides: Leaving) -> None:
    """Takes `hold` back."""
    names = sides.required()
    drop_checks(sides.said.table, [(kept_name(name), name) for name in names], work)


def refuse_old(sides: Leaving) -> list[str]:
    """PL/pgSQL that refuses to the old application what the old shape, or the new one, cannot hold.

    Args:
        sides: from the cutover on.
    """
    table = sides.said.table
    written = "(TG_OP = 'INSERT' OR OLD.{} IS DISTINCT FROM NULL)"
    nulls = [
        refuse_null(table, change.column, written.format(sides.old(change)))
        for change in sides.said.columns
        if sides.before[change.column]["not_null"]
    ]
    return nulls + [
        _refuse_unfit(table, sides, change) for change in sides.said.columns if change.is_picky
    ]


def _refuse_unfit(table: str, sides: Leaving, change: Conversion) -> str:
    old = sides.old(change)
    unfit = sides.unfit("NEW", change)
    schema, name = split(table)
    said = f'the new shape of "{name}" cannot hold this value of column "{change.column}"'
    return f"""IF (TG_OP = 'INSERT' OR NOT {alike(f"NEW.{old}", f"OLD.{old}")}) AND ({unfit}) THEN
        RAISE check_violation USING MESSAGE = {literal(said)},
            SCHEMA = {literal(schema)}, TABLE = {literal(name)},
            COLUMN = {literal(change.column)};
    END IF;"""
