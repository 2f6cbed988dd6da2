"""Values that differ now, and would be one value of a unique index afterwards."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.operations.preflight.expressions import faults
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.index_copy import IndexCopy, indexes_of

_VALUE = "asked.{}"


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Rows of which one would have to go: the index could not be built on the new values."""
    # A value that comes back as it was is nobody else's.
    changed = {
        change.column
        for change in asked.conversions
        if change.column in asked.rewritten and not change.exact
    }
    if not changed or any(faults(asked.work, asked.table, asked.conversions, asked.types)):
        return  # an expression that does not compile is another question's
    for index in indexes_of(asked.work, asked.table, sorted(changed)):
        if not index.unique or changed.isdisjoint(index.columns):
            continue
        query = _collisions(asked, index)
        total, rows = listed(asked.work, query)
        if total:
            yield Refusal(
                f"Different values of {asked.table} become one that {index.name} allows once.",
                rows,
                total,
                "Change or remove all rows of a value but one.",
                query,
            )


def _collisions(asked: Asked, index: IndexCopy) -> str:
    """SQL that lists the values, and how many rows have them."""
    changes = {change.column: change for change in asked.conversions}
    values, unfit, names = [], ["false"], []
    for name in index.columns:
        value = _VALUE.format(column(name))
        change = changes.get(name)
        names.append(column(name if change is None else change.new_name))
        values.append(value if change is None else change.converted(value))
        if change is not None and change.is_picky:
            unfit.append(f"({change.unfit(value, asked.types[name])})")
    # What cannot become a new value at all is listed by itself.
    built = ", ".join(
        f"CASE WHEN NOT unfit.is_so THEN {value} END AS {name}"
        for value, name in zip(values, names, strict=True)
    )
    where = [f"({index.predicate})" if index.predicate else "true", "NOT unfit.is_so"]
    known = ["true"] if index.nulls_not_distinct else [f"{name} IS NOT NULL" for name in names]
    listed_names = ", ".join(names)
    return (
        f"SELECT {listed_names}, count(*) AS rows FROM (SELECT {built}"
        f" FROM {quoted(asked.table)} AS asked"
        f" CROSS JOIN LATERAL (SELECT {' OR '.join(unfit)} AS is_so OFFSET 0) AS unfit"
        f" WHERE {' AND '.join(where)}) AS made"
        f" WHERE {' AND '.join(known)} GROUP BY {listed_names} HAVING count(*) > 1"
    )
