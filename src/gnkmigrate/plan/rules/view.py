"""Views and materialized views (manual: CREATE VIEW, CREATE MATERIALIZED VIEW).

CREATE OR REPLACE VIEW only adds columns at the end, and the facts do not list a view's columns;
so a view that differs is dropped and made again, together with what depends on it.
"""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.expressions import reprintable
from gnkmigrate.plan.options import listed, set_and_reset
from gnkmigrate.plan.quoting import identifier, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.statement import Statement, Statements


class ViewRule(Rule):
    kind = "view"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        options = listed(fact.payload["options"])
        with_options = f" WITH ({options})" if options else ""
        definition = reprintable(fact.payload["definition"]).strip().removesuffix(";")
        return (
            Statement(
                f"CREATE {_word(fact)} {_name(fact)}{with_options} AS\n{definition}",
                f"{_word(fact).capitalize()} {_name(fact)} is missing.",
            ),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (
            Statement(
                f"DROP {_word(fact)} {_name(fact)}",
                f"{_word(fact).capitalize()} {_name(fact)} is not in the target.",
                lock=locks.DROP,
                relation=_name(fact),
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements | None:
        del context
        if change.differing != ("options",) or change.before is None:
            return None
        name = _name(change.fact)
        old, new = change.before.payload["options"], change.fact.payload["options"]
        return tuple(
            Statement(
                f"ALTER {_word(change.fact)} {name} {action}",
                f"The options of {name} differ.",
                lock=locks.ACCESS_EXCLUSIVE,
                relation=name,
            )
            for action in set_and_reset(old, new)
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        return (
            Statement(
                f"ALTER {_word(change.fact)} {old} RENAME TO {new}",
                f"{_word(change.fact).capitalize()} {old} is to be called {new}.",
                lock=locks.RENAME,
                relation=old,
            ),
        )

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})


def _word(fact: Fact) -> str:
    return "MATERIALIZED VIEW" if fact.payload["materialized"] else "VIEW"


def _name(fact: Fact) -> str:
    return qualified(*fact.identity.path)


RULE = ViewRule()
