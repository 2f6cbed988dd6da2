"""What a plan says that it does, as far as an observer has to know it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.diff.renames import NOTHING_RENAMED
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified

Path = tuple[str, ...]

_RELATION = 2  # schema and name


@dataclass(frozen=True)
class Said:
    """What a plan says.

    Attributes:
        named: everything that it changes, by its names from the schema on.
        renamed: the old names of what gets another one, and the new; labels of enums as well.
        lost: what it says is lost, in its words.
    """

    named: frozenset[Path] = frozenset()
    renamed: Mapping[Path, Path] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @classmethod
    def by(
        cls,
        changes: Iterable[Change],
        statements: Sequence[Statement],
        hints: Mapping[Identity, Identity] = NOTHING_RENAMED,
    ) -> "Said":
        """What changes and the statements that bring them about say, and the user of renames."""
        named: set[Path] = set()
        renamed: dict[Path, Path] = {old.path: new.path for old, new in hints.items()}
        for change in changes:
            named.update(side.identity.path for side in (change.before, change.after) if side)
            if change.verb == "rename" and change.before is not None:
                renamed[change.before.identity.path] = change.identity.path
        lost = tuple(each.loses_data for each in statements if each.loses_data)
        return cls(frozenset(named), renamed, lost)

    def now(self, *path: str) -> Path:
        """What a relation, a column of one, or a label of a type is called afterwards."""
        relation = self.renamed.get(path[:_RELATION], path[:_RELATION])
        return self.renamed.get(path, (*relation, *path[_RELATION:]))

    def loses(self, *paths: Path) -> bool:
        """Whether it says that any of these is lost, under the old or the new name."""
        names = {qualified(*each) for path in paths for each in (path, self.now(*path))}
        return any(f" {name} " in f" {lost} " for name in names for lost in self.lost)
