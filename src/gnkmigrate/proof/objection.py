"""What an observer has seen that should not be."""

from collections.abc import Sequence

from gnkmigrate.errors import GnkMigrateError

DEFECT = "This is a defect of gnkmigrate: please report it with both schemas."


class NotProven(GnkMigrateError):
    """A plan does not do on a copy what it promises; the live database was only read."""


def object_to(message: str, found: Sequence[str], hint: str = DEFECT, *, shown: int = 10) -> None:
    """Raises, unless nothing was found.

    Args:
        message: what is not as it should be, in one or two sentences.
        found: where, a line each.
        hint: what to do about it.
        shown: so many of the lines.

    Raises:
        NotProven: something was found.
    """
    if found:
        more = [f"and {len(found) - shown:,} more"] if len(found) > shown else []
        raise NotProven(message, details=[*found[:shown], *more], hint=hint)
