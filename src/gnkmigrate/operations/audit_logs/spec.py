"""Which tables are logged, and what is not said of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Logged:
    """One table of which changes are logged, and what is not said of it."""

    table: str
    secret: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
