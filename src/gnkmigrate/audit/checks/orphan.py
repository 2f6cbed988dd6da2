"""Rows that refer to nothing, where the target has a foreign key.

Adding the foreign key stops at the first of them (SQLSTATE 23503). A key with a NULL in it refers
to nothing on purpose, but for MATCH FULL, of which all columns are NULL or none. Where the
referring column's type changes as well, its values are going to be mapped, and comparing them as
they are would prove nothing.

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._keys import is_full
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.checks._orphans import Reference, shared
from gnkmigrate.audit.checks._rows import LiveTable, column_of, coming_constraints, live_table
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.kinds.types import are_comparable


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, fact, rows in coming_constraints(gaps, "foreign key"):
        reference = fact.payload["references"]
        to = Identity("table", (reference["schema"], reference["table"]))
        referenced = live_table(gaps, to, alone=True)
        columns, others = fact.payload["columns"], reference["columns"]
        if referenced is None or not set(others) <= referenced.columns.keys():
            continue
        if not _keeps_type(columns, rows, fact, gaps):
            continue
        about = object_of(fact)
        lost = Reference(
            rows.relation,
            [rows.columns[name] for name in columns],
            referenced.relation,
            [referenced.columns[name].identity.name for name in others],
            is_full(str(fact.payload["definition"])),
            shared(gaps.live, rows.table, [rows.columns[name].identity.name for name in columns]),
            filled(gaps.live, rows.table),
        )
        what = f"of {rows.label} ({', '.join(columns)})"
        yield Probe(
            about,
            change,
            lost.listing(rows.key, rows.sample),
            one=f"One row {what} refers to no row of {reference['table']}.",
            many=f"COUNT rows {what} refer to no row of {reference['table']}.",
            table=rows.table,
            hidden=rows.hidden,
            subject=content_hash(subject(fact)),
            repair=lost.repair,
        )


def _keeps_type(columns: list[str], rows: LiveTable, key: Fact, gaps: Gaps) -> bool:
    table = Identity("table", key.identity.path[:2])
    return all(
        are_comparable(
            str(rows.columns[name].payload["type"]),
            str(column_of(gaps.target, table, name).payload["type"]),
        )
        for name in columns
    )


CHECK = DataCheck(
    id="GNK-D004",
    slug="orphan",
    title="Every row refers to one that exists",
    severity=Severity.HIGH,
    impact="The foreign key cannot be validated while such rows exist.",
    recommendation="Correct or remove the rows, or add what they refer to.",
    probes=probes,
)
