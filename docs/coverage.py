"""Writes docs/coverage.md, which says what gnkmigrate knows of PostgreSQL, from the kinds.

Run: .venv/bin/python docs/coverage.py. A test says when the page is not what this writes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind

PAGE = Path(__file__).with_name("coverage.md")

_HEAD = """\
# What is covered

Made from `src/gnkmigrate/kinds/` by `docs/coverage.py`; what is written here by hand does not stay.

Each kind of object is read, compared, made, changed and removed on PostgreSQL 14 to 18, on those
that have it. Whatever else is in a database, and no kind reads, is counted and named by every
command that compares (`not compared: 1 large object (16400); no kind reads it`), and keeps an audit
from saying COMPLETE.

## Kinds

Owner, grants, comment, security label and dependencies on extensions are facts of their own that
hang on a thing, and come back with it when it has to be made again. Columns of tables and views
have grants and comments, too.

| kind | what it is | owner | grants | comment | label |
|---|---|---|---|---|---|
"""

_ATTRIBUTES = """
## Attributes

What PostgreSQL knows of a thing, and how the thing gets another value: by a statement that alters
it, or by being made again together with what depends on it. What merely describes, since other
attributes or other facts say the same, is not compared.

| kind | altered | made again | not compared |
|---|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    known = sorted(kinds().values(), key=lambda kind: kind.name)
    return _HEAD + "".join(map(_marks, known)) + _ATTRIBUTES + "".join(map(_attributes, known))


def _marks(kind: Kind) -> str:
    marks = (kind.has_owner, kind.grant_word, kind.has_comment, kind.has_label)
    cells = (kind.name, _described(kind), *("yes" if mark else "" for mark in marks))
    return f"| {' | '.join(cells)} |\n"


def _described(kind: Kind) -> str:
    """The first sentence of what the kind's module says of itself."""
    text = sys.modules[type(kind).__module__].__doc__ or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    since = f" Since PostgreSQL {kind.since // 10000}." if kind.since else ""
    return f"{paragraph}{since}".replace("|", "\\|")


def _attributes(kind: Kind) -> str:
    cells = (kind.name, *(", ".join(_named(kind, how)) for how in How))
    return f"| {' | '.join(cells)} |\n"


def _named(kind: Kind, how: How) -> Iterator[str]:
    for name, each in sorted(kind.attributes.items()):
        if each is how:
            yield f"`{name}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
