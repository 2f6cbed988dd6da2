"""What a backup or a restore tells while it works; the command line writes it down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class TransferProgress:
    """How far it is.

    Attributes:
        doing: what is being done, such as "saving" or "restoring".
        done: tables that are through.
        total: all tables; 0 where they are not counted one by one.
    """

    doing: str
    done: int = 0
    total: int = 0


Observer: TypeAlias = Callable[[TransferProgress], None]


def ignore(progress: TransferProgress) -> None:
    """The observer that has nothing to say."""
    del progress
