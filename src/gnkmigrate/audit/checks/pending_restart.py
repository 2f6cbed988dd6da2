"""Settings that were changed and wait for a restart.

The configuration says one thing and the server does another, until the next restart, which may be
the one after a crash, makes it so: then a mistake in it shows at the worst time.

Sources: PostgreSQL manual, 20.1 (setting parameters); pg_settings.pending_restart.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answer
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    row = answer(connection, question, "pending_restart")
    if row.settings:
        one = len(row.settings) == 1
        yield Observation(
            DatabaseObject(),
            f"{'One setting was' if one else f'{len(row.settings):,} settings were'} changed and "
            f"{'waits' if one else 'wait'} for a restart.",
            evidence={"as the server has them": row.settings},
        )


CHECK = ServerCheck(
    id="GNK-O005",
    slug="pending-restart",
    title="The server does what its configuration says",
    category="operations",
    severity=Severity.LOW,
    impact="The next restart changes how the server works, or does not succeed.",
    recommendation="Restart the server when it suits, or take the change back.",
    roles=("pg_monitor",),
    find=find,
)
