"""Foreign tables (manual: CREATE FOREIGN TABLE, ALTER FOREIGN TABLE).

Their rows are elsewhere: dropping one and making it again loses none. Columns, checks and the
place under a partitioned table are kinds of their own.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.columns_between import is_apart
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_options import changed, clause, left_out
from gnkmigrate.kinds.joining import columns_changed
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.table.definition import afterwards, lines
from gnkmigrate.kinds.table.kind import TableKind
from gnkmigrate.postgres.quoting import identifier, qualified


class ForeignTable(TableKind):
    name = "foreign table"
    catalog = "pg_class"
    found_in = "pg_foreign_server WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "server": How.MADE_AGAIN,
        "options": How.ALTERED,
        "inherits": How.MADE_AGAIN,  # else columns would stay its own that are its parent's
        "is_partition": How.COSMETIC,
    }
    rank = 62
    shows_others = True
    word = "FOREIGN TABLE"
    holds_data = False
    masked = frozenset({"options"})

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        payload, reference = fact.payload, self.reference(fact)
        body = ",\n    ".join(lines(fact, parts, context))
        sql = f"CREATE {reference} (\n    {body}\n)" if body else f"CREATE {reference} ()"
        if payload["inherits"]:
            sql += f" INHERITS ({', '.join(qualified(*above) for above in payload['inherits'])})"
        sql += f" SERVER {identifier(payload['server'])}{clause(payload['options'])}"
        aside = left_out((), payload["options"], reference)
        return (
            Statement(sql, f"{self.words(fact)} is missing.{aside}"),
            *afterwards(fact, parts, context),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        relation = qualified(*fact.identity.path)
        return (
            Statement(f"DROP {self.reference(fact)}", reason, lock=locks.DROP, relation=relation),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        table = change.identity
        between = tuple(columns_changed(table, context)) if is_apart(table, context) else ()
        if not differing:
            return between
        fact, reference = change.fact, self.reference(change.fact)
        old = change.before.payload["options"] if change.before else ()
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        reason += left_out(old, fact.payload["options"], reference)
        sql = f"ALTER {reference} {changed(change, reference)}"
        relation = qualified(*fact.identity.path)
        return (*between, Statement(sql, reason, lock=locks.ALTER_TABLE, relation=relation))


KIND = ForeignTable()
