"""Row security that hides rows from what works as the table's owner, or that would be passed by."""

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


def shared(work: Work, table: str, entity: str) -> list[Refusal]:
    """What speaks against rows of a table referring to rows that tell something for them.

    Triggers between the two work as the owner, whom policies do not hold.

    Args:
        work: the session.
        table: "schema.table".
        entity: "schema.table" of the rows that it comes to refer to.
    """
    if not work.value(_WRITTEN.format(table=literal(quoted(table)))):
        return []
    return [
        Refusal(
            f"Row security is on for {table}, and others than its owner may write to it: who has a"
            f" row of theirs refer to another row of {entity} would read in the old shape what"
            " policies hide from him, and what he writes would count for rows that they hide.",
            hint="Leave the columns where they are, or let the owner alone write to the table until"
            " contract.",
        )
    ]
