"""A column is changed by one phase, until contract ends the way back."""

from collections.abc import Iterator, Sequence

from gnkmigrate import own_objects
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run import own_names
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import column_pair, function_mentions, legacy

_FOLLOWERS = f"""
SELECT DISTINCT pg_describe_object('pg_proc'::regclass, pg_proc.oid, 0)
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = to_regclass({{table}}) AND to_regclass({{archived}}) IS NOT NULL
  AND pronamespace = to_regnamespace('{own_objects.JOURNAL}') AND prosrc ~* {{names}}
  AND tgname !~ 'gnkmigrate_'
ORDER BY 1
"""


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Columns that an earlier phase has converted, or renamed where the old shape is shown."""
    names = [change.column for change in asked.conversions]
    changed = legacy.changed_before(asked.work, asked.table, names)
    changed |= column_pair.converted_before(asked.work, asked.table, names)
    for step in asked.work.earlier:
        relied_on = set(names).intersection(step.relied_on(asked.table))
        changed |= dict.fromkeys(relied_on, asked.work.phase)
    if changed:
        yield Refusal(
            f"Columns of {asked.table} change once more, whose old shape is still kept.",
            [f"{name}, changed in phase {phase}" for name, phase in sorted(changed.items())],
            len(changed),
            "Change each column in one phase, or convert it again after gnkmigrate contract.",
        )
    followers = _followers(asked, names)
    if followers:
        yield Refusal(
            f"Triggers keep the archived {asked.table} in step, and their functions name columns"
            " that change.",
            followers,
            len(followers),
            "Change them after gnkmigrate contract.",
        )


def _followers(asked: Asked, names: Sequence[str]) -> Sequence[str]:
    """Functions of a revision's own that name the columns; of ours is known which they name."""
    query = _FOLLOWERS.format(
        table=literal(quoted(asked.table)),
        archived=literal(quoted(own_names.archived(asked.table))),
        names=literal(function_mentions.pattern(names)),
    )
    with asked.work.settings(search_path=OURS):
        return [row[0] for row in asked.work.connection.execute(query.encode()).fetchall()]
