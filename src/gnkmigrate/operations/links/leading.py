"""The triggers by which the archived old table follows the link and the entity, from the swap on.

The archive is kept as the old application would know it, so that it can take its place back at any
moment. The triggers are made before the swap and lead nothing yet, so that the swap exchanges
functions alone and takes no lock of further tables.
"""

from collections.abc import Iterator

from gnkmigrate.operations.links import entity, rows
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.pinned import COLUMNS_FIRST

LEADS = "gnkmigrate_leads"
# After those of foreign keys, which end links.
_LAST = "zz_gnkmigrate_leads"


def triggers(sides: Sides) -> str:
    """Statements that make the triggers, before the swap."""
    said = sides.said
    link, known = said.function("lead_link"), said.function("lead_entity")
    made = [
        *do_not_lead(said),
        said.following.trigger(LEADS, "AFTER INSERT OR UPDATE OR DELETE", sides.rows, link),
        said.following.trigger(f"{LEADS}_all", "AFTER TRUNCATE", sides.rows, link, "STATEMENT"),
        said.following.trigger(LEADS, "AFTER UPDATE OR DELETE", sides.entity, known),
        said.following.trigger(f"{LEADS}_all", "AFTER TRUNCATE", sides.entity, known, "STATEMENT"),
    ]
    for place, (table, _, _) in enumerate(_owning(sides)):
        name = f"{_LAST}_{place}" if place else _LAST
        made.append(
            said.following.trigger(name, "AFTER DELETE", table, said.function(f"lead_owner{place}"))
        )
    return "".join(made)


def triggers_no_more(sides: Sides) -> str:
    """Statements that drop them; `sides` built."""
    said = sides.said
    dropped = [
        f"DROP TRIGGER IF EXISTS {name} ON {table}"
        for table in (sides.rows, sides.entity)
        for name in (LEADS, f"{LEADS}_all")
    ]
    owning = list(enumerate(_owning(sides)))
    dropped += [
        f"DROP TRIGGER IF EXISTS {f'{_LAST}_{place}' if place else _LAST} ON {table}"
        for place, (table, _, _) in owning
    ]
    functions = ["lead_link", "lead_entity", *(f"lead_owner{place}" for place, _ in owning)]
    dropped += [f"DROP FUNCTION IF EXISTS {said.function(what)}()" for what in functions]
    return ";\n".join(dropped)


def do_not_lead(said: Linking) -> list[str]:
    """The functions before the swap and after a rollback of it."""
    names = ["lead_link", "lead_entity"]
    names += [f"lead_owner{place}" for place in range(len(_owned(said)))]
    return [said.following.follower(said.function(name), "NULL;") for name in names]


def lead(sides: Sides) -> str:
    """Statements that let the new tables lead; `sides` swapped."""
    return "".join(
        (
            _hold(sides),
            _release(sides),
            _lead_link(sides),
            _lead_entity(sides),
            *_lead_owners(sides),
            _leave(sides),
            rows.follow_after(sides),
        )
    )


def lead_no_more(sides: Sides) -> str:
    """Statements that take it back once the old table is in its place again; `sides` built."""
    given = rows.parameters(sides)
    return "".join(
        (
            *do_not_lead(sides.said),
            entity.leave(sides),
            rows.staged_again(sides),
            f"DROP FUNCTION IF EXISTS {sides.said.function('release')}({given});",
            f"DROP FUNCTION IF EXISTS {sides.said.function('hold')}({given})",
        )
    )


def _held(sides: Sides, row: str) -> str:
    """The condition that a row of the archive is one that its owner has a link for."""
    return (
        f"EXISTS (SELECT FROM {sides.rows} AS held"
        f" WHERE {sides.are_same(sides.link_pair('held'), sides.pair(row))})"
    )


def _hold(sides: Sides) -> str:
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
        yield column(change.column), _follows(sides, change, "link", "old")
    for change in said.new_links:
        yield column(change.new_name), f"link.{column(change.new_name)}"


def _follows(sides: Sides, change: Conversion, link: str, old: str) -> str:
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


def _inherit(sides: Sides, ref: str) -> tuple[str, str]:
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


def _release(sides: Sides) -> str:
    """A link that ends leaves its row to another one of the same entity."""
    said, given = sides.said, rows.arguments(sides)
    inherit, declared = _inherit(sides, given[-1])
    mine = sides.are_same(sides.pair("row"), given)
    return f"""
CREATE OR REPLACE FUNCTION {said.function("release")}({rows.parameters(sides)}) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
{COLUMNS_FIRST}
{f"DECLARE {declared}" if declared else ""}
BEGIN
    PERFORM FROM {sides.old} AS row WHERE {mine} FOR UPDATE;
    {f"{inherit} END IF;" if inherit else ""}
    DELETE FROM {sides.old} AS row
    WHERE {mine} AND {sides.is_link("row")} AND NOT {_held(sides, "row")};
END
$body$;
"""


def _hand_over(sides: Sides) -> str:
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


def _lead_link(sides: Sides) -> str:
    said = sides.said
    hold, release = said.function("hold"), said.function("release")
    new, old = sides.link_pair("NEW"), sides.link_pair("OLD")
    # An owner that is equal may be spelled anew.
    spelled = [c for c in said.owners if c.column in sides.equalities]
    told = ", ".join(
        (
            *(
                f"{column(c.column)} = CASE WHEN"
                f" {alike(f'NEW.{column(c.new_name)}', f'OLD.{column(c.new_name)}')}"
                f" THEN row.{column(c.column)} ELSE {_follows(sides, c, 'NEW', 'row')} END"
                for c in (*spelled, *said.carried)
            ),
            *(f"{column(c.new_name)} = NEW.{column(c.new_name)}" for c in said.new_links),
        )
    )
    update = ""
    if told:
        update = f"""UPDATE {sides.old} AS row SET {told}
    WHERE {sides.are_same(sides.pair("row"), new)} AND {sides.is_link("row")};"""
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    -- Where it may, by a TRUNCATE: a DELETE would not see what has come since the snapshot of a
    -- REPEATABLE READ client.
    IF EXISTS (SELECT FROM {sides.old} AS row WHERE NOT {sides.is_link("row")}) THEN
        DELETE FROM {sides.old} AS row WHERE {sides.is_link("row")};
    ELSE
        TRUNCATE {sides.old};
    END IF;
    EXIT follow;
END IF;
IF TG_OP = 'UPDATE' AND {sides.are_same(new, old)} THEN
    {update}
    EXIT follow;
END IF;{_hand_over(sides)}
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    PERFORM {release}({", ".join(old)});
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    PERFORM {hold}({", ".join(new)});
END IF;"""
    return said.following.follower(said.function("lead_link"), body)


def _lead_entity(sides: Sides) -> str:
    said = sides.said
    told = ", ".join(
        f"{column(c.column)} = CASE WHEN"
        f" {alike(f'NEW.{column(c.new_name)}', f'OLD.{column(c.new_name)}')}"
        f" THEN row.{column(c.column)} ELSE {_follows(sides, c, 'NEW', 'row')} END"
        for c in said.returning
    )
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {sides.old};
ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM {sides.old} AS row WHERE row.{sides.ref} = OLD.{sides.key};
ELSE
    UPDATE {sides.old} AS row SET {sides.ref} = NEW.{sides.key}, {told}
    WHERE row.{sides.ref} = OLD.{sides.key};
END IF;"""
    return said.following.follower(said.function("lead_entity"), body)


def _owned(said: Linking) -> list[tuple[list[str], str]]:
    """The foreign keys of an owner whose rows may be no links: its columns, and to what."""
    found: list[tuple[list[str], str]] = []
    if said.where == "true":
        return found
    for names, text in said.references.items():
        listed = [name.strip() for name in names.split(",")]
        if set(listed) <= set(said.owner):
            found.append((listed, text))
    return found


def _owning(sides: Sides) -> Iterator[tuple[str, list[str], list[str]]]:
    """The tables of owners, quoted: their columns, and those of the old table that have them."""
    by_name = {change.new_name: column(change.column) for change in sides.said.owners}
    for names, text in _owned(sides.said):
        table, there = rows.referred(text)
        yield table, there, [by_name[name] for name in names]


def _lead_owners(sides: Sides) -> Iterator[str]:
    """Rows that are no links belong to an owner all the same."""
    for place, (_, there, mine) in enumerate(_owning(sides)):
        same = " AND ".join(
            f"row.{own} = OLD.{other}" for own, other in zip(mine, there, strict=True)
        )
        body = f"DELETE FROM {sides.old} AS row WHERE {same} AND NOT {sides.is_link('row')};"
        yield sides.said.following.follower(sides.said.function(f"lead_owner{place}"), body)


def _leave(sides: Sides) -> str:
    """Old to new as well: an entity outlives its row as long as there is a link to it."""
    said, ref = sides.said, f"OLD.{sides.ref}"
    inherit, declared = _inherit(sides, ref)
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    EXIT follow;
END IF;
IF TG_OP = 'DELETE' OR NEW.{sides.ref} IS DISTINCT FROM {ref} THEN
    {f"{inherit} EXIT follow; END IF;" if inherit else ""}
    -- Whoever is about to refer to it holds it.
    PERFORM FROM {sides.entity} AS entity WHERE entity.{sides.key} = {ref} FOR UPDATE;
    DELETE FROM {sides.entity} AS entity
    WHERE entity.{sides.key} = {ref}
      AND NOT EXISTS (SELECT FROM {sides.old} AS row WHERE row.{sides.ref} = {ref})
      AND NOT EXISTS (SELECT FROM {sides.rows} AS link WHERE link.{sides.ref} = {ref});
END IF;"""
    return said.following.follower(said.function("leave"), body, declare=declared)


def view(sides: Sides, names: list[str]) -> str:
    """Statements that make what the old application sees, and writes as if it were the table.

    Args:
        sides: swapped.
        names: the old table's columns that are not generated.
    """
    shown = [name for name in sides.columns if name not in sides.said.added]
    place = f':"legacy_schema".{column(sides.said.table.partition(".")[2])}'
    made = f"CREATE VIEW {place} AS SELECT {', '.join(map(column, shown))} FROM {sides.old}"
    defaults = [
        f"ALTER VIEW {place} ALTER COLUMN {column(name)} SET DEFAULT {default}"
        for name in shown
        if name in names and (default := sides.columns[name]["default"]) is not None
    ]
    return ";\n".join((made, *defaults))
