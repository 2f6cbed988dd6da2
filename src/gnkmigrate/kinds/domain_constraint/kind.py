"""Checks of domains (manual: CREATE DOMAIN, ALTER DOMAIN).

NOT NULL is the domain's own (kinds/domain). A check of a domain in use first holds for new values,
and is validated afterwards, so that not both are lost when a row does not pass.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import is_contained, tables_of
from gnkmigrate.kinds.wording import last_names
from gnkmigrate.postgres.quoting import identifier, qualified


class DomainConstraint(Kind):
    name = "domain constraint"
    catalog = "pg_constraint"
    found_in = "pg_type WHERE typtype = 'd' AND oid >= 16384"
    parent_catalog = "pg_type"
    attributes = {"check": How.MADE_AGAIN, "validated": How.ALTERED}
    rank = 69
    calls_functions = True
    word = "CONSTRAINT"

    def reference(self, fact: Fact) -> str:
        return f"CONSTRAINT {identifier(fact.identity.name)} ON DOMAIN {_domain(fact)}"

    def is_inline(self, fact: Fact) -> bool:
        return bool(fact.payload["validated"])

    def words(self, fact: Fact) -> str:
        return f"Constraint {identifier(fact.identity.name)} of domain {_domain(fact)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        name, check = identifier(fact.identity.name), reprintable(fact.payload["check"])
        added = Statement(
            f"ALTER DOMAIN {_domain(fact)} ADD CONSTRAINT {name} CHECK ({check})",
            f"{self.words(fact)} is missing.",
        )
        deferred = replace(added, sql=f"{added.sql} NOT VALID")
        if not fact.payload["validated"]:
            return (deferred,)
        tables = _tables(fact, context)
        if not tables:
            return (added,)
        if not context.online:
            return (replace(added, lock=locks.SHARE, relation=tables, scans=True),)
        return (
            replace(deferred, reason=f"{added.reason} First for new values."),
            _validated(fact, "Values that are there are checked afterwards.", tables),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        sql = f"ALTER DOMAIN {_domain(fact)} DROP CONSTRAINT {identifier(fact.identity.name)}"
        return (Statement(sql, f"{self.words(fact)} is not in the target."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        fact = change.fact
        if not fact.payload["validated"]:
            return None  # what PostgreSQL has validated stays so
        reason = f"{self.words(fact)} is not validated."
        return (_validated(fact, reason, _tables(fact, context)),)

    def remakes_parent(self, change: Change, context: Context) -> bool:
        """Whether values of the domain are inside of others, where PostgreSQL cannot check them."""
        domain = change.fact.parent and context.before_rename(change.fact.parent)
        parent = context.source.facts.get(domain) if domain else None
        return (
            parent is not None
            and change.after is not None
            and change.after.payload["validated"]
            and change.verb != "rename"
            and is_contained(parent, context.source)
        )

    def subject(self, fact: Fact) -> Any:
        return fact.payload["check"]

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = last_names(change)
        sql = f"ALTER DOMAIN {_domain(change.fact)} RENAME CONSTRAINT {old} TO {new}"
        return (Statement(sql, f"Constraint {old} is to be called {new}."),)


def _domain(fact: Fact) -> str:
    return qualified(*fact.identity.path[:-1])


def _tables(fact: Fact, context: Context) -> str:
    if fact.parent is None:
        return ""
    return tables_of(context.before_rename(fact.parent), context)


def _validated(fact: Fact, reason: str, tables: str) -> Statement:
    sql = f"ALTER DOMAIN {_domain(fact)} VALIDATE CONSTRAINT {identifier(fact.identity.name)}"
    if not tables:
        return Statement(sql, reason)
    return Statement(sql, reason, lock=locks.SHARE, relation=tables, scans=True)


KIND = DomainConstraint()
