"""A conversion is of one table that holds its rows itself."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Partitioned tables, partitions, and tables that inherit or from which others do."""
    if not asked.rewritten:
        return
    related = list(_relatives(asked))
    if related:
        yield Refusal(
            f"Columns of {asked.table} are shared with other tables, in which they would not be "
            "converted exactly.",
            related,
            len(related),
            "Convert a table of its own: detach the partitions (or end the inheritance) before "
            "the phase, or change the type with a planned statement (gnkmigrate plan).",
        )


def _relatives(asked: Asked) -> Iterator[str]:
    payload = asked.fact.payload
    if payload["partitioned_by"]:
        yield f"{asked.table} is partitioned by {payload['partitioned_by']}"
    if payload["is_partition"]:
        yield f"{asked.table} is a partition"
    if payload["inherits"]:
        yield f"{asked.table} inherits from other tables"
    heirs = [
        ".".join(fact.identity.path)
        for fact in asked.facts.of_kind("table")
        if asked.identity in fact.depends_on and fact.payload["inherits"]
    ]
    yield from (f"{heir} inherits from {asked.table}" for heir in heirs)
