"""A default that is the moment at which somebody made the table.

PostgreSQL reads 'now'::timestamp, 'today'::date and their kind once, when the default is declared:
from then on every row gets that moment. Known is it by a fraction of a second, which nobody writes
by hand, or by a day in a column that is called when a row was made or changed, such as created_at.
A first of January, infinity and what is far away are chosen on purpose.

Source: PostgreSQL manual, 8.5.1.4 (special values), 9.9.5 (current date and time).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._names import words
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified

_MOMENT = re.compile(
    r"'(?:(?P<year>\d{4})-(?P<day>\d\d-\d\d))?[ T]?(?P<time>\d\d:\d\d:\d\d(?P<part>\.\d+)?)?"
    r"(?:[+-][\d:]+)?'::(?P<type>date|timestamp|time)\b(?P<zone>.* with time zone)?"
)
_MADE = frozenset(
    ("created", "made", "added", "inserted", "registered", "joined", "updated", "modified",
     "changed", "recorded", "logged", "submitted", "received")
)  # fmt: skip
_FIRST, _LAST = "1990", "2100"
_NOW = {"date": "CURRENT_DATE", "timestamp": "LOCALTIMESTAMP", "time": "LOCALTIME"}
_NOW_ZONED = {"timestamp": "CURRENT_TIMESTAMP", "time": "CURRENT_TIME"}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for default in snapshot.of_kind("default"):
        column = snapshot.get("column", *default.identity.path)
        if column is None:
            continue
        expression = str(default.value("expression"))
        moment = _MOMENT.match(expression)
        if moment is not None and _is_frozen(moment, column.identity.name):
            yield _observation(column, expression, moment, home)


def _is_frozen(moment: re.Match[str], name: str) -> bool:
    if moment["part"]:
        return True
    year = moment["year"]
    near = year is not None and _FIRST <= year <= _LAST and moment["day"] != "01-01"
    return near and not _MADE.isdisjoint(words(name))


def _observation(column: Fact, expression: str, moment: re.Match[str], home: str) -> Observation:
    *table, name = column.identity.path
    current = _NOW_ZONED if moment["zone"] else _NOW
    alter = f"ALTER TABLE {qualified(*table)} ALTER COLUMN {identifier(name)} SET DEFAULT"
    return Observation(
        object_of(column),
        f"The default of column {object_of(column).label(home)} is the moment at which it was "
        "declared.",
        evidence={"default": expression},
        fix=(f"{alter} {current[moment['type']]}",),
        undo=(f"{alter} {expression}",),
    )


CHECK = StructureCheck(
    id="GNK-S054",
    slug="frozen-default",
    title="No default is a moment that has passed",
    severity=Severity.LOW,
    impact="Every new row says that it was made then.",
    recommendation="Use now(), CURRENT_TIMESTAMP or CURRENT_DATE, which are read for each row.",
    find=find,
)
