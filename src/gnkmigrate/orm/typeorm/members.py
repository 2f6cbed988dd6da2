"""The members of a class: columns, relations, and the other ends of relations."""

from collections.abc import Mapping

from gnkmigrate.facts.fact import Identity
from gnkmigrate.orm.typeorm import script
from gnkmigrate.orm.typeorm.model import Column, Entity, Enum, Inverse, Relation


def column(one: Column, enums: Mapping[Identity, Enum]) -> str:
    """A column with its decorator."""
    optional = " | null" if one.nullable else ""
    declared = f"{one.property}!: {one.type.script}{optional};\n"
    return f"{_column_decorator(one, enums)}\n{declared}"


def _column_decorator(column: Column, enums: Mapping[Identity, Enum]) -> str:
    given = _column_options(column, enums)
    if column.key and column.generation:
        kind = script.text(column.generation)
        kept = ("name", "comment", "primaryKeyConstraintName", "generatedIdentity")
        only = {name: given[name] for name in kept if name in given}
        if column.generation != "uuid":
            only["type"] = given["type"]
        return script.call("PrimaryGeneratedColumn", kind, script.options(only))
    if column.generation:
        given["generated"] = script.text(column.generation)
    if column.key:
        return script.call("PrimaryColumn", script.options(given))
    if column.stamp:
        kind = "CreateDateColumn" if column.stamp == "create" else "UpdateDateColumn"
        return script.call(kind, script.options(given))
    return script.call("Column", script.options(given))


def _column_options(column: Column, enums: Mapping[Identity, Enum]) -> dict[str, str]:
    type_ = column.type
    enum = enums[type_.enum] if type_.enum else None
    return {
        "name": script.text(column.name) if column.name != column.property else "",
        "type": script.text(type_.name),
        "enum": enum.values if enum else "",
        "enumName": script.text(enum.identity.name) if enum else "",
        "length": _number(type_.length),
        "precision": _number(type_.precision),
        "scale": _number(type_.scale),
        "array": "true" if type_.array else "",
        "nullable": "true" if column.nullable else "",
        "default": column.default,
        "generatedIdentity": script.text(column.identity) if column.identity else "",
        "generatedType": "'STORED'" if column.expression else "",
        "asExpression": script.text(column.expression) if column.expression else "",
        "insert": "false" if column.expression else "",
        "update": "false" if column.expression else "",
        "collation": script.text(column.collation) if column.collation else "",
        "comment": script.text(column.comment) if column.comment else "",
        "transformer": "numericAsText" if type_.digits else "",
        "primaryKeyConstraintName": script.text(column.key_name) if column.key else "",
    }


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def is_by_decorator(relation: Relation) -> bool:
    """TypeORM would add a unique constraint of its own to a one-to-one outside the primary key."""
    return relation.one and not relation.keyed


def foreign_key(relation: Relation, entity: Entity, other: Entity) -> str:
    own = {column.name: column.property for column in entity.columns}
    return script.call(
        "ForeignKey",
        f"() => {other.class_name}",
        script.texts([own[name] for name, _ in relation.columns]),
        script.texts([there for _, there in relation.columns]),
        script.options({"name": script.text(relation.name), **_actions(relation)}),
    )


def _actions(relation: Relation) -> Mapping[str, str]:
    return {name: script.text(value) for name, value in relation.actions.items() if value}


def relation(key: Relation, other: Entity) -> str:
    """A foreign key: the row of `other` that it refers to."""
    apart = is_by_decorator(key)
    options = {
        "nullable": "" if key.nullable else "false",
        **({} if apart else _actions(key)),
        "createForeignKeyConstraints": "false" if apart else "",
    }
    kind = script.call(
        "OneToOne" if key.one else "ManyToOne",
        f"() => {other.class_name}",
        f"(other) => other.{key.inverse}",
        script.options(options),
    )
    joined = [
        script.options(
            {
                "name": script.text(name),
                "referencedColumnName": script.text(there),
                "foreignKeyConstraintName": "" if apart else script.text(key.name),
            }
        )
        for name, there in key.columns
    ]
    columns = joined[0] if len(joined) == 1 else joined
    optional = " | null" if key.nullable else ""
    declared = f"{key.property}!: Relation<{other.class_name}>{optional};\n"
    return f"{kind}\n{script.call('JoinColumn', columns)}\n{declared}"


def inverse(end: Inverse, other: Entity) -> str:
    """The other end of a relation: the rows, or the one, that refer to this."""
    name = other.class_name
    side = f"(other) => other.{end.relation}"
    decorator = script.call("OneToOne" if end.one else "OneToMany", f"() => {name}", side)
    held = f"Relation<{name}> | null" if end.one else f"Relation<{name}[]>"
    return f"{decorator}\n{end.property}!: {held};\n"
