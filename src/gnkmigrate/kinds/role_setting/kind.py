"""Settings of roles in this database (manual: ALTER ROLE ... IN DATABASE ... SET)."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.settings_of import SILENCE, known_value, resetting, setting
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier


class RoleSetting(Kind):
    name = "role setting"
    catalog = "pg_db_role_setting"
    found_in = "pg_db_role_setting"
    attributes = {
        "role": How.MADE_AGAIN,
        "parameter": How.MADE_AGAIN,
        "value": How.ALTERED,
    }
    masked = frozenset({"value"})
    rank = 121
    silence = SILENCE
    has_comment = False

    def words(self, fact: Fact) -> str:
        role, parameter = identifier(fact.payload["role"]), fact.payload["parameter"]
        return f"Setting {parameter} of role {role} in this database"

    def roles(self, fact: Fact) -> Iterator[str]:
        yield fact.payload["role"]

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return self._set(fact, f"{self.words(fact)} is missing.")

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        return (Statement(resetting(_command(fact), fact.payload["parameter"]), reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        return self._set(change.fact, f"{self.words(change.fact)} has another value.")

    def _set(self, fact: Fact, reason: str) -> Statements:
        parameter = fact.payload["parameter"]
        sql = setting(_command(fact), parameter, known_value(fact, parameter))
        return (Statement(sql, reason),)


def _command(fact: Fact) -> str:
    return f"ALTER ROLE {identifier(fact.payload['role'])} IN DATABASE"


KIND = RoleSetting()
