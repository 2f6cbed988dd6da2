"""What the journal calls what was run, and how people are told: a phase, or a plan.

No phase can be called as a plan is, since a plan's name is in parentheses and holds a space.
"""

import re

from gnkmigrate.run.events import Direction

_PLAN = re.compile(r"\(plan ([0-9a-f]{12})\)")


def of_plan(checksum: str) -> str:
    """The name of a plan, by the hash of what it does, in hexadecimal."""
    return f"(plan {checksum[:12]})"


def is_plan(name: str) -> bool:
    return _PLAN.fullmatch(name) is not None


def called(name: str) -> str:
    """It at the beginning of a sentence: "Phase data" or "Plan 0123456789ab"."""
    plan = _PLAN.fullmatch(name)
    return f"Plan {plan[1]}" if plan else f"Phase {name}"


def way_on(name: str, direction: Direction = "up", *, atomic: bool = False) -> str:
    """What to do once it has stopped, and the cause is known.

    Args:
        name: what the journal calls it.
        direction: which way it was going.
        atomic: whether all of it was one transaction, as in a dry run.
    """
    if atomic:
        return "Nothing was changed: all of it was rolled back. Fix the cause and try again."
    if is_plan(name):
        return (
            "What was done before stands. Fix the cause and run the same command again: it goes on "
            "where it stopped. Or make a new plan from here: gnkmigrate plan"
        )
    other = "take it back" if direction == "up" else "go up again"
    command = "downgrade" if direction == "up" else "upgrade"
    return (
        f"What was done before stands. Fix the cause and run the same command again, or {other}: "
        f"gnkmigrate {command} --phase {name}"
    )


def on_a_copy(name: str) -> str:
    """The command that tries it on a copy."""
    return "gnkmigrate plan --prove" if is_plan(name) else "gnkmigrate rehearse"
