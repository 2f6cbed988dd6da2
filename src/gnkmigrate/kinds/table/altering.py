"""ALTER TABLE: what makes a table that is there as the target has it."""

from collections.abc import Iterator, Mapping
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.columns_between import is_apart
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import parents
from gnkmigrate.kinds.joining import (
    after_parting,
    before_joining,
    columns_changed,
    defaults_left,
    defaults_of_parents,
)
from gnkmigrate.kinds.leaving import require_leaving
from gnkmigrate.kinds.options import of_relation, set_and_reset
from gnkmigrate.kinds.row_valued_columns import refuse_rows_held
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def altered(
    change: Change, before: Fact, differing: frozenset[str], context: Context
) -> Iterator[Statement]:
    """ALTER TABLE for each attribute that differs."""
    old, new = before.payload, change.fact.payload
    name = qualified(*change.identity.path)
    if is_written(change):
        refuse_rows_held(before.identity.path, f"Table {name} is rewritten", context)
    if "inherits" in differing:
        yield from _reparented(change, context)
    elif is_apart(change.identity, context):
        yield from columns_changed(change.identity, context)
    if "of_type" in differing:
        action = f"OF {new['of_type']}" if new["of_type"] else "NOT OF"
        yield alter_table(name, action, f"Table {name} has another type in the target.")
    if "persistence" in differing:
        yield _persistence(name, new["persistence"])
    if "access_method" in differing:
        # A partitioned table that names none takes whatever is usual (ALTER TABLE, Notes).
        unsaid = "DEFAULT" if new["partitioned_by"] else "heap"
        method = identifier(new["access_method"]) if new["access_method"] else unsaid
        reason = f"The target stores {name} by {method}."
        yield alter_table(name, f"SET ACCESS METHOD {method}", reason, rewrites=True)
    if "tablespace" in differing:
        space = identifier(new["tablespace"] or "pg_default")
        reason = f"The target has {name} in tablespace {space}."
        yield alter_table(name, f"SET TABLESPACE {space}", reason, scans=True)
    yield from _options(name, old, new)
    yield from switches(change)


def is_written(change: Change) -> bool:
    """Whether the table's rows are written anew."""
    differing = {"persistence", "access_method"}.intersection(change.differing)
    return bool(differing) and not change.fact.payload["partitioned_by"]


def _reparented(change: Change, context: Context) -> Iterator[Statement]:
    """Out of the parents that go and into those that come."""
    name = qualified(*change.identity.path)
    old = [*parents((change.before or change.fact).identity.path, context.source)]
    now = {each: context.table_now(each) for each in old}
    wanted = [tuple(each) for each in change.fact.payload["inherits"] or ()]
    reason = f"The target has {name} under other parents."
    stay = [each for each in old if now[each] in wanted]
    first = next((n for n, each in enumerate(stay) if wanted[n] != now[each]), len(stay))
    # One that comes back is the last of them.
    require_leaving(change.identity, stay[first:], stay[:first], context)
    for parent in [*(each for each in old if each not in stay), *stay[first:]]:
        yield alter_table(name, f"NO INHERIT {qualified(*now[parent])}", reason)
    yield from defaults_left(change.identity, context)
    yield from after_parting(change.identity, context, stay[:first])
    yield from columns_changed(change.identity, context)
    yield from before_joining(change.identity, context, wanted[:first])
    for parent in wanted[first:]:
        yield alter_table(name, f"INHERIT {qualified(*parent)}", reason)
    yield from defaults_of_parents(change.identity, context)


def _persistence(name: str, persistence: str) -> Statement:
    action = f"SET {'LOGGED' if persistence == 'permanent' else 'UNLOGGED'}"
    return alter_table(name, action, f"Table {name} is {persistence} in the target.", rewrites=True)


def _options(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Statement]:
    for action in set_and_reset(of_relation(old), of_relation(new)):
        yield Statement(
            f"ALTER TABLE {name} {action}",
            f"The storage parameters of {name} differ.",
            lock=locks.SET_STORAGE_PARAMETERS,
            relation=name,
        )


def switches(change: Change) -> Iterator[Statement]:
    """Row security and replica identity. That by an index comes with the index."""
    name, after = qualified(*change.identity.path), change.fact.payload
    differing = change.differing
    if "row_security" in differing:
        word = "ENABLE" if after["row_security"] else "DISABLE"
        reason = f"Row security of {name} is {word.lower()}d in the target."
        yield alter_table(name, f"{word} ROW LEVEL SECURITY", reason)
    if "row_security_forced" in differing:
        word = "FORCE" if after["row_security_forced"] else "NO FORCE"
        holds = "binds" if after["row_security_forced"] else "does not bind"
        reason = f"In the target row security {holds} the owner of {name}."
        yield alter_table(name, f"{word} ROW LEVEL SECURITY", reason)
    if "replica_identity" in differing and after["replica_identity"] != "index":
        reason = f"The replica identity of {name} differs."
        yield alter_table(name, f"REPLICA IDENTITY {after['replica_identity'].upper()}", reason)


def alter_table(
    relation: str, action: str, reason: str, *, rewrites: bool = False, scans: bool = False
) -> Statement:
    return Statement(
        f"ALTER TABLE {relation} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=relation,
        rewrites=rewrites,
        scans=scans or rewrites,
    )
