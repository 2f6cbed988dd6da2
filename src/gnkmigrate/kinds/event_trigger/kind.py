"""Event triggers (manual: CREATE EVENT TRIGGER, ALTER EVENT TRIGGER, chapter 40)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import firing
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import literal

_FIRING = frozenset({firing.ORIGIN, "always"})  # while a plan runs


class EventTrigger(Kind):
    name = "event trigger"
    catalog = "pg_event_trigger"
    found_in = "pg_event_trigger WHERE oid >= 16384"
    attributes = {
        "event": How.MADE_AGAIN,
        "tags": How.MADE_AGAIN,
        "function": How.MADE_AGAIN,
        "enabled": How.ALTERED,
    }
    unordered = frozenset({"tags"})
    rank = 88
    word = "EVENT TRIGGER"
    has_owner = True
    has_label = True
    encloses = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload = fact.payload
        tags = ", ".join(literal(tag) for tag in payload["tags"])
        sql = f"CREATE {self.reference(fact)} ON {payload['event']}"
        sql += f" WHEN TAG IN ({tags})" if tags else ""
        sql += f" EXECUTE FUNCTION {payload['function']}()"
        created = Statement(sql, f"{self.words(fact)} is missing.")
        return (created, *self._enable(fact, firing.ORIGIN))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        before, after = change.before or change.fact, context.target.facts.get(change.identity)
        wanted = change.fact.payload["enabled"]
        if after is None or after.payload["enabled"] == wanted:
            return self._enable(change.fact, before.payload["enabled"])
        reason = f"{self.words(change.fact)} is silent while what its function names changes."
        sql = f"ALTER {self.reference(change.fact)} {firing.COMMANDS[wanted]}"
        return (Statement(sql, reason),)

    def silent(self, fact: Fact) -> Fact | None:
        payload = fact.payload
        fires = payload["enabled"] in _FIRING and payload["event"] != "login"
        return fact.has({"enabled": "disabled"}) if fires else None

    def begins(self, change: Change) -> bool:
        before = change.before or change.fact
        return (
            before.payload["enabled"] not in _FIRING and change.fact.payload["enabled"] in _FIRING
        )

    def _enable(self, fact: Fact, state: str) -> Statements:
        wanted = fact.payload["enabled"]
        if wanted == state:
            return ()
        sql = f"ALTER {self.reference(fact)} {firing.COMMANDS[wanted]}"
        return (Statement(sql, firing.in_target(self.words(fact), wanted)),)


KIND = EventTrigger()
