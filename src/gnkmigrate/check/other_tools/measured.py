"""What one migration of another tool came to."""

from dataclasses import dataclass
from typing import Literal, get_args

# What a migration can do that its author has to say is meant.
Fault = Literal["fails", "rewrites", "blocks", "loses", "changes", "way-back"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
WayBack = Literal["none", "not tried", "whole", "not whole", "fails"]


@dataclass(frozen=True)
class Held:
    """A lock that was held on a table or view.

    Attributes:
        relation: "schema.name".
        mode: as pg_locks calls it; a reader's AccessShareLock is left out.
        seconds: for how long.
        statement: what took it.
    """

    relation: str
    mode: str
    seconds: float
    statement: str


@dataclass(frozen=True)
class Problem:
    """Something that a migration did and that was not allowed, or was.

    Attributes:
        fault: of what sort.
        text: what it is.
        allowed: whether the user has said that it is meant.
    """

    fault: Fault
    text: str
    allowed: bool = False


@dataclass(frozen=True)
class Measured:
    """What one migration did on the copy.

    Attributes:
        name: the migration.
        seconds: how long its tool took.
        locks: of each table and view that was there before, the strongest that was held.
        rewritten: tables whose rows were written to a new file, "schema.name".
        read_through: tables of which all rows were read.
        way_back: what its own way back came to.
        problems: what is to be told, allowed or not.
    """

    name: str
    seconds: float = 0
    locks: tuple[Held, ...] = ()
    rewritten: tuple[str, ...] = ()
    read_through: tuple[str, ...] = ()
    way_back: WayBack = "not tried"
    problems: tuple[Problem, ...] = ()
