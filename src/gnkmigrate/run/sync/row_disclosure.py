"""A key that a text becomes tells of the row that it names: who writes the one may read the other.

The triggers between the old column and the new one look rows up as the owner. So whoever writes a
key would read in the old column what its row says, and who writes a text would learn its key.
"""

from collections.abc import Iterable, Iterator, Sequence

from gnkmigrate.postgres.quoting import names_in
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import granted
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


def refusals(work: Work, table: str, changes: Iterable[Conversion]) -> Iterator[Refusal]:
    """Roles that would see what they may not read, and row security that would be got round.

    Args:
        work: the session.
        table: "schema.table" of the columns.
        changes: of its columns.
    """
    for change in changes:
        if change.tells is None:
            continue
        other, names = change.tells
        writers = [
            holder.role
            for holder in granted.holders(work, table, [change.column])
            if not holder.may.keys().isdisjoint({"INSERT", "UPDATE"})
        ]
        if writers and _hides_rows(work, other):
            yield Refusal(
                f"Row security is on for {other}: who may write to {change.column} of"
                f" {table} would read {', '.join(names)} of rows that policies hide.",
                hint="Leave it a text, or let the owner alone write to it until contract.",
            )
        lacking = [role for role in writers if not _may_read(work, role, other, names)]
        if lacking:
            columns = ", ".join(map(column, names))
            yield Refusal(
                f"Roles may write to {change.column} of {table}, and not read"
                f" {', '.join(names)} of {other}, which would tell it to them.",
                [f"GRANT SELECT ({columns}) ON {quoted(other)} TO {role};" for role in lacking],
                len(lacking),
                "Grant them these, if they may have them.",
            )


def _hides_rows(work: Work, table: str) -> bool:
    query = f"SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass({literal(quoted(table))})"
    return bool(work.value(query))


def _may_read(work: Work, role: str, table: str, names: Sequence[str]) -> bool:
    who = "public" if role == granted.PUBLIC else names_in(role)[0]
    return bool(
        work.value(
            f"SELECT bool_and(has_column_privilege({literal(who)}, {literal(quoted(table))}, name,"
            f" 'SELECT')) FROM unnest(ARRAY[{', '.join(map(literal, names))}]) AS name"
        )
    )
