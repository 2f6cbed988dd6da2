"""Foreign-data wrappers (manual: CREATE and ALTER FOREIGN DATA WRAPPER). Superusers make them."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_options import changed, clause, left_out
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class ForeignDataWrapper(Kind):
    name = "foreign data wrapper"
    catalog = "pg_foreign_data_wrapper"
    found_in = "pg_foreign_data_wrapper WHERE oid >= 16384"
    attributes = {"handler": How.ALTERED, "validator": How.ALTERED, "options": How.ALTERED}
    rank = 14
    word = "FOREIGN DATA WRAPPER"
    has_owner = True
    grant_word = "FOREIGN DATA WRAPPER"
    masked = frozenset({"options"})

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        options = fact.payload["options"]
        functions = [_function(fact, each) for each in _FUNCTIONS if fact.payload[each]]
        sql = f"CREATE {' '.join([self.reference(fact), *functions])}{clause(options)}"
        aside = left_out((), options, self.reference(fact))
        return (Statement(sql, f"{self.words(fact)} is missing.{aside}"),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact, reference = change.fact, self.reference(change.fact)
        actions = [_function(fact, each) for each in _FUNCTIONS if each in differing]
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        if "options" in differing:
            actions.append(changed(change, reference))
            old = change.before.payload["options"] if change.before else ()
            reason += left_out(old, fact.payload["options"], reference)
        return (Statement(f"ALTER {reference} {' '.join(actions)}", reason),)


_FUNCTIONS = ("handler", "validator")


def _function(fact: Fact, role: str) -> str:
    function = fact.payload[role]
    return f"{role.upper()} {function}" if function else f"NO {role.upper()}"


KIND = ForeignDataWrapper()
