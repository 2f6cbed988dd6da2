"""The text of a procedure that deletes rows in batches, and rather fails than empties a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.run.names import column, literal, quoted

# What commits may have no settings of its own, and they end with each transaction: so that nothing
# is found but what is PostgreSQL's, it sets the path again.
_ALONE = "SET LOCAL search_path = pg_catalog, pg_temp;"

_HEAD = f"""(batch integer DEFAULT 1000, may_empty boolean DEFAULT false)
LANGUAGE plpgsql AS $purge$
DECLARE
    began pg_catalog.timestamptz;
    leaf pg_catalog.regclass;
    gone pg_catalog.int8;
    total pg_catalog.int8;
    leaves pg_catalog.bool;
BEGIN
    {_ALONE}
    began := now();
"""

# Asked of every table before a row of any goes.
_ASK = """
    IF NOT may_empty THEN
        SELECT count(*) FILTER (WHERE {doomed}) > 0 AND count(*) FILTER (WHERE NOT {doomed}) = 0
        INTO leaves FROM {table} AS old;
        IF leaves THEN
            RAISE EXCEPTION USING MESSAGE = {refused},
                HINT = 'Nothing was deleted. Where this is what you want, say may_empty => true.';
        END IF;
    END IF;
"""

# Whole partitions are detached: their rows stay, in tables of their own.
_DETACH = """
    FOR leaf IN
        SELECT pg_class.oid FROM pg_catalog.pg_inherits
        JOIN pg_catalog.pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = {table_name}::regclass AND relispartition
          AND substring(pg_get_expr(relpartbound, pg_class.oid)
                        from 'TO \\(''([^'',]+)''\\)$')::timestamptz <= {cutoff}
          AND (SELECT partattrs::text FROM pg_catalog.pg_partitioned_table
               WHERE partrelid = inhparent)
            = (SELECT attnum::text FROM pg_catalog.pg_attribute
               WHERE attrelid = inhparent AND attname = {stamp})
    LOOP
        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', {table_name}::regclass, leaf);
        RAISE NOTICE '%: partition % is detached', {table_name}, leaf;
        COMMIT;
        {alone}
    END LOOP;
"""

_DELETE = """
    total := 0;
    FOR leaf IN
        SELECT relid FROM pg_partition_tree({table_name}::regclass) WHERE isleaf
        UNION  -- a table without partitions is in no tree
        SELECT {table_name}::regclass FROM pg_catalog.pg_class
        WHERE pg_class.oid = {table_name}::regclass AND relkind = 'r'
    LOOP
        LOOP
            EXECUTE format({delete}, leaf) USING began, batch;
            GET DIAGNOSTICS gone = ROW_COUNT;
            EXIT WHEN gone = 0;
            total := total + gone;
            COMMIT;
            {alone}
        END LOOP;
    END LOOP;
    RAISE NOTICE '%: % rows deleted', {table_name}, total;
"""


@dataclass(frozen=True)
class Purge:
    """Rows of one table that go.

    Attributes:
        table: "schema.table".
        doomed: SQL condition on a row, called old, in which $1 is the moment at which it began.
        cutoff: SQL of the moment before which partitions are detached, with $1 as well; "" for a
            table of which only rows go.
        stamp: the column that tells how old a row is.
    """

    table: str
    doomed: str
    cutoff: str = ""
    stamp: str = ""

    @property
    def asked(self) -> str:
        """Stops where nothing would be left; NULL is not doomed."""
        refused = literal(f"All rows of {self.table} would be deleted.")
        return _ASK.format(table=quoted(self.table), doomed=self._doomed, refused=refused)

    @property
    def _doomed(self) -> str:
        return f"coalesce({self.doomed}, false)".replace("$1", "began")

    @property
    def deleted(self) -> str:
        """Detaches and deletes."""
        doomed = self.doomed.replace("%", "%%")
        delete = (
            f"DELETE FROM %1$s AS old WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s AS old"
            f" WHERE {doomed} LIMIT $2 FOR UPDATE SKIP LOCKED)) AND {doomed}"
        )
        name = literal(quoted(self.table))
        detach = (
            _DETACH.format(
                table_name=name,
                cutoff=self.cutoff.replace("$1", "began"),
                stamp=literal(self.stamp),
                alone=_ALONE,
            )
            if self.cutoff
            else ""
        )
        return detach + _DELETE.format(table_name=name, delete=literal(delete), alone=_ALONE)


def purging(purges: Sequence[Purge]) -> str:
    """What follows CREATE PROCEDURE name."""
    asked = "".join(purge.asked for purge in purges)
    return f"{_HEAD}{asked}{''.join(purge.deleted for purge in purges)}END $purge$"


def older(stamp: str, moment: str) -> str:
    """SQL: whether a row is older than a moment."""
    return f"old.{column(stamp)} < {moment}"
