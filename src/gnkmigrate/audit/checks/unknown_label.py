"""Values that are no label of the target's enum type.

Changing a column to an enum stops at the first text that is no label (SQLSTATE 22P02), and a
label that the target's type does not have any more cannot stay in any row.

Source: PostgreSQL manual, 8.7 (enumerated types).
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import LiveTable, altered_columns, beside, live_table, types_of
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier, literal, qualified


def probes(gaps: Gaps) -> Iterator[Probe]:
    enums = {qualified(*enum.identity.path): enum for enum in gaps.target.of_kind("enum")}
    for change, rows in altered_columns(gaps):
        before, after = types_of(change)
        enum = None if after.array else enums.get(after.name)
        if enum is not None and before != after:
            yield _probe(change, change.fact, rows, enum, enum.payload["labels"], gaps)
    for change in gaps.changes:
        if change.kind == "enum" and change.verb == "alter" and change.before is not None:
            labels = _staying(change.before, change.fact)
            if labels != change.before.payload["labels"]:
                for column, holding in _users(change.fact, gaps):
                    yield _probe(change, column, holding, change.fact, labels, gaps)


def _users(enum: Fact, gaps: Gaps) -> Iterator[tuple[Fact, LiveTable]]:
    """The target's columns of an enum type, with the rows that they have today."""
    for column in gaps.target.of_kind("column"):
        if column.payload["type"] == qualified(*enum.identity.path) and column.parent is not None:
            rows = live_table(gaps, column.parent)
            if rows is not None and column.identity.name in rows.columns:
                yield column, rows


def _staying(before: Fact, after: Fact) -> Sequence[str]:
    """The labels of the live type that the target's has, by whatever name."""
    renamed = kind_of(before.kind).constants(before)
    return [
        label
        for label in before.payload["labels"]
        if renamed.get(label, label) in after.payload["labels"]
        and (label in renamed or label not in renamed.values())
    ]


def _probe(
    change: Change,
    column: Fact,
    rows: LiveTable,
    enum: Fact,
    labels: Sequence[str],
    gaps: Gaps,
) -> Probe:
    about = object_of(column)
    name = column.identity.name
    known = ", ".join(map(literal, labels))
    wrong = f"({rows.column(name)})::text <> ALL (ARRAY[{known}]::text[])"
    what = f"of {about.label(gaps.default_schema)}"
    old = identifier(rows.columns[name].identity.name)
    return Probe(
        about,
        change,
        beside("unknown_label").format(key=rows.key, rows=rows.rows, wrong=wrong),
        one=f"One value {what} is no label of the target's {enum.identity.name}.",
        many=f"COUNT values {what} are no labels of the target's {enum.identity.name}.",
        table=rows.table,
        hidden=rows.hidden,
        repair="-- Choose one of the labels.\n"
        f"UPDATE {rows.relation} AS live SET {old} = :'label' WHERE {wrong}",
    )


CHECK = DataCheck(
    id="GNK-D007",
    slug="unknown-label",
    title="Every value is a label of the target's enum",
    severity=Severity.HIGH,
    impact="The column cannot get the type while such values exist.",
    recommendation="Replace the values by labels, or add labels to the target's type.",
    probes=probes,
)
