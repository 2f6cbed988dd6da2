"""The .sql files of this package."""

from functools import cache
from importlib import resources
from typing import LiteralString


@cache
def query(folder: str, name: str) -> LiteralString:
    """The text of the file kinds/table/read.sql, for ("kinds.table", "read")."""
    file = resources.files("gnkmigrate").joinpath(*folder.split("."), f"{name}.sql")
    # A file of this package is as trustworthy as its code, and no value is ever put into it.
    return file.read_text(encoding="utf-8")
