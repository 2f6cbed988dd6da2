"""A key tells rows apart."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """A key that is none."""
    yield from row_key.refusals(asked.work, asked.table, asked.key, exactly=True)
