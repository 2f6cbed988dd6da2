"""The triggers by which the archived old table follows the link and the entity, from the swap on.

The archive is kept as the old application would know it, so that it can take its place back at any
moment. The triggers are made before the swap and lead nothing yet, so that the swap exchanges
functions alone and takes no lock of further tables.
"""

from collections.abc import Iterator

from gnkmigrate.operations.links import archive_rows, following, rows
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.alike import alike

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
            archive_rows.hold(sides),
            archive_rows.release(sides),
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
            following.leave(sides),
            rows.staged_again(sides),
            f"DROP FUNCTION IF EXISTS {sides.said.function('release')}({given});",
            f"DROP FUNCTION IF EXISTS {sides.said.function('hold')}({given})",
        )
    )


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
                f" THEN row.{column(c.column)}"
                f" ELSE {archive_rows.follows(sides, c, 'NEW', 'row')} END"
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
END IF;{archive_rows.hand_over(sides)}
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    PERFORM {release}({", ".join(old)});
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    PERFORM {hold}({", ".join(new)});
END IF;"""
    return said.following.follower(said.function("lead_link"), body, shows=[sides.old])


def _lead_entity(sides: Sides) -> str:
    said = sides.said
    told = ", ".join(
        f"{column(c.column)} = CASE WHEN"
        f" {alike(f'NEW.{column(c.new_name)}', f'OLD.{column(c.new_name)}')}"
        f" THEN row.{column(c.column)} ELSE {archive_rows.follows(sides, c, 'NEW', 'row')} END"
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
    return said.following.follower(said.function("lead_entity"), body, shows=[sides.old])


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
    inherit, declared = archive_rows.inherit(sides, ref)
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
