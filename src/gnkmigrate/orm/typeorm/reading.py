"""The target's facts become what TypeORM is told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.orm.typeorm import columns, keys, limits, naming
from gnkmigrate.orm.typeorm.model import Entity, Enum, Inverse, Limit, Model, Relation
from gnkmigrate.postgres.quoting import qualified

_NONE: Mapping[str, str] = {}


def read(
    snapshot: Snapshot, default_schema: str = "public", given: Mapping[str, str] = _NONE
) -> Model:
    """What TypeORM is told of a target.

    Args:
        snapshot: the target's facts.
        default_schema: the schema whose name goes without saying.
        given: the other ends of relations that the settings name (`typeorm.relations`).
    """
    return _Reader(snapshot, default_schema, given).model


@dataclass
class _Reader:
    snapshot: Snapshot
    default_schema: str
    given: Mapping[str, str]
    _used: dict[Identity, set[str]] = field(default_factory=dict)

    @cached_property
    def model(self) -> Model:
        entities = tuple(self._entity(table) for table in self.tables)
        loose = (*self._left_out, *limits.of_others(self.snapshot))
        named = {limit.identity for limit in self._left_out}
        return Model(
            entities,
            tuple(self.enums.values()),
            tuple(
                limit
                for limit in loose
                if limit.table not in self.properties or limit.table in named
            ),
        )

    @cached_property
    def tables(self) -> tuple[Fact, ...]:
        left_out = {limit.identity for limit in self._left_out}
        found = self.snapshot.of_kind("table")
        return tuple(table for table in found if table.identity not in left_out)

    @cached_property
    def _left_out(self) -> tuple[Limit, ...]:
        return tuple(
            Limit(table.identity, reason, table.identity)
            for table in self.snapshot.of_kind("table")
            if (reason := self._why_left_out(table))
        )

    def _why_left_out(self, table: Fact) -> str:
        if table.payload["is_partition"]:
            return "a partition; its rows are read through its parent"
        if table.payload["inherits"]:
            return "it inherits from another table; no entity is written"
        if keys.primary(table, self.snapshot) is None:
            return "it has no primary key, without which TypeORM takes no entity; none is written"
        if "." in table.identity.name or any('"' in name for name in self._all_names(table)):
            return 'it has a name with " or . in it, which TypeORM does not quote; none is written'
        return ""

    def _all_names(self, table: Fact) -> Iterator[str]:
        yield from table.identity.path
        for column in self.snapshot.children(table.identity, "column"):
            yield column.identity.name

    @cached_property
    def classes(self) -> Mapping[Identity, str]:
        return naming.class_names(table.identity for table in self.tables)

    @cached_property
    def enums(self) -> Mapping[str, Enum]:
        """By their names as columns print them."""
        taken = {*self.classes.values()}
        return {
            qualified(*fact.identity.path): Enum(
                fact.identity,
                naming.free(naming.pascal(fact.identity.name), taken),
                tuple(fact.payload["labels"]),
            )
            for fact in self.snapshot.of_kind("enum")
        }

    @cached_property
    def properties(self) -> Mapping[Identity, Mapping[str, str]]:
        """The property of each column, by table and column."""
        return {
            table.identity: {
                column.identity.name: naming.property_name(
                    naming.camel(column.identity.name), self._names_of(table.identity)
                )
                for column in self._columns(table)
            }
            for table in self.tables
        }

    def _names_of(self, table: Identity) -> set[str]:
        return self._used.setdefault(table, set())

    def _columns(self, table: Fact) -> Sequence[Fact]:
        """Those of the primary key come first, in its order: TypeORM makes the key so."""
        key = keys.primary(table, self.snapshot)
        names = key.payload["columns"] if key is not None else ()
        rank = {name: place for place, name in enumerate(names)}
        return sorted(
            self.snapshot.children(table.identity, "column"),
            key=lambda column: (rank.get(column.identity.name, len(rank)), column.position),
        )

    @cached_property
    def _foreign_keys(self) -> tuple[tuple[Fact, Identity, Identity], ...]:
        """Each with its table and the other one, where both have an entity."""
        found = []
        for table in self.tables:
            for key in keys.of_type("foreign key", table, self.snapshot):
                other = referenced(key)
                there = Identity("table", other) if other else None
                if there is not None and there in self.properties:
                    found.append((key, table.identity, there))
        return tuple(found)

    @cached_property
    def relations(self) -> Mapping[Identity, tuple[Relation, ...]]:
        """The foreign keys of each table."""
        made: dict[Identity, list[Relation]] = {}
        pairs = Counter((table, there) for _, table, there in self._foreign_keys)
        for key, table, there in self._foreign_keys:
            several = pairs[table, there] > 1
            made.setdefault(table, []).append(self._relation(key, table, there, several=several))
        return {table: tuple(found) for table, found in made.items()}

    def _relation(self, key: Fact, table: Identity, there: Identity, *, several: bool) -> Relation:
        plain = keys.role(key, self.classes[there])
        name = naming.property_name(plain, self._names_of(table))
        one = keys.is_one_to_one(key, table, self.snapshot)
        back = naming.camel(naming.singular(table.name) if one else table.name)
        if several and plain != naming.camel(self.classes[there]):
            back += "By" + "".join(map(naming.pascal, key.payload["columns"]))
        back = self.given.get(keys.address(table, key.payload["columns"]), back)
        inverse = naming.property_name(back, self._names_of(there))
        return keys.relation(
            key, name, inverse, there, self.properties[there], one=one, snapshot=self.snapshot
        )

    def _entity(self, table: Fact) -> Entity:
        identity = table.identity
        made = [
            columns.column(
                column, self.properties[identity][column.identity.name], self.snapshot, self.enums
            )
            for column in self._columns(table)
        ]
        relations = self.relations.get(identity, ())
        listed = keys.listed(table, self.properties[identity], self.snapshot)
        comment = self.snapshot.get("comment", "table", *identity.path)
        unsaid = tuple(limits.of_comment(comment, identity)) if comment else ()
        return Entity(
            identity,
            self.classes[identity],
            f"{naming.kebab(self.classes[identity])}.entity",
            identity.path[0] == self.default_schema,
            comment.payload["text"] if comment and not unsaid else "",
            tuple(column for column, _ in made),
            relations,
            tuple(self._inverses(identity)),
            listed.uniques,
            listed.indexes,
            listed.checks,
            listed.exclusions,
            (
                *limits.of_properties(table, identity),
                *limits.of_name(identity),
                *unsaid,
                *(limit for _, found in made for limit in found),
                *listed.limits,
                *self._limits_of_relations(table),
                *(limit for limit in limits.of_others(self.snapshot) if limit.table == identity),
            ),
        )

    def _inverses(self, table: Identity) -> Iterator[Inverse]:
        for other, found in self.relations.items():
            for each in found:
                if each.table == table:
                    yield Inverse(each.inverse, other, each.property, each.one)

    def _limits_of_relations(self, table: Fact) -> Iterator[Limit]:
        related = {key.identity for key, *_ in self._foreign_keys}
        for key in keys.of_type("foreign key", table, self.snapshot):
            if key.identity not in related:
                reason = "it refers to a table that has no entity"
                yield Limit(key.identity, reason, table.identity)
