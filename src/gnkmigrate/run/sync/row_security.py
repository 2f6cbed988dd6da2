"""Row security that would hide rows from what works as the table's owner."""

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# An owner sees all rows unless it is forced (manual, 5.9, Row Security Policies).
_FORCED = """
SELECT relowner::regrole::text FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
WHERE pg_class.oid = to_regclass({table}) AND relrowsecurity AND relforcerowsecurity
  AND NOT rolsuper AND NOT rolbypassrls
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
