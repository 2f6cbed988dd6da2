"""The project's queries: audits/queries/*.sql, one file each.

A file begins with a head (text/front_matter.py) and is one SELECT. Two files with one name are one
question to the old shape and to the new one. Placeholders are psql's, :'name'; the value of each
is what the SELECT of that name in `parameters` gives. Two files that begin with "_" are scripts:
_before.sql and _after.sql write rows that only the copy has, before the queries are measured.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError

from gnkmigrate.errors import SettingsError
from gnkmigrate.run.template import placeholders
from gnkmigrate.text.front_matter import split
from gnkmigrate.validation import problems

Shape: TypeAlias = Literal["before", "after"]
SHAPES: Sequence[Shape] = ("before", "after")


class Head(BaseModel, extra="forbid", frozen=True):
    """What the head of a query's file says.

    Attributes:
        name: what the query is called; the same in the files of both shapes.
        shape: the shape that its text is for; "both" where it is the same in both.
        parameters: by name, the SELECT that gives the placeholder's value.
        calls_a_day: how often the application asks it; None where nobody knows.
        requests_a_row: requests to another service that the application makes for each row.
        request_ms: how long one of them takes, in milliseconds.
    """

    name: Annotated[str, Field(min_length=1)]
    shape: Literal["before", "after", "both"] = "both"
    parameters: Mapping[str, str] = Field(default_factory=dict)
    calls_a_day: Annotated[float, Field(ge=0)] | None = None
    requests_a_row: Annotated[float, Field(ge=0)] = 0
    request_ms: Annotated[float, Field(ge=0)] = 0


@dataclass(frozen=True)
class Text:
    """A query as it is asked in one shape.

    Attributes:
        file: where it is written; None for a statement of pg_stat_statements.
        head: what its head says.
        sql: the SELECT.
        mean_ms: of such a statement, what a call takes; its values are not known.
    """

    file: Path | None
    head: Head
    sql: str
    mean_ms: float | None = None

    @property
    def statements(self) -> Sequence[str]:
        """All that is asked: the SELECT, and those of its parameters."""
        return (self.sql, *self.head.parameters.values())


@dataclass(frozen=True)
class Query:
    """A question, as it is asked in each shape in which it can be."""

    name: str
    texts: Mapping[Shape, Text]


def load(folder: Path) -> tuple[Query, ...]:
    """The queries of a folder, by name.

    Raises:
        SettingsError: there is none, a file cannot be read, or two say the same.
    """
    files = sorted(file for file in folder.glob("*.sql") if not file.name.startswith("_"))
    if not files:
        raise SettingsError(
            f"There are no queries in {folder}.",
            hint="Write each of them into a file there; docs/impact.md shows one.",
        )
    found: dict[str, dict[Shape, Text]] = {}
    for text in map(_read, files):
        texts = found.setdefault(text.head.name, {})
        for shape in SHAPES:
            if text.head.shape not in {shape, "both"}:
                continue
            if shape in texts:
                raise SettingsError(
                    f"{texts[shape].file} and {text.file} are both the query {text.head.name} "
                    f"{shape} the phases.",
                    hint="Give each query its own name, and a text for a shape once.",
                )
            texts[shape] = text
    return tuple(Query(name, texts) for name, texts in sorted(found.items()))


def script(folder: Path, shape: Shape) -> str:
    """What writes rows that only the copy has; "" where there is nothing."""
    file = folder / f"_{shape}.sql"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _read(file: Path) -> Text:
    try:
        front, statement = split(file.read_text(encoding="utf-8"))
        text = Text(file, Head.model_validate(tomllib.loads(front)), statement)
    except ValidationError as error:
        raise _unreadable(file, problems(error)) from None
    except UnicodeDecodeError as error:
        raise _unreadable(file, [f"is not UTF-8 text (byte {error.start + 1})"]) from None
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise _unreadable(file, [str(error)]) from None
    named = {each[2:-1] for each in placeholders(statement)}
    if missing := sorted(named - text.head.parameters.keys()):
        raise _unreadable(file, [f"parameters: {name} is missing" for name in missing])
    return text


def _unreadable(file: Path, details: Iterable[str]) -> SettingsError:
    return SettingsError(
        f"The query {file} cannot be read.",
        details=tuple(details),
        hint="docs/impact.md shows what the head of such a file holds.",
    )
