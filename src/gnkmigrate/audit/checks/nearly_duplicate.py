"""Rows that differ in nothing but case or surrounding spaces in what the target declares unique.

The constraint lets them in: Ada@example.org and ada@example.org are two users then. Mostly they are
one, and whoever logs in meets the wrong one of them. Rows that agree exactly are reported by
duplicate-value.

Source: PostgreSQL manual, 5.5.3 (unique constraints).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._rows import STRINGS, LiveTable, beside, coming_constraints
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, content_hash
from gnkmigrate.kinds import subject
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.types import Type


def probes(gaps: Gaps) -> Iterator[Probe]:
    for type_ in ("primary key", "unique"):
        for change, fact, rows in coming_constraints(gaps, type_):
            texts = [name for name in fact.payload["columns"] if _is_text(rows, name)]
            if texts:
                yield _probe(change, fact, rows, texts)


def _is_text(rows: LiveTable, name: str) -> bool:
    type_ = Type.parse(str(rows.columns[name].payload["type"]))
    return type_.name in STRINGS and not type_.array


def _probe(change: Change, fact: Fact, rows: LiveTable, texts: list[str]) -> Probe:
    columns = fact.payload["columns"]
    exact = [rows.value(name) for name in columns]
    plain = [
        f"lower(btrim({rows.column(name)}::text))" if name in texts else rows.value(name)
        for name in columns
    ]
    what = f"of {rows.label} differ from others in nothing but case or spaces of"
    return Probe(
        object_of(fact),
        change,
        beside("nearly_duplicate").format(
            key=rows.key,
            rows=rows.rows,
            exact=", ".join(exact),
            plain=", ".join(plain),
            given=" AND ".join(f"{part} IS NOT NULL" for part in exact),
        ),
        one=f"One row {what.replace('differ', 'differs', 1)} ({', '.join(columns)}).",
        many=f"COUNT rows {what} ({', '.join(columns)}).",
        table=rows.table,
        hidden=rows.hidden,
        subject=content_hash(subject(fact)),
    )


CHECK = DataCheck(
    id="GNK-D010",
    slug="nearly-duplicate",
    title="What is to be unique does not differ in case or spaces alone",
    severity=Severity.LOW,
    impact="The unique key lets in what people take for the same.",
    recommendation="Merge them, and store one spelling, or make the key an index on lower(...).",
    probes=probes,
)
