"""Rows that agree in what the target declares unique.

A UNIQUE or PRIMARY KEY constraint, or a unique index, cannot be built over them (SQLSTATE 23505).
A NULL equals nothing, unless the target says NULLS NOT DISTINCT. Where a column gets another type,
what its values become there is compared: '1' and '1.0' are one number. An index may compare by an
operator class of its own: those for LIKE take for equal what = does, those of others nobody knows,
and then the rows are not asked.

Source: PostgreSQL manual, 5.5.3 (unique constraints).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._access import column_of
from gnkmigrate.audit.checks._rows import LiveTable, beside, coming_constraints, coming_indexes
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier

_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
# As index/read.sql prints a class that is not the usual one; a collation may look like it.
_CLASS = re.compile(rf"(?<! COLLATE) (?P<name>{_NAME}\.{_NAME})(?: \([^()]*\))?$")
_EQUAL = {f"pg_catalog.{type_}_pattern_ops" for type_ in ("text", "varchar", "bpchar")}
_OTHER = "its index compares by an operator class of which nobody knows what it takes for equal"


def probes(gaps: Gaps) -> Iterator[Probe]:
    for type_ in ("primary key", "unique"):
        for change, fact, rows in coming_constraints(gaps, type_):
            yield _probe(change, fact, rows)
    for change, fact, rows in coming_indexes(gaps):
        if _exists(fact, rows):
            yield _of_index(change, fact, rows)


def _exists(index: Fact, rows: LiveTable) -> bool:
    """Whether every column that an index is built on is there today."""
    names = {identifier(name) for name in rows.columns}
    needed = [each for each in index.depends_on if each.kind == "column"]
    plain = all(_head(key) in names or "(" in key for key in index.payload["keys"])
    return plain and all(each.name in rows.columns for each in needed)


def _parts(key: str) -> tuple[str, str]:
    """A key without its order and operator class, and that class; "" for the usual one."""
    key = column_of(key)
    found = _CLASS.search(key)
    return (key[: found.start()], found["name"]) if found else (key, "")


def _head(key: str) -> str:
    """The column of a key that is one, without its collation."""
    return _parts(key)[0].partition(" COLLATE ")[0]


def _is_equality(name: str) -> bool:
    """Whether an operator class takes for equal what = does."""
    return not name or name.endswith("citext_pattern_ops") or name in _EQUAL


def _of_index(change: Change, index: Fact, rows: LiveTable) -> Probe:
    """As for a constraint; but an index may be partial, and be built on expressions."""
    payload = index.payload
    keys, classes = zip(*map(_parts, payload["keys"]), strict=True)
    given = [] if payload["nulls_not_distinct"] else [f"({key}) IS NOT NULL" for key in keys]
    given += [str(payload["predicate"])] if payload["predicate"] else []
    what = f"of {rows.label} share their ({', '.join(keys)})"
    key, source = rows.target_rows(_used(index, rows))
    return Probe(
        object_of(index),
        change,
        beside("duplicate_value").format(
            key=key,
            parts=", ".join(keys),
            rows=source,
            given=" AND ".join(given) or "true",
        ),
        one=f"One row {what} with another, which the target forbids.",
        many=f"COUNT rows {what} with others, which the target forbids.",
        table=rows.table,
        hidden=rows.hidden,
        unasked="" if all(map(_is_equality, classes)) else _OTHER,
    )


def _used(index: Fact, rows: LiveTable) -> list[str]:
    """The target's columns that an index is of."""
    plain = {_head(key) for key in index.payload["keys"]}
    needed = {each.name for each in index.depends_on if each.kind == "column"}
    return [name for name in rows.columns if identifier(name) in plain or name in needed]


def _probe(change: Change, fact: Fact, rows: LiveTable) -> Probe:
    columns = fact.payload["columns"]
    parts = [rows.value(name) for name in columns]
    nulls_count = "NULLS NOT DISTINCT" in str(fact.payload["definition"])
    given = "true" if nulls_count else " AND ".join(f"{part} IS NOT NULL" for part in parts)
    what = f"of {rows.label} share their ({', '.join(columns)})"
    return Probe(
        object_of(fact),
        change,
        beside("duplicate_value").format(
            key=rows.key, parts=", ".join(parts), rows=rows.rows, given=given
        ),
        one=f"One row {what} with another, which the target forbids.",
        many=f"COUNT rows {what} with others, which the target forbids.",
        table=rows.table,
        hidden=rows.hidden,
        subject=content_hash(subject(fact)),
        repair=beside("duplicate_repair").format(
            relation=rows.relation, parts=", ".join(parts), given=given
        ),
    )


CHECK = DataCheck(
    id="GNK-D005",
    slug="duplicate-value",
    title="No duplicates where the target wants unique values",
    severity=Severity.HIGH,
    impact="The unique index cannot be built while such rows exist.",
    recommendation="Merge or correct the rows first.",
    probes=probes,
)
