"""Values that are longer than the target's type allows.

Changing the type stops at the first such value (SQLSTATE 22001), and an explicit cast would cut
it silently. Spaces at the end do not count: PostgreSQL drops them then, as SQL wants it. The
listing shows the key and the length, never the value.

Source: PostgreSQL manual, 8.3 (character types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, altered_columns, beside, types_of
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier

# Types that may have a length.
_LIMITED = {"character varying", "character"}


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, rows in altered_columns(gaps):
        limit = _new_limit(change)
        if limit is None:
            continue
        name = change.identity.name
        about = object_of(change.fact)
        than = f"longer than the target's {limit} characters."
        yield Probe(
            about,
            change,
            beside("value_too_long").format(
                key=rows.key, column=rows.column(name), rows=rows.rows, limit=limit
            ),
            one=f"One value of {about.label(gaps.default_schema)} is {than}",
            many=f"COUNT values of {about.label(gaps.default_schema)} are {than}",
            table=rows.table,
            hidden=rows.hidden,
            repair=_repair(rows, name, limit),
        )


def _repair(rows: LiveTable, name: str, limit: int) -> str:
    column = identifier(rows.columns[name].identity.name)
    return (
        "-- Cuts them; keep the originals, or declare the column longer in the target.\n"
        f"UPDATE {rows.relation} SET {column} = left({column}::text, {limit}) "
        f"WHERE char_length(rtrim({column}::text, ' ')) > {limit}"
    )


def _new_limit(change: Change) -> int | None:
    """How many characters the column may hold in future; None where it could not hold more."""
    before, after = types_of(change)
    if after.name not in _LIMITED or after.array or not after.modifiers:
        return None
    limit = after.modifiers[0]
    fits = before.name in _LIMITED and bool(before.modifiers) and before.modifiers[0] <= limit
    return None if fits else limit


CHECK = DataCheck(
    id="GNK-D001",
    slug="value-too-long",
    title="Every value fits into the target's length",
    severity=Severity.HIGH,
    impact="Changing the type stops at the first value that is too long.",
    recommendation="Shorten the values, or declare a longer type in the target.",
    probes=probes,
)
