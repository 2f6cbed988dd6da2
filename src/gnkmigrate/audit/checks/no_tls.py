"""Connections over the network without encryption.

Where the server listens beyond its own machine with ssl off, or clients from other machines are
connected without TLS right now, passwords, statements and rows can be read on the way. Sockets
and the loopback interface are no finding, nor is a connection whose GSSAPI encrypts it.

Sources: PostgreSQL manual, 19.9 (secure TCP/IP connections with SSL); pg_settings, pg_stat_ssl,
pg_stat_gssapi.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answer
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    row = answer(connection, question, "no_tls")
    if row.open and not row.ssl:
        yield Observation(
            DatabaseObject(),
            "The server listens to other machines and offers no encryption.",
            subject="server",
            evidence={"ssl": "off", "listen_addresses": row.listens},
        )
    elif row.plain:
        sessions = "One session" if row.plain == 1 else f"{row.plain:,} sessions"
        verb = "is" if row.plain == 1 else "are"
        yield Observation(
            DatabaseObject(),
            f"{sessions} from other machines {verb} not encrypted.",
            subject="sessions",
            evidence={"roles": row.roles},
        )


CHECK = ServerCheck(
    id="GNK-A018",
    slug="no-tls",
    title="What comes over the network is encrypted",
    category="security",
    severity=Severity.MEDIUM,
    impact="Whoever is on the way can read passwords and rows.",
    recommendation="Switch ssl on, and require it with hostssl in pg_hba.conf and sslmode=verify-"
    "full in clients.",
    roles=("pg_monitor",),
    find=find,
)
