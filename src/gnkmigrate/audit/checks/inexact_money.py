"""An amount of money in a binary floating-point number.

real and double precision hold no 0.10: sums drift from what the single amounts say, and equal
amounts compare as different. Which column is an amount follows from its name, such as price,
salary or fee; a price_ratio or a discount_percent is none. An amount, a cost, a balance or a
discount may be of something else (a dose, a query, days of leave): where no column of the table
speaks of money or a currency, the finding is low, and with a unit behind it, such as cost_ms, there
is none.

Source: PostgreSQL manual, 8.1.3 (floating-point types).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_MONEY = (
    "price|fee|salary|wage|revenue|earning|payment|payout|invoice|debit|refund|subtotal|surcharge|"
    "budget|currency|usd|eur|gbp|dollar|euro|cent"
)
_MAYBE = "amount|cost|balance|credit|discount|deposit"
_UNITS = (
    "ms|us|ns|sec|second|minute|hour|day|row|byte|kb|mb|gb|g|mg|kg|ml|l|km|mm|cm|kwh|kw|unit|token|"
    "point"
)
_RATIOS = "ratio|rate|percent|percentage|pct|share|factor|multiplier|weight|index|volatility"


def _word(words: str) -> re.Pattern[str]:
    """A word of a name as snake_case or camelCase has it: unitPrice, price_net, fees."""
    end = "s?(?:$|_|[A-Z])"
    return re.compile(rf"(?:^|_)(?:{words}){end}|[a-z](?:{words.title()}){end}")


_SURE, _UNSURE, _RATIO = _word(_MONEY), _word(_MAYBE), _word(_RATIOS)
_UNIT = re.compile(rf"_(?:{_UNITS})s?$|[a-z](?:{_UNITS.title()})s?$")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "real", "double precision"):
        name = column.identity.name
        if _RATIO.search(name):
            continue
        sure = _SURE.search(name)
        if sure or (_UNSURE.search(name) and not _UNIT.search(name)):
            about, type_ = object_of(column), column.payload["type"]
            if sure or _speaks_of_money(column, snapshot):
                message = (
                    f"Column {about.label(home)} looks like an amount of money and is {type_}."
                )
                yield Observation(about, message)
            else:
                message = f"Column {about.label(home)} may be an amount of money and is {type_}."
                yield Observation(about, message, severity=Severity.LOW)


def _speaks_of_money(column: Fact, snapshot: Snapshot) -> bool:
    """Whether the name of another column of the table leaves no doubt what it is about."""
    beside = () if column.parent is None else snapshot.children(column.parent, "column")
    return any(_SURE.search(each.identity.name) for each in beside)


CHECK = StructureCheck(
    id="GNK-S022",
    slug="inexact-money",
    title="Amounts of money are exact",
    severity=Severity.MEDIUM,
    impact="Sums differ from what the single amounts say.",
    recommendation="Use numeric.",
    find=find,
)
