"""An amount of money in a binary floating-point number.

real and double precision hold no 0.10: sums drift from what the single amounts say, and equal
amounts compare as different. Which column is an amount follows from its name, such as price,
balance or fee.

Source: PostgreSQL manual, 8.1.3 (floating-point types).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_WORDS = (
    "price|amount|cost|balance|fee|salary|wage|revenue|earning|payment|payout|invoice|debit|credit"
)
# A word of the name as snake_case or camelCase has it: unitPrice, price_net, fees.
_AMOUNT = re.compile(
    rf"(?:^|_)(?:{_WORDS})(?:s?(?:$|_|[A-Z]))|[a-z](?:{_WORDS.title()})s?(?:$|_|[A-Z])"
)


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "real", "double precision"):
        if _AMOUNT.search(column.identity.name):
            about = object_of(column)
            yield Observation(
                about,
                f"Column {about.label(home)} looks like an amount of money and is "
                f"{column.payload['type']}.",
            )


CHECK = StructureCheck(
    id="GNK-S022",
    slug="inexact-money",
    title="Amounts of money are exact",
    severity=Severity.MEDIUM,
    impact="Sums differ from what the single amounts say.",
    recommendation="Use numeric.",
    find=find,
)
