"""Transaction ids that are running out.

There are about two thousand million of them; VACUUM makes them usable again by freezing old rows,
and autovacuum begins to do so by force at autovacuum_freeze_max_age. At twice that age it does not
get done: something holds it back, or it is too slow. Where that is set so high that it never comes,
1,600 million are too many all the same. At the end PostgreSQL refuses every write
until somebody has vacuumed. Multixact ids, which shared row locks use, run out in the same way.

Sources: PostgreSQL manual, 24.1.5 (preventing transaction ID wraparound failures), 20.10.1
(vacuum_failsafe_age); pg_database.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

# Of 2,147 million; PostgreSQL warns 40 million before the end and stops 3 million before it.
SEVERE = 1_000_000_000
DIRE = 1_600_000_000


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "wraparound"):
        ages = ((row.age, row.by_age), (row.multixact_age, row.by_multixact_age))
        age = max(each for each, is_over in ages if is_over)
        what = "transactions" if age == row.age else "multixact ids"
        severity = Severity.MEDIUM
        if age >= SEVERE:
            severity = Severity.CRITICAL if age >= DIRE else Severity.HIGH
        yield Observation(
            DatabaseObject(name=row.database),
            f"Database {row.database} has not been frozen for {age:,} {what}.",
            evidence={
                "age of the oldest transaction id": row.age,
                "age of the oldest multixact id": row.multixact_age,
                "oldest tables": row.tables or [],
            },
            severity=severity,
        )


CHECK = ServerCheck(
    id="GNK-P007",
    slug="wraparound",
    title="Transaction ids are frozen in time",
    category="performance",
    severity=Severity.MEDIUM,
    impact="When they run out, PostgreSQL refuses every write until VACUUM is done.",
    recommendation="End what holds VACUUM back (long-transactions, inactive-replication-slot, "
    "prepared transactions), then run VACUUM (FREEZE) on the oldest tables.",
    find=find,
)
