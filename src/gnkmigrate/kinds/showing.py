"""What a change does to what others may do and see."""

from enum import IntEnum


class Shows(IntEnum):
    """Whether others see more after a change, or less; the order in which such changes come.

    First all that takes away, and last all that gives: so nobody sees anything in between that is
    not theirs before or after.
    """

    LESS = 0
    OTHER = 1
    MORE = 2
