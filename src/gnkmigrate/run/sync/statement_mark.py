"""A mark by which a default tells a trigger whose row it is lasts no longer than its statement.

A trigger of the table's may keep the row out before ours sees it, and then nobody takes the mark
away: the next statement's rows would be taken for those. So each statement begins without a mark,
and gives back that of the statement in which it runs, if it runs in one. That doubles what an
INSERT costs, so a table that has no such trigger by then goes without.
"""

from gnkmigrate import own_objects
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync.function_settings import SEARCHING
from gnkmigrate.run.work import Work


def is_needed(work: Work, table: str) -> bool:
    """Whether a trigger that is not ours may keep rows out of "schema.table"."""
    before_each_row = 7  # BEFORE INSERT FOR EACH ROW (catalog/pg_trigger.h)
    found = work.value(
        "SELECT count(*) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        f" WHERE tgrelid = {literal(quoted(table))}::regclass"
        f" AND tgtype & {before_each_row} = {before_each_row}"
        f" AND pronamespace <> {literal(own_objects.JOURNAL)}::regnamespace"
    )
    return bool(found)


def statements(table: str, function: str, mark: str, phase: str) -> list[str]:
    """Statements that make the triggers.

    Args:
        table: "schema.table".
        function: theirs, qualified and quoted.
        mark: the setting's name.
        phase: in which the mark is made.
    """
    set_, outer = literal(mark), literal(f"{mark}_outer")
    made = f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql {SEARCHING} AS $body$
DECLARE
    gnkmigrate_outer text := coalesce(current_setting({outer}, true), '');
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        gnkmigrate_outer := coalesce(current_setting({set_}, true), '') || ',' || gnkmigrate_outer;
        PERFORM set_config({outer}, gnkmigrate_outer, true), set_config({set_}, '', true);
    ELSE
        PERFORM set_config({set_}, split_part(gnkmigrate_outer, ',', 1), true),
            set_config({outer}, substr(gnkmigrate_outer, strpos(gnkmigrate_outer, ',') + 1), true);
    END IF;
    RETURN NULL;
END
$body$"""
    on = quoted(table)
    triggers = []
    for when, name in zip(("BEFORE", "AFTER"), _triggers(phase), strict=True):
        triggers += [
            f"CREATE TRIGGER {name} {when} INSERT ON {on} EXECUTE FUNCTION {function}()",
            f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {name}",
        ]
    return [made, *triggers]


def dropped(table: str, function: str, phase: str) -> list[str]:
    """Statements that drop them, where they are there."""
    on = quoted(table)
    triggers = (f"DROP TRIGGER IF EXISTS {name} ON {on}" for name in _triggers(phase))
    return [*triggers, f"DROP FUNCTION IF EXISTS {function}()"]


def _triggers(phase: str) -> list[str]:
    """The first of their event, and the last."""
    return [column(own_name(f"{place}_gnkmigrate_mark_", phase)) for place in ("00", "zz")]
