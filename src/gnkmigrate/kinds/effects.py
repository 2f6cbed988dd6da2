"""What a change does: to the thing itself, and to what depends on it."""

from enum import Enum, auto


class How(Enum):
    """How a thing gets another value of an attribute."""

    ALTERED = auto()  # by a statement of its own
    MADE_AGAIN = auto()  # the thing is dropped and created, or replaced by a new one
    COSMETIC = auto()  # not at all: the value describes, and is not compared


class Effect(Enum):
    """What a change of one thing does to another that depends on it."""

    NONE = auto()
    REBUILT = auto()  # PostgreSQL carries it along, unless it changes too: then it makes way
    ALTERED = auto()  # it holds data and is altered so that it uses the new thing
    REPLACED = auto()  # it makes way before the change, and is made again afterwards


class Replacement(Enum):
    """How a thing that cannot be altered gets its new shape."""

    DROP = auto()  # the old one goes first
    ASIDE = auto()  # the old one is renamed, and goes when nothing uses it any more
