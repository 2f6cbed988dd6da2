"""Timestamps without a time zone that may not have been written in the declared one.

The migration reads them in the setting source_timezone. Where the server, the database or a role
has a TimeZone that differs from it, defaults such as now() wrote other times, and the conversion
would move those moments. Drivers add to the doubt: some send the local time of the application's
own process.

Sources: PostgreSQL manual, 8.5.3 (time zones); pg_settings, pg_db_role_setting.
"""

from collections.abc import Iterator
from operator import attrgetter

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._style import columns_typed
from gnkmigrate.audit.checks.timestamp_without_time_zone import is_naive
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    columns = _converted(question)
    if not columns:
        return
    settings = connection.execute(
        beside("time_zone_settings"), {"source_timezone": question.source_timezone}
    ).fetchall()
    others = [f"{whose}: {zone}" for whose, zone, differs in settings if differs]
    if others:
        yield Observation(
            DatabaseObject(),
            f"{_columns(len(columns))} read as {question.source_timezone}, but "
            "sessions may have written in another zone.",
            evidence={"TimeZone settings": others, "columns": columns},
        )


def _columns(count: int) -> str:
    return "One timestamp column is" if count == 1 else f"{count} timestamp columns are"


def _converted(question: Question) -> list[str]:
    """The naive columns, apart from those that the target leaves as they are."""
    target, naive = question.target, [*columns_typed(question.live, is_naive)]
    kept = set()
    if naive and target is not None:
        kept = {column.identity for column in columns_typed(target, is_naive)}
    return [
        ".".join(column.identity.path).removeprefix(f"{question.default_schema}.")
        for column in sorted(naive, key=attrgetter("identity"))
        if column.identity not in kept
    ]


CHECK = ServerCheck(
    id="GNK-D006",
    slug="time-zone-settings",
    title="Every session writes time in the declared zone",
    category="data",
    severity=Severity.MEDIUM,
    impact="Times would be converted to other moments than the ones that were meant.",
    recommendation="Find out which zone wrote each column, the application's own processes "
    "included, and set source_timezone in gnkmigrate.toml.",
    find=find,
)
