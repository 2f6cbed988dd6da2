"""Texts that become keys tell of other rows, which not everybody may read."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import row_disclosure


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Who writes the column may read what it comes to refer to."""
    return row_disclosure.refusals(asked.work, asked.table, asked.conversions)
