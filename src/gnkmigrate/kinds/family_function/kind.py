"""Support functions that are loose in an operator family (manual: ALTER OPERATOR FAMILY)."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.family_member import FamilyMember


class FamilyFunction(FamilyMember):
    name = "family function"
    catalog = "pg_amproc"
    found_in = "pg_amproc WHERE oid >= 16384"
    attributes = {"function": How.MADE_AGAIN}
    member = "FUNCTION"

    def clause(self, fact: Fact) -> str:
        return f"FUNCTION {fact.identity.name} {fact.payload['function']}"


KIND = FamilyFunction()
