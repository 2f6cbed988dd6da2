"""Foreign servers (manual: CREATE SERVER, ALTER SERVER).

There is no statement that gives a server another type or wrapper: it is made again, and its
foreign tables and user mappings with it.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_options import changed, clause, left_out
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal


class Server(Kind):
    name = "server"
    catalog = "pg_foreign_server"
    found_in = "pg_foreign_server WHERE oid >= 16384"
    attributes = {
        "wrapper": How.MADE_AGAIN,
        "type": How.MADE_AGAIN,
        "version": How.ALTERED,
        "options": How.ALTERED,
    }
    rank = 16
    word = "SERVER"
    has_owner = True
    grant_word = "FOREIGN SERVER"
    masked = frozenset({"options"})

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload, reference = fact.payload, self.reference(fact)
        words = [
            f"{each.upper()} {literal(payload[each])}"
            for each in ("type", "version")
            if payload[each] is not None
        ]
        wrapper = f"FOREIGN DATA WRAPPER {identifier(payload['wrapper'])}"
        sql = f"CREATE {' '.join([reference, *words, wrapper])}{clause(payload['options'])}"
        aside = left_out((), payload["options"], reference)
        return (Statement(sql, f"{self.words(fact)} is missing.{aside}"),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact, reference = change.fact, self.reference(change.fact)
        actions: list[str] = []
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        if "version" in differing:
            version = fact.payload["version"]
            actions.append(f"VERSION {'NULL' if version is None else literal(version)}")
        if "options" in differing:
            actions.append(changed(change, reference))
            old = change.before.payload["options"] if change.before else ()
            reason += left_out(old, fact.payload["options"], reference)
        return (Statement(f"ALTER {reference} {' '.join(actions)}", reason),)


KIND = Server()
