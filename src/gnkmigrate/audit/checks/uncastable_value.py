"""Values that cannot become values of the target's type.

Changing the type stops at the first text that is no such value (SQLSTATE 22P02), and at the first
number that the narrower type cannot hold (22003). From PostgreSQL 16 on, the server says of each
text whether its type would take it; before, patterns do for numbers, uuid and boolean, and any
other cast is simply tried. A column that a coming foreign key refers from is mapped to that
table's rows and is the business of unresolved-reference.

Sources: PostgreSQL manual, 9.26.9 (pg_input_is_valid); ALTER TABLE (SET DATA TYPE); 8.1 (numeric
types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, altered_columns, beside
from gnkmigrate.audit.checks._values import misfit, referring
from gnkmigrate.audit.describe import object_of, short_type
from gnkmigrate.audit.finding import Severity
from gnkmigrate.postgres.quoting import identifier


def probes(gaps: Gaps) -> Iterator[Probe]:
    mapped = gaps.target.once(referring)
    for change, rows in altered_columns(gaps):
        name = change.identity.name
        old, new = str(rows.columns[name].payload["type"]), str(change.fact.payload["type"])
        wrong = misfit(old, new, rows.column(name), gaps.live.server_version)
        if not wrong or change.identity.path in mapped:
            continue
        about = object_of(change.fact)
        type_ = short_type(str(change.fact.payload["type"]), gaps.default_schema)
        what = f"of {about.label(gaps.default_schema)}"
        yield Probe(
            about,
            change,
            beside("uncastable_value").format(key=rows.key, rows=rows.rows, wrong=wrong),
            one=f"One value {what} cannot become {type_}.",
            many=f"COUNT values {what} cannot become {type_}.",
            table=rows.table,
            hidden=rows.hidden,
            repair=_repair(rows, name, wrong),
        )


def _repair(rows: LiveTable, name: str, wrong: str) -> str:
    column = rows.columns[name]
    old = identifier(column.identity.name)
    value = ":'value'" if column.payload["not_null"] else "NULL"
    hint = "Choose a value" if column.payload["not_null"] else "Forgets them; keep them elsewhere"
    return f"-- {hint}.\nUPDATE {rows.relation} AS live SET {old} = {value} WHERE {wrong}"


CHECK = DataCheck(
    id="GNK-D008",
    slug="uncastable-value",
    title="Every value can become one of the target's type",
    severity=Severity.HIGH,
    impact="Changing the type stops at the first value that is none of the new type.",
    recommendation="Correct the values, or convert them by a rule of your own in the migration.",
    probes=probes,
)
