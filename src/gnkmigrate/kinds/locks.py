"""The strongest table lock of each command that a plan uses.

Source: PostgreSQL manual 16, 13.3.1 (which locks conflict) and the Notes on each command's page;
where a page is silent, the lock that pg_locks shows. Reads go on under all but ACCESS EXCLUSIVE;
writes go on under SHARE UPDATE EXCLUSIVE.
"""

from typing import Final

NONE: Final = ""
ACCESS_SHARE: Final = "ACCESS SHARE"
SHARE_UPDATE_EXCLUSIVE: Final = "SHARE UPDATE EXCLUSIVE"
SHARE: Final = "SHARE"
SHARE_ROW_EXCLUSIVE: Final = "SHARE ROW EXCLUSIVE"
ACCESS_EXCLUSIVE: Final = "ACCESS EXCLUSIVE"

# ALTER TABLE takes ACCESS EXCLUSIVE unless its page says otherwise; these are the exceptions.
ADD_FOREIGN_KEY: Final = SHARE_ROW_EXCLUSIVE
VALIDATE_CONSTRAINT: Final = SHARE_UPDATE_EXCLUSIVE
SET_STORAGE_PARAMETERS: Final = SHARE_UPDATE_EXCLUSIVE
SET_STATISTICS: Final = SHARE_UPDATE_EXCLUSIVE
ENABLE_TRIGGER: Final = SHARE_ROW_EXCLUSIVE
ALTER_TABLE: Final = ACCESS_EXCLUSIVE
ATTACH_PARTITION: Final = SHARE_UPDATE_EXCLUSIVE
CLUSTER_ON: Final = SHARE_UPDATE_EXCLUSIVE

CREATE_INDEX: Final = SHARE
CREATE_INDEX_CONCURRENTLY: Final = SHARE_UPDATE_EXCLUSIVE
DROP_INDEX: Final = ACCESS_EXCLUSIVE
DROP_INDEX_CONCURRENTLY: Final = SHARE_UPDATE_EXCLUSIVE
RENAME_INDEX: Final = SHARE_UPDATE_EXCLUSIVE

CREATE_TRIGGER: Final = SHARE_ROW_EXCLUSIVE
DROP_TRIGGER: Final = ACCESS_EXCLUSIVE
COMMENT_ON_RELATION: Final = SHARE_UPDATE_EXCLUSIVE
COMMENT_ON_PART: Final = ACCESS_SHARE

DROP: Final = ACCESS_EXCLUSIVE
RENAME: Final = ACCESS_EXCLUSIVE
ALTER_SEQUENCE: Final = SHARE_ROW_EXCLUSIVE


def of_setting(action: str) -> str:
    """That of an action of ALTER on a relation or a column of it, which may be a setting."""
    if action.startswith("SET STATISTICS "):
        return SET_STATISTICS
    return SET_STORAGE_PARAMETERS if action.startswith(("SET (", "RESET (")) else ALTER_TABLE
