"""Materialized views (manual: CREATE MATERIALIZED VIEW, ALTER MATERIALIZED VIEW).

There is no OR REPLACE: one that is defined otherwise is dropped and made again, with its indexes.
One that holds data is never emptied: pg_dump writes each of them WITH NO DATA, whatever it holds.
CREATE runs the query as whoever creates it, REFRESH as its owner: who owns it may be shown less.
So what is to belong to somebody else is filled once it does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column_settings import between
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.hidden_rows import as_others_see, is_invoker, with_policies
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.options import listed, of_relation, set_and_reset
from gnkmigrate.kinds.owner.kind import is_given_away, owner_of
from gnkmigrate.kinds.running import reached
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


class MaterializedViewKind(Kind):
    name = "materialized view"
    catalog = "pg_class"
    found_in = "pg_rewrite WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "definition": How.MADE_AGAIN,
        "columns": How.MADE_AGAIN,
        "column_settings": How.ALTERED,
        "options": How.ALTERED,
        "toast_options": How.ALTERED,
        "access_method": How.MADE_AGAIN,
        "tablespace": How.ALTERED,
        "populated": How.ALTERED,
    }
    rank = 78
    made_whole = True
    shows_others = True
    word = "MATERIALIZED VIEW"
    has_owner = True
    has_label = True
    grant_word = "TABLE"
    is_relation = True
    own_names = frozenset({"columns"})

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        payload = fact.payload
        text = f"CREATE {self.reference(fact)}"
        if payload["access_method"] not in {None, "heap"}:
            text += f" USING {identifier(payload['access_method'])}"
        options = of_relation(payload)
        if options:
            text += f" WITH ({listed(options)})"
        if payload["tablespace"]:
            text += f" TABLESPACE {identifier(payload['tablespace'])}"
        definition = reprintable(payload["definition"]).strip().removesuffix(";")
        text += f" AS\n{definition}"
        is_empty = payload["populated"] is None or not _is_filled(fact, context)
        if is_empty or is_given_away(fact, context):
            text += "\nWITH NO DATA"
        made = Statement(text, f"{self.words(fact)} is missing.")
        return (as_others_see(made, fact, context), *self._settings(fact, None))

    def once_owned(self, fact: Fact, context: Context) -> Statements:
        filled = _is_filled(fact, context) and self.first_form(fact, context) is fact
        return (self._refreshed(fact, context),) if filled and context.is_new(fact.identity) else ()

    def is_enough(self, attribute: str, old: object, new: object) -> bool:
        return attribute == "populated" and old is True and new is False

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        return (_statement(fact, f"DROP {self.reference(fact)}", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        old = (change.before or change.fact).payload
        return tuple(self._altered(change.fact, old, differing, context))

    def _altered(
        self, fact: Fact, old: Mapping[str, Any], differing: frozenset[str], context: Context
    ) -> Iterator[Statement]:
        name, reference = qualified(*fact.identity.path), self.reference(fact)
        for action in set_and_reset(of_relation(old), of_relation(fact.payload)):
            reason = f"The options of {name} differ."
            options = _statement(fact, f"ALTER {reference} {action}", reason)
            yield replace(options, lock=locks.of_setting(action))
        yield from self._settings(fact, old["column_settings"])
        if "tablespace" in differing:
            space = identifier(fact.payload["tablespace"] or "pg_default")
            reason = f"The target has {name} in tablespace {space}."
            yield _statement(fact, f"ALTER {reference} SET TABLESPACE {space}", reason)
        if "populated" in differing:
            yield self._refreshed(fact, context)

    def _refreshed(self, fact: Fact, context: Context) -> Statement:
        """It is filled by its owner, whom policies may bind however little they bind us."""
        reason = f"In the target {qualified(*fact.identity.path)} holds data."
        refresh = _statement(fact, f"REFRESH {self.reference(fact)}", reason)
        refresh = replace(refresh, rewrites=True)
        if is_given_away(fact, context):
            return with_policies(refresh)
        return as_others_see(refresh, fact, context)

    def _settings(self, fact: Fact, old: Mapping[str, Any] | None) -> Iterator[Statement]:
        """Statements for the settings of its columns, which were `old`."""
        before, after = old or {}, fact.payload["column_settings"] or {}
        for column in sorted({*before, *after}):
            name = f"{qualified(*fact.identity.path)}.{identifier(column)}"
            for action in between(before.get(column), after.get(column)):
                text = f"ALTER {self.reference(fact)} ALTER COLUMN {identifier(column)} {action}"
                setting = _statement(fact, text, f"Column {name} has other settings in the target.")
                yield replace(setting, lock=locks.of_setting(action))

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if not is_given_away(fact, context):
            for needed in fact.depends_on:
                yield "ROWS", needed

    def reads_as(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if not _is_filled(fact, context) or not is_given_away(fact, context):
            return
        waiting, seen = [*fact.depends_on], set[Identity]()
        while waiting:
            relation = _relation(waiting.pop(), context)
            if relation is None or relation.identity in seen:
                continue
            seen.add(relation.identity)
            yield owner_of(fact, context), relation.identity
            if relation.kind == "view" and is_invoker(relation):
                waiting += relation.depends_on

    def runs(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        yield fact.identity  # its own owner runs the query
        yield from reached(fact.depends_on, target)

    def halfway(self, change: Change, context: Context) -> Fact | None:
        """It is filled once it has its owner."""
        del context
        if change.before is None or "populated" not in change.differing:
            return None
        return change.fact.has({"populated": change.before.payload["populated"]})

    def first_form(self, fact: Fact, context: Context) -> Fact:
        """Nothing in it yet, where a policy that decides what it may read asks it in turn."""
        asked = fact.identity in reached(fact.depends_on, context.target)
        return fact.has({"populated": None}) if asked and _is_filled(fact, context) else fact

    def rename(self, change: Change, context: Context) -> Statements:
        (plain,) = super().rename(change, context)
        old = qualified(*(change.before or change.fact).identity.path)
        return (Statement(plain.sql, plain.reason, lock=locks.RENAME, relation=old),)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})


def _is_filled(fact: Fact, context: Context) -> bool:
    """Whether it holds data once it is made, as it does in the target, or did before."""
    before = context.source.facts.get(fact.identity)
    return bool(fact.payload["populated"] or (before and before.payload["populated"]))


def _relation(identity: Identity, context: Context) -> Fact | None:
    """What holds or shows rows, or has a column of that name; None for anything else."""
    fact = context.find(identity)
    if fact is not None and fact.kind == "column":
        fact = context.find(fact.parent)
    return fact if fact is not None and kind_of(fact.kind).is_relation else None


def _statement(fact: Fact, sql: str, reason: str) -> Statement:
    relation = qualified(*fact.identity.path)
    return Statement(sql, reason, lock=locks.ACCESS_EXCLUSIVE, relation=relation)


KIND = MaterializedViewKind()
