"""The foreign keys of a table and to it, as conditions on rows."""

from dataclasses import dataclass

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

_KEYS_WITH_COLUMNS = """
FROM pg_constraint
CROSS JOIN LATERAL unnest(conkey, confkey) WITH ORDINALITY AS pair (referring, referred, place)
JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.referring
JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = pair.referred
"""


@dataclass(frozen=True)
class Cascade:
    """A foreign key that deletes or empties its row together with the row it refers to.

    Attributes:
        table: the referring table, quoted.
        on: the condition that joins it, as `referring`, with the row it refers to, `spilled`.
    """

    table: str
    on: str


def cascades(work: Work, table: str) -> list[Cascade]:
    """The foreign keys to a table with ON DELETE CASCADE, SET NULL or SET DEFAULT."""
    return referring(work, table, "cnd")


def referring(work: Work, table: str, actions: str = "arcnd") -> list[Cascade]:
    """The foreign keys to a table, with these actions ON DELETE (pg_constraint.confdeltype)."""
    with work.settings(search_path=OURS):
        rows = work.execute(f"""
            SELECT conrelid::regclass::text,
                   string_agg(format('referring.%I = spilled.%I', own.attname, other.attname),
                              ' AND ' ORDER BY place)
            {_KEYS_WITH_COLUMNS}
            WHERE contype = 'f' AND confrelid = {literal(quoted(table))}::regclass
              AND strpos({literal(actions)}, confdeltype::text) > 0
            GROUP BY pg_constraint.oid, conrelid
            ORDER BY 1, 2
        """).fetchall()
    return [Cascade(*row) for row in rows]


def references(work: Work, table: str, row: str) -> list[str]:
    """For each foreign key of a table the condition under which it holds for a row `row`."""
    with work.settings(search_path=OURS):
        found = work.execute(f"""
            SELECT confrelid::regclass::text,
                   string_agg(format('referred.%I = {row}.%I', other.attname, own.attname),
                              ' AND ' ORDER BY place),
                   string_agg(format('{row}.%I IS NULL', own.attname), ' OR ' ORDER BY place)
            {_KEYS_WITH_COLUMNS}
            WHERE contype = 'f' AND conrelid = {literal(quoted(table))}::regclass
            GROUP BY pg_constraint.oid, confrelid
            ORDER BY 1, 2
        """).fetchall()
    return [
        f"({null} OR EXISTS (SELECT FROM {referred} AS referred WHERE {on}))"
        for referred, on, null in found
    ]
