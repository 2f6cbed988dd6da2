"""Views (manual: CREATE VIEW, ALTER VIEW).

CREATE OR REPLACE VIEW keeps all that hangs on a view, and adds columns at its end; others may get
new names. A view whose columns change otherwise is dropped and made again, together with what
depends on it.
"""

import re
from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.options import listed, set_and_reset
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

# A column as read.sql tells it.
_COLUMN = re.compile(r'(?P<name>"(?:[^"]|"")*"|[^ "]+) (?P<type>.*)', re.DOTALL)


class ViewKind(Kind):
    name = "view"
    catalog = "pg_class"
    found_in = "pg_rewrite WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "definition": How.ALTERED,
        "options": How.ALTERED,
        "columns": How.ALTERED,
    }
    own_names = frozenset({"columns"})
    rank = 76
    shows_others = True
    word = "VIEW"
    has_owner = True
    has_label = True
    grant_word = "TABLE"
    is_relation = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (Statement(_defined("CREATE VIEW", fact), f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (
            Statement(
                f"DROP {self.reference(fact)}",
                f"{self.words(fact)} is not in the target.",
                lock=locks.DROP,
                relation=qualified(*fact.identity.path),
            ),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        if change.before is None:
            return None
        old, fact, name = change.before.payload, change.fact, qualified(*change.identity.path)
        if differing == {"options"}:
            return tuple(
                _statement(fact, f"ALTER VIEW {name} {action}", f"The options of {name} differ.")
                for action in set_and_reset(old["options"], fact.payload["options"])
            )
        renamed = _renamed(old["columns"], fact.payload["columns"])
        if renamed is None:
            return None
        reason = f"View {name} is defined otherwise in the target."
        return (
            *(
                _statement(
                    fact,
                    f"ALTER VIEW {name} RENAME COLUMN {was} TO {becomes}",
                    f"Column {was} of view {name} is called {becomes} in the target.",
                )
                for was, becomes in renamed
            ),
            _statement(fact, _defined("CREATE OR REPLACE VIEW", fact), reason),
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        return (
            Statement(
                f"ALTER VIEW {old} RENAME TO {identifier(change.identity.name)}",
                f"View {old} is to be called {identifier(change.identity.name)}.",
                lock=locks.RENAME,
                relation=old,
            ),
        )

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})


def _renamed(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, str]] | None:
    """The columns that have another name in their place; None where more than that is different.

    A name that is there before and after is that of another column: what uses it would go astray.
    """
    was, becomes = ([_COLUMN.fullmatch(each) for each in columns] for columns in (old, new))
    pairs = [(one, other) for one, other in zip(was, becomes, strict=False) if one and other]
    names = [(one["name"], other["name"]) for one, other in pairs if one["name"] != other["name"]]
    unlike = any(one["type"] != other["type"] for one, other in pairs)
    here, there = ({each["name"] for each in found if each} for found in (was, becomes))
    if len(pairs) < len(old) or unlike or any(a in there or b in here for a, b in names):
        return None
    return names


def _defined(command: str, fact: Fact) -> str:
    options = listed(fact.payload["options"] or ())
    with_options = f" WITH ({options})" if options else ""
    definition = reprintable(fact.payload["definition"]).strip().removesuffix(";")
    return f"{command} {qualified(*fact.identity.path)}{with_options} AS\n{definition}"


def _statement(fact: Fact, sql: str, reason: str) -> Statement:
    relation = qualified(*fact.identity.path)
    return Statement(sql, reason, lock=locks.ACCESS_EXCLUSIVE, relation=relation)


KIND = ViewKind()
