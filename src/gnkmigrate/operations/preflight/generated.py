"""Values that PostgreSQL computes or gives out are not converted."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Generated and identity columns, and those from whose sequence others take values."""
    computed = [
        fact.identity.name
        for fact in asked.facts.children(asked.identity, "column")
        if fact.payload["generated"]
        and any(fact.identity.name == change.column for change in asked.conversions)
    ]
    if computed:
        yield Refusal(
            f"Columns of {asked.table} are generated: nothing but their expression makes them.",
            computed,
            len(computed),
            "Change the expression with a planned statement (gnkmigrate plan), or make them plain "
            "columns first: ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION.",
        )
    given_out = [
        fact.identity.name
        for fact in asked.columns()
        if fact.payload["identity"] or _owns_a_sequence(asked, fact.identity)
    ]
    if given_out and asked.tied is None:
        yield Refusal(
            f"Columns of {asked.table} have sequences, which would be dropped with them.",
            given_out,
            len(given_out),
            "Drop the identity, or let the sequence belong to no column (ALTER SEQUENCE ... OWNED "
            "BY NONE), before the phase, and give it back after it.",
        )


def _owns_a_sequence(asked: Asked, column: Identity) -> bool:
    return any(
        tuple(fact.payload["owned_by"] or ()) == column.path
        for fact in asked.facts.of_kind("sequence")
    )
