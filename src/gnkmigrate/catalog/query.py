"""The catalog queries, read once from their .sql files."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import LiteralString

OUTERMOST = "schema"


@cache
def text(name: str) -> LiteralString:
    """The query of one file, named without its suffix: "dependencies" or "queries/table"."""
    file = resources.files(__package__).joinpath(*f"{name}.sql".split("/"))
    # A file of this package is as trustworthy as its code, and no value is ever put into it.
    return file.read_text(encoding="utf-8")


@cache
def folder(name: str) -> Mapping[str, LiteralString]:
    """The queries of one folder by kind, in alphabetical order."""
    files = resources.files(__package__).joinpath(name).iterdir()
    kinds = sorted(file.name.removesuffix(".sql") for file in files if file.name.endswith(".sql"))
    return MappingProxyType({kind: text(f"{name}/{kind}") for kind in kinds})
