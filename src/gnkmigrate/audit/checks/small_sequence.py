"""A sequence that ends before its column does.

A column that was widened to bigint takes its numbers from the sequence that it had, and that one
still ends at 2,147,483,647, or where its MAXVALUE says: the column's new room is never reached.

Sources: PostgreSQL manual, ALTER SEQUENCE (AS, MAXVALUE), 8.1.4 (serial types).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified

_HIGHEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for sequence in snapshot.of_kind("sequence"):
        users = _users(sequence, snapshot)
        if not users or sequence.value("increment") < 0 or sequence.value("cycle"):
            continue
        column = min(users, key=_room)
        room = _room(column)
        ends = int(sequence.value("maximum"))
        # What ends where a type does was not chosen by anybody.
        if ends < room and ends in _HIGHEST.values():
            yield _observation(sequence, column, home)


def _users(sequence: Fact, snapshot: Snapshot) -> list[Fact]:
    """The columns that take its numbers: by ownership or by default."""
    paths = snapshot.once(_filled).get(sequence.identity, ())
    owner = sequence.value("owned_by")
    every = dict.fromkeys([*([tuple(owner)] if owner else []), *paths])
    columns = (snapshot.get("column", *path) for path in every)
    return [column for column in columns if column is not None]


def _filled(snapshot: Snapshot) -> Mapping[Identity, Sequence[tuple[str, ...]]]:
    """The columns whose default takes a sequence's numbers, by the sequence."""
    found: defaultdict[Identity, list[tuple[str, ...]]] = defaultdict(list)
    for default in snapshot.of_kind("default"):
        for need in default.depends_on:
            if need.kind == "sequence":
                found[need].append(default.identity.path)
    return found


def _room(column: Fact) -> int:
    return _HIGHEST.get(str(column.value("type")), 0)


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
