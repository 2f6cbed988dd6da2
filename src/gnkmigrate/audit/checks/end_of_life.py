"""A server whose version gets no fixes any more, or soon will not.

Each major version is supported for five years. After that, faults that are found, security holes
included, stay in it. The days are kept in end_of_life.toml beside this check.

Source: PostgreSQL's versioning policy, which publishes the last day of each major version.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

SOON = dt.timedelta(days=180)


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    del question
    major = connection.info.server_version // 10000
    last = last_days().get(major)
    if last is None:
        raise CannotRun(f"the last day of PostgreSQL {major} is not known to this version")
    row = connection.execute("SELECT current_date").fetchone()
    today: dt.date = row[0] if row else dt.date.max
    evidence = {"supported until": last.isoformat()}
    if today > last:
        yield Observation(
            DatabaseObject(), f"PostgreSQL {major} gets no fixes any more.", evidence=evidence
        )
    elif today > last - SOON:
        yield Observation(
            DatabaseObject(),
            f"PostgreSQL {major} gets fixes until {last.isoformat()} only.",
            evidence=evidence,
            severity=Severity.LOW,
        )


@cache
def last_days() -> Mapping[int, dt.date]:
    """The last day of support of each known major version."""
    file = resources.files(__package__).joinpath("end_of_life.toml")
    return {int(major): day for major, day in tomllib.loads(file.read_text("utf-8")).items()}


CHECK = ServerCheck(
    id="GNK-O009",
    slug="end-of-life",
    title="The server's version is supported",
    category="operations",
    severity=Severity.HIGH,
    impact="Faults and security holes that are found are no longer fixed in it.",
    recommendation="Upgrade to a newer major version with pg_upgrade or logical replication.",
    find=find,
)
