"""Whom the policies of a table let read."""

from collections.abc import Iterable

from gnkmigrate.facts.fact import Fact

_EVERYBODY = "PUBLIC"


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
