"""Which checks the user asked for."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Selection:
    """Patterns (fnmatch) of ids, slugs or categories, whatever their case.

    Attributes:
        only: where there are any, nothing else is run.
        skip: what is left out of that.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def admits(self, *names: str) -> bool:
        """Whether a check with this id, slug and category is wanted."""
        wanted = not self.only or _any(self.only, names)
        return wanted and not _any(self.skip, names)


def _any(patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names
    )
