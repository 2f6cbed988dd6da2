"""sqlacodegen's declarative classes, with indexes whole.

sqlacodegen writes the columns of an index, and neither their order (DESC) nor expressions.
"""

from typing import Any

from sqlacodegen.generators import DeclarativeGenerator
from sqlacodegen.utils import render_callable
from sqlalchemy import Column, Index
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ColumnElement


class Generator(DeclarativeGenerator):
    """Writes a module of models."""

    def render_index(self, index: Index) -> str:
        """The Index of a table's arguments."""
        if all(isinstance(each, Column) for each in index.expressions):
            return str(super().render_index(index))
        parts = [self._part(each) for each in index.expressions]
        kwargs = self._options(index)
        return str(render_callable("Index", repr(index.name), *parts, kwargs=kwargs))

    def _part(self, part: Any) -> str:
        if isinstance(part, Column):
            return repr(part.name)
        self.add_literal_import("sqlalchemy", "text")
        return f"text({_sql(part)!r})"

    def _options(self, index: Index) -> dict[str, object]:
        """What else is said of it: unique, and the dialect's options."""
        kwargs: dict[str, object] = {"unique": True} if index.unique else {}
        for name, value in sorted(index.dialect_kwargs.items()):
            if value:
                kwargs[name] = repr(_sql(value) if isinstance(value, ColumnElement) else value)
        return kwargs


def _sql(part: Any) -> str:
    """An expression as PostgreSQL takes it, without the table's name."""
    compiled = part.compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True, "include_table": False},
    )
    return str(compiled)
