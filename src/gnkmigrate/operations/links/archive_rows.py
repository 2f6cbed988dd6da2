"""Which row of the archive stands for which link, from the swap on.

A link gets a row when it comes, and leaves it to another when it ends.
"""

from collections.abc import Iterator

from gnkmigrate.operations.links import rows
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST


def _held(sides: Sides, row: str) -> str:
    """The condition that a row of the archive is one that its owner has a link for."""
    return (
        f"EXISTS (SELECT FROM {sides.rows} AS held"
        f" WHERE {sides.are_same(sides.link_pair('held'), sides.pair(row))})"
    )


def hold(sides: Sides) -> str:
    """A link gets the row of its owner, or else one that nobody has any more, or else a new one.

    Where an entity has one row at most, whoever comes second waits for the first one's row, looks
    again, and has none. Where it may have several, each link has its own.
    """
    *owner, ref = given = rows.arguments(sides)
    mine = sides.are_same(sides.owners("mine"), owner)
    this = sides.are_same(sides.link_pair("link"), given)
    is_owners = f"({mine} OR NOT {_held(sides, 'mine')})" if sides.is_alone else mine
    first = ""
    if sides.is_alone:
        first = f"""
        UPDATE {sides.old} AS row SET {sides.ref} = {ref} WHERE row.{sides.ref} = {ref};
        EXIT WHEN FOUND;"""
    taken = ",\n            ".join(
        f"{name} = {value}"
        for name, value in _taken(sides, sides.are_same(sides.owners("old"), owner))
    )
    names, values = zip(*_made(sides, ref), strict=True)
    return f"""
CREATE OR REPLACE FUNCTION {sides.said.function("hold")}({rows.parameters(sides)}) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
{COLUMNS_FIRST}
BEGIN
    FOR gnkmigrate_attempt IN 1..3 LOOP
        UPDATE {sides.old} AS old SET
            {taken}
        FROM {sides.rows} AS link
        JOIN {sides.entity} AS entity ON entity.{sides.key} = link.{sides.ref}
        WHERE {this}
          AND ({sides.row_keys("old")}) = (
              SELECT {sides.row_keys("mine")} FROM {sides.old} AS mine
              WHERE mine.{sides.ref} = {ref} AND {is_owners}
              ORDER BY coalesce({mine}, false) DESC, {sides.row_keys("mine")}
              LIMIT 1 FOR UPDATE);
        EXIT WHEN FOUND;{first}
        INSERT INTO {sides.old} ({", ".join(names)})
        SELECT {", ".join(values)}
        FROM {sides.rows} AS link
        JOIN {sides.entity} AS entity ON entity.{sides.key} = link.{sides.ref}
        WHERE {this}
        FOR SHARE OF entity
        ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
    END LOOP;
END
$body$;
"""


def _taken(sides: Sides, is_owners: str) -> Iterator[tuple[str, str]]:
    """What a row of the archive gets when it comes to stand for a link."""
    said = sides.said
    for change in said.owners:
        yield column(change.column), f"link.{column(change.new_name)}"
    for name, value in {**said.fallback, **said.handed}.items():
        stays = is_owners if name in said.handed else f"{is_owners} AND {sides.is_link('old')}"
        yield column(name), f"CASE WHEN {stays} THEN old.{column(name)} ELSE {value} END"
    for change in said.carried:
        yield column(change.column), follows(sides, change, "link", "old")
    for change in said.new_links:
        yield column(change.new_name), f"link.{column(change.new_name)}"


def follows(sides: Sides, change: Conversion, link: str, old: str) -> str:
    """What an old column has that follows a link's, in its own words where they mean the same."""
    there, mine = f"{link}.{column(change.new_name)}", f"{old}.{column(change.column)}"
    says = alike(sides.new_value(old, change), there)
    return f"CASE WHEN {says} THEN {mine} ELSE {sides.old_value(there, change, mine)} END"


def _made(sides: Sides, ref: str) -> Iterator[tuple[str, str]]:
    """The columns of a new row of the archive, each with its value."""
    said = sides.said
    if said.key_from and said.key_from not in said.fallback:
        name = column(said.key_from)
        taken = f"EXISTS (SELECT FROM {sides.old} AS row WHERE row.{name} = {ref})"
        yield (
            name,
            f"CASE WHEN {taken} THEN {sides.columns[said.key_from]['default']} ELSE {ref} END",
        )
    for change in said.owners:
        yield column(change.column), f"link.{column(change.new_name)}"
    yield sides.ref, ref
    for change in said.returning:
        value = f"entity.{column(change.new_name)}"
        yield column(change.column), sides.old_value(value, change, sides.otherwise(change))
    for change in said.carried:
        value = f"link.{column(change.new_name)}"
        yield column(change.column), sides.old_value(value, change, sides.otherwise(change))
    for name, value in said.fallback.items():
        yield column(name), value
    for change in said.new_links:
        yield column(change.new_name), f"link.{column(change.new_name)}"


def _heir(sides: Sides, ref: str) -> str:
    """A query for the owner of a link of this entity that no row stands for."""
    return (
        f"SELECT {', '.join(sides.link_owners('link'))} FROM {sides.rows} AS link"
        f" WHERE link.{sides.ref} = {ref} AND NOT EXISTS (SELECT FROM {sides.old} AS row"
        f" WHERE {sides.are_same(sides.pair('row'), sides.link_pair('link'))})"
        f" ORDER BY {', '.join((*_age(sides), *sides.link_owners('link')))} LIMIT 1"
    )


def _age(sides: Sides) -> list[str]:
    """Who was linked first comes first, where a link says when."""
    times = [c for c in sides.said.carried if "timestamp" in sides.type_of(c)]
    return [f"link.{column(change.new_name)}" for change in times[:1]]


def _call_heir(sides: Sides, ref: str) -> tuple[str, str]:
    """Statements that let an heir have a row, and what they declare; FOUND tells of one."""
    types = rows.parameters(sides).split(", ")[:-1]
    names = [f"gnkmigrate_heir{place}" for place in range(len(types))]
    declared = " ".join(f"{name} {type_};" for name, type_ in zip(names, types, strict=True))
    found = _heir(sides, ref).replace(" FROM ", f" INTO {', '.join(names)} FROM ", 1)
    return f"{found};", declared


def inherit(sides: Sides, ref: str) -> tuple[str, str]:
    """PL/pgSQL by which an heir gets a row, and what it declares; FOUND tells of one.

    Where an entity may have several rows, each link has its own, and there are no heirs.
    """
    if not sides.is_alone:
        return "", ""
    find, declared = _call_heir(sides, ref)
    heirs = ", ".join(f"gnkmigrate_heir{place}" for place in range(len(sides.said.owner)))
    return (
        f"""{find}
    IF FOUND THEN
        PERFORM {sides.said.function("hold")}({heirs}, {ref});""",
        declared,
    )


def release(sides: Sides) -> str:
    """A link that ends leaves its row to another one of the same entity."""
    said, given = sides.said, rows.arguments(sides)
    inherited, declared = inherit(sides, given[-1])
    mine = sides.are_same(sides.pair("row"), given)
    return f"""
CREATE OR REPLACE FUNCTION {said.function("release")}({rows.parameters(sides)}) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
{COLUMNS_FIRST}
{f"DECLARE {declared}" if declared else ""}
BEGIN
    PERFORM FROM {sides.old} AS row WHERE {mine} FOR UPDATE;
    {f"{inherited} END IF;" if inherited else ""}
    DELETE FROM {sides.old} AS row
    WHERE {mine} AND {sides.is_link("row")} AND NOT {_held(sides, "row")};
END
$body$;
"""


def hand_over(sides: Sides) -> str:
    """A link that gets another owner takes its row along, where each has its own."""
    if sides.is_alone:
        return ""
    owners = ", ".join(
        (
            *(f"{column(c.column)} = NEW.{column(c.new_name)}" for c in sides.said.owners),
            *(f"{column(name)} = {value}" for name, value in sides.said.handed.items()),
        )
    )
    new, old = sides.link_pair("NEW"), sides.link_pair("OLD")
    return f"""
IF TG_OP = 'UPDATE' AND NEW.{sides.ref} = OLD.{sides.ref} THEN
    UPDATE {sides.old} AS row SET {owners}
    WHERE {sides.are_same(sides.pair("row"), old)} AND {sides.is_link("row")}
      AND NOT EXISTS (SELECT FROM {sides.old} AS other
                      WHERE {sides.are_same(sides.pair("other"), new)});
END IF;"""
