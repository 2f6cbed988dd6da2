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
       conname::text AS constraint,
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
LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid AND contype = 'u'
WHERE indrelid = {table}::regclass AND indisvalid AND indexprs IS NULL AND NOT indisprimary
  AND EXISTS (SELECT FROM pg_attribute
              WHERE attrelid = indrelid AND attname IN ({sources}) AND attnum = ANY (indkey))
ORDER BY index_class.relname
"""


@dataclass(frozen=True)
class IndexCopy:
    """An index, and how to build it on other columns.

    Attributes:
        constraint: the UNIQUE constraint that it serves; None for a plain index.
        options: DESC and NULLS FIRST of each key column, as in pg_index.indoption.
    """

    name: str
    method: str
    unique: bool
    constraint: str | None
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

    def create(self, table: str, names: Mapping[str, str], *, concurrently: bool) -> str:
        """The statement that builds the copy.

        Args:
            table: "schema.table".
            names: the replacing column of each column that is replaced.
            concurrently: without blocking writers.
        """
        keys = ", ".join(
            _key(names.get(name, name), option)
            for name, option in zip(self.columns, self.options, strict=False)
        )
        parts = [
            "CREATE UNIQUE INDEX" if self.unique else "CREATE INDEX",
            "CONCURRENTLY" if concurrently else "",
            f"{column(self.staged)} ON {quoted(table)} USING {self.method} ({keys})",
        ]
        if self.included:
            listed = ", ".join(column(names.get(name, name)) for name in self.included)
            parts.append(f"INCLUDE ({listed})")
        if self.predicate:
            parts.append(f"WHERE {self.predicate}")
        return " ".join(part for part in parts if part)

    def adopt(self, table: str) -> Sequence[str]:
        """The statements that give the copy the original's name, once that is free."""
        schema = split(table)[0]
        staged = quoted(f"{schema}.{self.staged}")
        statements = [f"ALTER INDEX {staged} RENAME TO {column(self.name)}"]
        if self.constraint is not None:
            statements.append(
                f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {column(self.constraint)}"
                f" UNIQUE USING INDEX {column(self.name)}"
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
        return tuple(cursor.execute(query.encode()).fetchall())


def unsupported(work: Work, table: str, sources: Sequence[str]) -> list[str]:
    """What hangs on these columns and is not carried over to others, in words.

    Primary and foreign keys, CHECKs, exclusion constraints, indexes with expressions, predicates
    or operator classes of their own, or that are a replica identity, generated columns and
    extended statistics. An index that calls functions of gnkmigrate is the phases' own to build
    again.
    """
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
          AND (contype IN ('p', 'f', 'c', 'x')
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
