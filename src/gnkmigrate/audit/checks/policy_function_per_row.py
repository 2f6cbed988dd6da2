"""A policy that asks who somebody is for every row.

current_setting(...), and functions of the project that take nothing from the row, are called again
for each row that is looked at. Within (SELECT ...) they are asked once a statement, with the same
answer.

Source: PostgreSQL manual, 5.9 (row security policies), 38.7 (volatility).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
# As pg_get_expr() prints it: arguments that are constants, each perhaps with its type.
_CONSTANT = r"(?:'(?:[^']|'')*'|-?\d[\d.]*|true|false|NULL::[\w ]+)(?:::[\w ]+)?"
_CALL = re.compile(rf"({_NAME}(?:\.{_NAME})?)\((?:{_CONSTANT}(?:, {_CONSTANT})*)?\)")
_ONCE = re.compile(rf"\( SELECT .*? AS {_NAME}\)", re.DOTALL)
# What costs nothing, or is meant to differ from row to row.
_CHEAP = frozenset({"now", "random", "clock_timestamp", "statement_timestamp", "gen_random_uuid"})


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for policy in snapshot.of_kind("policy"):
        called = sorted({*_called(policy)})
        if called:
            yield Observation(
                object_of(policy),
                f"Policy {object_of(policy).label(home)} calls {', '.join(called)} for every row.",
                evidence={
                    word: str(policy.value(key))
                    for key, word in (("using", "using"), ("check", "with check"))
                    if policy.value(key)
                },
            )


def _called(policy: Fact) -> Iterator[str]:
    """What its expressions call that has nothing of the row in it."""
    for key in ("using", "check"):
        text = _ONCE.sub("", str(policy.value(key) or ""))
        for name in _CALL.findall(text):
            if name not in _CHEAP:
                yield f"{name}()"


CHECK = StructureCheck(
    id="GNK-A023",
    slug="policy-function-per-row",
    title="No policy asks the same for every row",
    category="security",
    severity=Severity.LOW,
    impact="Reading many rows takes many calls.",
    recommendation="Write (SELECT function()) in the policy: it is then asked once a statement.",
    find=find,
)
