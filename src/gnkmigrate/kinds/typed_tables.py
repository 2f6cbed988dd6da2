"""Tables of a composite type (manual: ALTER TABLE, OF): some commands refuse them as such."""

from collections.abc import Iterable, Iterator, Sequence

from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import names_in, qualified


def apart_from_type(
    table: Sequence[str], now: Sequence[str], statements: Iterable[Statement], context: Context
) -> Iterator[Statement]:
    """Statements that a typed table refuses: for them its type is taken from it, and given back.

    RENAME CONSTRAINT is one (tablecmds.c, renameatt_check).

    Args:
        table: as the source calls it.
        now: what it is called by now.
        statements: what it refuses.
        context: both sides.
    """
    found, refused = context.source.get("table", *table), tuple(statements)
    type_ = found.payload.get("of_type") if found is not None else None
    if type_ is None or not refused:
        yield from refused
        return
    kept = context.names.of(Identity("composite type", tuple(names_in(type_))))
    yield _alter(now, "NOT OF")
    yield from refused
    yield _alter(now, f"OF {qualified(*kept.path)}")


def _alter(table: Sequence[str], action: str) -> Statement:
    relation = qualified(*table)
    reason = f"PostgreSQL renames no constraint of {relation} while it is of a type."
    sql = f"ALTER TABLE {relation} {action}"
    return Statement(sql, reason, lock=locks.ALTER_TABLE, relation=relation)
