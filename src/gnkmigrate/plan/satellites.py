"""What hangs on things that are made, and on things that an alteration makes anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, satellites
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context


def hanging(altered: Mapping[Identity, Change], target: Snapshot) -> Iterator[Fact]:
    """What hangs on things that an alteration makes anew.

    Args:
        altered: the alterations, by the identities that things have in the source.
        target: the database as it shall be.
    """
    for change in altered.values():
        if kind_of(change.kind).renews(change):
            for fact in target.children(change.identity):
                if kind_of(fact.kind).is_satellite and fact.identity not in altered:
                    yield fact


def implied(new: Sequence[Fact], context: Context) -> Iterator[Fact]:
    """What new things need to be as the target has them, though it does not say so."""
    context = replace(context, created=frozenset(fact.identity for fact in new))
    for kind in (kind_of(name) for name in satellites()):
        for fact in new:
            yield from kind.implied(fact, context)
