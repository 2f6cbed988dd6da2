"""NOT NULL that a table has of parents which it keeps, while it gets others beside them."""

from collections.abc import Iterable, Iterator, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import all_above, columns_above
from gnkmigrate.kinds.not_null_family import name_of


def is_renamed_above(
    before: Fact, after: Fact, kept: Iterable[Sequence[str]], context: Context
) -> bool:
    """Whether what NOT NULL is called comes with that of parents which the table keeps.

    RENAME CONSTRAINT goes to the tables below (18), which may not do it by themselves.

    Args:
        before: a column that the table inherits, as it is.
        after: the same of the target.
        kept: the parents that it has all the time, as the target calls them.
        context: both sides.
    """
    known = {tuple(each) for each in kept}
    known |= {above for each in known for above in all_above(each, context.target)}
    was, becomes = before.identity.path, after.identity.path
    old = [*_forbidding(was, context.source)]
    new = [*_forbidding(becomes, context.target)]
    return (
        bool(old and new)
        and {context.table_now(each[:-1]) for each in old} <= known
        and {each[:-1] for each in new} <= known
        and _is_called_alike(was, old, context.source)
        and _is_called_alike(becomes, new, context.target)
    )


def _forbidding(column: tuple[str, ...], snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The columns above that hand on NOT NULL."""
    for above in columns_above(column, snapshot):
        if above.payload["not_null"] and not above.payload.get("not_null_no_inherit"):
            yield above.identity.path


def _is_called_alike(
    column: tuple[str, ...], above: Iterable[tuple[str, ...]], snapshot: Snapshot
) -> bool:
    name = name_of(column, snapshot)
    return all(name_of(each, snapshot) == name for each in above)
