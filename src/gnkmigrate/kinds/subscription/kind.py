"""Subscriptions (manual: CREATE, ALTER and DROP SUBSCRIPTION, chapter 31).

No statement here talks to the publisher. A plan is tried on a copy first, and what a copy asked
for there (a slot, or its removal) would be done to the database that the copy was made of. So a
new subscription begins without a connection, one that goes leaves its slot behind, and the reason
says what is left to do. Whether a subscription is enabled is its business of the day, not part of
the schema; pg_dump leaves it out as well.
"""

import re
from collections.abc import Sequence

from gnkmigrate.facts.catalog import MASK
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal

# What ALTER SUBSCRIPTION changes on the publisher too.
_ON_PUBLISHER = ("failover", "two_phase")
_OPTIONS = (
    "binary",
    "streaming",
    "synchronous_commit",
    "two_phase",
    "disable_on_error",
    "password_required",
    "run_as_owner",
    "origin",
    "failover",
)
# Versions that do not have an option read it as this.
_USUAL = {
    "two_phase": False,
    "disable_on_error": False,
    "password_required": True,
    "run_as_owner": False,
    "origin": "any",
    "failover": False,
}


class Subscription(Kind):
    name = "subscription"
    catalog = "pg_subscription"
    attributes = {
        "connection": How.ALTERED,
        "enabled": How.COSMETIC,
        "slot_name": How.ALTERED,
        "publications": How.ALTERED,
        **dict.fromkeys(_OPTIONS, How.ALTERED),
    }
    rank = 92
    word = "SUBSCRIPTION"
    has_owner = True
    has_label = True
    hidden = frozenset({"connection"})
    masked = hidden

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload, reference = fact.payload, self.reference(fact)
        if payload["connection"] is None:
            raise Unplannable(
                f"{self.words(fact)} cannot be made: its connection could not be read.",
                hint="Read the target as a superuser, or make the subscription by hand.",
            )
        options = ["connect = false", _slot(fact)]
        options += [
            _option(fact, each)
            for each in _OPTIONS
            if each not in _USUAL or payload[each] != _USUAL[each]
        ]
        sql = (
            f"CREATE {reference} CONNECTION {literal(_without_secrets(payload['connection']))} "
            f"PUBLICATION {_publications(fact)} WITH ({', '.join(options)})"
        )
        steps = [
            *([f"set its password (ALTER {reference} CONNECTION)"] if _is_secret(fact) else []),
            "make its slot on the publisher",
            "enable and refresh it",
        ]
        reason = f"{self.words(fact)} is missing. It rests until you {'; '.join(steps)}."
        return (Statement(sql, reason),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reference, reason = self.reference(fact), f"{self.words(fact)} is not in the target."
        slot = fact.payload["slot_name"]
        if slot is None:
            return (Statement(f"DROP {reference}", reason),)
        kept = f"{reason} Slot {slot} stays on the publisher and keeps its WAL: drop it there."
        return (
            Statement(f"ALTER {reference} DISABLE", reason),
            Statement(f"ALTER {reference} SET (slot_name = NONE)", kept),
            Statement(f"DROP {reference}", reason),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact, reference = change.fact, self.reference(change.fact)
        _refuse(change, differing, reference)
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        statements: list[Statement] = []
        if "connection" in differing:
            connection = literal(fact.payload["connection"])
            statements.append(Statement(f"ALTER {reference} CONNECTION {connection}", reason))
        if "publications" in differing:
            action = f"SET PUBLICATION {_publications(fact)} WITH (refresh = false)"
            later = f"{reason} Refresh it afterwards: ALTER {reference} REFRESH PUBLICATION."
            statements.append(Statement(f"ALTER {reference} {action}", later))
        options = [_option(fact, each) for each in _OPTIONS if each in differing]
        if "slot_name" in differing:
            if fact.payload["slot_name"] is None:
                statements.append(Statement(f"ALTER {reference} DISABLE", reason))
            options.append(_slot(fact))
        if options:
            statements.append(Statement(f"ALTER {reference} SET ({', '.join(options)})", reason))
        return tuple(statements)


def _refuse(change: Change, differing: frozenset[str], reference: str) -> None:
    """Refuses what only its owner can do.

    Raises:
        Unplannable: the new connection holds a password, or the publisher has to do its part.
    """
    if "connection" in differing and _is_secret(change.fact):
        raise Unplannable(
            f"{change.identity} has another connection in the target, with a password.",
            hint=f"Set it by hand: ALTER {reference} CONNECTION '...'",
        )
    shared = [each for each in _ON_PUBLISHER if each in differing]
    if shared:
        options = ", ".join(_option(change.fact, each) for each in shared)
        raise Unplannable(
            f"{change.identity} differs in {', '.join(shared)}, which its publisher must know too.",
            hint=f"Disable it, run ALTER {reference} SET ({options}) by hand, and enable it again. "
            "Before PostgreSQL 18, two_phase can only be given to a new subscription.",
        )


def _slot(fact: Fact) -> str:
    slot = fact.payload["slot_name"]
    return f"slot_name = {'NONE' if slot is None else literal(slot)}"


def _option(fact: Fact, name: str) -> str:
    value = fact.payload[name]
    return f"{name} = {str(value).lower() if isinstance(value, bool) else literal(value)}"


def _publications(fact: Fact) -> str:
    return ", ".join(map(identifier, fact.payload["publications"]))


def _is_secret(fact: Fact) -> bool:
    return MASK in fact.payload["connection"]


def _without_secrets(connection: str) -> str:
    """The connection without what stands under a mark."""
    if re.match(r"\s*postgres(ql)?://", connection):
        anonymous = connection.replace(":***@", "@")
        return re.sub(r"\w+=\*\*\*&|[?&]\w+=\*\*\*(?=&|$)", "", anonymous)
    return re.sub(r"\w+\s*=\s*\*\*\*\s*", "", connection).strip()


KIND = Subscription()
