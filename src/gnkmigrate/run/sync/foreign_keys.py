"""A table's foreign keys while it is an archive that triggers keep in step.

What the new shape deletes, its triggers delete in the archive as well, but after the foreign keys
of the archive would have been asked. So they are asked at the end of the transaction, which changes
the catalog alone. A foreign key that acts by itself cannot wait, and would act on its own.
"""

from collections.abc import Sequence
from typing import Any

from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

_FOREIGN_KEYS = """
SELECT conname::text, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint'),
       confdeltype = 'a' AND confupdtype = 'a', condeferrable, condeferred, convalidated
FROM pg_constraint
WHERE contype = 'f' AND conrelid = {table}::regclass AND conparentid = 0
ORDER BY conname
"""
_KEYS = ("name", "definition", "comment", "waits", "deferrable", "deferred", "valid")


def loosen(work: Work, table: str) -> list[dict[str, Any]]:
    """Makes them wait for the end of a transaction, or drops them; gives what they were."""
    found = _read(work, table)
    for key in found:
        name = column(key["name"])
        action = (
            f"ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED"
            if key["waits"]
            else f"DROP CONSTRAINT {name}"
        )
        work.execute(f"ALTER TABLE {quoted(table)} {action}")
    return found


def tighten(work: Work, table: str, remembered: Sequence[dict[str, Any]]) -> None:
    """Makes them what they were; one that was dropped is not validated here."""
    for key in remembered:
        name = column(key["name"])
        if key["waits"]:
            deferrable = "DEFERRABLE" if key["deferrable"] else "NOT DEFERRABLE"
            deferred = "INITIALLY DEFERRED" if key["deferred"] else "INITIALLY IMMEDIATE"
            work.execute(
                f"ALTER TABLE {quoted(table)} ALTER CONSTRAINT {name} {deferrable} {deferred}"
            )
            continue
        definition = key["definition"] if not key["valid"] else f"{key['definition']} NOT VALID"
        work.execute(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {name} {definition}")
        if key["comment"] is not None:
            comment = literal(key["comment"])
            work.execute(f"COMMENT ON CONSTRAINT {name} ON {quoted(table)} IS {comment}")


def not_valid(work: Work, table: str) -> list[str]:
    """The names of those that are not validated."""
    return [key["name"] for key in _read(work, table) if not key["valid"]]


def _read(work: Work, table: str) -> list[dict[str, Any]]:
    query = _FOREIGN_KEYS.format(table=literal(quoted(table)))
    with work.settings(search_path=OURS):
        rows = work.execute(query).fetchall()
    return [dict(zip(_KEYS, row, strict=True)) for row in rows]
