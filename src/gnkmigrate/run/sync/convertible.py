"""Whether a table's columns and rows are such that they can be converted."""

from collections.abc import Sequence

import psycopg

from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.batches.row_key import listed as listed_columns
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import policies
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


def misplaced_columns(work: Work, table: str, conversions: Sequence[Conversion]) -> Refusal | None:
    """Columns that are not there, are of another type, or whose new name is taken."""
    wanted = [name for change in conversions for name in (change.column, change.new_name)]
    found = relation.columns(work, table, wanted)
    wrong = [text for change in conversions for text in _misplaced(change, found)]
    if not wrong:
        return None
    return Refusal(
        f"Columns of {table} are not what the phase expects.",
        wrong,
        len(wrong),
        "Somebody may have migrated by hand: compare with `gnkmigrate audit`.",
    )


def _misplaced(change: Conversion, found: relation.Columns) -> Sequence[str]:
    wrong = []
    if change.column not in found:
        wrong.append(f"{change.column} is missing")
    elif change.expects not in {"", found[change.column]["base_type"]}:
        is_ = found[change.column]["base_type"]
        wrong.append(f"{change.column} is {is_}, and not {change.expects}")
    if change.rename and change.rename in found:
        wrong.append(f"{change.rename} is there already")
    return wrong


def unfit_rows(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> Sequence[Refusal]:
    """Rows whose values the new columns cannot hold, one refusal for each column."""
    refusals = []
    for change in conversions:
        name = column(change.column)
        query = (
            f"SELECT {listed_columns(key)}, {name} FROM {quoted(table)} WHERE {change.unfit(name)}"
        )
        total, rows = listed(work, query)
        if total:
            message = f"{table}.{change.column}: values that the new column cannot hold."
            refusals.append(Refusal(message, rows, total, "Change them first.", query))
        elif failing := _failing(work, table, change):
            refusals.append(failing)
    return refusals


def _failing(work: Work, table: str, change: Conversion) -> Refusal | None:
    """Whether the new value of some row cannot be computed: one that is too large, or no number."""
    name = column(change.column)
    query = f"SELECT count({change.converted(name)}) FROM {quoted(table)} WHERE {name} IS NOT NULL"
    try:
        with work.connection.transaction():
            work.execute(query)
    except psycopg.DataError as error:
        return Refusal(
            f"{table}.{change.column}: a value cannot be converted: {error.diag.message_primary}.",
            hint="Change such values first; where the conversion's `fits` says which are right for "
            "it, the others are listed.",
        )
    except psycopg.ProgrammingError:
        return None  # an earlier step is to make what it calls; expressions are asked for elsewhere
    return None


def unfit_policies(work: Work, table: str, conversions: Sequence[Conversion]) -> Refusal | None:
    """Policies of the table whose conditions do not compile with the new columns' types."""
    types = {
        change.column: render(change.type, work.parameters) for change in conversions if change.type
    }
    if not types:
        return None
    refused = policies.not_compiling(work, table, types)
    if not refused:
        return None
    return Refusal(
        f"Policies of {table} do not compile with the new types of its columns.",
        refused,
        len(refused),
        "Rewrite each condition so that it compiles with both types (a cast to the type that a "
        "column has already is none to PostgreSQL; one to a third type is kept), or drop the "
        "policy before the phase and create it again after it.",
    )
