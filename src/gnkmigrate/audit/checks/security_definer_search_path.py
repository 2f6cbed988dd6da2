"""A SECURITY DEFINER function that finds its tables and functions by the caller's search_path.

Such a function runs with its owner's privileges. Whoever calls it chooses the schemas in which
names without a schema are looked up, pg_temp before all others: with a table or an operator of
their own they make it read and do what they want, as its owner. A fixed search_path ends that,
provided that pg_temp stands last in it and that nobody else may create objects in its schemas.
The path that is proposed is the one by which the function finds its tables today: that of the
database's sessions, and its own schema; where roles have other paths, somebody has to choose.
Functions whose body is kept parsed (BEGIN ATOMIC) have looked their names up already, and those in
C or built in do not look any up. The functions of a target are judged alike, by the schemas and
grants that it has.

Sources: PostgreSQL manual, CREATE FUNCTION (writing SECURITY DEFINER functions safely); pg_proc.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gnkmigrate.audit.check import Declared, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._functions import looks_names_up, path_of
from gnkmigrate.audit.checks._public import opened
from gnkmigrate.audit.checks._reach import Reach
from gnkmigrate.audit.checks._server import answers
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier

_TEMP = "pg_temp"
_EMPTY = {"", '""'}
_NAME = re.compile(r'"(?:[^"]|"")*"|[^,\s"]+')


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "security_definer_search_path"):
        about = DatabaseObject(row.schema, "", row.function, "function")
        pinned, alter = _pinned(row), f"ALTER {row.kind} {row.signature}"
        back = "RESET search_path" if row.path is None else f"SET search_path = {row.path}"
        altered = pinned and pinned != row.path
        creates = [f"CREATE ON SCHEMA {identifier(each)}" for each in _open(row, pinned)]
        yield Observation(
            about,
            f"Function {about.label(question.default_schema)} runs as {row.owner} "
            f"{_flaw(row.path, row.open_schemas)}.",
            evidence={"search_path": row.path, "may call it": row.callers}
            | ({} if pinned else {"search paths of sessions": row.paths}),
            fix=(
                *((f"{alter} SET search_path = {pinned}",) if altered else ()),
                *(f"REVOKE {create} FROM PUBLIC" for create in creates),
            ),
            undo=(
                *(f"GRANT {create} TO PUBLIC" for create in creates),
                *((f"{alter} {back}",) if altered else ()),
            ),
            severity=_severity(row.path, row.open_schemas, row.callers),
        )


def declared(of: Declared) -> Iterator[Observation]:
    reach = Reach(of.snapshot, of.roles)
    everybodys = {
        schema.identity.name
        for schema, held in opened(of.snapshot, "schema")
        if any(each.name == "CREATE" for each in held)
    }
    for function in of.snapshot.of_kind("function"):
        if not function.value("security_definer") or not looks_names_up(function):
            continue
        path = path_of(function)
        names = [] if path is None else _NAME.findall(path)
        found = sorted(each for each in everybodys if identifier(each) in names)
        if path is None or found or (path not in _EMPTY and names[-1:] != [_TEMP]):
            yield _of_target(function, path, found, reach, of.default_schema)


def _of_target(
    function: Fact, path: str | None, open_schemas: list[str], reach: Reach, home: str
) -> Observation:
    about, callers = object_of(function), sorted(reach.callers(function))
    return Observation(
        about,
        f"Function {about.label(home)} runs as {reach.owner(function) or 'its owner'} "
        f"{_flaw(path, open_schemas)}.",
        evidence={"search_path": path, "may call it": callers},
        severity=_severity(path, open_schemas, callers),
    )


def _flaw(path: str | None, open_schemas: Sequence[str] | None) -> str:
    if path is None:
        return "and looks names up in the caller's search_path"
    if open_schemas:
        return f"and looks names up in {', '.join(open_schemas)}, where everybody may create"
    return "and looks tables up in pg_temp first, where everybody may create"


def _pinned(row: Any) -> str:
    """A path by which the function finds what it finds today; "" where sessions have several."""
    if row.path is None and len(row.paths) > 1:
        return ""
    found = []
    for name in _NAME.findall(row.paths[0] if row.path is None else row.path):
        if name != '"$user"':
            found.append(name)
        elif row.has_schema_of_owner:
            found.append(identifier(row.owner))
    own = [identifier(row.schema)] if row.path is None else []
    return ", ".join([*dict.fromkeys(each for each in [*found, *own] if each != _TEMP), _TEMP])


def _open(row: Any, pinned: str) -> list[str]:
    """The schemas of a path in which everybody may create."""
    names = _NAME.findall(pinned)
    return sorted(each for each in row.all_open if identifier(each) in names)


def _severity(
    path: str | None, open_schemas: Sequence[str] | None, callers: Sequence[str] | None
) -> Severity:
    """High where somebody else can call it and does not even need to be lucky."""
    if callers and (path is None or open_schemas):
        return Severity.HIGH
    return Severity.LOW


CHECK = ServerCheck(
    id="GNK-A010",
    slug="security-definer-search-path",
    title="Every SECURITY DEFINER function has a search_path of its own",
    category="security",
    severity=Severity.HIGH,
    impact="Whoever may call it can make it do anything that its owner may do.",
    recommendation="Set the function's search_path to the schemas that it needs, pg_temp last, or "
    "write BEGIN ATOMIC; and revoke EXECUTE from PUBLIC.",
    find=find,
    declared=declared,
)
