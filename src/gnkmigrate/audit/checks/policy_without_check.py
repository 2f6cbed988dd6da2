"""A policy that does not say which new rows it allows, or allows all.

Where a policy for UPDATE or ALL has no WITH CHECK, PostgreSQL holds new rows to the USING
expression as well: that is safe, and merely worth knowing, since it is not written down. Where
WITH CHECK is true and USING is not, somebody who may change a row may also give it to somebody
else, or move it out of every policy's reach.

Source: PostgreSQL manual, CREATE POLICY (WITH CHECK).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._policies import is_true
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        for policy in snapshot.children(table.identity, "policy"):
            if table.value("row_security") and _lacks_check(policy):
                yield _observed(policy, home)


def _lacks_check(policy: Fact) -> bool:
    using, check = policy.value("using"), policy.value("check")
    changes = policy.value("command") in {"ALL", "UPDATE"} and policy.value("permissive")
    return (
        changes and using is not None and not is_true(using) and (check is None or is_true(check))
    )


def _observed(policy: Fact, home: str) -> Observation:
    about, boundless = object_of(policy), policy.value("check") is not None
    says = (
        "lets a row that one may change become any other row"
        if boundless
        else "says nothing of new rows, so that its USING expression counts for them too"
    )
    return Observation(
        about,
        f"Policy {about.label(home)} {says}.",
        evidence={"using": policy.value("using"), "with check": policy.value("check")},
        severity=Severity.MEDIUM if boundless else Severity.INFO,
    )


CHECK = StructureCheck(
    id="GNK-A006",
    slug="policy-without-check",
    title="Every policy says which new rows it allows",
    category="security",
    severity=Severity.MEDIUM,
    impact="Rows can be handed to somebody else, or end where nobody finds them.",
    recommendation="Write WITH CHECK with the expression that new rows must obey, mostly that of "
    "USING.",
    find=find,
)
