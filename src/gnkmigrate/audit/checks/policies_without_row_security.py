"""Policies on a table whose row security is off.

CREATE POLICY does not enable row security: until ALTER TABLE ... ENABLE ROW LEVEL SECURITY the
policies stand in the catalog and do nothing, and the table looks protected to whoever reads them.
Where none of them lets everybody read some rows, enabling it hides all rows from the others, and no
fix is proposed.

Sources: PostgreSQL manual, 5.9 (row security policies), CREATE POLICY; pg_policy.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._policies import lets_see
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for table in snapshot.of_kind("table"):
        policies = snapshot.children(table.identity, "policy")
        names = [each.identity.name for each in policies]
        if names and not table.value("row_security"):
            complete = lets_see(policies)
            about, alter = object_of(table), f"ALTER TABLE {qualified(*table.identity.path)}"
            what = "a policy that does" if len(names) == 1 else f"{len(names)} policies that do"
            yield Observation(
                about,
                f"Table {about.label(home)} has {what} nothing: its row security is off.",
                evidence={"policies": names},
                fix=(f"{alter} ENABLE ROW LEVEL SECURITY",) if complete else (),
                undo=(f"{alter} DISABLE ROW LEVEL SECURITY",) if complete else (),
            )


CHECK = StructureCheck(
    id="GNK-A002",
    slug="policies-without-row-security",
    title="Row security is on wherever there are policies",
    category="security",
    severity=Severity.HIGH,
    impact="Every role with a privilege on the table reaches all rows, whatever the policies say.",
    recommendation="Enable row security once the policies let through all that the application "
    "needs; or drop them.",
    find=find,
)
