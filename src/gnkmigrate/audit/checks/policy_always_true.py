"""A policy for everybody that lets everything through.

Permissive policies are joined by OR, so one that is always true makes the others void. For
everybody (PUBLIC) to change rows at will is what row security is there to prevent. A policy by
which everybody reads all rows is common and no finding, unless other policies for reading stand
beside it. A restrictive policy may still narrow what it allows; then it is no finding either.

Sources: PostgreSQL manual, CREATE POLICY; pg_policy, pg_get_expr.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._policies import is_true
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_EVERYBODY = "PUBLIC"


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        policies = snapshot.children(table.identity, "policy")
        for policy in policies if table.value("row_security") else ():
            others = _voided(policy, policies)
            writes = policy.value("command") != "SELECT"
            if (
                _is_boundless(policy)
                and (writes or others)
                and not any(_narrows(each, policy) for each in policies)
            ):
                yield _observed(policy, others, writes, home)


def _observed(policy: Fact, others: Sequence[str], writes: bool, home: str) -> Observation:
    about = object_of(policy)
    void = f", which makes {', '.join(others)} void" if others else ""
    return Observation(
        about,
        f"Policy {about.label(home)} lets everybody {'change' if writes else 'see'} every "
        f"row{void}.",
        evidence={
            "command": policy.value("command"),
            "using": policy.value("using"),
            "with check": policy.value("check"),
        },
        severity=Severity.MEDIUM if writes else Severity.LOW,
    )


def _is_boundless(policy: Fact) -> bool:
    """Whether it is permissive, for everybody, and true of every row."""
    using, check = policy.value("using"), policy.value("check")
    match policy.value("command"):
        case "INSERT":
            all_rows = is_true(check)
        case "SELECT" | "DELETE":
            all_rows = is_true(using)
        case _:
            all_rows = is_true(using) and (check is None or is_true(check))
    return all_rows and policy.value("permissive") and _EVERYBODY in policy.value("roles")


def _voided(policy: Fact, policies: Sequence[Fact]) -> list[str]:
    """Other permissive policies for what it is for."""
    command = policy.value("command")
    return [
        each.identity.name
        for each in policies
        if each is not policy
        and each.value("permissive")
        and command in {"ALL", each.value("command")}
    ]


def _narrows(each: Fact, policy: Fact) -> bool:
    """Whether a restrictive policy keeps some of the rows back."""
    applies = each.value("command") in {"ALL", policy.value("command")}
    return applies and not each.value("permissive") and not is_true(each.value("using"))


CHECK = StructureCheck(
    id="GNK-A005",
    slug="policy-always-true",
    title="No policy for everybody is always true",
    category="security",
    severity=Severity.MEDIUM,
    impact="Row security looks switched on and holds nobody back.",
    recommendation="Name the roles that it is for (TO role), or say which rows are meant.",
    find=find,
)
