"""Whether logical replication knows a table by the shape that a phase takes from it.

The other side finds a table by its name and columns by theirs (manual, Logical Replication,
Subscription): where they have changed, replication fails again and again, and nobody here hears.
"""

from collections.abc import Collection, Iterator, Sequence

from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.names import quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Runnable, Step
from gnkmigrate.run.work import Work

POLICY = "publications"


def refusals(work: Work, phase: Runnable, steps: Sequence[Step]) -> Iterator[Refusal]:
    """Subscriptions that write to tables whose shape changes, and subscribers that hear of them.

    Without a logical slot nobody hears of what is published.
    """
    reshaped = tables_of(steps, {step.name for step in phase.up_steps if step.cuts_over})
    wider = tables_of(steps, {step.name for step in phase.up_steps if step.adds_columns})
    tables = reshaped | wider
    if not tables:
        return
    with work.settings(search_path=OURS):
        found = work.connection.execute(query("run", "replication"), [[*tables]]).fetchall()
    written = [
        f"{tables[table]}: {name}"
        for kind, table, name in found
        if kind == "subscription" and table in reshaped
    ]
    if written:
        yield Refusal(
            "Subscriptions write to tables that get another shape; they find them and their"
            " columns by the names that these have where the rows come from.",
            written,
            len(written),
            "Take the tables out of the publication there, then here:"
            " ALTER SUBSCRIPTION ... REFRESH PUBLICATION.",
        )
    published = [f"{tables[table]}: {name}" for kind, table, name in found if kind == "publication"]
    if published and work.parameters.get(POLICY) != "checked":
        yield Refusal(
            "Tables that get another shape, or columns, are published, and this database has"
            " subscribers: they look for tables and columns of the names that are sent.",
            published,
            len(published),
            "Have the subscribers' tables take both shapes; then say so with the policy"
            f' {POLICY} = "checked" (GNKMIGRATE_POLICIES__{POLICY.upper()}=checked).',
        )


def tables_of(steps: Sequence[Step], upward: Collection[str]) -> dict[str, str]:
    """Tables, quoted and as written, of the steps of these names and those that undo them."""
    return {
        quoted(table): table
        for step in steps
        if not {step.name, step.undoes, *step.ends}.isdisjoint(upward)
        for table in step.tables
    }
