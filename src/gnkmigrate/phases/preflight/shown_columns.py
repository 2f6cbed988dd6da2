"""A view of the old shape shows a column by what one phase did to it."""

from collections.abc import Iterator

from gnkmigrate.phases import legacy
from gnkmigrate.phases.preflight.asked import Asked
from gnkmigrate.phases.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Columns that an earlier phase has renamed or converted, where the old shape is kept."""
    names = [change.column for change in asked.conversions]
    changed = legacy.changed_before(asked.work, asked.table, names)
    if changed:
        yield Refusal(
            f"The view of the old shape of {asked.table} shows columns that change once more.",
            [f"{name}, changed in phase {phase}" for name, phase in sorted(changed.items())],
            len(changed),
            "Change each column in one phase, or convert it again after gnkmigrate contract.",
        )
