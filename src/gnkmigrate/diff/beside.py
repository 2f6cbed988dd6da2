"""What one side of a comparison leaves open, filled in from the other.

A script seldom says who owns what, and that is no wish that nobody should: it is taken to mean what
is there already. So neither is a difference, and what is made again gets it back.
"""

from collections.abc import Iterable, Iterator, Mapping

from gnkmigrate.diff.renames import NOTHING_RENAMED
from gnkmigrate.diff.successors import Successors
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds import kinds, satellites
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.kind import Kind

_NAMED = 5
_MAJOR = 10_000  # in server_version_num; a minor release changes nothing of what can be said
_FOR_GOOD = "it is chosen when a database is made, and no statement changes it"
_INHERITED = "the target inherits them in another way, and no statement changes that"


def completed(
    one: Snapshot, other: Snapshot, renamed: Mapping[Identity, Identity] = NOTHING_RENAMED
) -> Snapshot:
    """`one` with what it leaves open as it is in `other`.

    Args:
        one: what leaves something open.
        other: what it is to be compared with.
        renamed: identities of `other` that are others in `one`.
    """
    if 0 < other.server_version // _MAJOR < one.server_version // _MAJOR:
        one = _as_of(one, other.server_version)
    silent = one.silent_beside(other)
    if not silent:
        return one
    facts = _resolved(one, other) if one.is_script else {**one.facts}
    for fact in _unsaid(one, silent):
        del facts[fact.identity]
    facts |= {fact.identity: fact for fact in _open(one, other, silent, renamed)}
    return one.having(facts.values())


def _as_of(one: Snapshot, version: int) -> Snapshot:
    """Without what a server of an older version cannot have."""
    facts = {**one.facts}
    for name, kind in kinds().items():
        for fact in one.of_kind(name) if kind.by_version else ():
            known = kind.as_of(fact, version)
            if known is None:
                del facts[fact.identity]
            elif known is not fact:
                facts[fact.identity] = known
    return one.having(facts.values())


def not_compared(
    source: Snapshot,
    target: Snapshot,
    renamed: Mapping[Identity, Identity] = NOTHING_RENAMED,
) -> tuple[Unread, ...]:
    """What a comparison says nothing about, since one side says nothing, or was not read.

    Args:
        source: the database as it is.
        target: the database as it should be.
        renamed: what is called otherwise in the target, by its old identity.
    """
    found = list(_together((*source.unread, *target.unread)))
    for one, other, name in ((target, source, "target"), (source, target, "source")):
        silent = one.silent_beside(other)
        for kind in sorted(silent):
            left = [each for each in _open(one, other, silent) if each.kind == kind]
            left = [each for each in left if kinds()[kind].says(each, other.server_version)]
            if left:
                shown = tuple(_called(each) for each in left)
                reason = f"the {name} says nothing of them"
                found.append(Unread(kind, shown[:_NAMED], len(left), reason, on_purpose=True))
    return (
        *found,
        *_of_other_make(source, target),
        *inherited_otherwise(source, target, renamed),
    )


def _of_other_make(source: Snapshot, target: Snapshot) -> Iterator[Unread]:
    """The encoding and locale of two databases, where they have been made with unlike ones."""
    both_live = not source.is_script and not target.is_script
    if both_live and source.locale and target.locale and source.locale != target.locale:
        locales = (f"{source.locale} against {target.locale}",)
        yield Unread("property of the database", locales, 1, _FOR_GOOD, on_purpose=True)


def inherited_otherwise(
    source: Snapshot, target: Snapshot, renamed: Mapping[Identity, Identity] = NOTHING_RENAMED
) -> Iterator[Unread]:
    """What is not to become as it is in the target, as no statement makes it so."""
    context = Context(source, target, names=NewNames(renamed))
    found = {
        each
        for name, known in kinds().items()
        if type(known).unlike is not Kind.unlike  # a catalog is large, and few kinds have any
        for fact in context.source.of_kind(name)
        for each in known.unlike(fact, context)
    }
    for kind in sorted({each.kind for each in found}):
        names = sorted(".".join(each.path) for each in found if each.kind == kind)
        yield Unread(kind, tuple(names[:_NAMED]), len(names), _INHERITED)


def _together(found: Iterable[Unread]) -> Iterator[Unread]:
    """What both sides have of the same sort, told once."""
    sorts: dict[tuple[str, str, bool], list[Unread]] = {}
    for each in found:
        sorts.setdefault((each.kind, each.reason, each.on_purpose), []).append(each)
    for (kind, reason, on_purpose), alike in sorts.items():
        names = sorted({name for each in alike for name in each.names})
        count = max(len(names), *(each.count for each in alike))
        yield Unread(kind, tuple(names[:_NAMED]), count, reason, on_purpose)


def _open(
    one: Snapshot,
    other: Snapshot,
    silent: frozenset[str],
    renamed: Mapping[Identity, Identity] = NOTHING_RENAMED,
) -> Iterator[Fact]:
    """The facts of `other` that `one` has nothing to say about."""
    unsaid = {fact.identity for fact in _unsaid(one, silent)}
    names = NewNames(renamed)
    successors = Successors(one, other, names)
    for kind in silent:
        for there in other.of_kind(kind):
            fact: Fact | None = _under_new_name(there, names) if renamed else there
            if fact is not None and fact.parent is not None and fact.parent not in one:
                fact = successors.taken_over(there, fact)
            if fact is not None and (fact.identity not in one or fact.identity in unsaid):
                yield fact


def _under_new_name(fact: Fact, names: NewNames) -> Fact:
    """What hangs on a thing that has another name, or lives in one."""
    old = fact.parent
    new = None if old is None else names.of(old)
    if old is None or new is None or new == old:
        return fact
    kind, *path = fact.identity.path
    if path[: len(old.path)] == [*old.path]:
        path[: len(old.path)] = new.path
    identity = Identity(fact.kind, (kind, *path))
    return Fact(identity, new, fact.payload, fact.depends_on, fact.position)


def _unsaid(one: Snapshot, silent: frozenset[str]) -> Iterator[Fact]:
    """Facts of kinds of which a script says nothing, that are initdb's."""
    for name in silent:
        known = kinds()[name]
        yield from (each for each in one.of_kind(name) if not known.says(each, one.server_version))


def _resolved(script: Snapshot, other: Snapshot) -> dict[Identity, Fact]:
    facts = {**script.facts}
    for name, kind in kinds().items():
        if kind.leaves_open:
            for fact in script.of_kind(name):
                meant = kind.beside(fact, script, other)
                if meant is not fact:
                    del facts[fact.identity]
                    facts |= {} if meant is None else {meant.identity: meant}
    return facts


def _called(fact: Fact) -> str:
    if fact.kind not in satellites():
        return ".".join(fact.identity.path)
    kind, *path = fact.identity.path
    return f"{kind} {'.'.join(path)}"
