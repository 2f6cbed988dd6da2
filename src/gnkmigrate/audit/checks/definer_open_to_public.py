"""A SECURITY DEFINER function that everybody may call.

It runs with the rights of its owner, and PostgreSQL lets PUBLIC call every new function. Whoever
can connect can have it do whatever its arguments make it do. Functions of triggers are left out:
they cannot be called.

Source: PostgreSQL manual, CREATE FUNCTION (writing SECURITY DEFINER functions safely).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._functions import is_open
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of

_OF_TRIGGERS = frozenset({"trigger", "event_trigger"})


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for function in snapshot.of_kind("function"):
        is_called = function.value("result") not in _OF_TRIGGERS
        if function.value("security_definer") and is_called and is_open(function, snapshot):
            owner = snapshot.get("owner", "function", *function.identity.path)
            whose = "its owner" if owner is None else str(owner.value("owner"))
            on = f"EXECUTE ON {kind_of('function').grant_reference(function)}"
            yield Observation(
                object_of(function),
                f"Function {object_of(function).label(home)} runs with the rights of {whose}, and "
                "everybody may call it.",
                fix=(f"REVOKE {on} FROM PUBLIC",),
                undo=(f"GRANT {on} TO PUBLIC",),
            )


CHECK = StructureCheck(
    id="GNK-A025",
    slug="definer-open-to-public",
    title="Not everybody may call SECURITY DEFINER functions",
    category="security",
    severity=Severity.LOW,
    impact="Whoever can connect can use the rights of the function's owner.",
    recommendation="Revoke EXECUTE from PUBLIC, and grant it to the roles that need it.",
    find=find,
)
