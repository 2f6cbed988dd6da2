"""Indexes of columns that are being replaced, built again on the columns that replace them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.work import Work

# indoption: bit 0 is DESC, bit 1 is NULLS FIRST (PostgreSQL source, catalog/pg_index.h).
_INDEXES = """
SELECT index_class.relname::text AS name, pg_am.amname::text AS method, indisunique AS unique,
       indisprimary AS primary, conname::text AS constraint,
       -- The column is there from PostgreSQL 15 on.
       coalesce((to_jsonb(pg_index) ->> 'indnullsnotdistinct')::boolean, false)
           AS nulls_not_distinct,
       array_to_string(index_class.reloptions, ', ') AS parameters,
       (SELECT spcname::text FROM pg_tablespace WHERE pg_tablespace.oid = reltablespace)
           AS tablespace,
       ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key (number, place)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
             WHERE place <= indnkeyatts ORDER BY place) AS columns,
       ARRAY(SELECT option::integer FROM unnest(indoption) WITH ORDINALITY AS o (option, place)
             ORDER BY place) AS options,
       ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key (number, place)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
             WHERE place > indnkeyatts ORDER BY place) AS included,
       pg_get_expr(indpred, indrelid) AS predicate,
       obj_description(indexrelid, 'pg_class') AS comment,
       obj_description(pg_constraint.oid, 'pg_constraint') AS constraint_comment
FROM pg_index
JOIN pg_class AS index_class ON index_class.oid = indexrelid
JOIN pg_am ON pg_am.oid = index_class.relam
LEFT JOIN pg_constraint
  ON conindid = indexrelid AND conrelid = indrelid AND contype IN ('p', 'u')
WHERE indrelid = {table}::regclass AND indisvalid AND indexprs IS NULL
  AND EXISTS (SELECT FROM pg_attribute
              WHERE attrelid = indrelid AND attname IN ({sources}) AND attnum = ANY (indkey))
ORDER BY index_class.relname
"""


@dataclass(frozen=True)
class IndexCopy:
    """An index, and how to build it on other columns.

    Attributes:
        primary: whether it serves the primary key.
        constraint: the UNIQUE constraint or the primary key; None for a plain index.
        nulls_not_distinct: whether two NULLs are two of one value.
        parameters: storage parameters, such as "fillfactor=70"; None for none.
        tablespace: None for the database's own.
        options: DESC and NULLS FIRST of each key column, as in pg_index.indoption.
    """

    name: str
    method: str
    unique: bool
    primary: bool
    constraint: str | None
    nulls_not_distinct: bool
    parameters: str | None
    tablespace: str | None
    columns: Sequence[str]
    options: Sequence[int]
    included: Sequence[str]
    predicate: str | None
    comment: str | None
    constraint_comment: str | None

    @property
    def staged(self) -> str:
        """What the copy is called until the exchange."""
        return own_name("gnkmigrate_", self.name)

    @property
    def kept(self) -> str:
        """What the original is called from then on, as long as its column is kept."""
        return own_name("gnkmigrate_kept_", self.name)

    def renamed(self, table: str, name: str) -> str:
        """The statement that gives the index another name; a constraint's goes with it."""
        if self.constraint is not None:
            rename = f"RENAME CONSTRAINT {column(self.constraint)} TO {column(name)}"
            return f"ALTER TABLE {quoted(table)} {rename}"
        index = quoted(f"{split(table)[0]}.{self.name}")
        return f"ALTER INDEX {index} RENAME TO {column(name)}"

    def create(
        self, table: str, names: Mapping[str, str], *, concurrently: bool, name: str = ""
    ) -> str:
        """The statement that builds the copy.

        Args:
            table: "schema.table".
            names: the replacing column of each column that is replaced.
            concurrently: without blocking writers.
            name: what it is called; "" for what a copy is called until the exchange.
        """
        keys = ", ".join(
            _key(names.get(each, each), option)
            for each, option in zip(self.columns, self.options, strict=False)
        )
        parts = [
            "CREATE UNIQUE INDEX" if self.unique else "CREATE INDEX",
            "CONCURRENTLY" if concurrently else "",
            f"{column(name or self.staged)} ON {quoted(table)} USING {self.method} ({keys})",
        ]
        if self.included:
            listed = ", ".join(column(names.get(each, each)) for each in self.included)
            parts.append(f"INCLUDE ({listed})")
        if self.nulls_not_distinct:
            parts.append("NULLS NOT DISTINCT")
        if self.parameters:
            parts.append(f"WITH ({self.parameters})")
        if self.tablespace:
            parts.append(f"TABLESPACE {column(self.tablespace)}")
        if self.predicate:
            parts.append(f"WHERE {self.predicate}")
        return " ".join(part for part in parts if part)

    def adopt(self, table: str) -> Sequence[str]:
        """The statements that give the copy the original's name, once that is free."""
        schema = split(table)[0]
        staged = quoted(f"{schema}.{self.staged}")
        statements = [f"ALTER INDEX {staged} RENAME TO {column(self.name)}"]
        if self.constraint is not None:
            kind = "PRIMARY KEY" if self.primary else "UNIQUE"
            statements.append(
                f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {column(self.constraint)}"
                f" {kind} USING INDEX {column(self.name)}"
            )
        if self.constraint is not None and self.constraint_comment is not None:
            on = f"CONSTRAINT {column(self.constraint)} ON {quoted(table)}"
            statements.append(f"COMMENT ON {on} IS {literal(self.constraint_comment)}")
        if self.comment is not None:
            index = quoted(f"{schema}.{self.name}")
            statements.append(f"COMMENT ON INDEX {index} IS {literal(self.comment)}")
        return statements


def _key(name: str, option: int) -> str:
    descending, nulls_first = bool(option & 1), bool(option & 2)
    order = " DESC" if descending else ""
    # NULLS FIRST is DESC's default and NULLS LAST is ASC's (manual, CREATE INDEX).
    nulls = "" if nulls_first == descending else f" NULLS {'FIRST' if nulls_first else 'LAST'}"
    return f"{column(name)}{order}{nulls}"


def indexes_of(work: Work, table: str, sources: Sequence[str]) -> tuple[IndexCopy, ...]:
    """The indexes of a table in which one of these columns is a key or included."""
    listed = ", ".join(literal(name) for name in sources)
    query = _INDEXES.format(table=literal(quoted(table)), sources=listed)
    with work.connection.cursor(row_factory=class_row(IndexCopy)) as cursor:
        found = cursor.execute(query.encode()).fetchall()
    # One more was built on the old columns, which stays when the primary key leaves them.
    ours = {index.kept for index in found if index.primary}
    return tuple(index for index in found if index.name not in ours)


def unsupported(
    work: Work, table: str, sources: Sequence[str], *, keys_carried: bool = False
) -> list[str]:
    """What hangs on these columns and is not carried over to others, in words.

    Primary and foreign keys, CHECKs, exclusion and deferrable constraints, indexes with
    expressions, predicates or operator classes of their own, or that are a replica identity,
    generated columns and extended statistics. An index that calls functions of gnkmigrate is the
    phases' own to build again.

    Args:
        work: the session.
        table: "schema.table".
        sources: the columns.
        keys_carried: leave primary and foreign keys out, which the caller carries over.
    """
    refused = "('c', 'x')" if keys_carried else "('p', 'f', 'c', 'x')"
    listed = ", ".join(literal(name) for name in sources)
    # Before PostgreSQL 15 a generated column depends on others itself, not its expression.
    rows: list[tuple[Any, ...]] = work.execute(f"""
        SELECT DISTINCT coalesce(pg_describe_object('pg_attrdef'::regclass, expression.oid, 0),
                                 pg_describe_object(classid, objid, objsubid))
        FROM pg_depend
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        LEFT JOIN pg_index ON classid = 'pg_class'::regclass AND indexrelid = objid
        LEFT JOIN pg_constraint ON classid = 'pg_constraint'::regclass AND pg_constraint.oid = objid
        LEFT JOIN pg_attrdef AS expression
          ON classid = 'pg_class'::regclass AND adrelid = objid AND adnum = objsubid
        WHERE refclassid = 'pg_class'::regclass
          AND refobjid = {literal(quoted(table))}::regclass AND attname IN ({listed})
          AND (contype IN {refused}
               -- Its index would be asked at once while the copy is built.
               OR (contype IN ('p', 'u') AND condeferrable)
               OR EXISTS (SELECT FROM pg_index AS serving
                          WHERE serving.indexrelid = conindid AND serving.indisreplident)
               OR classid = 'pg_statistic_ext'::regclass
               OR expression.oid IS NOT NULL
               OR (classid = 'pg_attrdef'::regclass AND attgenerated = '' AND EXISTS (
                     SELECT FROM pg_attrdef JOIN pg_attribute AS made
                       ON made.attrelid = adrelid AND made.attnum = adnum
                     WHERE pg_attrdef.oid = objid AND made.attgenerated <> ''))
               OR (indexrelid IS NOT NULL
                   AND (indexprs IS NOT NULL OR attnum <> ALL (indkey) OR indisreplident
                        -- An expression is kept as a tree, in which a column is a number.
                        OR strpos(indpred::text, format(':varattno %s ', attnum)) > 0
                        OR EXISTS (SELECT FROM unnest(indclass) AS class
                                   JOIN pg_opclass ON pg_opclass.oid = class
                                   WHERE NOT opcdefault))
                   AND NOT EXISTS (
                       SELECT FROM pg_depend AS call JOIN pg_proc ON pg_proc.oid = call.refobjid
                       WHERE call.classid = 'pg_class'::regclass AND call.objid = indexrelid
                         AND call.refclassid = 'pg_proc'::regclass
                         AND pronamespace = 'gnkmigrate'::regnamespace)))
        ORDER BY 1
    """).fetchall()
    return [row[0] for row in rows if row[0] not in work.dropped]
