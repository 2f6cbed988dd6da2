"""Roles whose passwords are kept as MD5 hashes.

An MD5 hash is as good as the password for logging in by MD5, is quickly guessed, and PostgreSQL
18 warns that support for it will end. The hashes themselves are never read into this program, only
what they begin with.

Sources: PostgreSQL manual, 21.5 (password authentication), release notes of 18; pg_authid.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answer, listed
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    may = connection.execute("SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')")
    if may.fetchone() != (True,):
        raise CannotRun("only a superuser may read how passwords are kept (pg_authid)")
    row = answer(connection, question, "md5_passwords")
    if row.roles:
        whose = "One role has" if len(row.roles) == 1 else f"{len(row.roles):,} roles have"
        yield Observation(
            DatabaseObject(),
            f"{whose} a password that is kept as an MD5 hash.",
            evidence={"roles": listed(row.roles), "password_encryption": row.encryption},
        )


CHECK = ServerCheck(
    id="GNK-A017",
    slug="md5-passwords",
    title="No password is kept as an MD5 hash",
    category="security",
    severity=Severity.MEDIUM,
    impact="A stolen dump of the roles or backup lets its finder log in.",
    recommendation="Set password_encryption to scram-sha-256, set each of these passwords anew, "
    "and then require scram-sha-256 in pg_hba.conf.",
    privileges=("SELECT on pg_authid, which superusers have",),
    find=find,
)
