"""The table's owner, as whom triggers and backfills work, sees its rows and may evaluate all.

EXPLAIN asks for the rights on what a statement names, and runs nothing (manual, EXPLAIN).
"""

from collections.abc import Iterator

from psycopg import errors

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.operations.preflight.expressions import statements
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import row_security
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_OWNER = """
SELECT pg_get_userbyid(relowner) FROM pg_class
WHERE oid = {table}::regclass AND pg_get_userbyid(relowner) <> current_user
"""
# What only a step of the same phase makes is said by `expressions`.
_OTHER = (errors.ProgrammingError, errors.DataError)


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Expressions that need a right that the owner does not have."""
    hidden = row_security.refusals(asked.work, asked.table) if asked.rewritten else []
    yield from hidden
    if hidden or not asked.rewritten:
        return
    owner = asked.work.value(_OWNER.format(table=literal(quoted(asked.table))))
    if owner is None:
        return
    lacking = [
        f"{change.column}, {what}: {said}"
        for change in asked.conversions
        if change.column in asked.rewritten
        for what, statement in statements(asked.table, change, asked.types[change.column])
        for said in _lacking(asked.work, str(owner), statement)
    ]
    if lacking:
        yield Refusal(
            f"Triggers evaluate the expressions for columns of {asked.table} with the rights of "
            f"its owner, {owner}, who may not do that.",
            lacking,
            len(lacking),
            f"Grant {column(str(owner))} what it lacks.",
        )


def _lacking(work: Work, owner: str, query: str) -> Iterator[str]:
    with work.settings(search_path=OURS):
        try:
            with work.connection.transaction(force_rollback=True):
                work.connection.execute(f"SET LOCAL ROLE {column(owner)}".encode())
                explain = f"EXPLAIN {render(query, work.parameters)}"
                work.connection.execute(explain.encode())
        except errors.InsufficientPrivilege as error:
            yield str(error.diag.message_primary)
        except _OTHER:
            return
