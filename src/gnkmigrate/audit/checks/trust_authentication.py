"""Lines of pg_hba.conf that let clients in without asking for anything, or for a plain password.

"trust" lets whoever reaches the server connect as any role that the line names, superusers
included. "password" sends the password as it is; without TLS, anybody on the way reads it.

Sources: PostgreSQL manual, 21.1 (pg_hba.conf), 21.4 (trust); pg_hba_file_rules.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    may = connection.execute(
        "SELECT has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')"
        " AND has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')"
    )
    if may.fetchone() != (True,):
        raise CannotRun("only a superuser may read who is let in (pg_hba_file_rules)")
    for row in answers(connection, question, "trust_authentication"):
        trusted = row.auth_method == "trust"
        how = "without asking for a password" if trusted else "by a password sent as it is"
        where = "from other machines" if row.remote else "from its own machine"
        yield Observation(
            DatabaseObject(),
            f"The server lets clients {where} in {how}.",
            subject=f"{row.auth_method} {row.remote}",
            evidence={"lines of pg_hba.conf": row.lines},
            severity=Severity.HIGH if trusted and row.remote else Severity.LOW,
        )


CHECK = ServerCheck(
    id="GNK-A019",
    slug="trust-authentication",
    title="Nobody is let in without a password that is kept secret on the way",
    category="security",
    severity=Severity.HIGH,
    impact="Whoever reaches the server is let in as any role that the line names.",
    recommendation="Replace the method by scram-sha-256 or cert, and reload the configuration.",
    privileges=("SELECT on pg_hba_file_rules, which superusers have",),
    find=find,
)
