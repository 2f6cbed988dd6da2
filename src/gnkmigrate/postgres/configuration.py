"""Configuration parameters as ALTER DATABASE, ALTER ROLE and their like set them."""

import re

from gnkmigrate.postgres.quoting import literal, qualified

# What holds a list of names, each quoted on its own (pg_dump: variable_is_guc_list_quote).
_LISTS = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
_ITEM = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^,\s]+))\s*(?:,|\Z)')


def name_of(parameter: str) -> str:
    """A parameter as SET names it: app.tenant is a name in two parts."""
    return qualified(*parameter.split("."))


def value_of(parameter: str, stored: str) -> str:
    """A parameter's value, as the catalog keeps it, as SET takes it."""
    if parameter.lower() not in _LISTS:
        return literal(stored)
    items = [
        found["quoted"].replace('""', '"') if found["quoted"] is not None else found["plain"]
        for found in _ITEM.finditer(stored)
    ]
    return ", ".join(map(literal, items)) or "''"
