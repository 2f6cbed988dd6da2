"""The trigger that keeps columns in step has to be the last one that sees a row."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.building import TRIGGER


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Triggers that would change a row after ours has converted it.

    Triggers of one event fire in the order of their names (manual, CREATE TRIGGER).
    """
    later = fired_after(asked.facts, asked.identity, TRIGGER)
    if later and asked.rewritten:
        yield Refusal(
            f"Triggers of {asked.table} would fire after the one that converts its rows.",
            later,
            len(later),
            f"Give them names that sort before {TRIGGER}: ALTER TRIGGER ... ON ... RENAME TO ...",
        )


def fired_after(facts: Snapshot, table: Identity, name: str) -> list[str]:
    """Triggers of a table that may change a row which the trigger `name` has seen."""
    return [
        fact.identity.name
        for fact in facts.children(table, "trigger")
        if _changes_rows(fact) and fact.identity.name.encode() > name.encode()
    ]


def _changes_rows(fact: Fact) -> bool:
    timing, _, rest = fact.payload["definition"].partition(" ON ")
    return (
        fact.payload["enabled"] != "disabled"
        and timing.startswith("BEFORE ")
        and ("INSERT" in timing or "UPDATE" in timing)
        and " FOR EACH ROW " in rest
    )
