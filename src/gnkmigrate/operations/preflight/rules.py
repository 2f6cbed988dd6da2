"""Rules of a table would change what is written while it is converted."""

from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Rewrite rules, such as one that does nothing instead of an UPDATE."""
    rules = [
        f"rule {fact.identity.name} ON {fact.payload['event']}"
        for fact in asked.facts.children(asked.identity, "rule")
        if fact.payload["enabled"] != "disabled"
    ]
    if rules and asked.rewritten:
        yield Refusal(
            f"Rules of {asked.table} would take part in the writes of the phase.",
            rules,
            len(rules),
            "Disable them until it is finished: ALTER TABLE ... DISABLE RULE ...",
        )
