"""Old and new columns of one table in step, whichever of them is written.

The new application writes the new columns, the old one the old ones through its view; a trigger
carries over what was written. Which of them inserts a row shows in the default of the old
columns: whoever writes to the table does not name them, so that their default is evaluated, while
the view has defaults of its own. That default leaves a mark for the trigger. It also tells the old
columns as ours: nothing else calls functions of schema gnkmigrate there.
"""

import hashlib
from collections.abc import Mapping, Sequence

from gnkmigrate import own_objects
from gnkmigrate.run.kept.old_value import ROW, OldValue
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import bitwise_types, statement_mark, ways_back
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.bitwise_types import differ
from gnkmigrate.run.sync.column_pair import ColumnPair, kept_name
from gnkmigrate.run.sync.conversion import ALWAYS
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED, SEARCHING
from gnkmigrate.run.sync.session_mark import not_filling
from gnkmigrate.run.work import Work

# A default must not ask more of whoever inserts than the table does. PostgreSQL puts the bodies
# into the statement (inlining), so that they cost next to nothing.
DEFAULTS = f"""
CREATE OR REPLACE FUNCTION {own_objects.JOURNAL}.built(anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT $1 $body$;
CREATE OR REPLACE FUNCTION {own_objects.JOURNAL}.kept(anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT $1 $body$;
CREATE OR REPLACE FUNCTION {own_objects.JOURNAL}.kept(anyelement, text) RETURNS anyelement
LANGUAGE sql VOLATILE AS
$body$ SELECT CASE WHEN pg_catalog.set_config($2, 'new', true) IS NOT NULL THEN $1 END $body$
"""
NO_DEFAULTS = f"""
DROP FUNCTION IF EXISTS {own_objects.JOURNAL}.built(anyelement);
DROP FUNCTION IF EXISTS {own_objects.JOURNAL}.kept(anyelement);
DROP FUNCTION IF EXISTS {own_objects.JOURNAL}.kept(anyelement, text)
"""


def function(table: str, phase: str) -> str:
    """The trigger function, qualified and quoted: a table may have one of each phase."""
    return f"{own_objects.JOURNAL}.{column(own_name('kept_', *split(table), phase))}"


def way_back(table: str, phase: str, pair: ColumnPair) -> str:
    """The function that gives the old column's value for the new one's, qualified and quoted."""
    return ways_back.function(table, phase, pair.change)


def old_value(table: str, phase: str, pair: ColumnPair) -> OldValue:
    """What the new column says of the old one, from the exchange on."""
    new = f"{ROW}.{column(pair.change.new_name)}"
    back = f"{way_back(table, phase, pair)}({new})"
    return OldValue(pair.kept, back, alike(pair.change.converted(back), new))


def make_ways_back(table: str, phase: str, pairs: Sequence[ColumnPair]) -> str:
    """Statements that make these functions; the columns have their names of before the exchange."""
    on = quoted(table)
    return ";\n".join(
        ways_back.make(table, phase, pair.change, pair.before, f"{on}.{column(pair.built)}")
        for pair in pairs
    )


def defaults(table: str, phase: str, pairs: Sequence[ColumnPair]) -> list[str]:
    """SQL for the defaults of the old columns; the first of them leaves the mark."""
    first, *others = pairs
    mark = literal(_mark(table, phase))
    return [
        f"{own_objects.JOURNAL}.kept({first.null}, {mark})",
        *(f"{own_objects.JOURNAL}.kept({pair.null})" for pair in others),
    ]


def keep_in_step(work: Work, table: str, pairs: Sequence[ColumnPair]) -> list[str]:
    """Statements that make the trigger; the columns have their names of after the exchange."""
    phase = work.phase
    on, name = quoted(table), column(_trigger(phase))
    marking = statement_mark.statements(table, _marking(table, phase), _mark(table, phase), phase)
    return [
        write_function(work, table, pairs),
        # Without WHEN: each statement would read the condition anew, which costs it more than the
        # function does that finds nothing to carry over.
        (
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {on} FOR EACH ROW"
            f" EXECUTE FUNCTION {function(table, phase)}()"
        ),
        f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {name}",
        *(marking if statement_mark.is_needed(work, table) else ()),
    ]


def leave(table: str, phase: str, pairs: Sequence[ColumnPair]) -> list[str]:
    """Statements that drop it, and what it calls."""
    return [
        f"DROP TRIGGER {column(_trigger(phase))} ON {quoted(table)}",
        f"DROP FUNCTION {function(table, phase)}()",
        *statement_mark.dropped(table, _marking(table, phase), phase),
        *(ways_back.drop(table, phase, pair.change) for pair in pairs),
    ]


def write_function(
    work: Work, table: str, pairs: Sequence[ColumnPair], *, refusing: bool = False
) -> str:
    """The statement that makes the trigger function, or makes it anew.

    Args:
        work: the session, in the phase whose conversion it is.
        table: "schema.table".
        pairs: the columns.
        refusing: whether a value that the old column cannot hold is refused, and not left out.
    """
    phase = work.phase
    types = bitwise_types.among(work, (type_ for pair in pairs for type_ in pair.types))
    unsaid = " AND ".join(f"NEW.{column(pair.kept)} IS NULL" for pair in pairs)
    mark = literal(_mark(table, phase))
    to_new = "\n            ".join(
        [
            refuse_null(table, pair.change.column)
            for pair in pairs
            if pair.before["not_null"] and not pair.is_given_out
        ]
        + [_inserted(table, phase, pair) for pair in pairs]
    )
    to_old = "\n            ".join(_to_old(table, phase, pair, refusing=refusing) for pair in pairs)
    changed = "\n        ".join(
        _changed(table, phase, pair, types, refusing=refusing) for pair in pairs
    )
    unlike = " OR ".join(condition for pair in pairs for condition in _said(pair, types))
    pinned = PINNED if any(pair.reads_settings for pair in pairs) else SEARCHING
    return f"""
CREATE OR REPLACE FUNCTION {function(table, phase)}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {pinned} AS $body$
{COLUMNS_FIRST}
BEGIN
    IF NOT {not_filling("TG_RELID")} THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Most writes leave all of them alone: each question is prepared in each transaction anew.
        IF NOT ({unlike}) THEN
            RETURN NEW;
        END IF;
        {changed}
    ELSIF {unsaid} AND current_setting({mark}, true) = 'new' THEN
            PERFORM set_config({mark}, '', true);
            {to_old}
    ELSE
            {to_new}
    END IF;
    RETURN NEW;
END
$body$"""


def _inserted(table: str, phase: str, pair: ColumnPair) -> str:
    """What the old application inserts; who says no key gets the one that the table gives out."""
    if not pair.is_given_out:
        return _to_new(pair)
    new, old = column(pair.change.new_name), column(pair.kept)
    return f"""IF NEW.{old} IS NULL THEN
                NEW.{old} := {way_back(table, phase, pair)}(NEW.{new});
            ELSE
                {_to_new(pair)}
            END IF;"""


def _to_new(pair: ColumnPair) -> str:
    new, old = (f"NEW.{column(name)}" for name in (pair.change.new_name, pair.kept))
    return pair.change.assigned(new, pair.new_value("NEW", pair.kept), old)


def _to_old(table: str, phase: str, pair: ColumnPair, *, refusing: bool) -> str:
    new, old = (f"NEW.{column(name)}" for name in (pair.change.new_name, pair.kept))
    carried = pair.change.assigned(old, f"{way_back(table, phase, pair)}({new})", new)
    if not refusing:
        return carried
    inexact = f"{new} IS NOT NULL AND NOT {alike(pair.new_value('NEW', pair.kept), new)}"
    after = _refuse(table, pair, inexact)
    if pair.change.holds == ALWAYS and not pair.before["not_null"]:
        return f"{carried}\n            {after}"
    misfit = pair.change.misfit(new, not_null=bool(pair.before["not_null"]))
    return f"{_refuse(table, pair, misfit)}\n            {carried}\n            {after}"


def _changed(
    table: str, phase: str, pair: ColumnPair, types: Mapping[str, bool], *, refusing: bool
) -> str:
    """What the new application says counts, where a row says both."""
    old = column(pair.kept)
    required = f"OLD.{old} IS DISTINCT FROM NULL"
    refused = refuse_null(table, pair.change.column, required) if pair.before["not_null"] else ""
    said_old, said_new = _said(pair, types)
    return f"""IF {said_new} THEN
            {_to_old(table, phase, pair, refusing=refusing)}
        ELSIF {said_old} THEN
            {refused}
            {_to_new(pair)}
        END IF;"""


def _said(pair: ColumnPair, types: Mapping[str, bool]) -> list[str]:
    """The conditions that a write says something of the old column, and of the new one."""
    names = (column(pair.kept), column(pair.change.new_name))
    return [
        differ(f"NEW.{name}", f"OLD.{name}", type_, types)
        for name, type_ in zip(names, pair.types, strict=True)
    ]


def refuse_null(table: str, old: str, where: str = "true") -> str:
    """Refuses what NOT NULL of the old column refused; it is gone, as new values may not fit there.

    IS DISTINCT FROM asks for the value itself, as NOT NULL does: a composite value IS NULL when its
    fields are (manual, Comparison Functions and Operators).

    Args:
        table: "schema.table".
        old: what the column was called before.
        where: SQL condition under which it is asked.
    """
    schema, name = split(table)
    said = f'null value in column "{old}" of relation "{name}" violates not-null constraint'
    return f"""IF NEW.{column(kept_name(old))} IS NOT DISTINCT FROM NULL AND {where} THEN
                RAISE not_null_violation USING MESSAGE = {literal(said)},
                    SCHEMA = {literal(schema)}, TABLE = {literal(name)},
                    COLUMN = {literal(old)};
            END IF;"""


def _refuse(table: str, pair: ColumnPair, misfit: str) -> str:
    new = pair.change.new_name
    schema, name = (literal(part) for part in split(table))
    return f"""IF {misfit} THEN
                RAISE check_violation USING
                    MESSAGE = format('column %I is being taken back to its old shape, which cannot'
                                     ' hold this value', {literal(new)}),
                    SCHEMA = {schema}, TABLE = {name}, COLUMN = {literal(new)};
            END IF;"""


def _trigger(phase: str) -> str:
    """It sorts after the user's, whose changes it must see."""
    return own_name("zz_gnkmigrate_in_step_", phase)


def _marking(table: str, phase: str) -> str:
    """The function of the triggers by which the mark lasts for one statement."""
    return f"{own_objects.JOURNAL}.{column(own_name('marked_', *split(table), phase))}"


def _mark(table: str, phase: str) -> str:
    """A setting of the session, whose name says whose mark it is."""
    digest = hashlib.sha256(f"{table}\x00{phase}".encode()).hexdigest()[:16]
    return f"{own_objects.JOURNAL}.row_{digest}"


def drop_unused(work: Work) -> None:
    """Drops the functions of the defaults once no column has them any more."""
    used = "SELECT EXISTS (SELECT FROM pg_depend JOIN pg_proc ON pg_proc.oid = refobjid"
    used += " WHERE refclassid = 'pg_proc'::regclass AND proname IN ('built', 'kept')"
    used += " AND pronamespace = to_regnamespace('gnkmigrate'))"
    if not work.value(used):
        work.execute(NO_DEFAULTS)
