"""op.retain_rows: how long rows are kept, a report of what would go, and a procedure to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.create_routine import CreateRoutine
from gnkmigrate.operations.guard import Guard
from gnkmigrate.operations.parts.purging import Purge, older, purging
from gnkmigrate.operations.parts.settings_table import settings_table
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step

_COLUMNS = "table_name text PRIMARY KEY, keep interval NOT NULL CHECK (keep > interval '0')"
_REFERRED_TO = """
SELECT confrelid::regclass AS "table", conname AS "foreign key", conrelid::regclass AS "of"
FROM pg_catalog.pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND confrelid = ANY (ARRAY[{tables}]::regclass[])
"""


@dataclass(frozen=True)
class _Kept:
    """Rows of one table, and where the policy says how long they are kept."""

    table: str
    stamp: str
    policy: str

    @property
    def keep(self) -> str:
        return f"(SELECT keep FROM {quoted(self.policy)} WHERE table_name = {literal(self.table)})"

    @property
    def purge(self) -> Purge:
        cutoff = f"$1 - {self.keep}"
        return Purge(self.table, older(self.stamp, f"({cutoff})"), cutoff, self.stamp)

    @property
    def report(self) -> str:
        doomed = older(self.stamp, f"(now() - {self.keep})")
        return (
            f"SELECT {literal(self.table)}, {self.keep}, count(*) FILTER (WHERE {doomed}), count(*)"
            f" FROM {quoted(self.table)} AS old"
        )


@operation("retain_rows")
def retain_rows(
    keep: Mapping[str, tuple[str, str]], policy: str, procedure: str, report: str
) -> tuple[Step, ...]:
    """Makes a procedure that deletes rows which are older than a policy says, in batches.

    `CALL procedure()` runs outside of a transaction and commits after each batch. It deletes
    nothing at all where a table would be left empty, unless it is called with `may_empty => true`.
    Partitions of which all is too old are detached, and stay as tables of their own. The report is
    its dry run. Rows whose time is not known stay. What it has deleted does not come back with a
    downgrade.

    Args:
        keep: for each "schema.table" the column that says how old a row is (a date, or a time), and
            how long it is kept, such as ("created_at", "90 days").
        policy: "schema.table" that is made for these times, which its owner may change.
        procedure: "schema.name" of the procedure.
        report: "schema.name" of the function that says how many rows would go.

    Raises:
        RevisionError: no table is given.
    """
    if not keep:
        raise RevisionError(
            "op.retain_rows is for no table.",
            hint='Write keep={"public.log": ("at", "90 days")}.',
        )
    first = next(iter(keep))
    kept = [_Kept(table, stamp, policy) for table, (stamp, _) in keep.items()]
    rows = [(table, time) for table, (_, time) in keep.items()]
    found = " UNION ALL ".join(each.report for each in kept)
    returns = "TABLE (table_name text, keep interval, too_old bigint, rows bigint)"
    return (
        _unreferenced(list(keep)),
        *settings_table(policy, _COLUMNS, rows, like=first),
        CreateRoutine(
            f"{report}()",
            f"() RETURNS {returns} LANGUAGE sql STABLE AS $report$ {found} $report$",
            like=first,
        ),
        CreateRoutine(
            f"{procedure}(integer, boolean)",
            purging([each.purge for each in kept]),
            like=first,
            kind="PROCEDURE",
        ),
    )


def _unreferenced(tables: Sequence[str]) -> Guard:
    """With a row that others refer to, theirs would go, or it could not."""
    for table in tables:
        split(table)
    names = ", ".join(literal(quoted(table)) for table in tables)
    return Guard(
        "Others refer to rows that would be deleted when they are old.",
        _REFERRED_TO.format(tables=names),
        hint="Delete old rows from the tables that refer to them, or take the table out.",
    )
