"""What a proof does not cover, and what should be known of it besides."""

from collections.abc import Iterator, Sequence

from gnkmigrate.copies.clone import Clone
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.planned import Planned
from gnkmigrate.proof.target import Wanted

_SHOWN = 10


def not_compared(
    planned: Planned, copy: Clone | None, lacking: Sequence[Change], wanted: Wanted | None
) -> Iterator[str]:
    """What nobody has looked at, a few words each.

    Args:
        planned: the plan.
        copy: on which it has run; None where it was empty.
        lacking: what the copy does not have of the live database.
        wanted: a database made from the target; None where that is a snapshot.
    """
    for each in planned.not_compared:
        if not each.on_purpose:
            yield f"{each}: {each.reason}" if each.reason else str(each)
    if any(kind_of(change.kind).of_server for change in planned.changes):
        yield "roles, which belong to the server"
    if wanted is None:
        yield "what pg_dump says of the target, which is a snapshot and no database"
    if copy is not None and not copy.owners:
        yield "owners and grants, since the throwaway server lacks their roles"
    if lacking:
        names = [str(change.identity) for change in lacking]
        more = ", ..." if len(names) > _SHOWN else ""
        yield f"what a dump does not carry to a copy ({', '.join(names[:_SHOWN])}{more})"


def remarks(
    planned: Planned, copy: Clone | None, converted: Sequence[str], refused: Sequence[str] = ()
) -> Iterator[str]:
    """What should be known besides, a sentence each; `converted` are columns of another type."""
    left_out = planned.not_compared
    open_ = {each.kind for each in left_out if each.on_purpose} & planned.target.unstated
    if open_ and (copy is None or copy.owners):
        kinds = ", ".join(f"{kind.removesuffix('s')}s" for kind in sorted(open_))
        yield f"As before, since the target says nothing of them: {kinds}."
    if converted:
        yield f"Other values by their new type: {', '.join(converted)}."
    if refused:
        yield f"Role {planned.source.role} may not do all of it: {' '.join(refused)}"
