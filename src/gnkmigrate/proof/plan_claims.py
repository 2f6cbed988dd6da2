"""What a plan says that it does, as far as an observer has to know it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.diff.renames import NOTHING_RENAMED, renamed_by
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified

Path = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a plan says.

    Attributes:
        named: everything that it changes, by its names from the schema on.
        renamed: the old names of what gets another one, and the new; labels of enums as well.
        lost: what it says is lost, in its words.
        elsewhere: the same of what is in no schema, but for schemas: servers, publications.
        joined: a table and one that it is to inherit from or be a partition of, by their old names.
    """

    named: frozenset[Path] = frozenset()
    renamed: Mapping[Path, Path] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    joined: frozenset[tuple[Path, Path]] = frozenset()

    @classmethod
    def by(
        cls,
        changes: Iterable[Change],
        statements: Sequence[Statement],
        hints: Mapping[Identity, Identity] = NOTHING_RENAMED,
        source: Snapshot | None = None,
    ) -> "Said":
        """What changes and the statements that bring them about say, and the user of renames.

        Args:
            changes: of the plan.
            statements: of the plan.
            hints: what the user says has another name.
            source: the database as it is: tables that have a renamed column of another.
        """
        changes = tuple(changes)
        named: set[Path] = set()
        pairs = {**hints, **renamed_by(changes)}
        inside = {
            old.path: new.path
            for old, new in pairs.items()
            if len(old.path) > 1 or old.kind == "schema"
        }
        if source is not None:
            inside = {**dict(_inherited(inside, pairs, source)), **inside}
        elsewhere = {
            old.name: new.name
            for old, new in pairs.items()
            if len(old.path) == 1 and old.kind != "schema"
        }
        for change in changes:
            named.update(side.identity.path for side in (change.before, change.after) if side)
        lost = tuple(each.loses_data for each in statements if each.loses_data)
        before = {new: old for old, new in inside.items()}
        joined = {
            (before.get(table, table), before.get(parent, parent))
            for table, parent in _joined(changes)
        }
        return cls(frozenset(named), inside, lost, elsewhere, frozenset(joined))

    def now(self, *path: str) -> Path:
        """What a schema, a relation, a column of one, or a label of a type is called afterwards."""
        if not path or path in self.renamed:
            return self.renamed.get(path, ())
        return (*self.now(*path[:-1]), path[-1])

    def loses(self, *paths: Path) -> bool:
        """Whether it says that any of these is lost, under the old or the new name."""
        names = {qualified(*each) for path in paths for each in (path, self.now(*path))}
        return any(f" {name} " in f" {lost} " for name in names for lost in self.lost)


def _inherited(
    renamed: Mapping[Path, Path], pairs: Mapping[Identity, Identity], source: Snapshot
) -> Iterator[tuple[Path, Path]]:
    """The columns that tables have of others, where these get another name."""
    names = Said(renamed=renamed)
    for old, new in pairs.items():
        if old.kind == "column":
            for table in tables_below(old.path[:-1], source):
                yield (*table, old.name), (*names.now(*table), new.name)


def _joined(changes: Iterable[Change]) -> Iterator[tuple[Path, Path]]:
    """Tables and what they are to be parts of, by their new names."""
    for change in changes:
        if change.after is None:
            continue
        payload = change.after.payload
        parents = [payload["of"]] if change.kind == "partition" else payload.get("inherits") or ()
        yield from ((change.identity.path, tuple(parent)) for parent in parents)
