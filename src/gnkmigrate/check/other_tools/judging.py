"""What of all that a migration did is to be told.

Only tables count that were there before and had rows: what a migration makes itself, nobody else
is waiting for. Whether a lock matters is not judged by its time on a copy, but by what was done
under it: going through all rows, or writing them anew, takes the longer the more there are.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from gnkmigrate.check.other_tools.measured import FAULTS, Held, Problem
from gnkmigrate.check.other_tools.rows_before import Losses
from gnkmigrate.errors import SettingsError
from gnkmigrate.rehearsal.measure import STOPS_WRITERS
from gnkmigrate.text.query_text import without_values

_READERS_TOO = "AccessExclusiveLock"
_LONG = 100


def of_locks(
    locks: Sequence[Held], rewritten: Sequence[str], read_through: frozenset[str]
) -> Iterator[Problem]:
    """Tables that are written anew, and those that are gone through while nobody may write."""
    under = {lock.relation: lock for lock in locks}
    for table in rewritten:
        lock = under.get(table)
        by = f" ({_taken(lock)})" if lock else ""
        yield Problem("rewrites", f"writes all rows of {table} anew{by}")
    for table in sorted(read_through - set(rewritten)):
        lock = under.get(table)
        if lock is not None and lock.mode in STOPS_WRITERS:
            nobody = "read or write" if lock.mode == _READERS_TOO else "write"
            yield Problem(
                "blocks",
                f"goes through all rows of {table} while nobody else may {nobody} ({_taken(lock)})",
            )


def _taken(lock: Held) -> str:
    """A lock, and what took it: that may have been an earlier statement of the transaction."""
    return f"{manner(lock.mode)}, taken by {shown(lock.statement).rstrip(';')}"


def of_losses(losses: Losses) -> Iterator[Problem]:
    """Values that are not there any more."""
    yield from (Problem("loses", line) for line in losses.lost)
    yield from (Problem("changes", line) for line in losses.changed)


def allowing(allowed: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Sorts of faults, each with a pattern of migrations, from "loses" or "loses=0003_*".

    Raises:
        SettingsError: there is no such sort.
    """
    pairs = [(fault, name or "*") for fault, _, name in (each.partition("=") for each in allowed)]
    for fault, _ in pairs:
        if fault not in FAULTS or fault == "fails":
            sorts = ", ".join(each for each in FAULTS if each != "fails")
            raise SettingsError(
                f"--allow {fault}: there is nothing of that name to allow.",
                hint=f"Allow one of {sorts}, of one migration as in loses=NAME.",
            )
    return pairs


def is_allowed(problem: Problem, migration: str, allowed: Sequence[tuple[str, str]]) -> bool:
    """Whether the user has said that it is meant."""
    return any(
        problem.fault == fault and fnmatchcase(migration, pattern) for fault, pattern in allowed
    )


def manner(mode: str) -> str:
    """AccessExclusiveLock as PostgreSQL's manual has it: ACCESS EXCLUSIVE."""
    words = "".join(f" {each}" if each.isupper() else each for each in mode.removesuffix("Lock"))
    return words.strip().upper()


def shown(statement: str) -> str:
    """A statement on one line, without the values in it."""
    text = without_values(statement)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
