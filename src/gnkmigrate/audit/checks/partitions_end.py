"""A table whose partitions come to an end.

A row for which there is no partition is refused. Where partitions by time have no default one, the
next has to be there before its time comes; what makes them (a job, an extension) may have stopped.
Told is when the last one has ended, or ends within thirty days.

Source: PostgreSQL manual, 5.12.2 (declarative partitioning).
"""

import re
from collections.abc import Iterator, Sequence

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.connection import Connection
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inheritance import columns_above

DAYS = 30

_TIMES = ("date", "timestamp")
_KEY = re.compile(r'RANGE \(("(?:[^"]|"")+"|[^",()]+)\)')
_END = re.compile(r"TO \('([^']+)'\)")

_ENDS = """
    SELECT part.number, max(part.text::timestamptz)::text, max(part.text::timestamptz) <= now()
    FROM unnest(%(numbers)s::int[], %(texts)s::text[]) AS part (number, text)
    GROUP BY part.number
    HAVING max(part.text::timestamptz) < now() + make_interval(days => %(days)s)
    ORDER BY part.number
"""


def find(connection: Connection, question: Question) -> Iterator[Observation]:
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
        yield Observation(
            about,
            f"The partitions of {about.label(question.home)} {verb} at {last}, and there is no "
            "default one.",
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
