"""Texts that are to become a reference, and match nobody.

Where a column gets both another type and a foreign key, its values have to be mapped: a text such
as an e-mail address becomes the id of a user. A value resolves when it is the key of a row of the
referenced table, as the key's type compares ('01' is 1), or agrees, whatever its case, with a text
by which that table is unique. What resolves to nobody has no place in the new column. A project's
own check that knows the mapping better may take the place of this one (`instead_of` in its head).

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._access import Access, accesses, compared
from gnkmigrate.audit.checks._rows import (
    STRINGS,
    LiveTable,
    beside,
    coming_constraints,
    live_table,
)
from gnkmigrate.audit.checks._values import as_type
from gnkmigrate.audit.describe import columns, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.inner_types import underlying
from gnkmigrate.kinds.types import Type, are_comparable
from gnkmigrate.postgres.quoting import identifier


def probes(gaps: Gaps) -> Iterator[Probe]:
    for change, key, rows in coming_constraints(gaps, "foreign key"):
        columns = key.payload["columns"]
        reference = key.payload["references"]
        target = Identity("table", (reference["schema"], reference["table"]))
        referenced = live_table(gaps, target)
        if (
            len(columns) != 1
            or referenced is None
            or reference["columns"][0] not in (referenced.columns)
        ):
            continue
        column = gaps.target.get("column", *change.fact.identity.path[:2], columns[0])
        if column is not None and not _keeps_type(rows.columns[columns[0]], column):
            yield _probe(change, column, rows, referenced, gaps)


def _keeps_type(live: Fact, target: Fact) -> bool:
    return are_comparable(str(live.payload["type"]), str(target.payload["type"]))


def _probe(
    change: Change, column: Fact, rows: LiveTable, referenced: LiveTable, gaps: Gaps
) -> Probe:
    about, name = object_of(column), column.identity.name
    wanted = referenced.columns[change.fact.payload["references"]["columns"][0]]
    key, value = wanted.identity.name, f"{rows.column(name)}::text"
    texts = _unique_texts(gaps, referenced.table)
    match = " OR ".join(
        [
            _is_key(rows.columns[name], wanted, rows.column(name), gaps.live),
            *(f"lower(referenced.{identifier(each)}::text) = lower({value})" for each in texts),
        ]
    )
    what = f"of {about.label(gaps.default_schema)}"
    by = " or ".join([key, *texts])
    wrong = beside("unresolved_reference_condition").format(
        column=rows.column(name), referenced=referenced.relation, match=match
    )
    old = rows.columns[name]
    to_nobody = f"SET {identifier(old.identity.name)} = NULL"
    forgets = f"UPDATE {rows.relation} AS live {to_nobody}\nWHERE {wrong}"
    return Probe(
        about,
        change,
        beside("uncastable_value").format(key=rows.key, rows=rows.rows, wrong=wrong),
        one=f"One value {what} matches no row of {referenced.label} by {by}.",
        many=f"COUNT values {what} match no row of {referenced.label} by {by}.",
        table=rows.table,
        hidden=rows.hidden,
        repair=""
        if old.payload["not_null"]
        else f"-- Forgets them; keep them elsewhere first.\n{forgets}",
    )


def _is_key(live: Fact, key: Fact, column: str, snapshot: Snapshot) -> str:
    """A condition: a value is the key, as the key's type compares, or as a text if nobody knows."""
    old = underlying(str(live.payload["type"]), snapshot)
    new = underlying(str(key.payload["type"]), snapshot)
    value = as_type(old, new, column, snapshot.server_version)
    referenced = f"referenced.{identifier(key.identity.name)}"
    return f"{referenced} = {value}" if value else f"{referenced}::text = {column}::text"


def _unique_texts(gaps: Gaps, table: Identity) -> list[str]:
    """The columns of texts by each of which the table is unique today, its key left out."""
    unique = {
        compared(access.columns[0])
        for access in accesses(gaps.live, table)
        if access.unique and access.whole and len(access.columns) == 1 and not _is_primary(access)
    }
    return [
        column.identity.name
        for column in columns(gaps.live, table)
        if _holds_texts(column, gaps.live)
        and not unique.isdisjoint(_keys_of(identifier(column.identity.name)))
    ]


def _is_primary(access: Access) -> bool:
    return access.is_constraint and access.fact.value("type") == "primary key"


def _keys_of(name: str) -> set[str]:
    """How an index of a column alone has it as its key, as it is or without its case."""
    return {name, f"lower({name})", f"lower({name}::text)", f"lower(({name})::text)"}


def _holds_texts(column: Fact, snapshot: Snapshot) -> bool:
    name = Type.parse(underlying(str(column.payload["type"]), snapshot)).name
    return name in STRINGS or name.endswith("citext")


CHECK = DataCheck(
    id="GNK-D009",
    slug="unresolved-reference",
    title="Every text that becomes a reference names a row",
    severity=Severity.HIGH,
    impact="What matches nobody has no place in the new column: the migration stops, or loses it.",
    recommendation="Correct the texts, or let the migration keep them aside.",
    probes=probes,
)
