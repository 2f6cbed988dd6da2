"""Whether triggers of ours follow what is written to a table, so that another is kept in step."""

from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run.called import called, way_on
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.work import Work

# Bits of pg_trigger.tgtype. One that fires for some columns alone does not see every UPDATE.
_EVENTS = {"INSERT": 4, "UPDATE": 16, "DELETE": 8, "TRUNCATE": 32}
_FOLLOWED = f"""
SELECT coalesce(bit_or(tgtype::integer), 0)
FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = {{table}}::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')
  AND tgattr::text = '' AND pronamespace = pg_catalog.to_regnamespace('{own_objects.JOURNAL}')
"""


def unfollowed(work: Work, table: str) -> Sequence[str]:
    """The commands on a table, "schema.table", for which no trigger of ours fires."""
    bits = int(work.value(_FOLLOWED.format(table=literal(quoted(table)))))
    return [event for event, bit in _EVENTS.items() if not bits & bit]


def require_followers(work: Work, table: str, kept: str, when: str) -> None:
    """Makes sure that what is written to a table is written to the one that it is to keep in step.

    Args:
        work: the session.
        table: "schema.table" that is written to.
        kept: "schema.table" that has to follow.
        when: when they have to be made.

    Raises:
        PhaseFailed: no triggers of ours on the table do that.
    """
    missing = unfollowed(work, table)
    if missing:
        events = ", ".join(missing)
        lacking = (
            f"No trigger of {table} with a function in schema {own_objects.JOURNAL} fires on"
            f" {events}."
        )
        hint = (
            f"Make them {when}, with follower() and trigger() of"
            " gnkmigrate.run.sync.follow_triggers."
        )
        raise PhaseFailed(
            f'{called(work.phase)}, step "{work.step}": what is written to {table} would not get '
            f"to {kept}.",
            details=[lacking],
            hint=f"{hint} {way_on(work.phase, work.direction, atomic=work.atomic)}",
        )
