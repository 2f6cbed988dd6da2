"""Sequences (manual: CREATE SEQUENCE, ALTER SEQUENCE). Those of identity columns are the column's.

A sequence that a column owns exists before the column, whose default uses it, and is given to the
column afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.catalog.model import Fact, Identity
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.quoting import identifier, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.statement import Statement, Statements


class SequenceRule(Rule):
    kind = "sequence"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name = qualified(*fact.identity.path)
        options = " ".join(_options(fact.payload, fact.payload))
        owner = _owned_by(fact) if fact.payload["owned_by"] else ""
        return (
            Statement(f"CREATE SEQUENCE {name} {options}{owner}", f"Sequence {name} is missing."),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name = qualified(*fact.identity.path)
        return (
            Statement(
                f"DROP SEQUENCE {name}",
                f"Sequence {name} is not in the target.",
                loses_data=f"the position of {name}",
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements:
        del context
        name = qualified(*change.identity.path)
        differing = set(change.differing)
        if "type" in differing:
            # A new type brings its own bounds along unless they are given too.
            differing |= {"minimum", "maximum"}
        after = change.fact.payload
        options = "".join(f" {option}" for option in _options(after, differing))
        owner = _owned_by(change.fact) if "owned_by" in differing else ""
        return (
            Statement(
                f"ALTER SEQUENCE {name}{options}{owner}",
                f"Sequence {name} differs in: {', '.join(change.differing)}."
                if options
                else f"{name} belongs to its column and goes with it.",
                lock=locks.ALTER_SEQUENCE,
                relation=name,
            ),
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        return (
            Statement(
                f"ALTER SEQUENCE {old} RENAME TO {new}",
                f"Sequence {old} is to be called {new}.",
                lock=locks.RENAME,
                relation=old,
            ),
        )

    def first_form(self, fact: Fact, context: Context) -> Fact:
        owner = self.owner(fact)
        if owner is None or owner in context.source:
            return fact
        free = {**fact.payload, "owned_by": None}
        others = frozenset(needed for needed in fact.depends_on if needed != owner)
        return replace(fact, payload=free, depends_on=others)

    def owner(self, fact: Fact) -> Identity | None:
        owned_by = fact.payload["owned_by"]
        if not owned_by:
            return None
        return Identity("column", (owned_by["schema"], owned_by["table"], owned_by["column"]))

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("relation", *fact.identity.path)})

    def is_derived(self, fact: Fact) -> bool:
        del fact
        return False


def _options(payload: Mapping[str, Any], wanted: Mapping[str, Any] | set[str]) -> list[str]:
    texts = {
        "type": f"AS {payload['type']}",
        "increment": f"INCREMENT BY {payload['increment']}",
        "minimum": f"MINVALUE {payload['minimum']}",
        "maximum": f"MAXVALUE {payload['maximum']}",
        "start": f"START WITH {payload['start']}",
        "cache": f"CACHE {payload['cache']}",
        "cycle": "CYCLE" if payload["cycle"] else "NO CYCLE",
    }
    return [text for option, text in texts.items() if option in wanted]


def _owned_by(fact: Fact) -> str:
    owned_by = fact.payload["owned_by"]
    if not owned_by:
        return " OWNED BY NONE"
    return f" OWNED BY {qualified(owned_by['schema'], owned_by['table'], owned_by['column'])}"


RULE = SequenceRule()
