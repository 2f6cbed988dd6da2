"""op.retire_constraint and op.reinstate_constraint: one that is needed no longer, and is again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from psycopg.rows import dict_row

from gnkmigrate.operations.parts.constraint import ConstraintStep, refuse_referred
from gnkmigrate.operations.parts.duplicates import UniqueKey
from gnkmigrate.run import relation, unfinished_index
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.rows import listed
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_pair
from gnkmigrate.run.work import Work

# What there is to remember of a constraint. The condition of a CHECK and the join of a foreign key
# are for the question which rows do not satisfy it any more.
_FOUND = """
WITH pair AS (
    SELECT conrelid, conname,
           string_agg(format('checked.%%I IS NULL', own.attname),
                      CASE confmatchtype WHEN 'f' THEN ' AND ' ELSE ' OR ' END ORDER BY place)
               AS says_nothing,
           string_agg(format('referred.%%I = checked.%%I', other.attname, own.attname),
                      ' AND ' ORDER BY place) AS joined
    FROM pg_constraint
    CROSS JOIN LATERAL unnest(conkey, confkey) WITH ORDINALITY AS pair (own, other, place)
    JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.own
    JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = pair.other
    WHERE contype = 'f'
    GROUP BY conrelid, conname, confmatchtype
), known_by AS (
    SELECT conrelid, string_agg(format('checked.%%I', attname), ', ' ORDER BY place) AS key
    FROM pg_constraint
    CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS part (number, place)
    JOIN pg_attribute ON attrelid = conrelid AND attnum = number
    WHERE contype = 'p' GROUP BY conrelid
)
SELECT contype::text AS type, pg_get_constraintdef(pg_constraint.oid) AS definition,
       obj_description(pg_constraint.oid, 'pg_constraint') AS comment,
       condeferrable AS deferrable, condeferred AS deferred,
       coninhcount > 0 OR conparentid <> 0 AS inherited,
       format('SELECT %%s FROM %%s AS checked WHERE NOT (%%s)', coalesce(key, 'checked.ctid'),
              conrelid::regclass,
              CASE contype
                  WHEN 'c' THEN pg_get_expr(conbin, conrelid)
                  WHEN 'f' THEN format('%%s OR EXISTS (SELECT FROM %%s AS referred WHERE %%s)',
                                       says_nothing, confrelid::regclass, joined) END)
           AS violations,
       pg_get_indexdef(indexrelid) AS index_definition,
       spcname::text AS tablespace, indisreplident AS identifies, indisclustered AS clustered,
       (SELECT array_agg(pg_get_indexdef(indexrelid, number, false) ORDER BY number)
        FROM generate_series(1, indnkeyatts) AS number) AS keys,
       coalesce((to_jsonb(pg_index) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal
FROM pg_constraint
LEFT JOIN pair USING (conrelid, conname)
LEFT JOIN known_by USING (conrelid)
LEFT JOIN pg_index ON indexrelid = conindid AND contype = 'u'
LEFT JOIN pg_class AS index ON index.oid = indexrelid
LEFT JOIN pg_tablespace ON pg_tablespace.oid = index.reltablespace
WHERE conrelid = %s::regclass AND conname = %s
"""
_KEY = """
SELECT attname::text FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'u' AND conrelid = %s::regclass AND conname = %s
"""
_KEPT = (
    "type", "definition", "comment", "deferrable", "deferred", "violations",
    "index_definition", "tablespace", "keys", "nulls_equal",
)  # fmt: skip
_TYPES = {"c": "CHECK", "f": "foreign key", "u": "UNIQUE"}


def _found(work: Work, table: str, name: str) -> Mapping[str, Any] | None:
    """The constraint as it is, printed with all names qualified; None where there is none."""
    with (
        work.settings(search_path=OURS),
        work.connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(_FOUND, (quoted(table), name)).fetchone()


@operation("retire_constraint")
@dataclass(frozen=True)
class RetireConstraint(ConstraintStep):
    """Drops a CHECK, a foreign key or a UNIQUE constraint and remembers it."""

    outlives_contract: ClassVar[bool] = True
    drops: ClassVar[bool] = True

    @property
    def reverse(self) -> Sequence[Step]:
        return (ReinstateConstraint(self.table, self.constraint),)

    @property
    def name(self) -> str:
        return f"retirement of constraint {self.constraint} of {self.table}"

    @property
    def clears(self) -> Sequence[str]:
        return (self.described,)

    def check(self, work: Work) -> Sequence[Refusal]:
        found = _found(work, self.table, self.constraint)
        if found is None:
            return (
                Refusal(
                    f"{self.table} has no constraint {self.constraint}.",
                    hint="gnkmigrate audit shows its constraints.",
                ),
            )
        if found["type"] not in _TYPES:
            return (
                Refusal(
                    f"{self.constraint} of {self.table} is {found['definition']}.",
                    hint="op.retire_constraint is for CHECK, foreign key and UNIQUE; drop another "
                    "one by op.step.",
                ),
            )
        if found["inherited"]:
            return (
                Refusal(
                    f"{self.table} has the constraint {self.constraint} of its parent.",
                    hint="Retire the parent's.",
                ),
            )
        if found["identifies"] or found["clustered"]:
            what = "its replica identity" if found["identifies"] else "what it is clustered on"
            return (
                Refusal(
                    f"The index of {self.constraint} is, for {self.table}, {what}.",
                    hint="Say another by ALTER TABLE first.",
                ),
            )
        return self._relied_on(work) or refuse_referred(work, self.table, self.constraint)

    def _relied_on(self, work: Work) -> Sequence[Refusal]:
        """A key by which triggers of an earlier phase find rows (INSERT ... ON CONFLICT)."""
        names = [
            row[0] for row in work.connection.execute(_KEY, (quoted(self.table), self.constraint))
        ]
        phases = column_pair.relied_on(work, self.table, names)
        if not names or set(phases) != {*names}:
            return ()
        return (
            Refusal(
                f"What keeps old and new shapes of {self.table} in step finds rows by"
                f" {self.constraint}.",
                [f"{name}, of phase {phase}" for name, phase in sorted(phases.items())],
                len(phases),
                "Do it after gnkmigrate contract.",
            ),
        )

    def run(self, work: Work) -> int:
        found = _found(work, self.table, self.constraint)
        if found is not None:
            work.remember(self.name, {key: found[key] for key in _KEPT})
        work.execute(self.drop(self.constraint))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.drop(self.constraint),)


@operation("reinstate_constraint")
@dataclass(frozen=True)
class ReinstateConstraint(ConstraintStep):
    """Takes retire_constraint back, while the application writes.

    Rows that do not satisfy it any more are listed before the downgrade begins.
    """

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"retirement of constraint {self.constraint} of {self.table}"

    def check(self, work: Work) -> Sequence[Refusal]:
        kept = work.recall(self.name)
        if kept is None or kept["definition"].endswith(" NOT VALID") or self._is_early(work):
            return ()
        total, rows = listed(work, self._violations(kept))
        if not total:
            return ()
        hint = "Change or remove them first."
        message = f"Rows of {self.table} do not satisfy the constraint {self.constraint}."
        return (Refusal(message, rows, total, hint),)

    def _is_early(self, work: Work) -> bool:
        """Whether steps before it give the table other columns: PostgreSQL asks the rows then."""
        return any(
            step.changes and self.table in step.tables and not isinstance(step, ConstraintStep)
            for step in work.earlier
        )

    def _violations(self, kept: Mapping[str, Any]) -> str:
        """SQL that lists the rows that are in the way."""
        if kept["type"] == "u":
            return UniqueKey(kept["keys"], None, kept["nulls_equal"]).query(quoted(self.table))
        return str(kept["violations"])

    def run(self, work: Work) -> int:
        kept = work.recall(self.name)
        if kept is None:
            return 0
        if self.constraint not in dict(relation.constraints(work, self.table, "")):
            self._add(work, kept)
        if kept["type"] != "u" and not kept["definition"].endswith(" NOT VALID"):
            validate = self.validate(self.constraint)
            work.attempt(lambda: work.execute(validate), limited=False)
        work.attempt(lambda: self._finish(work, kept))
        return 0

    def _add(self, work: Work, kept: Mapping[str, Any]) -> None:
        if kept["type"] != "u":
            work.attempt(lambda: work.execute(self.add(self.constraint, kept["definition"])))
            return
        name = column(self.constraint)
        index = quoted(f"{split(self.table)[0]}.{self.constraint}")
        if not unfinished_index.is_built(work, index):
            definition = str(kept["index_definition"])
            if not work.atomic:  # as pg_get_indexdef prints it, the first INDEX is the keyword
                definition = definition.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
            with work.settings(default_tablespace=kept["tablespace"] or ""):
                unfinished_index.build(work, index, definition)
        deferrable = " DEFERRABLE" if kept["deferrable"] else ""
        deferrable += " INITIALLY DEFERRED" if kept["deferred"] else ""
        attach = f"{self._alter} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrable}"
        work.attempt(lambda: work.execute(attach))

    def _finish(self, work: Work, kept: Mapping[str, Any]) -> None:
        self.comment(work, self.constraint, kept["comment"])
        work.forget(self.name)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- adds the constraint {self.constraint} again, as it was",)
