"""Tables that seem to be split: what the author has to say of them, since nobody can guess it."""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.authoring.calls import quoted
from gnkmigrate.authoring.linking import key_columns
from gnkmigrate.authoring.workflow import Course
from gnkmigrate.facts.fact import Fact, Identity


def seems_split(table: Identity, leaving: Sequence[Fact], course: Course) -> Iterator[str]:
    """What speaks for op.split_table where columns go and the table comes to refer to a new one.

    Args:
        table: which columns leave.
        leaving: the columns.
        course: all that is to be done.
    """
    for into, link in _referred(table, course):
        becomes = _becomes(leaving, into, course)
        if not becomes:
            continue
        old, new = ".".join(table.path), ".".join(into.path)
        kept = ", ".join(f"{quoted(name)}: {quoted(after)}" for name, after in becomes.items())
        call = f"op.split_table({quoted(old)}, {quoted(new)}, {{{kept}}}, reference={quoted(link)})"
        same = ", ".join(name for name, after in becomes.items() if name == after)
        renamed = ", ".join(f"{old} as {new}" for old, new in becomes.items() if old != new)
        has = " and ".join(each for each in (same, renamed and f"maybe {renamed}") if each)
        yield (
            f"confirm: {old} seems to be split: {new}, to which {link} refers, is new and has "
            f"{has} as well. If so, write {call} instead of this, of {new} and of "
            f"what belongs to {link}. Say what identifies a row."
        )
        others = [fact.identity.name for fact in leaving if fact.identity.name not in becomes]
        if others:
            yield f"confirm: is {', '.join(others)} another column of {new}?"


def _becomes(leaving: Sequence[Fact], into: Identity, course: Course) -> Mapping[str, str]:
    """What the columns that leave may be called there: the same, or as the next one of the type."""
    key = key_columns(into, course.target)
    there = [
        fact for fact in course.target.children(into, "column") if fact.identity.name not in key
    ]
    names = {fact.identity.name for fact in there}
    free = [fact for fact in there if fact.identity.name not in {f.identity.name for f in leaving}]
    found = {}
    for fact in sorted(leaving, key=lambda each: each.position):
        name = fact.identity.name
        alike = [each for each in free if each.value("type") == fact.value("type")]
        if name in names:
            found[name] = name
        elif alike:
            free.remove(alike[0])
            found[name] = alike[0].identity.name
    return found


def _referred(table: Identity, course: Course) -> Iterator[tuple[Identity, str]]:
    """The new tables to which a foreign key of one column refers, and that column."""
    for key in course.target.children(table, "constraint"):
        to = key.payload["references"]
        if to is not None and len(key.payload["columns"]) == 1:
            into = Identity("table", (to["schema"], to["table"]))
            if into in course.target and into not in course.source:
                yield into, key.payload["columns"][0]
