"""A table whose partitions come to an end, or have gaps.

A row for which there is no partition is refused. Where partitions by time have no default one, the
next has to be there before its time comes; what makes them (a job, an extension) may have stopped.
Told is when the last one has ended, or ends within thirty days. A table without any partition takes
no row at all, and one by hash refuses those of a remainder that no partition has.

Source: PostgreSQL manual, 5.12.2 (declarative partitioning).
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own
from gnkmigrate.audit.checks._server import table as table_of
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.postgres.connection import Connection

DAYS = 30

_TIMES = ("date", "timestamp")
_KEY = re.compile(r'RANGE \(("(?:[^"]|"")+"|[^",()]+)\)')
_MODULUS = re.compile(r"modulus (\d+)", re.IGNORECASE)
_END = re.compile(r"TO \('([^']+)'\)")

_ENDS = """
    SELECT part.number, max(part.text::timestamptz)::text, max(part.text::timestamptz) <= now()
    FROM unnest(%(numbers)s::int[], %(texts)s::text[]) AS part (number, text)
    GROUP BY part.number
    HAVING max(part.text::timestamptz) < now() + make_interval(days => %(days)s)
    ORDER BY part.number
"""


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    yield from _ending(connection, question)
    for row in answers(connection, question, "partitions_missing"):
        if is_own(question, row.schema, row.relation):
            yield from _gap(row, table_of(row.schema, row.relation), question.default_schema)


def _gap(row: Any, about: DatabaseObject, home: str) -> Iterator[Observation]:
    """What is said of a table that refuses rows by its bounds; nothing where it has room."""
    label, share = about.label(home), _share(row.bounds)
    if not row.bounds:
        yield Observation(
            about,
            f"Table {label} is partitioned and has no partition: it takes no row.",
            subject="none",
        )
    elif share < 1:
        refused = f"{(1 - share).numerator} of {(1 - share).denominator}"
        yield Observation(
            about,
            f"The partitions of {label} leave remainders out: {refused} rows are refused.",
            subject="remainders",
            evidence={"partitions": sorted(row.bounds)},
            severity=Severity.HIGH,
        )


def _share(bounds: Sequence[str]) -> Fraction:
    """How many of all rows partitions by hash take."""
    found = (_MODULUS.search(bound) for bound in bounds)
    return sum((Fraction(1, int(match[1])) for match in found if match), Fraction(0))


def _ending(connection: Connection, question: Question) -> Iterator[Observation]:
    ends = [
        (table, each)
        for table in question.live.of_kind("table")
        if (each := _ends(table, question.live))
    ]
    given = [(number, text) for number, (_, texts) in enumerate(ends) for text in texts]
    numbers, texts = [number for number, _ in given], [text for _, text in given]
    rows = connection.execute(_ENDS, {"numbers": numbers, "texts": texts, "days": DAYS}).fetchall()
    for number, last, over in rows:
        about = object_of(ends[number][0])
        verb = "ended" if over else "end"
        label = about.label(question.default_schema)
        yield Observation(
            about,
            f"The partitions of {label} {verb} at {last}, and there is no default one.",
            severity=Severity.HIGH if over else Severity.MEDIUM,
        )


def _ends(table: Fact, snapshot: Snapshot) -> Sequence[str]:
    """Where the partitions by time of a table end; nothing where one has no end."""
    key = _KEY.fullmatch(str(table.value("partitioned_by") or ""))
    if key is None:
        return ()
    name = key[1].strip('"').replace('""', '"')
    if not any(each.startswith(_TIMES) for each in _types((*table.identity.path, name), snapshot)):
        return ()
    bounds = snapshot.once(_bounds).get(table.identity.path, ())
    found = [match[1] for bound in bounds if (match := _END.search(bound))]
    return found if len(found) == len(bounds) else ()


def _types(column: Sequence[str], snapshot: Snapshot) -> Iterator[str]:
    """The type of a column, which a partition has of its parent."""
    own = snapshot.get("column", *column)
    for each in (own,) if own is not None else columns_above(column, snapshot):
        if each.kind == "column":
            yield str(each.value("type"))


def _bounds(snapshot: Snapshot) -> dict[tuple[str, ...], list[str]]:
    """What the partitions of each table hold."""
    found: dict[tuple[str, ...], list[str]] = {}
    for partition in snapshot.of_kind("partition"):
        found.setdefault(tuple(partition.value("of")), []).append(str(partition.value("bound")))
    return found


CHECK = ServerCheck(
    id="GNK-O013",
    slug="partitions-end",
    title="There are partitions for the rows to come",
    category="operations",
    severity=Severity.MEDIUM,
    impact="Rows for which there is no partition are refused.",
    recommendation="Create the partitions to come, and see why nothing has made them; a default "
    "partition takes what has no other.",
    find=find,
)
