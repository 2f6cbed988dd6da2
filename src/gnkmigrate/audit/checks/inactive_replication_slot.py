"""Replication slots that nobody reads from.

A slot keeps all WAL that its reader has not fetched, and a logical one, or one with feedback, keeps
VACUUM from clearing rows away. Once a standby or subscriber is gone for good, its slot fills the
disk until the server stops, unless max_slot_wal_keep_size limits it, or from PostgreSQL 18 on
idle_replication_slot_timeout. Since when nobody reads is known from 17 on. Slots that a standby
keeps in step with its primary's for a failover are left out.

Sources: PostgreSQL manual, 27.2.6 (replication slots), 20.6.1 (max_slot_wal_keep_size);
pg_replication_slots.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import literal

KEPT = 1024 * 1024 * 1024  # bytes of WAL


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "inactive_replication_slot"):
        lost = row.status == "lost"
        keeps = "can no longer be read" if lost else f"keeps {row.size} of WAL for nobody"
        severe = (row.bytes or 0) >= KEPT and not row.limited
        yield Observation(
            DatabaseObject("", "", row.slot, "replication slot"),
            f"Replication slot {row.slot} {keeps}.",
            evidence={
                "kind": row.kind,
                "bytes of WAL": int(row.bytes or 0),
                **({"inactive since": row.since} if row.since else {}),
                "state of its WAL": row.status or "nothing kept",
                "max_slot_wal_keep_size": row.limit,
                "keeps VACUUM back": row.keeps_rows,
            },
            fix=(f"SELECT pg_drop_replication_slot({literal(row.slot)})",),
            severity=Severity.HIGH if severe else None,
        )


CHECK = ServerCheck(
    id="GNK-O006",
    slug="inactive-replication-slot",
    title="Every replication slot is being read",
    category="operations",
    severity=Severity.MEDIUM,
    impact="WAL piles up until the disk is full and the server stops.",
    recommendation="Bring its reader back, or drop the slot; and set max_slot_wal_keep_size.",
    find=find,
)
