"""op.expire_rows: a cache whose rows are shown only while they are fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.create_routine import CreateRoutine
from gnkmigrate.operations.create_view import CreateView
from gnkmigrate.operations.parts.purging import Purge, older, purging
from gnkmigrate.operations.parts.settings_table import settings_table
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_COLUMNS = (
    "source text PRIMARY KEY, time_to_live interval NOT NULL CHECK (time_to_live > interval '0')"
)


@operation("expire_rows")
def expire_rows(
    table: str,
    stamp: str,
    view: str,
    limits: str,
    default: str,
    by: str = "",
    times: Mapping[str, str] | None = None,
    purge: str = "",
) -> tuple[Step, ...]:
    """Makes a view of the rows of a cache that are fresh, and a procedure that deletes stale ones.

    A row is fresh for the time that the table `limits` has for its source, or else for the source
    ''; its owner may change that at any moment. Rows whose time is not known are not fresh. The
    procedure deletes rows that have not been fresh for a day, in batches, and nothing at all where
    none would be left, unless told `may_empty => true`.

    Args:
        table: "schema.table" of the cache.
        stamp: the column that says when a row was fetched.
        view: "schema.name" of the view.
        limits: "schema.table" that is made for the times to live.
        default: how long a row is fresh, such as "5 minutes".
        by: the column that says where a row is from; "" where all are treated alike.
        times: how long rows of these sources are fresh.
        purge: "schema.name" of the procedure; "" for none.
    """
    rows = [("", default), *(times or {}).items()]
    life = _life(limits, by)
    stale = Purge(table, older(stamp, f"($1 - {life} - interval '1 day')"))
    return (
        *settings_table(limits, _COLUMNS, rows, like=table),
        FreshRows(view, older(stamp, f"(now() - {life})"), table=table, stamp=stamp),
        *(
            (
                CreateRoutine(
                    f"{purge}(integer, boolean)", purging([stale]), like=table, kind="PROCEDURE"
                ),
            )
            if purge
            else ()
        ),
    )


def _life(limits: str, by: str) -> str:
    """SQL: how long a row, called old, is fresh."""
    of = f"SELECT time_to_live FROM {quoted(limits)} AS lasts WHERE lasts.source = "
    default = f"({of}{literal('')})"
    return f"coalesce(({of}old.{column(by)}::text), {default})" if by else default


@dataclass(frozen=True)
class FreshRows(CreateView):
    """The view, of all columns that the table has for the application.

    Attributes:
        query: SQL: whether a row, called old, is stale.
        table: "schema.table" of the cache.
        stamp: the column without which nobody knows.
    """

    table: str = ""
    stamp: str = ""

    @property
    def sql(self) -> str:
        return self._statement("WITH (security_invoker = true) ")

    def make(self, work: Work) -> Sequence[Refusal]:
        names = relation.column_names(work, self.table)
        columns = ", ".join(f"old.{column(name)}" for name in names)
        query = f"SELECT {columns} FROM {quoted(self.table)} AS old WHERE NOT ({self.query})"
        return CreateView(self.view, query, self.comment).make(work)

    def _statement(self, options: str) -> str:
        table = quoted(self.table)
        return (
            f"CREATE VIEW {self.address} {options}AS\n"
            f"SELECT old.* FROM {table} AS old WHERE NOT ({self.query})"
        )
