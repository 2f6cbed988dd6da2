"""The old shape as views, so that the old application goes on after its tables have changed.

A table whose shape is kept (op.keep_shape) gets a view of its old columns in the schema
`gnkmigrate_legacy`, or another that the settings name, in the same transaction that changes the
table. An application whose search_path is `gnkmigrate_legacy, public` uses the table until then
and the view from then on; old and new see each other's writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate import own
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import relation, shadow, view_writes
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.privileges import carry_to_view
from gnkmigrate.phases.residue import ROW, Residue
from gnkmigrate.phases.row_key import Named, key_of
from gnkmigrate.phases.step import Refusal
from gnkmigrate.phases.template import render
from gnkmigrate.phases.view_writes import ALWAYS, BY_DEFAULT, GENERATED
from gnkmigrate.phases.work import Work

# A shape is kept across phases, so its memory is none's.
_NO_PHASE = ""
_SHAPE = "shape "


def schema(parameters: Mapping[str, str]) -> str:
    """The schema of the views: what the settings name, or named when the phase was begun."""
    return parameters["legacy_schema"]


def view_of(parameters: Mapping[str, str], table: str) -> str:
    """The view that shows a table's old shape, quoted."""
    return f"{column(schema(parameters))}.{column(split(table)[1])}"


def refusals(work: Work, table: str) -> list[Refusal]:
    """What speaks against a view of this table's old shape."""
    if not is_wanted(work.parameters):
        return []
    asked = (_stranger(work), _same_view(work, table), _secured(work, table))
    return [found for found in asked if found]


def _stranger(work: Work) -> Refusal | None:
    """A schema that is in the way: the user's, or one of ours under another name."""
    wanted, ours = schema(work.parameters), own.legacy_schema(work.connection)
    if ours == wanted:
        return None
    if ours is not None:
        return Refusal(
            f"The views of the old shape are in the schema {ours}, and the settings want them in"
            f" {wanted}.",
            hint=f'Set phases.legacy_schema = "{ours}" until gnkmigrate contract has removed them.',
        )
    found = f"SELECT FROM pg_namespace WHERE nspname = {literal(wanted)}"
    if not work.value(f"SELECT EXISTS ({found})"):
        return None
    return Refusal(
        f"The schema {wanted}, to which the views of the old shape would go, is there already, and"
        " gnkmigrate has not made it.",
        hint="Name another in the settings, phases.legacy_schema"
        " (GNKMIGRATE_PHASES__LEGACY_SCHEMA).",
    )


def _same_view(work: Work, table: str) -> Refusal | None:
    """Another table of this name whose old shape is shown, here or in an earlier phase."""
    shown = {step.shown for step in work.earlier if step.shown} | _kept(work)
    name = split(table)[1]
    view = f"{schema(work.parameters)}.{name}"
    others = sorted(each for each in shown - {table} if split(each)[1] == name)
    if not others and table not in shown and _is_there(work, view_of(work.parameters, table)):
        others = [f"view {view}, which is there already"]
    if not others:
        return None
    return Refusal(
        f"The old shape of {table} and that of another cannot both be shown as {view}.",
        [table, *others],
        hint="Keep the shape of one of them, or give the other table another name before.",
    )


def _secured(work: Work, table: str) -> Refusal | None:
    """Row security, which a view does not apply to whoever reads it: nobody else may use it."""
    fact = work.facts.get("table", *split(table))
    if fact is None or not fact.payload["row_security"]:
        return None
    grantees = {
        entry.partition("=")[0] or "PUBLIC"
        for grants in work.facts.of_kind("grants")
        if grants.identity.path[0] in {"table", "column"}
        and grants.identity.path[1:3] == split(table)
        for entry in grants.payload["grants"]
        if not entry.startswith(("-", "OWNER="))
    }
    if not grantees:
        return None
    return Refusal(
        f"Row security is on for {table}: through a view of its old shape others would see rows"
        " that are hidden from them, so that they could not use it.",
        sorted(grantees),
        len(grantees),
        hint='Stop the old application before the phase (policy legacy = "none"), or let it'
        " connect as the table's owner and revoke what others have.",
    )


def _is_there(work: Work, view: str) -> bool:
    return bool(work.value(f"SELECT to_regclass({literal(view)}) IS NOT NULL"))


def _kept(work: Work) -> set[str]:
    """The tables whose shape is kept, "schema.table"."""
    rows = work.connection.execute(
        "SELECT key FROM gnkmigrate.memory WHERE phase = %s AND starts_with(key, %s)",
        (_NO_PHASE, _SHAPE),
    ).fetchall()
    return {str(row[0]).removeprefix(_SHAPE) for row in rows}


def keep(work: Work, table: str, key: Named) -> None:
    """Remembers the table's columns as they are now, in their order, and its key.

    Who may write a column is remembered as well: PostgreSQL alone computes a generated one, and
    it alone gives out the values of an identity column that is GENERATED ALWAYS.
    """
    found = {name: (made, sequence) for name, made, sequence in _made(work, table)}
    declared = relation.columns(work, table, list(found))
    columns = [
        {
            "name": name,
            "default": None if made else declared[name]["default"],
            "source": name,
            "phase": _NO_PHASE,
            "made": made,
            "sequence": sequence,
        }
        for name, (made, sequence) in found.items()
    ]
    _store(work, table, {"key": key_of(work, table, key), "columns": columns})


def _made(work: Work, table: str) -> Sequence[tuple[str, str, str | None]]:
    """Name, who makes its values ("" for whoever writes it), and the sequence of an identity."""
    relation_ = literal(quoted(table))
    with work.settings(search_path="pg_catalog, pg_temp"):
        return work.execute(f"""
            SELECT attname::text,
                   CASE WHEN attgenerated <> '' THEN '{GENERATED}'
                        WHEN attidentity = 'a' THEN '{ALWAYS}'
                        WHEN attidentity = 'd' THEN '{BY_DEFAULT}' ELSE '' END,
                   CASE WHEN attidentity <> '' THEN pg_get_serial_sequence({relation_}, attname) END
            FROM pg_attribute
            WHERE attnum > 0 AND NOT attisdropped AND attrelid = {relation_}::regclass
            ORDER BY attnum
        """).fetchall()


def forget(work: Work, table: str) -> None:
    """Forgets a kept shape."""
    work.connection.execute(
        "DELETE FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (_NO_PHASE, _memory_key(table)),
    )


def hide(work: Work, table: str) -> None:
    """Drops the view, if there is one, under the lock that its clients take first."""
    view = view_of(work.parameters, table)
    if _is_there(work, view):
        work.execute(f"LOCK TABLE {view} IN ACCESS EXCLUSIVE MODE; DROP VIEW {view}")


def show_converted(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Shows the columns as they were before this phase, which has just replaced them.

    Args:
        work: the session, in the transaction that replaced them.
        table: "schema.table".
        conversions: what the phase did to its columns.
    """
    shape = _recall(work, table)
    if shape is None:
        return
    sources = {entry["name"]: entry["source"] for entry in shape["columns"]}
    renames = {change.column: change.new_name for change in conversions}
    key = tuple(sources[name] for name in shape["key"])
    renamed = tuple(renames.get(name, name) for name in key)
    new = {built.source: built for built in shadow.upward(work, table, key, conversions)}
    old = {built.target: built for built in shadow.downward(work, table, renamed, conversions)}
    changes = {change.column: change for change in conversions}
    for entry in shape["columns"]:
        change = changes.get(entry["source"])
        if change is None:
            continue
        entry |= {"source": change.new_name, "phase": work.phase, "before": entry["source"]}
        if change.column in new:
            residue = new[change.column].residue
            entry |= {
                "read": render(old[change.column].of(ROW), work.parameters),
                "write": render(new[change.column].value, work.parameters),
                # The view's rows have the old names.
                "residue": _rendered(replace(residue, key=tuple(shape["key"])), work)
                if residue
                else None,
            }
    _store(work, table, shape)
    _show(work, table, shape)


def show_reverted(work: Work, table: str) -> None:
    """Shows what is still to be shown once this phase has given its columns back."""
    shape = _recall(work, table)
    if shape is None:
        return
    for entry in shape["columns"]:
        if entry["phase"] == work.phase:
            entry |= {"source": entry["before"], "phase": _NO_PHASE}
            for name in ("before", "read", "write", "residue"):
                entry.pop(name, None)
    _store(work, table, shape)
    if any(entry["phase"] != _NO_PHASE for entry in shape["columns"]):
        _show(work, table, shape)
    else:
        work.execute(f"DROP FUNCTION IF EXISTS {_function(table)}()")
        own.drop_empty_legacy(work.connection)


def changed_before(work: Work, table: str, names: Iterable[str]) -> dict[str, str]:
    """Columns, by their names now, that the view shows by what an earlier phase did to them.

    Args:
        work: the session.
        table: "schema.table".
        names: which columns.

    Returns:
        The phase of each.
    """
    shape = _recall(work, table) or {"columns": ()}
    asked = frozenset(names)
    return {
        entry["source"]: entry["phase"]
        for entry in shape["columns"]
        if entry["phase"] != _NO_PHASE and entry["source"] in asked
    }


def is_wanted(parameters: Mapping[str, str]) -> bool:
    """Whether the project's old application goes on through views."""
    return parameters.get("legacy") != "none"


def create_schema(work: Work) -> None:
    """Makes the schema of the views; whoever may use a view may use the schema.

    Raises:
        PhaseFailed: since the phase was begun somebody has made a schema of that name.
    """
    name = schema(work.parameters)
    if name == own.legacy_schema(work.connection):
        return  # as a rule, and everybody waits for the table's lock
    stranger = _stranger(work)
    if stranger:
        raise PhaseFailed(stranger.message, hint=stranger.hint)
    comment = f"{own.LEGACY_COMMENT}; for clients with search_path = {name}, public"
    make = (
        f"CREATE SCHEMA {column(name)}; GRANT USAGE ON SCHEMA {column(name)} TO PUBLIC;"
        f" COMMENT ON SCHEMA {column(name)} IS {literal(comment)}"
    )
    work.connection.execute(make.encode())


def _show(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    create_schema(work)
    view, columns = view_of(work.parameters, table), shape["columns"]
    listed = ",\n    ".join(
        f"{view_writes.read(entry)} AS {column(entry['name'])}" for entry in columns
    )
    function = _function(table)
    # In one round trip, since everybody waits for the table's lock.
    statements = [
        f"CREATE VIEW {view} AS SELECT\n    {listed}\nFROM {quoted(table)} AS current",
        *(
            f"ALTER VIEW {view} ALTER COLUMN {column(entry['name'])} SET DEFAULT {entry['default']}"
            for entry in columns
            if entry["default"] is not None
        ),
        view_writes.function(table, function, shape),
        (
            f"CREATE TRIGGER gnkmigrate_write INSTEAD OF INSERT OR UPDATE OR DELETE ON {view}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]
    work.connection.execute("\n;\n".join(statements).encode())
    carry_to_view(work, quoted(table), view)


def _rendered(residue: Residue, work: Work) -> Mapping[str, Any]:
    return {
        name: render(value, work.parameters) if isinstance(value, str) else value
        for name, value in asdict(residue).items()
    }


def _function(table: str) -> str:
    return f"{own.JOURNAL}.{column(own_name('legacy_', *split(table)))}"


def _memory_key(table: str) -> str:
    return f"{_SHAPE}{table}"


def _store(work: Work, table: str, shape: Mapping[str, Any]) -> None:
    work.connection.execute(
        "INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value",
        (_NO_PHASE, _memory_key(table), Jsonb(shape)),
    )


def _recall(work: Work, table: str) -> dict[str, Any] | None:
    row = work.connection.execute(
        "SELECT value FROM gnkmigrate.memory WHERE phase = %s AND key = %s",
        (_NO_PHASE, _memory_key(table)),
    ).fetchone()
    return row[0] if row else None
