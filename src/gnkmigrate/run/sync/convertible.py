"""Whether a table's columns and rows are such that they can be converted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg

from gnkmigrate import own_objects
from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.batches.row_key import listed as listed_columns
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.rows import HIDDEN, listed
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import policies
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import ColumnPair, built_name, kept_name
from gnkmigrate.run.sync.conversion import COLUMN, Conversion
from gnkmigrate.run.sync.lookup import indexed
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import looks_secret

_NO_PLACE = "values that the new column cannot hold"

# How a condition begins that a policy answers; see `unless` of the mappings.
_ANSWER = re.compile(r":'(?P<policy>\w+)' = '(?P<value>\w+)' OR ")


def misplaced_columns(work: Work, table: str, conversions: Sequence[Conversion]) -> Refusal | None:
    """Columns that are not there, are of another type, or whose new name is taken."""
    kept = [kept_name(change.column) for change in conversions]
    wanted = [name for change in conversions for name in (change.column, change.new_name)]
    found = relation.columns(work, table, [*wanted, *kept])
    wrong = [text for change in conversions for text in _misplaced(change, found)]
    ours = {*kept, *(built_name(change.new_name) for change in conversions)}
    there = found.keys() - own_objects.kept_columns(work.connection, quoted(table))
    names = sorted({*there, *(change.rename for change in conversions)})
    wrong += [f"{name} is a name that gnkmigrate needs itself" for name in names if name in ours]
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
    found = relation.columns(work, table, [change.column for change in conversions])
    refusals = (
        _unfit(work, table, key, change, str(found[change.column]["type"]))
        for change in conversions
    )
    return [refusal for refusal in refusals if refusal is not None]


def contradicting_rows(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> Iterator[Refusal]:
    """Rows whose new value goes back to an old one that would become yet another new value.

    What the new application writes would be read otherwise by the old one.
    """
    found = relation.columns(work, table, [change.column for change in conversions])
    for change in conversions:
        name = f"asked.{column(change.column)}"
        new = change.converted(name)
        back = change.reverted(new, str(found[change.column]["type"]))
        again = change.converted(back)
        shown = HIDDEN if looks_secret(change.column) else name
        query = (
            f"SELECT {listed_columns(key, 'asked')}, {shown} AS {column(change.column)}"
            f" FROM {quoted(table)} AS asked WHERE {back} IS NOT NULL AND NOT {alike(again, new)}"
        )
        try:
            with work.connection.transaction():
                total, rows = listed(work, query)
        except (psycopg.DataError, psycopg.ProgrammingError):
            continue  # a value that cannot go there and back is another question's
        if total:
            yield Refusal(
                f"{table}.{change.column}: the way back contradicts the way there.",
                rows,
                total,
                "The old value of a row's new value has to become that new value again. Correct"
                " the mapping in the revision.",
                query,
            )


def stranded_rows(
    work: Work, table: str, key: Columns, pairs: Sequence[ColumnPair]
) -> Sequence[Refusal]:
    """Rows of whose old values the new columns cannot hold what the conversions say they do.

    The old application has written them since. One refusal for each column.
    """
    refusals = []
    for pair in pairs:
        old, change = f"asked.{column(pair.kept)}", replace(pair.change, not_null=False)
        where = change.unfit(old, pair.old_type)
        value = HIDDEN if looks_secret(change.column) else old
        shown = f"{listed_columns(key, 'asked')}, {value} AS {column(change.column)}"
        query = f"SELECT {shown} FROM {quoted(table)} AS asked WHERE {where}"
        total, rows = listed(work, query)
        if total:
            message = f"{table}.{change.new_name} does not hold what {change.column} did."
            refusals.append(Refusal(message, rows, total, _hint(change), query))
    return refusals


def _unfit(
    work: Work, table: str, key: Columns, change: Conversion, old_type: str
) -> Refusal | None:
    """The rows of which `fits` says so; else whether the new value of some row is an error."""
    # What a mapping looks up in another table may be called like the column there.
    name, on = f"asked.{column(change.column)}", f"{quoted(table)} AS asked"
    where = change.unfit(name, old_type)
    value = f"{HIDDEN} AS {column(change.column)}" if looks_secret(change.column) else name
    shown = [listed_columns(key, "asked"), value]
    if change.names:
        shown.append(f"{change.names.replace(COLUMN, name)} AS rows")
    query = f"SELECT {', '.join(shown)} FROM {on} WHERE {where}"
    computed = f"SELECT count({change.converted(name)}) FROM {on} WHERE {name} IS NOT NULL"
    try:
        with work.connection.transaction(), indexed(work, change.lookup) as quick:
            total, rows = listed(work, quick(query))
            if not total:
                work.execute(quick(computed))
    except psycopg.DataError as error:
        return Refusal(
            f"{table}.{change.column}: a value cannot be converted: {error.diag.message_primary}.",
            hint="Change such values first; where the conversion's `fits` says which are right for "
            "it, the others are listed.",
        )
    except psycopg.ProgrammingError:
        return None  # an earlier step is to make what it calls; expressions are asked for elsewhere
    if not total:
        return None
    wrong = "texts that name no row, or several" if change.names else _NO_PLACE
    message = f"{table}.{change.column}: {wrong}."
    return Refusal(message, rows, total, _hint(change), query)


def _hint(change: Conversion) -> str:
    answer = _ANSWER.match(change.fits)
    if answer:
        said = f'{answer["policy"]} = "{answer["value"]}"'
        return (
            f"Change them first, or have them converted all the same by the policy {said}: the old"
            " shape keeps them as they are, until contract."
        )
    if not change.exact:
        return "Change them first."
    return (
        "They would come back as other ones. Change them first, or say exact=False in the"
        " revision: then the old column alone has them as they were, until contract."
    )


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
