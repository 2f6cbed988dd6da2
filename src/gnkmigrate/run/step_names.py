"""Steps that are named for something of a table: two tables may each have one of that name."""

import copy
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Self

from gnkmigrate.run.step import Step


@dataclass(frozen=True)
class OfATable(Step):
    """A step about an index or a constraint.

    Attributes:
        apart: whether its table is in its name, since another step of the revision is called so.
    """

    apart: bool = field(default=False, init=False, repr=False)

    @property
    @abstractmethod
    def what(self) -> str:
        """What it is about, such as "index item_state"."""

    @property
    @abstractmethod
    def of(self) -> str:
        """The table of that, "schema.table"."""

    @property
    def name(self) -> str:
        return f"{self.what} of {self.of}" if self.apart else self.what

    def told_apart(self) -> Self:
        twin = copy.copy(self)
        object.__setattr__(twin, "apart", True)
        return twin
