"""Two snapshots, compared into changes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gnkmigrate.collector import collector_paused
from gnkmigrate.diff.applying import applicable
from gnkmigrate.diff.beside import completed
from gnkmigrate.diff.correspondence import Correspondence
from gnkmigrate.diff.matching import match
from gnkmigrate.diff.renames import NO_RENAMES, NOTHING_RENAMED, Renames
from gnkmigrate.diff.wording import Wording
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.printing import merely_printed
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change

_VERBS = ("remove", "rename", "alter", "add")


def compare(source: Snapshot, target: Snapshot, hints: Renames = NO_RENAMES) -> tuple[Change, ...]:
    """What must change for `source` to become as `target`.

    A thing that was removed or added as a whole comes with all that lives in it, each as a
    change of its own. A rename stands alone where nothing else is different: what merely
    mentions the old name is not changed by it. Where more is different, an alter follows, whose
    `before` has the old identity and the payload as it reads once the renames are done.

    Args:
        source: the database as it is.
        target: the database as it should be.
        hints: renames that the user knows of; others are found where they are beyond doubt.

    Returns:
        The changes in the order of their identities, and of one identity: remove, rename,
        alter, add. No changes means that the snapshots hold the same facts.
    """
    with collector_paused():
        hints = applicable(hints, source, target)
        known = _matched(source, target, hints)
        renamed = _other_names(known)
        if renamed and (source.silent_beside(target) or target.silent_beside(source)):
            # What they leave open hangs on things under their new names as well.
            known = _matched(source, target, hints, renamed)
        changes = _changes(known)
        return tuple(
            sorted(changes, key=lambda change: (change.identity, _VERBS.index(change.verb)))
        )


def other_names(
    source: Snapshot, target: Snapshot, hints: Renames = NO_RENAMES
) -> Mapping[Identity, Identity]:
    """What somebody owns or may use and is called otherwise in `target`, by its old identity.

    That is what has a new name, what lives in it, and a function of a type that has one.
    """
    return _other_names(_matched(source, target, applicable(hints, source, target)))


def _matched(
    source: Snapshot,
    target: Snapshot,
    hints: Renames,
    renamed: Mapping[Identity, Identity] = NOTHING_RENAMED,
) -> Correspondence:
    """Both sides, each completed by the other, and which fact of one is which of the other."""
    back = {new: old for old, new in renamed.items()}
    source, target = completed(source, target, back), completed(target, source, renamed)
    if hints.pairs:
        source = _told(source, hints)
    return match(source, target, hints)


def _other_names(known: Correspondence) -> Mapping[Identity, Identity]:
    if not known.has_new_names:
        return NOTHING_RENAMED
    pairs = known.to_target.items()
    return {old: new for old, new in pairs if old != new and _is_owned(old)}


def _is_owned(identity: Identity) -> bool:
    """Whether somebody owns things of its kind, or parts of them have privileges."""
    kind = kind_of(identity.kind)
    return kind.has_owner or kind.holds_data


def _told(source: Snapshot, hints: Renames) -> Snapshot:
    facts = (kind_of(fact.kind).told(fact, hints.pairs) for fact in source)
    return replace(source, facts={fact.identity: fact for fact in facts})


def _changes(known: Correspondence) -> Iterator[Change]:
    target = known.target
    for before in known.doubtful():
        counterpart = known.to_target.get(before.identity)
        if counterpart is not None:
            yield from _changes_of_pair(before, target.facts[counterpart], known)
        elif not kind_of(before.kind).stays(before, target):
            yield Change("remove", before, None)
    if len(known.to_source) < len(target):
        for after in target:
            if after.identity not in known.to_source:
                yield Change("add", None, after)


def _changes_of_pair(before: Fact, after: Fact, known: Correspondence) -> Iterator[Change]:
    if before.identity in known.renamed:
        yield Change("rename", before, after)
    differing = frozenset(
        key
        for key in known.differing(before, after)
        if not merely_printed(before.payload.get(key), after.payload.get(key))
    )
    if differing:
        unlike = differing | known.told_otherwise(before, after)
        wording = known.wording(before, after)
        yield Change("alter", _reworded(before, after, unlike, wording), after, differing)


def _reworded(before: Fact, after: Fact, unlike: frozenset[str], wording: Wording) -> Fact:
    """The source's fact as it reads after the renames.

    Equal texts that mean different things are no longer equal then.
    """
    payload = {
        key: (wording.renamed(value) if value == after.payload.get(key) else value)
        if key in unlike
        else after.payload[key]
        for key, value in before.payload.items()
    }
    return before.replaced(payload=payload)
