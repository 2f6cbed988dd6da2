"""What TypeORM is told about a table: the values that entity classes are written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gnkmigrate.facts.fact import Identity

Generation = Literal["", "uuid", "increment", "identity"]
Stamp = Literal["", "create", "update"]


@dataclass(frozen=True)
class Limit:
    """Something of the target that TypeORM has no word for.

    Attributes:
        identity: what it is.
        reason: what becomes of it.
        table: the table whose entity tells of it; None where it belongs to none.
        apart: whether TypeORM has to leave that table alone, since it would change it.
    """

    identity: Identity
    reason: str
    table: Identity | None = None
    apart: bool = False

    def __str__(self) -> str:
        return f"{self.identity}: {self.reason}"


@dataclass(frozen=True)
class ColumnType:
    """A type of PostgreSQL's as TypeORM and TypeScript know it.

    Attributes:
        name: TypeORM's, such as "varchar"; "enum" with the rest in `enum`.
        script: TypeScript's, such as "string".
        length: of texts and bit strings.
        precision: of numbers and times.
        scale: of numbers.
        array: whether a value is a list of these.
        enum: the enum type that it is; None for others.
        digits: whether its values keep all digits as text, which the transformer sees to.
    """

    name: str
    script: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    array: bool = False
    enum: Identity | None = None
    digits: bool = False


@dataclass(frozen=True)
class Column:
    """A column and the property that it is.

    Attributes:
        name: in the database.
        property: in the class.
        type: of both.
        nullable: whether NULL is allowed.
        key: whether it is part of the primary key.
        key_name: what the primary key is called; "" for other columns.
        generation: how the database makes its values.
        identity: "ALWAYS" or "BY DEFAULT" where that is "identity".
        default: TypeScript that TypeORM takes for a default; "" without one.
        stamp: "create" or "update" where TypeORM itself keeps the time.
        expression: SQL of a generated column.
        collation: where it is not the type's.
        comment: what the database says of it.
    """

    name: str
    property: str
    type: ColumnType
    nullable: bool = False
    key: bool = False
    key_name: str = ""
    generation: Generation = ""
    identity: str = ""
    default: str = ""
    stamp: Stamp = ""
    expression: str = ""
    collation: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Relation:
    """A foreign key, as a property that holds the other entity.

    Attributes:
        name: of the constraint.
        property: in this class.
        inverse: in the other.
        table: the other table.
        columns: of this table, each with the property of the other class that it refers to.
        one: whether there is at most one row of this table for each of the other.
        keyed: whether its columns are the whole primary key or a part of it.
        nullable: whether there may be none.
        actions: TypeORM's options for what follows, such as onDelete.
    """

    name: str
    property: str
    inverse: str
    table: Identity
    columns: tuple[tuple[str, str], ...]
    one: bool
    keyed: bool
    nullable: bool
    actions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Inverse:
    """The other end of a relation."""

    property: str
    table: Identity
    relation: str
    one: bool


@dataclass(frozen=True)
class Listed:
    """A unique constraint or an index: its name, and properties or columns.

    Attributes:
        name: of the constraint or index.
        properties: in the order of its columns.
        unique: whether values may come once only.
        where: the condition of a partial index; "" for all rows.
        deferrable: "INITIALLY DEFERRED" or "INITIALLY IMMEDIATE"; "" where checked at once.
        apart: an index that TypeORM can name, and not make.
    """

    name: str
    properties: tuple[str, ...] = ()
    unique: bool = False
    where: str = ""
    deferrable: str = ""
    apart: bool = False


@dataclass(frozen=True)
class Entity:
    """A table and its class.

    Attributes:
        table: which table.
        class_name: the class.
        file: its module, without the extension.
        in_default_schema: whether its schema need not be named.
        comment: what the database says of it.
        columns: in their order.
        relations: foreign keys.
        inverses: foreign keys of others.
        uniques: unique constraints.
        indexes: indexes that no constraint owns.
        checks: names and expressions.
        exclusions: names and what follows EXCLUDE.
        limits: what TypeORM cannot say of it.
    """

    table: Identity
    class_name: str
    file: str
    in_default_schema: bool
    comment: str
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...]
    inverses: tuple[Inverse, ...]
    uniques: tuple[Listed, ...]
    indexes: tuple[Listed, ...]
    checks: tuple[tuple[str, str], ...]
    exclusions: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]

    @property
    def is_apart(self) -> bool:
        """Whether TypeORM has to leave the table as it is."""
        return any(limit.apart for limit in self.limits)


@dataclass(frozen=True)
class Enum:
    """An enum type: its name, its TypeScript name, its labels."""

    identity: Identity
    class_name: str
    labels: tuple[str, ...]

    @property
    def values(self) -> str:
        """The TypeScript constant that lists the labels."""
        return f"{self.class_name}Labels"


@dataclass(frozen=True)
class Model:
    """All that TypeORM is told, and all that it is not."""

    entities: tuple[Entity, ...]
    enums: tuple[Enum, ...]
    limits: tuple[Limit, ...]

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """Those of the entities, too."""
        return (*(limit for entity in self.entities for limit in entity.limits), *self.limits)
