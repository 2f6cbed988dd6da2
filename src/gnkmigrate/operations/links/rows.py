"""The link: its table, its fill, and the triggers by which it follows the old table."""

from collections.abc import Iterator, Sequence

from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST

# After what makes the entity, and before what removes it; see entity.py.
LINKS = "gnkmigrate_link"


def create(sides: Sides) -> str:
    """Statements that make the table and its indexes."""
    indexes = [
        f"CREATE INDEX {column(name)} ON {sides.rows} {definition}"
        for name, definition in sides.said.indexes.items()
    ]
    listed = ",\n    ".join(_columns(sides))
    return ";\n".join((f"CREATE TABLE {sides.rows} (\n    {listed}\n)", *indexes))


def _columns(sides: Sides) -> Iterator[str]:
    said = sides.said
    for change in said.owners:
        yield f"{column(change.new_name)} {sides.type_of(change)} NOT NULL"
    yield f"{sides.ref} {sides.key_type} NOT NULL"
    for change in (*said.carried, *said.new_links):
        type_ = sides.type_of(change) if change.column else change.type
        default = "" if change.default is None else f" DEFAULT {change.default}"
        required = " NOT NULL" if change.not_null else ""
        yield f"{column(change.new_name)} {type_}{default}{required}"
    yield f"PRIMARY KEY ({sides.link_key})"
    yield from foreign_keys(sides)


def foreign_keys(sides: Sides) -> list[str]:
    """The definitions of the table's foreign keys."""
    return [
        *(
            f"FOREIGN KEY ({names}) REFERENCES {text}"
            for names, text in sides.said.references.items()
        ),
        f"FOREIGN KEY ({sides.ref}) REFERENCES {sides.entity} ({sides.key}) ON DELETE CASCADE",
    ]


def expected(sides: Sides, row: str = "row") -> str:
    """A query for what the links are to be: of several rows of one the first by the key counts."""
    said = sides.said
    values = [f"{row}.{column(change.column)}" for change in said.owners]
    values += [f"{row}.{sides.ref}", *sides.payload_of(row)]
    names = [*map(column, (*said.owner, said.reference)), *sides.payload]
    listed = ", ".join(f"{value} AS {name}" for value, name in zip(values, names, strict=True))
    pair = ", ".join(sides.pair(row))
    return (
        f"SELECT DISTINCT ON ({pair}) {listed} FROM {sides.old} AS {row}"
        f" WHERE {sides.is_link(row)} ORDER BY {pair}, {sides.row_keys(row)}"
    )


def fill(sides: Sides) -> str:
    """The statement that makes the links of a batch."""
    first = (
        f"NOT EXISTS (SELECT FROM {sides.old} AS before"
        f" WHERE {sides.are_same(sides.pair('before'), sides.pair('filled'))}"
        f" AND {sides.is_link('before')}"
        f" AND ({sides.row_keys('before')}) < ({sides.row_keys('filled')}))"
    )
    where = f":batch AND {sides.is_link('filled')}"
    return f"""
INSERT INTO {sides.rows} ({sides.link_columns})
SELECT {sides.link_of("filled")}
FROM {sides.old} AS filled
WHERE {where if sides.is_alone else f"{where} AND {first}"}
ON CONFLICT ({sides.link_key}) DO NOTHING"""


def follow(sides: Sides) -> str:
    """Statements that make the functions and the triggers on the old table, before the swap."""
    said, old, function = sides.said, sides.old, sides.said.function("link")
    return "".join(
        (
            _settle(sides),
            _follow_before(sides),
            said.following.trigger(LINKS, "AFTER INSERT OR UPDATE OR DELETE", old, function),
            said.following.trigger(
                f"{LINKS}_all", "AFTER TRUNCATE", old, said.function("link"), "STATEMENT"
            ),
        )
    )


def follow_no_more(sides: Sides) -> str:
    """Statements that drop them."""
    return f"""
DROP TRIGGER IF EXISTS {LINKS} ON {sides.old};
DROP TRIGGER IF EXISTS {LINKS}_all ON {sides.old};
DROP FUNCTION IF EXISTS {sides.said.function("link")}();
DROP FUNCTION IF EXISTS {sides.said.function("settle")}({parameters(sides)})"""


def parameters(sides: Sides) -> str:
    """The types of the owner and the reference, as parameters of a function."""
    types = [*(sides.type_of(change) for change in sides.said.owners), sides.key_type]
    return ", ".join(type_.partition(" COLLATE ")[0] for type_ in types)


def arguments(sides: Sides) -> list[str]:
    """The parameters."""
    return [f"${place}" for place in range(1, len(sides.said.owner) + 2)]


def _settle(sides: Sides) -> str:
    """A link is what the first of its rows says, or gone; whoever changes it is waited for."""
    given, key = arguments(sides), sides.link_key
    mine = f"{sides.are_same(sides.pair('row'), given)} AND {sides.is_link('row')}"
    this = sides.are_same(sides.link_pair("link"), given)
    first = f"FROM {sides.old} AS row WHERE {mine} ORDER BY {sides.row_keys('row')} LIMIT 1"
    told = ""
    if sides.payload:
        values = ", ".join(sides.payload_of("row"))
        told = (
            f"UPDATE {sides.rows} AS link SET ({', '.join(sides.payload)}) ="
            f" (SELECT {values} {first}) WHERE {this};"
        )
    return f"""
CREATE OR REPLACE FUNCTION {sides.said.function("settle")}({parameters(sides)}) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
{COLUMNS_FIRST}
BEGIN
    INSERT INTO {sides.rows} ({sides.link_columns})
    SELECT {sides.link_of("row")} {first}
    ON CONFLICT ({key}) DO UPDATE SET {sides.ref} = excluded.{sides.ref};
    IF FOUND THEN
        -- Nobody else changes it now, and rows of theirs are to be seen.
        {told}
        RETURN;
    END IF;
    PERFORM FROM {sides.rows} AS link WHERE {this} FOR UPDATE;
    DELETE FROM {sides.rows} AS link WHERE {this}
        AND NOT EXISTS (SELECT {first});
END
$body$;
"""


def _reread(sides: Sides) -> str:
    """The reference may have been corrected since; see `tell` in entity.py."""
    mine = sides.has_key("there", "NEW")
    return f"""
IF TG_OP <> 'DELETE' THEN
    NEW.{sides.ref} := coalesce(
        (SELECT there.{sides.ref} FROM {sides.old} AS there WHERE {mine}), NEW.{sides.ref});
END IF;"""


def _same(sides: Sides, extra: Sequence[str] = ()) -> str:
    """The condition that an UPDATE changes nothing of a link."""
    said = sides.said
    names = [change.column for change in said.links] + [*said.added, *extra]
    one, other = (", ".join(f"{row}.{column(name)}" for name in names) for row in ("NEW", "OLD"))
    return (
        f"TG_OP = 'UPDATE' AND {alike(one, other)}"
        f" AND {sides.is_link('NEW')} = {sides.is_link('OLD')}"
    )


def _follow_before(sides: Sides) -> str:
    """Old to new, before the swap.

    A DELETE does not see what the backfill has added since the snapshot of a REPEATABLE READ
    client. An INSERT meets it and fails, so that the client repeats its transaction. Where
    something to which the link refers goes as well, the foreign keys take care of it.
    """
    settle = sides.said.function("settle")
    values = sides.link_of("OLD")
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {sides.rows};
    EXIT follow;
END IF;{_reread(sides)}
IF {_same(sides, sides.row_key)} THEN
    EXIT follow;
END IF;
IF TG_OP <> 'INSERT' AND {sides.is_link("OLD")} THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        INSERT INTO {sides.rows} ({sides.link_columns})
        SELECT {values} WHERE {_referred(sides)}
        ON CONFLICT ({sides.link_key}) DO NOTHING;
    END IF;
    PERFORM {settle}({", ".join(sides.pair("OLD"))});
END IF;
IF TG_OP <> 'DELETE' AND {sides.is_link("NEW")} THEN
    PERFORM {settle}({", ".join(sides.pair("NEW"))});
END IF;"""
    return sides.said.following.follower(sides.said.function("link"), body, shows=["TG_RELID"])


def _referred(sides: Sides) -> str:
    """The condition that all to which the link of OLD refers is there."""
    said = sides.said
    by_name = {change.new_name: sides.new_value("OLD", change) for change in said.links}
    by_name |= {name: f"OLD.{column(name)}" for name in said.added}
    conditions = [
        f"EXISTS (SELECT FROM {sides.entity} AS entity WHERE entity.{sides.key} = OLD.{sides.ref})"
    ]
    for names, text in said.references.items():
        values = [by_name[name.strip()] for name in names.split(",")]
        table, there = referred(text)
        empty = " OR ".join(f"({value}) IS NULL" for value in values)
        conditions.append(
            f"({empty} OR EXISTS (SELECT FROM {table} AS referred"
            f" WHERE ({', '.join(f'referred.{name}' for name in there)}) = ({', '.join(values)})))"
        )
    return " AND ".join(conditions)


def referred(text: str) -> tuple[str, list[str]]:
    """The table, quoted, and the columns, quoted, of "public.users (id) ON DELETE CASCADE"."""
    table, _, rest = text.partition("(")
    names = [column(name.strip()) for name in rest.partition(")")[0].split(",")]
    return quoted(table.strip()), names


def follow_after(sides: Sides) -> str:
    """The same from the swap on: what the old application writes last counts."""
    key = sides.link_key
    gone = f"AS link WHERE {sides.are_same(sides.link_pair('link'), sides.pair('OLD'))}"
    other = (
        f"EXISTS (SELECT FROM {sides.old} AS row"
        f" WHERE {sides.are_same(sides.pair('row'), sides.pair('OLD'))} AND {sides.is_link('row')})"
    )
    pairs = alike(*(", ".join(sides.pair(row)) for row in ("NEW", "OLD")))
    stays = f"TG_OP = 'UPDATE' AND {pairs} AND {sides.is_link('NEW')}"
    told = _told_after(sides, pairs)
    body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {sides.rows};
    EXIT follow;
END IF;{_reread(sides)}
IF {_same(sides)} THEN
    EXIT follow;
END IF;
IF TG_OP <> 'INSERT' AND {sides.is_link("OLD")} AND NOT ({stays}) THEN
    PERFORM FROM {sides.rows} {gone} FOR UPDATE;
    DELETE FROM {sides.rows} {gone} AND NOT {other};
END IF;
IF TG_OP <> 'DELETE' AND {sides.is_link("NEW")} THEN
    INSERT INTO {sides.rows} AS link ({sides.link_columns})
    VALUES ({sides.link_of("NEW")})
    ON CONFLICT ({key}) DO UPDATE SET {told};
END IF;"""
    return sides.said.following.follower(
        sides.said.function("link"),
        body,
        "gnkmigrate_updates boolean := TG_OP = 'UPDATE';",
        ["TG_RELID"],
    )


def _told_after(sides: Sides, pairs: str) -> str:
    said = sides.said
    old = {change.new_name: change.column for change in said.carried}
    names = [change.new_name for change in (*said.carried, *said.new_links)]
    return (
        ", ".join(
            f"{column(name)} = CASE WHEN gnkmigrate_updates AND {pairs} AND "
            f"{alike(*(f'{row}.{column(old.get(name, name))}' for row in ('NEW', 'OLD')))}"
            f" THEN link.{column(name)} ELSE excluded.{column(name)} END"
            for name in names
        )
        or f"{sides.ref} = excluded.{sides.ref}"
    )


def staged_again(sides: Sides) -> str:
    """Statements by which the links follow the old table as before the swap; `sides` built."""
    return f"{_settle(sides)}{_follow_before(sides)}"
