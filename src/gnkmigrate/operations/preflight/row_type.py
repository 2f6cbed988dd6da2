"""PostgreSQL does not rewrite a table whose rows are values of somebody's column."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Columns of other tables whose type is this table's row."""
    holders = [
        ".".join(fact.identity.path)
        for fact in asked.facts.of_kind("column")
        if fact.parent != asked.identity and asked.identity in fact.depends_on
    ]
    if holders and asked.rewritten:
        yield Refusal(
            f"Columns hold rows of {asked.table} as their values, which would not be converted.",
            holders,
            len(holders),
            "Drop them before the phase, or give them a composite type of their own.",
        )
