"""What a kind may look at when it writes its statements: both sides, and what the plan does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.foreign_keys import foreign_keys, partners
from gnkmigrate.kinds.inheritance import columns_above, heirs, parents


@dataclass(frozen=True)
class Context:
    """What a kind may look at.

    Attributes:
        source: the database as it is.
        target: the database as it shall be.
        online: whether to let others read and write meanwhile, at the price of more statements.
        source_timezone: the zone in which timestamps without one were written.
        created: what the plan itself makes; nobody uses it yet, so it may be locked.
        dropped: what the plan drops, by its identity in the source.
        altered: the same of what it alters.
        meanwhile: what things are called for a while, and were called in the source.
        apart: tables that have left their parents, and not joined others yet.
        names: what things of the source are called in the target.
    """

    source: Snapshot
    target: Snapshot
    online: bool = True
    source_timezone: str = "UTC"
    created: frozenset[Identity] = field(default=frozenset())
    dropped: frozenset[Identity] = field(default=frozenset())
    altered: frozenset[Identity] = field(default=frozenset())
    meanwhile: Mapping[Identity, Identity] = field(default_factory=dict)
    apart: frozenset[Identity] = field(default=frozenset())
    names: NewNames = field(default_factory=lambda: NewNames({}))

    @property
    def sides(self) -> tuple[Snapshot, Snapshot]:
        return self.source, self.target

    def find(self, identity: Identity | None) -> Fact | None:
        """A thing as it shall be, or as it is where it has no future."""
        if identity is None:
            return None
        return self.target.facts.get(identity) or self.source.facts.get(identity)

    def before(self, identity: Identity | None) -> Fact | None:
        """A thing as it is: what hangs on it goes before it changes."""
        if identity is None:
            return None
        return self.source.facts.get(identity) or self.target.facts.get(identity)

    def as_called_then(self, fact: Fact) -> Fact:
        """A fact of the source as the target calls it, and what it lives in."""
        if not self.names:
            return fact
        identity, parent = self.names.of(fact.identity), fact.parent and self.names.of(fact.parent)
        return Fact(identity, parent, fact.payload, fact.depends_on, fact.position)

    def before_rename(self, identity: Identity) -> Identity:
        """What a thing of the target is called in the source, where it is there."""
        return self.names.inverse.of(identity)

    def table_now(self, path: Sequence[str]) -> tuple[str, ...]:
        """What a table of the source is called in the target."""
        kinds = ("table", "foreign table")
        kind = next((each for each in kinds if self.source.get(each, *path)), "table")
        return self.names.of(Identity(kind, tuple(path))).path

    def column_left(self, column: Sequence[str], table: Identity | None) -> tuple[str, ...]:
        """The target's path of a column that a table inherits in the source; () where it goes.

        Args:
            column: its path, whatever the table is called by now.
            table: the table, as the source calls it.
        """
        if table is None:
            return ()
        above = columns_above((*table.path, column[-1]), self.source)
        given = {each.identity for each in above if each.kind == "column"}
        for name in sorted({self.names.of(each).name for each in given}) or [column[-1]]:
            path = (*self.names.of(table).path, name)
            if self.target.get("column", *path):
                return path
            if any(columns_above(path, self.target)) and not (given and given <= self.dropped):
                return path
        return ()

    def column_before(self, column: Sequence[str]) -> str:
        """What a column of the target that its table inherits is called in the source."""
        above = (each.identity for each in columns_above(column, self.target))
        found = (self.before_rename(each).name for each in above if each.kind == "column")
        return next(found, column[-1])

    def is_joined(self, column: Sequence[str]) -> bool:
        """Whether a table that is there gets a parent that has this column of the target too."""
        *table, name = column
        was = next(self._tables_before(tuple(table)), None)
        if was is None or self.target is self.source:
            return False
        kept = {self.table_now(parent) for parent in parents(was, self.source)}
        return any(
            self.target.get("column", *parent, name) is not None
            or any(columns_above((*parent, name), self.target))
            for parent in set(parents(table, self.target)) - kept
        )

    def _tables_before(self, table: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """What a table of the target is called in the source, where it is there."""
        for kind in ("table", "foreign table"):
            was = self.before_rename(Identity(kind, table))
            if was in self.source:
                yield was.path

    def below(self, table: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The tables that the target has below `table`, however far, and that are there already."""
        for child in self.target.once(heirs).get(tuple(table), ()):
            if not self.is_new(Identity("table", child)):
                yield child
            yield from self.below(child)

    def keyed_to(self, table: tuple[str, ...], column: str) -> Iterator[tuple[str, ...]]:
        """The other tables of foreign keys that stay and have a column of the source in them."""
        keys = self.source.once(foreign_keys).get(table, ())
        keys = [key for key in keys if key.identity not in self.dropped]
        yield from sorted(partners(table, column, keys))

    def is_busy(self, relation: Identity) -> bool:
        """Whether others may be using `relation`, so that locks on it are to be kept short.

        Partitioned tables know none of the online forms (CREATE INDEX, ALTER TABLE: Notes), and a
        foreign table has no rows that a command would look at.
        """
        if relation.kind == "foreign table":
            return False
        table = self.find(relation)
        partitioned = table is not None and table.payload.get("partitioned_by")
        return self.online and not self.is_new(relation) and not partitioned

    def stays(self, relation: Identity) -> bool:
        """Whether the target has what is called so, and the plan does not make it again."""
        return relation in self.target and relation not in self.dropped

    def is_new(self, relation: Identity) -> bool:
        """Whether the plan itself makes `relation`, so that it holds no rows yet."""
        return relation in self.created
