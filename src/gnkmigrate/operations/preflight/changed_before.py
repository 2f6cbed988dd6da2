"""A column is changed by one phase, until contract ends the way back."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import column_pair, legacy


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Columns that an earlier phase has converted, or renamed where the old shape is shown."""
    names = [change.column for change in asked.conversions]
    changed = legacy.changed_before(asked.work, asked.table, names)
    changed |= column_pair.converted_before(asked.work, asked.table, names)
    if changed:
        yield Refusal(
            f"Columns of {asked.table} change once more, whose old shape is still kept.",
            [f"{name}, changed in phase {phase}" for name, phase in sorted(changed.items())],
            len(changed),
            "Change each column in one phase, or convert it again after gnkmigrate contract.",
        )
