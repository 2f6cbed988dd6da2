"""What a column says of how its values are kept and estimated (manual: ALTER TABLE, 73.2).

A table's own columns and those that it inherits have the same settings.
"""

from collections.abc import Mapping
from typing import Any

from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.options import foreign_options, set_and_reset

SETTINGS = ("storage", "compression", "statistics", "options", "foreign_options")

# The action that would go on to the tables below, which have their own: see `ALTER TABLE ONLY`.
OF_TABLE_ALONE = "SET STATISTICS "

_UNSET: Mapping[str, Any] = {
    "storage": None,
    "compression": None,
    "statistics": None,
    "options": None,
    "foreign_options": None,
}

# A new type brings its own; what the column had is forgotten (ALTER TABLE ... TYPE).
_OF_TYPE: Mapping[str, Any] = {"storage": None, "compression": None}


def given(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Actions of ALTER COLUMN that give a new column its settings."""
    return tuple(_actions(_UNSET, payload))


def changed(change: Change) -> tuple[str, ...]:
    """Actions of ALTER COLUMN that take a column from its old settings to the new ones."""
    before = change.before.payload if change.before else _UNSET
    if not {"type", "collation"}.isdisjoint(change.differing):
        before = {**before, **_OF_TYPE}
    return tuple(_actions(before, change.fact.payload))


def reset(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Actions of ALTER COLUMN that take all settings away."""
    usual = {**payload, **_UNSET}
    return tuple(_actions(payload, usual))


def between(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Actions of ALTER COLUMN from settings to settings; None where all are the usual ones."""
    if after is None:
        return reset(before or _UNSET)
    return tuple(_actions(before or _UNSET, after))


def _actions(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    actions: list[str] = []
    if old["storage"] != new["storage"]:
        actions.append(f"SET STORAGE {(new['storage'] or new['usual_storage']).upper()}")
    if old["compression"] != new["compression"]:
        actions.append(f"SET COMPRESSION {new['compression'] or 'default'}")
    if old["statistics"] != new["statistics"]:
        actions.append(f"{OF_TABLE_ALONE}{-1 if new['statistics'] is None else new['statistics']}")
    actions += set_and_reset(old["options"], new["options"])
    if foreign := foreign_options(old["foreign_options"], new["foreign_options"]):
        actions.append(f"OPTIONS ({foreign})")
    return actions
