"""Which checks the user asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from gnkmigrate.errors import SettingsError


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

    def refuse_unknown(self, names: Collection[str]) -> None:
        """Refuses a pattern that matches no check: it would pass for a clean result.

        Raises:
            SettingsError: one does.
        """
        for pattern in (*self.only, *self.skip):
            if not _any((pattern,), tuple(names)):
                near = get_close_matches(pattern.casefold(), [name.casefold() for name in names], 3)
                raise SettingsError(
                    f"There is no check {pattern}.",
                    hint=f"Did you mean {' or '.join(near)}?"
                    if near
                    else "docs/audit.md lists the checks by id and name.",
                )


def _any(patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names
    )
