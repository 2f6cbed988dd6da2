"""Settings of the database (manual: ALTER DATABASE ... SET)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.settings_of import SILENCE, known_value, resetting, setting
from gnkmigrate.kinds.statement import Statement, Statements

_COMMAND = "ALTER DATABASE"


class DatabaseSetting(Kind):
    name = "database setting"
    catalog = "pg_db_role_setting"
    found_in = "pg_db_role_setting"
    attributes = {"value": How.ALTERED}
    masked = frozenset({"value"})
    rank = 120
    silence = SILENCE
    has_comment = False

    def words(self, fact: Fact) -> str:
        return f"Database setting {fact.identity.name}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return self._set(fact, f"{self.words(fact)} is missing.")

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        return (Statement(resetting(_COMMAND, fact.identity.name), reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        return self._set(change.fact, f"{self.words(change.fact)} has another value.")

    def _set(self, fact: Fact, reason: str) -> Statements:
        name = fact.identity.name
        return (Statement(setting(_COMMAND, name, known_value(fact, name)), reason),)


KIND = DatabaseSetting()
