"""What came of an order: for one target, and for all of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gnkmigrate.failure import FAILED, FOUND, LATER

# "clean", "done": nothing is left to do. "tried": it was carried out and rolled back. "findings",
# "pending": there is what the command looks for. "failed": a person must change something. "failed
# for now": the same may succeed later.
State = Literal[
    "clean", "done", "tried", "findings", "pending", "failed", "failed for now", "not begun"
]

_MOST_TRAITS = 200  # of one target; what is over is counted


@dataclass(frozen=True)
class Found:
    """What a command found out about one database.

    Attributes:
        state: how it stands.
        text: the same in a few words.
        traits: what sets it apart from others of its fleet, a line each.
        server_version: server_version_num; 0 where it is not known.
        numbers: such as {"high": 3} or {"statements": 12}.
        phases: each phase's name and state, in their order.
    """

    state: State
    text: str
    traits: tuple[str, ...] = ()
    server_version: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)
    phases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of an order for one target; it holds no secret.

    Attributes:
        name: the target's.
        found: what the command found.
        labels: what the list says of it.
        database: its address without any secret; "" where it was not found out.
        error: why it failed, or was not begun; None where it did neither.
        hint: what to do about that.
        details: the rows, objects or lines that the error is about.
        seconds: how long it took.
        worker: who did it.
        misfit: whether it is the worker that did not fit, and not the database.
        no_turn: whether as many databases of its server were worked on as may be at once.
    """

    name: str
    found: Found
    labels: Mapping[str, str] = field(default_factory=dict)
    database: str = ""
    error: str | None = None
    hint: str = ""
    details: tuple[str, ...] = ()
    seconds: float = 0.0
    worker: str = ""
    misfit: bool = False
    no_turn: bool = False

    @property
    def state(self) -> State:
        return self.found.state

    @property
    def has_failed(self) -> bool:
        return self.state in {"failed", "failed for now"}


@dataclass(frozen=True)
class Group:
    """Targets of which the same is to be said.

    Attributes:
        names: of the targets, in the list's order.
        traits: what is to be said of each of them, as far as it is kept.
        more: how many traits are not kept.
    """

    names: tuple[str, ...]
    traits: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Summary:
    """What came of a whole order.

    Attributes:
        command: as it was typed, such as "fleet audit".
        results: of every target, in the list's order.
        groups: targets by what is to be said of them, the largest first; those that failed or were
            not begun are in none.
        shard: such as "3/7"; "" for the whole list.
        group_by: the label by which results are counted; None for none.
        seconds: how long it all took.
        stopped: why not all were begun; "" where all were.
    """

    command: str
    results: tuple[Result, ...]
    groups: tuple[Group, ...]
    shard: str = ""
    group_by: str | None = None
    seconds: float = 0.0
    stopped: str = ""

    @property
    def exit_code(self) -> int:
        """0 where all are clean, else 1 for findings, 2 for failures, 3 for those that may pass."""
        states = {result.state for result in self.results}
        if "failed" in states:
            return FAILED
        if "failed for now" in states:
            return LATER
        return FOUND if states & {"findings", "pending", "not begun"} else 0


def counts(results: Sequence[Result]) -> dict[State, int]:
    """How many results there are of each state, in the order in which people want to read."""
    order: tuple[State, ...] = (
        "failed",
        "failed for now",
        "findings",
        "pending",
        "clean",
        "done",
        "tried",
        "not begun",
    )
    states = [result.state for result in results]
    return {state: states.count(state) for state in order if state in states}


class Grouping:
    """Targets put into groups as their results come; of each group the traits are kept once."""

    def __init__(self) -> None:
        self._names: dict[bytes, list[str]] = {}
        self._traits: dict[bytes, tuple[str, ...]] = {}
        self._all: dict[bytes, int] = {}

    def add(self, name: str, found: Found) -> None:
        """Takes what was found of a target."""
        traits = found.traits
        key = hashlib.sha256("\0".join(sorted(traits)).encode()).digest()
        self._names.setdefault(key, []).append(name)
        self._traits.setdefault(key, traits[:_MOST_TRAITS])
        self._all[key] = len(traits)

    def groups(self, order: Mapping[str, int]) -> tuple[Group, ...]:
        """The groups, the largest first, with names in the order that `order` gives them."""
        found = [
            Group(
                tuple(sorted(names, key=lambda name: order[name])),
                self._traits[key],
                self._all[key] - len(self._traits[key]),
            )
            for key, names in self._names.items()
        ]
        return tuple(sorted(found, key=lambda each: (-len(each.names), order[each.names[0]])))
