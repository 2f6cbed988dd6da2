"""Which of the renames that are known apply to two snapshots, and why others do not."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gnkmigrate.diff.rename_options import called, holder_of, written, written_alone
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot

_OF_VIEWS = "Columns of views follow the view's query, and need no such option."


def applicable(hints: Renames, source: Snapshot, target: Snapshot) -> Renames:
    """The renames that are still to be done.

    A standing one may have been done long ago. Where both of its names are on both sides, as with
    two that are swapped, nobody can tell; so it is left alone, unless another one that takes its
    old name, or gives it its new one, is certainly to be done.
    """
    pairs = {old: new for old, new in hints.pairs.items() if not _lacking(old, new, source, target)}
    becomes = {old: _sibling(old, new.name) for old, new in pairs.items()}
    kept = {
        old
        for old, new in pairs.items()
        if old not in hints.standing
        or not _holds(target, _sibling(new, old.name))
        or not _holds(source, becomes[old])
    }
    while more := {old for old in pairs.keys() - kept if _is_linked(old, kept, becomes)}:
        kept |= more
    known = {old: new for old, new in pairs.items() if old in kept}
    return Renames.of(*known.items(), gone=hints.gone)


def doubtful(hints: Renames, source: Snapshot, target: Snapshot) -> Iterator[frozenset[Identity]]:
    """Standing renames that may have been done, by their old names; each circle of them."""
    sure = applicable(hints, source, target).pairs
    every = applicable(replace(hints, standing=frozenset()), source, target).pairs
    becomes = {old: _sibling(old, new.name) for old, new in every.items()}
    left = every.keys() - sure.keys()
    while left:
        circle = {min(left)}
        while more := {old for old in left - circle if _is_linked(old, circle, becomes)}:
            circle |= more
        left -= circle
        yield frozenset(circle)


def without_effect(
    hints: Renames, source: Snapshot, target: Snapshot, source_name: str
) -> Iterator[str]:
    """What the user has said just now that applies to nothing, and why, a line each.

    Args:
        hints: what was said.
        source: the database as it is.
        target: the database as it should be.
        source_name: what the user knows the source as, such as "the live database".
    """
    lacking = {(old, new): _lacking(old, new, source, target) for old, new in hints.pairs.items()}
    found = {_said(*pair) for pair, lacks in lacking.items() if not lacks}
    told: set[tuple[str, ...]] = set()
    for (old, new), lacks in lacking.items():
        said = _said(old, new)
        if lacks and said not in found | told:
            told.add(said)
            missing, side = (old, source_name) if lacks == "source" else (new, "the target")
            of_view = _is_of_view(old, source)
            yield _line("--rename", _in_words(old, new), missing, side, of_view=of_view)
    for identity in sorted(hints.gone):
        if not _holds(source, identity):
            of_view = _is_of_view(identity, source)
            text = written_alone(identity)
            yield _line("--no-rename", text, identity, source_name, of_view=of_view)


def quietly(line: str) -> None:
    """Tells nobody."""
    del line


def _is_of_view(identity: Identity, snapshot: Snapshot) -> bool:
    views = ("view", "materialized view")
    return identity.kind == "column" and any(snapshot.get(k, *identity.path[:-1]) for k in views)


def _line(option: str, text: str, missing: Identity, side: str, *, of_view: bool) -> str:
    kind = called(missing.kind)
    name = written_alone(missing).removeprefix(missing.kind).strip()
    said = f"{option} '{text}' applies to nothing: there is no {kind} {name} in {side}."
    return f"{said} {_OF_VIEWS}" if of_view else said


def _in_words(old: Identity, new: Identity) -> str:
    return written(old, new).replace(old.kind, called(old.kind), 1)


def _said(old: Identity, new: Identity) -> tuple[str, ...]:
    """The same for all kinds that one text means: "type" may be any of several."""
    return (called(old.kind), *old.path, "=", *new.path)


def _lacking(old: Identity, new: Identity, source: Snapshot, target: Snapshot) -> str:
    """The side that does not have what a rename is about; "" where both have it."""
    if not _holds(source, old):
        return "source"
    return "" if old.kind == new.kind and _holds(target, new) else "target"


def _holds(snapshot: Snapshot, identity: Identity) -> bool:
    holder = holder_of(identity.kind)
    if holder is None:
        return identity in snapshot
    fact = snapshot.get(holder.name, *identity.path[:-1])
    return fact is not None and identity.name in holder.inner_names(fact)


def _sibling(identity: Identity, name: str) -> Identity:
    return Identity(identity.kind, (*identity.path[:-1], name))


def _is_linked(old: Identity, kept: set[Identity], becomes: Mapping[Identity, Identity]) -> bool:
    return becomes[old] in kept or any(becomes[each] == old for each in kept)
