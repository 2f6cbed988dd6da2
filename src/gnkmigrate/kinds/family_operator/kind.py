"""Operators that are loose in an operator family (manual: ALTER OPERATOR FAMILY)."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.family_member import FamilyMember, family_of, use_name


class FamilyOperator(FamilyMember):
    name = "family operator"
    catalog = "pg_amop"
    found_in = "pg_amop WHERE oid >= 16384"
    attributes = {"operator": How.MADE_AGAIN, "ordering": How.MADE_AGAIN}
    member = "OPERATOR"

    def clause(self, fact: Fact) -> str:
        number, _, types = fact.identity.name.partition(" ")
        clause = f"OPERATOR {number} {fact.payload['operator']} {types}"
        ordering = fact.payload["ordering"]
        return f"{clause} FOR ORDER BY {ordering}" if ordering else clause

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        operator, orders = fact.payload["operator"], fact.payload["ordering"] is not None
        types = fact.identity.name.partition(" ")[2]
        use = use_name(family_of(fact), operator, types, orders=orders)
        return super().names(fact) | {use}


KIND = FamilyOperator()
