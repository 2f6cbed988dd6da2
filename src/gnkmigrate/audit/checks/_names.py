"""Names of columns that are made of a table's name: user_id of users, categoryId of Category."""

import re
from functools import lru_cache


@lru_cache(maxsize=1 << 16)
def plain(name: str) -> str:
    """A name without what spellings differ in: userId and user_id are one."""
    return name.replace("_", "").casefold()


def stems(table: str) -> set[str]:
    """What a column may call one row of a table: users, user; categories, category."""
    name = plain(table)
    found = {name}
    if name.endswith("ies"):
        found.add(name.removesuffix("ies") + "y")
    if name.endswith(("ses", "xes", "zes", "ches", "shes")):
        found.add(name.removesuffix("es"))
    if name.endswith("s") and not name.endswith("ss"):
        found.add(name.removesuffix("s"))
    return found


_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=1 << 12)
def words(name: str) -> frozenset[str]:
    """The words of a name in small letters: createdAt and created_at have the same."""
    return frozenset(_STARTS.sub("_", name).lower().split("_"))
