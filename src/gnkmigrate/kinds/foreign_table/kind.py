"""Foreign tables (manual: CREATE FOREIGN TABLE, ALTER FOREIGN TABLE).

Their rows are elsewhere: dropping one and making it again loses none. Columns, checks and the
place under a partitioned table are kinds of their own.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.foreign_options import changed, clause, left_out
from gnkmigrate.kinds.kind import Context, How
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.table.kind import TableKind, afterwards, lines, reparented
from gnkmigrate.postgres.quoting import identifier, qualified


class ForeignTable(TableKind):
    name = "foreign table"
    catalog = "pg_class"
    parent_catalog = "pg_namespace"
    attributes = {
        "server": How.MADE_AGAIN,
        "options": How.ALTERED,
        "inherits": How.ALTERED,
        "is_partition": How.COSMETIC,
    }
    rank = 62
    word = "FOREIGN TABLE"
    holds_data = False

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
            *afterwards(parts, context),
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
        del context
        fact, name = change.fact, qualified(*change.identity.path)
        statements: list[Statement] = []
        old = change.before.payload if change.before else {}
        if "inherits" in differing:
            parents = old.get("inherits") or (), fact.payload["inherits"] or ()
            if any(each not in parents[0] for each in parents[1]):
                return None  # a column would stay its own as well; there are no rows to keep
            statements += reparented(name, *parents)
        if "options" in differing:
            reference, options = self.reference(fact), fact.payload["options"]
            reason = f"{self.words(fact)} differs in: options."
            reason += left_out(old.get("options", ()), options, reference)
            sql = f"ALTER {reference} {changed(change, reference)}"
            statements.append(Statement(sql, reason, lock=locks.ALTER_TABLE, relation=name))
        return tuple(statements)


KIND = ForeignTable()
