"""A sequence that ends before its column does.

A column that was widened to bigint takes its numbers from the sequence that it had, and that one
still ends at 2,147,483,647, or where its MAXVALUE says: the column's new room is never reached.

Sources: PostgreSQL manual, ALTER SEQUENCE (AS, MAXVALUE), 8.1.4 (serial types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified

_HIGHEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for sequence in snapshot.of_kind("sequence"):
        owner = sequence.value("owned_by")
        column = snapshot.get("column", *owner) if owner else None
        if column is None or sequence.value("increment") < 0 or sequence.value("cycle"):
            continue
        room = _HIGHEST.get(str(column.value("type")), 0)
        ends = int(sequence.value("maximum"))
        # What ends where a type does was not chosen by anybody.
        if ends < room and ends in _HIGHEST.values():
            yield _observation(sequence, column, home)


def _observation(sequence: Fact, column: Fact, home: str) -> Observation:
    type_, ends = str(sequence.value("type")), int(sequence.value("maximum"))
    alter = f"ALTER SEQUENCE {qualified(*sequence.identity.path)}"
    wanted = str(column.value("type"))
    return Observation(
        object_of(sequence),
        f"Sequence {object_of(sequence).label(home)} ends at {ends:,}, but its column "
        f"{object_of(column).label(home)} is {wanted}.",
        fix=(f"{alter} AS {wanted} NO MAXVALUE",),
        undo=(f"{alter} AS {type_} MAXVALUE {ends}",),
    )


CHECK = StructureCheck(
    id="GNK-S044",
    slug="small-sequence",
    title="No sequence ends before its column",
    severity=Severity.MEDIUM,
    impact="When the sequence ends, every insert fails, though the column has room.",
    recommendation="Give the sequence the type of the column.",
    find=find,
)
