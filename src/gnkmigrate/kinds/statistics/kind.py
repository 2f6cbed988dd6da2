"""Extended statistics (manual: CREATE STATISTICS, ALTER STATISTICS, 14.2.2)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

_DEFAULT = -1  # the word DEFAULT is younger


class Statistics(Kind):
    name = "statistics"
    catalog = "pg_statistic_ext"
    found_in = "pg_statistic_ext WHERE oid >= 16384"
    parent_catalog = "pg_class"
    in_schema = True
    attributes = {
        "kinds": How.MADE_AGAIN,
        "columns": How.MADE_AGAIN,
        "expressions": How.MADE_AGAIN,
        "target": How.ALTERED,
    }
    unordered = frozenset({"columns"})  # PostgreSQL keeps them by their numbers
    rank = 74
    word = "STATISTICS"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload, table = fact.payload, _table(fact)
        kinds = f" ({', '.join(payload['kinds'])})" if payload["kinds"] else ""
        about = [*payload["columns"], *(f"({reprintable(e)})" for e in payload["expressions"])]
        created = Statement(
            f"CREATE {self.reference(fact)}{kinds} ON {', '.join(about)} FROM {table}",
            f"{self.words(fact)} is missing.",
            lock=locks.SHARE_UPDATE_EXCLUSIVE,
            relation=table,
        )
        return (created, *(self._aim(fact) if payload["target"] is not None else ()))

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return self.dropped(fact, locks.SHARE_UPDATE_EXCLUSIVE, _table(fact))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        return self._aim(change.fact)

    def rename(self, change: Change, context: Context) -> Statements:
        """Moves them to another schema first, where only that tells the two names apart."""
        placed = change.before or change.fact
        was = context.meanwhile.get(placed.identity, placed.identity)
        old, new = was.path[0], change.identity.path[0]
        # Their schema may have got another name itself, with them in it.
        if old == new or Identity("schema", (old,)) not in context.target:
            return super().rename(change, context)
        before = placed.replaced(identity=was)
        moved = Statement(
            f"ALTER {self.reference(before)} SET SCHEMA {identifier(new)}",
            f"{self.words(before)} is to be in schema {identifier(new)}.",
        )
        if before.identity.name == change.identity.name:
            return (moved,)
        return (moved, *super().rename(change, context))

    def _aim(self, fact: Fact) -> Statements:
        wanted = fact.payload["target"]
        number = _DEFAULT if wanted is None else wanted
        sql = f"ALTER {self.reference(fact)} SET STATISTICS {number}"
        return (Statement(sql, f"{self.words(fact)} differs in: target."),)


def _table(fact: Fact) -> str:
    return qualified(*fact.parent.path) if fact.parent else ""


KIND = Statistics()
