"""SQL by which the new table follows the old one, and after the exchange the old one the new."""

from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.operations.partitions.spec import Partitioning
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.sync.follow_triggers import follower, trigger

_EVENTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


def write(spec: Partitioning, which: str, target: str, names: Sequence[str] = ()) -> str:
    """SQL of the function that writes to a quoted table what is written to the other.

    Args:
        spec: which table gets partitions.
        which: the function.
        target: the quoted table.
        names: its columns, where the other may get more; none: both have the same.
    """
    columns = f" ({', '.join(map(column, names))})" if names else ""
    old, new = (
        ", ".join(f"{row}.{column(name)}" for name in names) or f"({row}).*"
        for row in ("OLD", "NEW")
    )
    same = " AND ".join(f"{column(name)} = OLD.{column(name)}" for name in spec.key)
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {target};
    EXIT follow;
END IF;
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- A DELETE does not see what has come since the client's snapshot. This meets it and fails,
        -- so that the client repeats its transaction.
        INSERT INTO {target}{columns} SELECT {old} ON CONFLICT DO NOTHING;
    END IF;
    DELETE FROM {target} WHERE {same};
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    INSERT INTO {target}{columns} SELECT {new};
END IF;
"""
    return follower(spec.function(which), body)


def follows(spec: Partitioning, which: str, source: str) -> str:
    """SQL of the triggers on a quoted table."""
    return "".join(
        trigger(
            f"gnkmigrate_{which}_{event.lower()}",
            f"AFTER {event}",
            source,
            spec.function(which),
            "STATEMENT" if event == "TRUNCATE" else "ROW",
        )
        for event in _EVENTS
    )


def no_longer(spec: Partitioning, which: str, table: str) -> str:
    """SQL that drops them."""
    dropped = [f"DROP TRIGGER gnkmigrate_{which}_{event.lower()} ON {table};" for event in _EVENTS]
    return "\n".join([*dropped, f"DROP FUNCTION {spec.function(which)}();"])


def _move(spec: Partitioning, schema: str) -> str:
    """SQL that takes the partitions after their table, to its schema and owner."""
    return f"""
DO $move$
DECLARE
    part regclass;
    is_other boolean;
    owner name;
BEGIN
    FOR part, is_other, owner IN
        SELECT inhrelid, part.relowner <> whole.relowner, pg_get_userbyid(whole.relowner)
        FROM pg_catalog.pg_inherits
        JOIN pg_catalog.pg_class AS whole ON whole.oid = inhparent
        JOIN pg_catalog.pg_class AS part ON part.oid = inhrelid
        WHERE inhparent = {literal(quoted(f"{schema}.{split(spec.table)[1]}"))}::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s SET SCHEMA %I', part, {literal(schema)});
        -- Who gets it needs CREATE on the schema that it is in, which nobody has on ours.
        IF is_other THEN EXECUTE format('ALTER TABLE %s OWNER TO %I', part, owner); END IF;
    END LOOP;
END $move$;
"""


def last(spec: Partitioning, names: Sequence[str]) -> str:
    """What is done in the transaction of the exchange; a later phase may add to these columns."""
    live = quoted(spec.table)
    return (
        _move(spec, split(spec.table)[0])
        + write(spec, "followed", live)
        + write(spec, "led", quoted(spec.archived), names)
        + follows(spec, "led", live)
    )


def after(spec: Partitioning) -> str:
    """What is done in the transaction of the way back."""
    staged = quoted(spec.staged)
    return (
        no_longer(spec, "led", staged)
        + _move(spec, own_objects.STAGING)
        + write(spec, "followed", staged)
    )
