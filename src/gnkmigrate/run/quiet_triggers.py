"""A table's triggers kept from firing while rows are restored or filled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gnkmigrate.run import deferred_checks
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync import session_mark
from gnkmigrate.run.work import Work


@contextmanager
def quiet_triggers(work: Work, table: str) -> Iterator[None]:
    """The table's enabled triggers are off inside, so that restored rows stay as they were.

    The caller's transaction holds the table, so that nobody else's writes go by unseen.
    """
    found = work.execute(
        "SELECT tgname::text, tgenabled = 'A' FROM pg_trigger WHERE NOT tgisinternal"
        f" AND tgenabled IN ('O', 'A') AND tgrelid = {literal(quoted(table))}::regclass"
        " ORDER BY tgname"
    ).fetchall()
    for name, _ in found:
        work.execute(f"ALTER TABLE {quoted(table)} DISABLE TRIGGER {column(name)}")
    yield
    if found:
        deferred_checks.ask(work.connection)
    for name, always in found:
        enable = "ENABLE ALWAYS TRIGGER" if always else "ENABLE TRIGGER"
        work.execute(f"ALTER TABLE {quoted(table)} {enable} {column(name)}")


@dataclass(frozen=True)
class Silence:
    """Statements around others of a transaction for which a table's triggers do not fire.

    Those of gnkmigrate stand back by themselves: they fire also for what replication brings.
    """

    begin: str
    end: str


def silence(work: Work, table: str) -> Silence | None:
    """How to keep a table's triggers quiet without disturbing anybody; None for a role that cannot.

    It takes a role that may set session_replication_role, and no trigger that fires all the same.
    """
    role, allowed = work.execute(
        "SELECT current_setting('session_replication_role'), current_setting('is_superuser') = 'on'"
    ).fetchall()[0]
    if not allowed or _fires_in_replica(work, table):
        return None
    ours = (session_mark.FOLLOWING, session_mark.FILLING)
    begin = [
        "SET LOCAL session_replication_role = replica",
        *(f"SET LOCAL {x} = 'on'" for x in ours),
    ]
    end = [*(f"SET LOCAL {x} = ''" for x in ours), f"SET LOCAL session_replication_role = {role}"]
    return Silence("; ".join(begin), "; ".join(end))


@contextmanager
def quiet_batch(work: Work, table: str) -> Iterator[None]:
    """The table's triggers do not fire for what the block does.

    For a role that cannot keep them quiet otherwise they are switched off inside its transaction,
    which keeps writers waiting until it ends.
    """
    quiet = silence(work, table)
    if quiet is None:
        with quiet_triggers(work, table):
            yield
    else:
        work.execute(quiet.begin)
        yield
        work.execute(quiet.end)


def _fires_in_replica(work: Work, table: str) -> bool:
    """Whether a trigger of the user's was enabled ALWAYS or for replicas."""
    return bool(
        work.value(
            "SELECT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled IN ('A', 'R') AND NOT tgisinternal"
            " AND pronamespace <> 'gnkmigrate'::regnamespace"
            f" AND tgrelid = {literal(quoted(table))}::regclass)"
        )
    )
