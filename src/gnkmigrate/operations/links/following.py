"""The triggers by which the entity follows the old table, and the archive after the swap.

The functions serve the old table before the swap and in the archive, wherever it is. Their
variables have names that no column has.
"""

from gnkmigrate import own_objects
from gnkmigrate.operations.links import entity
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED

# Triggers fire in the order of their names: what decides comes after the user's own, whose changes
# it must see; what makes an entity comes before what makes a link to it.
DECIDES = "zz_gnkmigrate_entity"
TELLS = "aa_gnkmigrate_entity"
LEAVES = "gnkmigrate_unused"


def follow(sides: Sides) -> str:
    """Statements that make the functions and the triggers on the old table."""
    said, old, following = sides.said, sides.old, sides.said.following
    return "".join(
        (
            _decide(sides),
            _tell(sides),
            leave(sides),
            following.trigger(DECIDES, "BEFORE INSERT OR UPDATE", old, said.function("decide")),
            following.trigger(TELLS, "AFTER INSERT OR UPDATE", old, said.function("tell")),
            following.trigger(LEAVES, "AFTER DELETE OR UPDATE", old, said.function("leave")),
            following.trigger(
                f"{LEAVES}_all", "AFTER TRUNCATE", old, said.function("leave"), "STATEMENT"
            ),
        )
    )


def follow_no_more(sides: Sides) -> str:
    """Statements that drop them."""
    triggers = (DECIDES, TELLS, LEAVES, f"{LEAVES}_all")
    dropped = [f"DROP TRIGGER IF EXISTS {name} ON {sides.old}" for name in triggers]
    functions = [sides.said.function(what) for what in ("decide", "tell", "leave")]
    return ";\n".join((*dropped, *(f"DROP FUNCTION IF EXISTS {name}()" for name in functions)))


def _decide(sides: Sides) -> str:
    """Before a row is written: which entity it will be about.

    Nothing else happens here, because INSERT ... ON CONFLICT comes by with rows that are never
    written. A row that is alone with its entity keeps it under another identity.
    """
    said, ref = sides.said, sides.ref
    old_names = ", ".join(change.column for change in said.identifying)
    others = f"{ref} = $1 AND ({_keys(sides)}) <> ({_arguments(sides)})"
    asked = _formatted(f"SELECT EXISTS (SELECT FROM :table WHERE {others})")
    return f"""
CREATE OR REPLACE FUNCTION {said.function("decide")}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
DECLARE
    gnkmigrate_known {sides.entity}.{sides.key}%TYPE;
    gnkmigrate_shared boolean;
BEGIN
    {_refuse(sides)}
    IF TG_OP = 'UPDATE' AND OLD.{ref} IS NOT NULL
       AND {sides.said_alike("NEW", "OLD", said.identifying)} THEN
        NEW.{ref} := OLD.{ref};
        RETURN NEW;
    END IF;
    IF NOT {sides.is_identified("NEW")} THEN
        IF TG_TABLE_SCHEMA = {literal(own_objects.ARCHIVE)} THEN
            RAISE not_null_violation USING
                MESSAGE = format('a row of %s needs a value in each of: %s',
                                 {literal(said.entity)}, {literal(old_names)});
        END IF;
        NEW.{ref} := NULL;  -- which stops the phase before its cutover
        RETURN NEW;
    END IF;
    -- Whoever gives the entity another identity just now is waited for.
    SELECT entity.{sides.key} INTO gnkmigrate_known FROM {sides.entity} AS entity
    WHERE {sides.is_entity_of("NEW")} FOR KEY SHARE;
    IF gnkmigrate_known IS NULL AND TG_OP = 'UPDATE' AND OLD.{ref} IS NOT NULL THEN
        EXECUTE {asked} INTO gnkmigrate_shared USING OLD.{ref}, {sides.row_keys("OLD")};
        IF NOT gnkmigrate_shared THEN
            gnkmigrate_known := OLD.{ref};
        END IF;
    END IF;
    NEW.{ref} := coalesce(gnkmigrate_known, {entity.own_key(sides, "NEW")});
    RETURN NEW;
END
$body$;
"""


def _keys(sides: Sides) -> str:
    return ", ".join(map(column, sides.row_key))


def _arguments(sides: Sides) -> str:
    return ", ".join(f"${place}" for place in range(2, 2 + len(sides.row_key)))


def _formatted(statement: str) -> str:
    """PL/pgSQL for a statement about the trigger's table, `:table`, wherever that is now."""
    template = statement.replace("%", "%%").replace(":table", "%s")
    return f"format({literal(template)}, TG_RELID::regclass)"


def _refuse(sides: Sides) -> str:
    """Refuses to the old application what the entity or the link cannot hold, after the swap."""
    said = sides.said
    return "\n    ".join(
        f"""IF TG_TABLE_SCHEMA = {literal(own_objects.ARCHIVE)} AND (TG_OP = 'INSERT'
        OR NOT {sides.said_alike("NEW", "OLD", (change,))})
       AND ({change.unfit(f"NEW.{column(change.column)}", sides.old_type(change))}) THEN
        RAISE check_violation USING MESSAGE = format(
            'the new shape of %s cannot hold this value of column "%s"',
            {literal(said.table)}, {literal(change.column)});
    END IF;"""
        for change in dict.fromkeys((*said.columns, *said.links))
        if change.is_picky
    )


def _tell(sides: Sides) -> str:
    """After a row is written: its entity is there, and says what the row has said last."""
    said, ref, key = sides.said, sides.ref, sides.key
    identity = ", ".join(map(column, said.identity))
    changed = ",\n        ".join(
        f"{column(change.new_name)} = CASE WHEN {sides.said_alike('NEW', 'OLD', (change,))}"
        f" THEN entity.{column(change.new_name)} ELSE {sides.new_value('NEW', change)} END"
        for change in said.columns
    )
    body = f"""
IF NEW.{ref} IS NULL THEN
    EXIT follow;
END IF;
IF TG_OP = 'UPDATE' AND NEW.{ref} = OLD.{ref} THEN
    IF {sides.said_alike("NEW", "OLD", said.columns)} THEN
        EXIT follow;
    END IF;
    {_joined(sides)}
    UPDATE {sides.entity} AS entity SET
        {changed}
    WHERE entity.{key} = NEW.{ref};
    IF FOUND THEN
        {_tell_others(sides)}
        EXIT follow;
    END IF;
END IF;
{entity.insert(sides)}
VALUES (NEW.{ref}, {entity.written(sides, "NEW")})
ON CONFLICT ({identity}) DO NOTHING;
IF FOUND THEN
    EXIT follow;
END IF;
SELECT entity.{key} INTO gnkmigrate_known FROM {sides.entity} AS entity
WHERE {sides.is_entity_of("NEW")} FOR NO KEY UPDATE;
IF NOT FOUND THEN
    RAISE serialization_failure USING
        MESSAGE = {literal(f"another session has just made the same row of {said.entity}")},
        HINT = 'Repeat the transaction.';
ELSIF gnkmigrate_known <> NEW.{ref} THEN
    -- Another row of the same statement, or another session, has made it.
    EXECUTE {_formatted(f"UPDATE :table SET {ref} = $1 WHERE {ref} = $2")}
    USING gnkmigrate_known, NEW.{ref};
    NEW.{ref} := gnkmigrate_known;
END IF;
{_tell_entity(sides)}
{_tell_others(sides)}"""
    return said.following.follower(
        said.function("tell"),
        body,
        f"gnkmigrate_known {sides.entity}.{key}%TYPE;",
        ["TG_RELID"],
    )


def _joined(sides: Sides) -> str:
    """A row kept its entity, under an identity that another row of the statement has made since."""
    said, ref = sides.said, sides.ref
    mine = f"({_keys(sides)}) = ({_arguments(sides)})"
    moved = _formatted(f"UPDATE :table SET {ref} = $1 WHERE {mine}")
    return f"""IF NOT {sides.said_alike("NEW", "OLD", said.identifying)} THEN
        SELECT entity.{sides.key} INTO gnkmigrate_known FROM {sides.entity} AS entity
        WHERE {sides.is_entity_of("NEW")} AND entity.{sides.key} <> NEW.{ref} FOR NO KEY UPDATE;
        IF FOUND THEN
            EXECUTE {moved} USING gnkmigrate_known, {sides.row_keys("NEW")};
            NEW.{ref} := gnkmigrate_known;
            {_tell_entity(sides)}
            {_tell_others(sides)}
            EXIT follow;
        END IF;
    END IF;"""


def _tell_entity(sides: Sides) -> str:
    """An entity that was there already says what the row has said last."""
    if not sides.said.telling:
        return ""
    values = ", ".join(
        f"{column(change.new_name)} = {sides.new_value('NEW', change)}"
        for change in sides.said.telling
    )
    return (
        f"UPDATE {sides.entity} AS entity SET {values} WHERE entity.{sides.key} = gnkmigrate_known;"
    )


def _tell_others(sides: Sides) -> str:
    """After the swap the other rows of the entity say it as well; before it they are as written."""
    said = sides.said
    telling = [change for change in said.telling if change not in said.shared]
    if sides.is_alone or not telling:
        return ""
    told = "\n        ".join(
        f"""IF TG_OP = 'INSERT' OR NEW.{sides.ref} IS DISTINCT FROM OLD.{sides.ref}
           OR NOT {sides.said_alike("NEW", "OLD", (change,))} THEN
            UPDATE {quoted(said.archived)} AS other SET {column(change.column)} = NEW.{
            column(change.column)
        }
            WHERE other.{sides.ref} = NEW.{sides.ref}
              AND NOT {sides.said_alike("other", "NEW", (change,))};
        END IF;"""
        for change in telling
    )
    return f"""IF TG_TABLE_SCHEMA = {literal(own_objects.ARCHIVE)} THEN
        {told}
        END IF;"""


def leave(sides: Sides) -> str:
    """The function after which an entity without a row is gone, before the swap.

    A client with an old snapshot does not see whose row another has made meanwhile: an entity that
    may have several stays, and is removed before the swap.
    """
    said, ref = sides.said, sides.ref
    tables = ", ".join(map(quoted, (said.entity, *said.hanging)))
    sees = (
        "true" if sides.is_alone else "current_setting('transaction_isolation') = 'read committed'"
    )
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    -- A DELETE would not see what has come since the snapshot of a REPEATABLE READ client.
    EXECUTE {literal(f"TRUNCATE {tables}")}
        || coalesce(', ' || to_regclass({literal(quoted(said.staged))}), '');
ELSIF (TG_OP = 'DELETE' OR NEW.{ref} IS DISTINCT FROM OLD.{ref}) AND {sees} THEN
    -- Whoever is about to refer to it holds it.
    PERFORM FROM {sides.entity} AS entity WHERE entity.{sides.key} = OLD.{ref} FOR UPDATE;
    DELETE FROM {sides.entity} AS entity
    WHERE entity.{sides.key} = OLD.{ref}
      AND NOT EXISTS (SELECT FROM {quoted(said.table)} AS row WHERE row.{ref} = OLD.{ref});
END IF;"""
    return said.following.follower(said.function("leave"), body)
