"""Columns of domains with constraints rewrite the table that gets them."""

from collections.abc import Iterator

from gnkmigrate.operations.parts import rewriting
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """New columns are built beside the old ones, in the table itself."""
    built = [each for each in asked.conversions if each.column in asked.rewritten]
    types = (each.type or asked.types[each.column] for each in built)
    yield from rewriting.refusals(asked.work, asked.table, types)
