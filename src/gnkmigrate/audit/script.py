"""What closes gaps together: statements, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One statement of a script.

    Attributes:
        sql: the statement, without a semicolon.
        reason: why it is there.
        loses: what of the data it takes away; empty for nothing.
    """

    sql: str
    reason: str
    loses: str = ""


@dataclass(frozen=True)
class Script:
    """What closes gaps together.

    Attributes:
        fix: statements in an order that runs.
        undo: statements that take them back.
        left: the fingerprints of gaps that it leaves to a migration, which moves rows.
        obstacle: why there is none, where that is not on purpose.
    """

    fix: tuple[Step, ...] = ()
    undo: tuple[Step, ...] = ()
    left: frozenset[str] = frozenset()
    obstacle: str = ""
