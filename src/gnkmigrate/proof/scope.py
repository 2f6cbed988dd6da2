"""What of a database is looked at: the project's schemas, without what is somebody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Scope:
    """What is looked at.

    Attributes:
        schemas: these alone; None for all that are the user's.
        ignore: patterns (fnmatch) of what is not looked at, "schema.name".
        owners: whether owners and privileges count.
        without: extensions that are not looked at.
    """

    schemas: Sequence[str] | None = None
    ignore: Sequence[str] = ()
    owners: bool = True
    without: Sequence[str] = ()

    @classmethod
    def of(cls, settings: Settings, without: Sequence[str] = ()) -> "Scope":
        """What a project looks at."""
        return cls(settings.read_schemas, settings.ignore, without=tuple(without))

    def has_schema(self, name: str) -> bool:
        return not self.is_ignored(name) and (self.schemas is None or name in self.schemas)

    def has(self, schema: str, name: str) -> bool:
        """Whether an object is looked at."""
        return self.has_schema(schema) and not self.is_ignored(schema, name)

    def is_ignored(self, *path: str) -> bool:
        return any(fnmatchcase(".".join(path), pattern) for pattern in self.ignore)
