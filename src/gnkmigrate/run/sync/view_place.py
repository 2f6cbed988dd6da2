"""Where views of the old shape go, and what speaks against one there."""

from collections.abc import Mapping

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import ownership
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# A shape is kept across phases, so its memory is none's.
NO_PHASE = ""
SHAPE = "shape "
# The first version whose views have it.
_SECURITY_INVOKER = 150000

_HANGING = """
SELECT DISTINCT CASE WHEN rulename = '_RETURN'
                     THEN pg_describe_object('pg_class'::regclass, ev_class, 0)
                     ELSE pg_describe_object(classid, objid, 0) END
FROM pg_depend LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
WHERE deptype = 'n' AND ev_class IS DISTINCT FROM to_regclass(%(view)s)
  AND (refclassid = 'pg_class'::regclass AND refobjid = to_regclass(%(view)s)
       OR refclassid = 'pg_type'::regclass AND refobjid = to_regtype(%(view)s))
ORDER BY 1
"""


def schema(parameters: Mapping[str, str]) -> str:
    """The schema of the views: what the settings name, or named when the phase was begun."""
    return parameters["legacy_schema"]


def view_of(parameters: Mapping[str, str], table: str) -> str:
    """The view that shows a table's old shape, quoted."""
    return f"{column(schema(parameters))}.{column(split(table)[1])}"


def in_the_way(work: Work, table: str) -> list[str]:
    """What others have put on the view of a table's old shape, which makes way when that changes.

    Args:
        work: the session.
        table: "schema.table", by its name now or as the view has it.
    """
    view = view_of(work.parameters, kept(work).get(table, table))
    with work.settings(search_path=OURS):
        rows = work.connection.execute(_HANGING, {"view": view}).fetchall()
    return [str(row[0]) for row in rows]


def refusals(work: Work, table: str, *, swapped: bool = False) -> list[Refusal]:
    """What speaks against a view of this table's old shape.

    Args:
        work: the session.
        table: "schema.table".
        swapped: whether the view is to show the table that another takes the place of: no shape of
            it can be shown already.
    """
    if not is_wanted(work.parameters):
        return []
    asked = (
        _stranger(work),
        _same_view(work, table, swapped=swapped),
        _secured(work, table),
    )
    return [found for found in asked if found]


def _stranger(work: Work) -> Refusal | None:
    """A schema that is in the way: the user's, or one of ours under another name."""
    wanted, ours = schema(work.parameters), own_objects.legacy_schema(work.connection)
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


def _same_view(work: Work, table: str, *, swapped: bool) -> Refusal | None:
    """Another table of this name whose old shape is shown, here or in an earlier phase."""
    shown = {step.shown: step.shown for step in work.earlier if step.shown} | kept(work)
    of = shown.pop(table, None)
    name = split(of or table)[1]
    view = f"{schema(work.parameters)}.{name}"
    others = sorted(each for each, known_as in shown.items() if split(known_as)[1] == name)
    if swapped and of is not None and is_there(work, view_of(work.parameters, table)):
        return Refusal(
            f"An old shape of {table} is shown as {view} already, and there can be but one.",
            hint="Do it after gnkmigrate contract.",
        )
    if not others and of is None and is_there(work, view_of(work.parameters, table)):
        others = [f"view {view}, which is there already"]
    if not others:
        return None
    return Refusal(
        f"The old shape of {table} and that of another cannot both be shown as {view}.",
        [table, *others],
        hint="Keep the shape of one of them, or give the other table another name before.",
    )


def checks_its_caller(work: Work, table: str) -> bool:
    """Whether a view asks for the rights of whoever uses it, as the table does, policies included.

    Since PostgreSQL 15 it can (manual, CREATE VIEW, security_invoker). It then asks whoever reads
    one of its columns for all of them, so that who may read some columns of the table alone could
    not use it; that view has the rights of its owner.
    """
    if work.connection.info.server_version < _SECURITY_INVOKER:
        return False
    return not work.value(
        "SELECT EXISTS (SELECT FROM pg_attribute, aclexplode(attacl)"
        f" WHERE attrelid = {literal(quoted(table))}::regclass AND NOT attisdropped"
        " AND privilege_type = 'SELECT')"
    )


def _secured(work: Work, table: str) -> Refusal | None:
    """Row security, which an older view does not apply to whoever reads it."""
    fact = None if checks_its_caller(work, table) else work.facts.get("table", *split(table))
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
        " connect as the table's owner and revoke what others have. PostgreSQL 15 and later hide"
        " these rows where nobody may read some columns alone.",
    )


def is_there(work: Work, view: str) -> bool:
    """Whether there is such a view, quoted."""
    return bool(work.value(f"SELECT to_regclass({literal(view)}) IS NOT NULL"))


def kept(work: Work) -> dict[str, str]:
    """The tables whose shape is kept, "schema.table", and what each was called when it was."""
    rows = work.connection.execute(
        "SELECT substr(key, %s), value ->> 'of' FROM gnkmigrate.memory"
        " WHERE phase = %s AND starts_with(key, %s)",
        (len(SHAPE) + 1, NO_PHASE, SHAPE),
    ).fetchall()
    return {table: of or table for table, of in rows}


def is_wanted(parameters: Mapping[str, str]) -> bool:
    """Whether the project's old application goes on through views."""
    return parameters.get("legacy") != "none"


def create_schema(work: Work) -> None:
    """Makes the schema of the views; whoever may use a view may use the schema.

    Raises:
        PhaseFailed: since the phase was begun somebody has made a schema of that name.
    """
    name = schema(work.parameters)
    if name == own_objects.legacy_schema(work.connection):
        return  # as a rule, and everybody waits for the table's lock
    stranger = _stranger(work)
    if stranger:
        raise PhaseFailed(stranger.message, hint=stranger.hint)
    comment = f"{own_objects.LEGACY_COMMENT}; for clients with search_path = {name}, public"
    make = f"CREATE SCHEMA {column(name)}; COMMENT ON SCHEMA {column(name)} IS {literal(comment)}"
    work.connection.execute(make.encode())
    ownership.keep_to_itself(work.connection, name)
    work.connection.execute(f"GRANT USAGE ON SCHEMA {column(name)} TO PUBLIC".encode())
