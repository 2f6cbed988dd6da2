"""Row security that hides rows from what works as the table's owner, or that would be passed by."""

from collections.abc import Sequence

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# An owner sees all rows unless it is forced (manual, 5.9, Row Security Policies).
_FORCED = """
SELECT relowner::regrole::text FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
WHERE pg_class.oid = to_regclass({table}) AND relrowsecurity AND relforcerowsecurity
  AND NOT rolsuper AND NOT rolbypassrls
"""

# Whoever else may write to the table, all of it or columns.
_WRITTEN = """
SELECT relrowsecurity AND EXISTS (
    SELECT FROM (
        SELECT given.* FROM aclexplode(relacl) AS given
        UNION ALL
        SELECT given.* FROM pg_attribute, aclexplode(attacl) AS given WHERE attrelid = pg_class.oid
    ) AS given
    WHERE grantee <> relowner AND privilege_type IN ('INSERT', 'UPDATE'))
FROM pg_class WHERE oid = to_regclass({table})
"""


def refusals(work: Work, table: str) -> list[Refusal]:
    """What speaks against reading and writing rows as the table's owner.

    Args:
        work: the session.
        table: "schema.table".
    """
    owner = work.value(_FORCED.format(table=literal(quoted(table))))
    if owner is None:
        return []
    return [
        Refusal(
            f"Row security is forced on {owner}, who owns {table}: what fills the new shape, and"
            " keeps both in step, works with the owner's rights, and would leave out the rows that"
            " are hidden from it.",
            hint=f"Run: ALTER ROLE {owner} BYPASSRLS; or"
            f" ALTER TABLE {quoted(table)} NO FORCE ROW LEVEL SECURITY;",
        )
    ]


def shared(work: Work, table: str, entity: str, names: Sequence[str]) -> list[Refusal]:
    """What speaks against rows of a table saying something together, of which one tells the others.

    Args:
        work: the session.
        table: "schema.table".
        entity: "schema.table" of the rows that they share.
        names: the table's columns of which what is written to one row counts for others.
    """
    if not names or not work.value(_WRITTEN.format(table=literal(quoted(table)))):
        return []
    return [
        Refusal(
            f"Row security is on for {table}: what somebody writes to {', '.join(names)} of a row"
            f" would count for all rows of the same row of {entity}, and so for rows that policies"
            " hide from him.",
            hint="Leave these columns where they are, or let them be of the identity.",
        )
    ]
