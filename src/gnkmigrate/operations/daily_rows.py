"""op.daily_rows: one row for each thing and day, from a table that knows only the present."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.create_routine import CreateRoutine
from gnkmigrate.operations.create_view import CreateView
from gnkmigrate.operations.parts.whole import refused_by
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_BODY = """(zone text DEFAULT 'UTC')
LANGUAGE plpgsql AS $daily$
DECLARE
    recorded bigint;
    disputed bigint;
BEGIN
    {insert};
    GET DIAGNOSTICS recorded = ROW_COUNT;
    RAISE NOTICE '% rows recorded or corrected', recorded;
    SELECT count(*) INTO disputed FROM ({disputes}) AS disputes;
    IF disputed > 0 THEN
        RAISE WARNING '% rows stay as another source has told them: see {view}', disputed;
    END IF;
END $daily$"""


_TYPE = """
SELECT format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = {table}::regclass AND attname = {column}
"""


@dataclass(frozen=True)
class Daily:
    """What becomes of a row of the source.

    Attributes:
        source: "schema.table" that has one row for each thing, as it is now.
        into: "schema.table" with one row for each thing and day.
        key: the columns that tell things apart, each with its name in `into`.
        stamp: when a row of the source was true, a timestamptz.
        day: the column of `into` that has the day.
        values: the columns that are recorded, each with its name in `into`.
        by: the columns that say who has told it, in the source and in `into`; None for none.
    """

    source: str
    into: str
    key: tuple[tuple[str, str], ...]
    stamp: str
    day: str
    values: tuple[tuple[str, str], ...]
    by: tuple[str, str] | None

    @property
    def _told(self) -> Sequence[tuple[str, str]]:
        return (*self.key, *self.values, *((self.by,) if self.by else ()))

    def date(self, zone: str) -> str:
        """SQL: the day of a source's row, called now_."""
        return f"(now_.{column(self.stamp)} AT TIME ZONE {zone})::date"

    @property
    def _known(self) -> str:
        needed = [self.stamp, *(name for name, _ in (*self.key, *self.values))]
        return " AND ".join(f"now_.{column(name)} IS NOT NULL" for name in needed)

    def insert(self, zone: str) -> str:
        """Records what is not there, and corrects what the same source has told."""
        names = ", ".join(column(name) for _, name in self._told)
        told = ", ".join(f"now_.{column(name)}" for name, _ in self._told)
        key = ", ".join(column(name) for _, name in self.key)
        once = ", ".join(f"now_.{column(name)}" for name, _ in self.key)
        sets = ", ".join(f"{column(name)} = excluded.{column(name)}" for _, name in self.values)
        same = (
            f"there.{column(self.by[1])} IS NOT DISTINCT FROM excluded.{column(self.by[1])} AND "
            if self.by
            else ""
        )
        differs = " OR ".join(
            f"there.{column(name)} IS DISTINCT FROM excluded.{column(name)}"
            for _, name in self.values
        )
        day = self.date(zone)
        return (
            f"INSERT INTO {quoted(self.into)} AS there ({names}, {column(self.day)})"
            f" SELECT DISTINCT ON ({once}, {day}) {told}, {day} FROM {quoted(self.source)} AS now_"
            f" WHERE {self._known} ORDER BY {once}, {day}, now_.{column(self.stamp)} DESC"
            f" ON CONFLICT ({key}, {column(self.day)}) DO UPDATE SET {sets}"
            f" WHERE {same}({differs})"
        )

    def disputes(self, zone: str) -> str:
        """Rows of which another source has told something else."""
        if self.by is None:
            raise TypeError("without a source nobody disagrees")
        keys = " AND ".join(f"there.{column(b)} = now_.{column(a)}" for a, b in self.key)
        differs = " OR ".join(
            f"there.{column(b)} IS DISTINCT FROM now_.{column(a)}" for a, b in self.values
        )
        source, told = column(self.by[0]), column(self.by[1])
        shown = ", ".join(
            [
                *(f"there.{column(b)}" for _, b in self.key),
                f"there.{column(self.day)}",
                f"there.{told} AS {column(f'recorded_{self.by[1]}')}",
                f"now_.{source} AS {column(f'other_{self.by[1]}')}",
                *(f"there.{column(b)} AS {column(f'recorded_{b}')}" for _, b in self.values),
                *(f"now_.{column(a)} AS {column(f'other_{b}')}" for a, b in self.values),
            ]
        )
        return (
            f"SELECT {shown} FROM {quoted(self.source)} AS now_ JOIN {quoted(self.into)} AS there"
            f" ON {keys} AND there.{column(self.day)} = {self.date(zone)}"
            f" WHERE {self._known} AND there.{told} IS DISTINCT FROM now_.{source} AND ({differs})"
        )

    @property
    def missing(self) -> str:
        """Days of which nobody has told anything, between the first and the last of a thing."""
        keys = [column(name) for _, name in self.key]
        day, into = column(self.day), quoted(self.into)
        same = " AND ".join(f"there.{key} = span.{key}" for key in keys)
        shown = ", ".join(f"span.{key}" for key in keys)
        return (
            f"SELECT {shown}, day_::date AS {day} FROM (SELECT {', '.join(keys)},"
            f" min({day}) AS first_, max({day}) AS last_ FROM {into} GROUP BY {', '.join(keys)})"
            f" AS span, generate_series(span.first_::timestamp, span.last_::timestamp,"
            f" interval '1 day') AS day_ WHERE NOT EXISTS (SELECT FROM {into} AS there"
            f" WHERE {same} AND there.{day} = day_::date)"
        )


@operation("daily_rows")
def daily_rows(
    source: str,
    into: str,
    key: Mapping[str, str],
    stamp: str,
    day: str,
    values: Mapping[str, str],
    procedure: str,
    missing: str,
    by: tuple[str, str] | None = None,
    disputed: str = "",
    zone: str = "UTC",
) -> tuple[Step, ...]:
    """Makes a procedure that records one row for each thing and day, and says what is missing.

    `CALL procedure(zone)` takes each row of the source to the day on which it was true. It may run
    as often as one likes: what is there is corrected by the same source, and stays where another
    one has told it. The latest of a day counts. A day on which it has not run is there as long as
    the source has not forgotten it; else it is listed as missing, and nothing is made up.

    Args:
        source: "schema.table" that has each thing as it is now.
        into: "schema.table" with a unique key of the things' columns and the day.
        key: the columns that tell things apart, each with its name in `into`.
        stamp: when a row of the source was true, a timestamptz.
        day: the column of `into` that has the day, a date.
        values: the columns that are recorded, each with its name in `into`.
        procedure: "schema.name" of the procedure.
        missing: "schema.name" of a view of the days of which nothing is known.
        by: the columns that say who has told it, in the source and in `into`.
        disputed: "schema.name" of a view of days of which two sources disagree; goes with `by`.
        zone: whose days the view of disputes counts.

    Raises:
        RevisionError: no key or value is given, or `by` without `disputed`.
    """
    if not key or not values or bool(by) != bool(disputed):
        raise RevisionError(
            f"op.daily_rows for {into} needs key and values, and disputed where there is a by.",
            hint='Such as key={"id": "id"}, values={"total": "total"}.',
        )
    spec = Daily(source, into, tuple(key.items()), stamp, day, tuple(values.items()), by)
    disputes = spec.disputes("zone") if by else "SELECT WHERE false"
    body = _BODY.format(
        insert=spec.insert("zone"), disputes=disputes, view=disputed.replace("'", "''")
    )
    views = [CreateView(missing, spec.missing, comment="Days of which nothing is known")]
    if by:
        views.append(CreateView(disputed, spec.disputes(literal(zone))))
    return (
        Fitting(spec),
        *views,
        CreateRoutine(f"{procedure}(text)", body, like=into, kind="PROCEDURE"),
    )


@dataclass(frozen=True)
class Fitting(Step):
    """The tables have what the procedure takes: its body is text, which nobody reads before."""

    changes: ClassVar[bool] = False

    spec: Daily

    @property
    def name(self) -> str:
        return f"rows of {self.spec.source} fit into {self.spec.into}"

    def check(self, work: Work) -> Sequence[Refusal]:
        plan = f"EXPLAIN {self.spec.insert(literal('UTC'))}"
        with work.settings(search_path=OURS):  # as the procedure has it
            refused = refused_by(work, "daily rows", lambda: work.execute(plan))
        if refused:
            return refused
        spec = self.spec
        of = literal(quoted(spec.source))
        found = work.value(_TYPE.format(table=of, column=literal(spec.stamp)))
        if found == "timestamp with time zone":
            return ()
        message = f"The column {spec.stamp} of {spec.source} is a {found}, which has no zone."
        return (Refusal(message, hint="Make it a timestamptz before: op.zoned."),)

    def run(self, work: Work) -> int:
        """Nothing: it was asked before the first step."""
        del work
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)
