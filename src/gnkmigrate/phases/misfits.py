"""Values of new columns that the old ones, which a downgrade brings back, cannot hold."""

from collections.abc import Sequence

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import column_pair
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.names import column, quoted
from gnkmigrate.phases.row_key import Columns
from gnkmigrate.phases.row_key import listed as listed_columns
from gnkmigrate.phases.rows import listed
from gnkmigrate.phases.step import Refusal
from gnkmigrate.phases.work import Work


def condition(work: Work, table: str, change: Conversion) -> str:
    """The SQL condition under which the old column cannot hold a row's value."""
    before = column_pair.remembered(work, table, (change,))[change.column]
    not_null = change.redeclares and bool(before["not_null"])
    return change.misfit(column(change.new_name), not_null=not_null)


def reason(change: Conversion) -> str:
    """Under which they are kept in the overflow."""
    return f"{change.new_name} does not fit {change.column}"


def found(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> Sequence[Refusal]:
    """The rows with such values, one refusal for each column; it reads the table unlocked."""
    refusals = []
    for change in conversions:
        shown = f"{listed_columns(key)}, {column(change.new_name)}"
        query = f"SELECT {shown} FROM {quoted(table)} WHERE {condition(work, table, change)}"
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
