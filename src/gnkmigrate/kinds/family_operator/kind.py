"""Operators that are loose in an operator family (manual: ALTER OPERATOR FAMILY)."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.family_member import FamilyMember
from gnkmigrate.kinds.kind import How


class FamilyOperator(FamilyMember):
    name = "family operator"
    catalog = "pg_amop"
    attributes = {"operator": How.MADE_AGAIN, "ordering": How.MADE_AGAIN}
    member = "OPERATOR"

    def clause(self, fact: Fact) -> str:
        number, _, types = fact.identity.name.partition(" ")
        clause = f"OPERATOR {number} {fact.payload['operator']} {types}"
        ordering = fact.payload["ordering"]
        return f"{clause} FOR ORDER BY {ordering}" if ordering else clause


KIND = FamilyOperator()
