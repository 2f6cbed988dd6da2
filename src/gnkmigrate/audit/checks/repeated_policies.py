"""Several permissive policies for one role and one command.

Each of them is asked for every row that none before it has let through, and a row is visible as
soon as one does: whoever reads one of them does not know what applies. What a policy for ALL says
counts for every command.

Source: PostgreSQL manual, CREATE POLICY (multiple policies).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    tables: dict[Identity | None, list[Fact]] = {}
    for policy in snapshot.of_kind("policy"):
        if policy.value("permissive"):
            tables.setdefault(policy.parent, []).append(policy)
    for identity, policies in tables.items():
        table = None if identity is None else snapshot.facts.get(identity)
        shared = _shared(policies)
        if table is not None and shared:
            names = list(dict.fromkeys(name for _, each in shared for name in each))
            yield Observation(
                object_of(table),
                f"Table {object_of(table).label(home)} has several permissive policies for one "
                f"command: {', '.join(names)}.",
                evidence={"policies": [f"{what}: {', '.join(each)}" for what, each in shared]},
            )


def _shared(policies: list[Fact]) -> list[tuple[str, list[str]]]:
    """Each role and command that several policies are for, with their names."""
    found: dict[tuple[str, ...], list[str]] = {}
    for command in _COMMANDS:
        for role in sorted({role for each in policies for role in each.value("roles")}):
            names = tuple(
                sorted(each.identity.name for each in policies if _is_for(each, command, role))
            )
            if len(names) > 1:
                found.setdefault(names, []).append(f"{command} by {role}")
    return [(", ".join(what), [*names]) for names, what in found.items()]


def _is_for(policy: Fact, command: str, role: str) -> bool:
    roles = policy.value("roles")
    return policy.value("command") in {command, "ALL"} and (role in roles or "PUBLIC" in roles)


CHECK = StructureCheck(
    id="GNK-A022",
    slug="repeated-policies",
    title="One permissive policy says what a role may do",
    category="security",
    severity=Severity.LOW,
    impact="Each is asked for every row, and a row passes that any of them allows.",
    recommendation="Make one policy of them, with OR, or make those restrictive that are to narrow "
    "the others.",
    find=find,
)
