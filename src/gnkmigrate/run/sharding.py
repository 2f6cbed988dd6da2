"""Whether Citus keeps a table in shards, where a phase cannot do what it does elsewhere.

Citus refuses triggers on such tables, writing through views of them, and another type for the
column of distribution; a phase would stop in its middle.
https://docs.citusdata.com/en/stable/develop/reference_ddl.html
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.postgres import citus
from gnkmigrate.run.names import quoted
from gnkmigrate.run.replication import tables_of
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Runnable, Step
from gnkmigrate.run.work import Work


def refusals(work: Work, phase: Runnable, steps: Sequence[Step]) -> Iterator[Refusal]:
    """Tables in shards that get another shape, which is done by triggers and by views."""
    reshaped = tables_of(steps, {step.name for step in phase.up_steps if step.cuts_over})
    found = {each: reshaped[each.quoted] for each in _sharded(work) if each.quoted in reshaped}
    if found:
        yield Refusal(
            "Tables that Citus keeps in shards get another shape. That takes triggers on them and"
            " views that are written through, which Citus refuses.",
            [f"{table}: {each.words}" for each, table in found.items()],
            len(found),
            "Change them by SQL that Citus carries to its nodes (op.execute with ALTER TABLE, and"
            " its way back). Or make a table an ordinary one first, run the phase, and distribute"
            " the table again: SELECT undistribute_table(...).",
        )


def refuse_unique(work: Work, table: str, columns: Sequence[str]) -> Sequence[Refusal]:
    """Why columns of a table cannot be unique: Citus sees to it within a shard alone."""
    wanted = quoted(table)
    for each in _sharded(work):
        if each.quoted == wanted and each.column and each.column not in columns:
            message = (
                f"{table} is {each.words}, and Citus knows no uniqueness of "
                f"{', '.join(columns)} over all shards."
            )
            hint = f"Have the constraint include {each.column}."
            return (Refusal(message, hint=hint),)
    return ()


def _sharded(work: Work) -> Sequence[citus.CitusTable]:
    with work.settings(search_path=OURS):
        return [each for each in citus.tables(work.connection) if each.elsewhere]
