"""All that the corpus asks of the planner: a script, and what is left to do after it."""

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render.parts.script import write_script


def planned_script(url_old: str, url_new: str) -> str:
    """The script that makes the first database as the second; "" where nothing is to do."""
    old, new = _read(url_old), _read(url_new)
    statements = plan(compare(old, new), old, new)
    return write_script(statements, "old", "new") if statements else ""


def differences(url_a: str, url_b: str) -> list[str]:
    """What would still have to change in the first database, a line each."""
    changes = compare(_read(url_a), _read(url_b))
    return [f"{each.verb} {each.identity} {' '.join(each.differing)}".strip() for each in changes]


def _read(url: str) -> Snapshot:
    with connect(DatabaseUrl(url), read_only=True) as connection:
        return read_snapshot(connection)
