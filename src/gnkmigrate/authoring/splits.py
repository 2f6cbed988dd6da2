"""Tables that seem to be split: what the author has to say of them, since nobody can guess it."""

from collections.abc import Iterator, Sequence

from gnkmigrate.authoring.calls import quoted
from gnkmigrate.authoring.course import Course
from gnkmigrate.facts.fact import Fact, Identity

_ENOUGH = 2  # columns of one name


def seems_split(table: Identity, leaving: Sequence[Fact], course: Course) -> Iterator[str]:
    """What speaks for op.split_table where columns go and a new table has some of their names.

    Args:
        table: which columns leave.
        leaving: the columns.
        course: all that is to be done.
    """
    known = {fact.identity.name for fact in leaving}
    for into, link in _referred(table, course):
        columns = course.target.children(into, "column")
        names = [fact.identity.name for fact in columns if fact.identity.name in known]
        if len(names) < _ENOUGH:
            continue
        old, new = ".".join(table.path), ".".join(into.path)
        kept = ", ".join(f"{quoted(name)}: {quoted(name)}" for name in names)
        others = [fact.identity.name for fact in leaving if fact.identity.name not in names]
        call = f"op.split_table({quoted(old)}, {quoted(new)}, {{{kept}}}, reference={quoted(link)})"
        yield (
            f"confirm: {old} seems to be split: {new}, to which {link} refers, is new and has "
            f"{', '.join(names)} as well. If so, write {call} instead of this, of {new} and of "
            f"what belongs to {link}. Say what identifies a row."
        )
        if others:
            yield f"confirm: is {', '.join(others)} another column of {new}?"


def _referred(table: Identity, course: Course) -> Iterator[tuple[Identity, str]]:
    """The new tables to which a foreign key of one column refers, and that column."""
    for key in course.target.children(table, "constraint"):
        to = key.payload["references"]
        if to is not None and len(key.payload["columns"]) == 1:
            into = Identity("table", (to["schema"], to["table"]))
            if into in course.target and into not in course.source:
                yield into, key.payload["columns"][0]
