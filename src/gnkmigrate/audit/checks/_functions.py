"""What facts say of a function: how it looks names up, and whether everybody may call it."""

import re

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.privileges import BY_OWNER, PUBLIC, Level, Privilege, privileges

_PATH = "search_path="
_COMPILED = frozenset({"c", "internal"})
# As pg_get_function_sqlbody() prints it: no text that is parsed later begins so.
_PARSED = re.compile(r"\s*(?:BEGIN ATOMIC|RETURN)\b")
_USUAL = Privilege(BY_OWNER, PUBLIC, "EXECUTE")


def path_of(function: Fact) -> str | None:
    """The search_path that a function sets for itself; None where it sets none."""
    found = (each for each in function.value("settings") if each.startswith(_PATH))
    return next((each.removeprefix(_PATH) for each in found), None)


def looks_names_up(function: Fact) -> bool:
    """Whether a function finds its tables and functions by name, each time that it runs."""
    if function.value("kind") not in {"function", "procedure"}:
        return False
    language = function.value("language")
    parsed = language == "sql" and _PARSED.match(function.value("source"))
    return language not in _COMPILED and not parsed


def is_open(function: Fact, snapshot: Snapshot) -> bool:
    """Whether PUBLIC still has what PostgreSQL gives to it, that is to call a function."""
    grants = snapshot.get("grants", "function", *function.identity.path)
    told = {} if grants is None else privileges(grants.value("grants"))
    return told.get(_USUAL, Level.HELD) is not Level.NONE
