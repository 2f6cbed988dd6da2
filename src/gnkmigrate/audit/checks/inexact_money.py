"""An amount of money in a binary floating-point number.

real and double precision hold no 0.10: sums drift from what the single amounts say, and equal
amounts compare as different. Which column is an amount follows from its name, such as price,
balance or fee; a price_ratio or a discount_percent is none.

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
    "price|amount|cost|balance|fee|salary|wage|revenue|earning|payment|payout|invoice|debit|credit|"
    "discount|refund|subtotal|deposit|surcharge"
)
_RATIOS = "ratio|rate|percent|percentage|pct|share|factor|multiplier|weight|index|volatility"


def _word(words: str) -> re.Pattern[str]:
    """A word of a name as snake_case or camelCase has it: unitPrice, price_net, fees."""
    end = "s?(?:$|_|[A-Z])"
    return re.compile(rf"(?:^|_)(?:{words}){end}|[a-z](?:{words.title()}){end}")


_AMOUNT, _RATIO = _word(_WORDS), _word(_RATIOS)


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "real", "double precision"):
        name = column.identity.name
        if _AMOUNT.search(name) and not _RATIO.search(name):
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
