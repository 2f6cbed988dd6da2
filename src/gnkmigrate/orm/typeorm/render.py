"""Entities as TypeScript: one file an entity, the enums, the transformer, and an index."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Identity
from gnkmigrate.orm.typeorm import members, script
from gnkmigrate.orm.typeorm.model import Entity, Enum, Listed, Model

# The first line of each file: what has it may be written again.
MARK = "// Written by gnkmigrate typeorm entities, which will write it again.\n"

_TRANSFORMER = "numeric.transformer"
_ENUMS = "enums"
_DECORATOR = re.compile(r"^ *@(\w+)\(", re.MULTILINE)

_TRANSFORMER_TEXT = """import type { ValueTransformer } from 'typeorm';

/**
 * Values of numeric columns are strings, digit for digit.
 *
 * A JavaScript number holds about 15 digits, and 0.1 + 0.2 is not 0.3: a balance with 8 decimals
 * would soon lose the last ones. So the text that PostgreSQL gives is left as it is, both ways. To
 * calculate with a class for decimals, use it here, and change the properties' type:
 *
 *     to: (value) => value?.toString(),
 *     from: (value) => (value === null ? null : new Decimal(value)),
 */
export const numericAsText: ValueTransformer = {
  to: (value: unknown): unknown => value,
  from: (value: string | null): string | null => value,
};
"""


def render(model: Model) -> Mapping[str, str]:
    """The files of a model: what is in each, by its name."""
    by_table = {entity.table: entity for entity in model.entities}
    enums = {enum.identity: enum for enum in model.enums}
    files = {f"{entity.file}.ts": _file(entity, by_table, enums) for entity in model.entities}
    if any(map(_has_digits, model.entities)):
        files[f"{_TRANSFORMER}.ts"] = _TRANSFORMER_TEXT
    if model.enums:
        files[f"{_ENUMS}.ts"] = "\n".join(map(_enum, model.enums))
    files["index.ts"] = _index(model)
    return {name: MARK + text for name, text in files.items()}


def _index(model: Model) -> str:
    """Exports all, and tells what belongs to no entity."""
    told = [f"- {limit}" for limit in model.limits]
    head = script.comment(["In no entity, since TypeORM has no word for it:", *told])
    imports = "".join(map(_import, model.entities))
    files = [entity.file for entity in model.entities] + [_ENUMS] * bool(model.enums)
    exports = "".join(f"export * from './{file}';\n" for file in files)
    listed = "".join(f"  {entity.class_name},\n" for entity in model.entities)
    entities = f"export const entities = [\n{listed}];\n"
    return f"{head if told else ''}{imports}\n{exports}\n{entities}"


def _enum(enum: Enum) -> str:
    labels = "".join(f"  {script.text(label)},\n" for label in enum.labels)
    return (
        f"export const {enum.values} = [\n{labels}] as const;\n\n"
        f"export type {enum.class_name} = (typeof {enum.values})[number];\n"
    )


def _file(
    entity: Entity, by_table: Mapping[Identity, Entity], enums: Mapping[Identity, Enum]
) -> str:
    found = [members.column(each, enums) for each in entity.columns]
    found += [members.relation(each, by_table[each.table]) for each in entity.relations]
    found += [members.inverse(each, by_table[each.table]) for each in entity.inverses]
    body = "\n".join(map(script.indented, found))
    head = "".join(f"{line}\n" for line in _decorators(entity, by_table))
    text = f"{head}export class {entity.class_name} {{\n{body}}}\n"
    return f"{_imports(entity, text, by_table, enums)}\n{_told(entity)}{text}"


def _told(entity: Entity) -> str:
    if not entity.limits:
        return ""
    lines = ["TypeORM has no word for:", *(f"- {limit}" for limit in entity.limits)]
    if entity.is_apart:
        lines.append("It would change the table, so it has to leave it alone (synchronize: false).")
    return script.comment(lines)


def _imports(
    entity: Entity,
    text: str,
    by_table: Mapping[Identity, Entity],
    enums: Mapping[Identity, Enum],
) -> str:
    used = sorted({*_DECORATOR.findall(text)}) + ["type Relation"] * ("Relation<" in text)
    lines = [_named_import(used, "typeorm")]
    found = {enums[each.type.enum] for each in entity.columns if each.type.enum}
    names = [name for enum in found for name in (enum.values, f"type {enum.class_name}")]
    lines += [_named_import(sorted(names), f"./{_ENUMS}")] if names else []
    ends = [*(each.table for each in entity.relations), *(each.table for each in entity.inverses)]
    others = {*ends} - {entity.table}
    lines += sorted(_import(by_table[table]) for table in others)
    lines += [_named_import(["numericAsText"], f"./{_TRANSFORMER}")] * _has_digits(entity)
    return "".join(lines)


def _import(entity: Entity) -> str:
    return _named_import([entity.class_name], f"./{entity.file}")


def _named_import(names: Sequence[str], module: str) -> str:
    line = f"import {{ {', '.join(names)} }} from '{module}';\n"
    if len(line) <= script.WIDTH:
        return line
    listed = "".join(f"  {name},\n" for name in names)
    return f"import {{\n{listed}}} from '{module}';\n"


def _has_digits(entity: Entity) -> bool:
    return any(column.type.digits for column in entity.columns)


def _decorators(entity: Entity, by_table: Mapping[Identity, Entity]) -> Iterator[str]:
    options = {
        "schema": "" if entity.in_default_schema else script.text(entity.table.path[0]),
        "comment": script.text(entity.comment) if entity.comment else "",
        "synchronize": "false" if entity.is_apart else "",
    }
    yield script.call("Entity", script.text(entity.table.name), script.options(options))
    for each in entity.uniques:
        deferrable = script.text(each.deferrable) if each.deferrable else ""
        yield script.call("Unique", *_listed(each), script.options({"deferrable": deferrable}))
    for each in entity.indexes:
        yield script.call("Index", *_index_arguments(each))
    for name, expression in entity.checks:
        yield script.call("Check", script.text(name), script.text(expression))
    for name, definition in entity.exclusions:
        yield script.call("Exclusion", script.text(name), script.text(definition))
    for relation in entity.relations:
        if members.is_by_decorator(relation):
            yield members.foreign_key(relation, entity, by_table[relation.table])


def _listed(each: Listed) -> tuple[str, str]:
    return script.text(each.name), script.texts(each.properties)


def _index_arguments(each: Listed) -> Sequence[script.Argument]:
    if each.apart:
        return script.text(each.name), script.options({"synchronize": "false"})
    options = {
        "unique": "true" if each.unique else "",
        "where": script.text(each.where) if each.where else "",
    }
    return (*_listed(each), script.options(options))
