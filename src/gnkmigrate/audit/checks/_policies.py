"""What the policies of a table let through, and whom."""

import re
from collections.abc import Iterable

from gnkmigrate.facts.fact import Fact

_EVERYBODY = "PUBLIC"


# As pg_get_expr() prints it: (1 = 1), ('a'::text = 'a'::text).
_EQUAL = re.compile(r"\(*((?:\d+|'(?:[^']|'')*'(?:::[\w ]+)?|true)) = \1\)*")


def is_true(expression: str | None) -> bool:
    """Whether an expression of a policy is true of every row by itself."""
    return expression is not None and bool(
        expression.strip("()") == "true" or _EQUAL.fullmatch(expression)
    )


def lets_see(policies: Iterable[Fact], role: str = _EVERYBODY) -> bool:
    """Whether some policy lets a role see rows: else the table is empty to it, without an error.

    Args:
        policies: those of the table.
        role: the role as SQL names it; everybody by itself.
    """
    return any(
        policy.value("permissive")
        and policy.value("command") in {"ALL", "SELECT"}
        and not {_EVERYBODY, role}.isdisjoint(policy.value("roles"))
        for policy in policies
    )
