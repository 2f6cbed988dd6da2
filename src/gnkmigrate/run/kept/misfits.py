"""Values of new columns that the old ones, which a downgrade brings back, cannot hold."""

from collections.abc import Sequence

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.batches.row_key import listed as listed_columns
from gnkmigrate.run.kept import made_rows, overflow
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import column_pair, shadow_columns
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


def condition(work: Work, table: str, change: Conversion) -> str:
    """The SQL condition on `spilled` under which the old column does not say what the new one does.

    It has no place for the value; or it would become another one with the next upgrade, such as a
    text that was cut, or the second of two hours of one name.
    """
    has_no_place = no_place(work, table, change)
    new = f"spilled.{column(change.new_name)}"
    for pair in column_pair.pairs_of(work, table, (change,)):
        old = f"spilled.{column(pair.kept)}"
        if change.keep:  # what it says is looked up anew before the exchange
            old = f"{shadow_columns.way_back(table, work.phase, pair)}({new})"
        again = change.converted(old)
        return f"{has_no_place} OR {new} IS NOT NULL AND NOT {alike(again, new)}"
    return has_no_place


def no_place(work: Work, table: str, change: Conversion) -> str:
    """The SQL condition on `spilled` under which the old column has no place for a row's value."""
    before = column_pair.remembered(work, table, (change,))[change.column]
    not_null = change.redeclares and bool(before["not_null"])
    return change.misfit(f"spilled.{column(change.new_name)}", not_null=not_null)


def reason(change: Conversion) -> str:
    """Under which they are kept in the overflow."""
    return f"{change.new_name} does not fit {change.column}"


def picked(work: Work, table: str, key: Columns, change: Conversion) -> Columns:
    """The columns that are kept of a row that stays: its other values may be a password."""
    return tuple(dict.fromkeys((*key, *made_rows.identity_of(work, table), change.new_name)))


def found(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> Sequence[Refusal]:
    """The rows with such values, one refusal for each column; it reads the table unlocked.

    What --spill has kept of rows that stay is in the overflow.
    """
    refusals = []
    for change in conversions:
        where = f"({condition(work, table, change)})"
        if work.parameters["spill"] == "yes" and change.fallback is not None:
            kept = overflow.kept_of(work, table, "spilled", picked(work, table, key, change))
            where += f""" AND NOT EXISTS (SELECT FROM gnkmigrate.overflow
                WHERE relation = {literal(table)} AND reason = {literal(reason(change))}
                  AND content = {kept})"""
        shown = f"{listed_columns(key)}, {column(change.new_name)}"
        query = f"SELECT {shown} FROM {quoted(table)} AS spilled WHERE {where}"
        total, rows = listed(work, query)
        if total:
            message = f"{table}.{change.new_name}: values that the old column cannot hold."
            hint = "Change them, or keep them in the overflow with --spill."
            refusals.append(Refusal(message, rows, total, hint, query))
    return refusals


def require_none(work: Work, table: str, key: Columns, conversions: Sequence[Conversion]) -> None:
    """Stops a downgrade that would lose a value.

    Raises:
        PhaseFailed: such values have come since the phase began.
    """
    for refusal in found(work, table, key, conversions):
        raise PhaseFailed(
            f"Phase {work.phase}: {refusal.message}",
            details=refusal.rows,
            hint="Change them and run the same command again, or keep them with --spill.",
        )
