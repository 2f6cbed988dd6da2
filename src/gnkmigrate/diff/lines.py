"""Changes in lines for people: grouped by table, one line a change.

A line is made of pieces, each with a tone that says what it is; what a tone looks like is for
whoever shows it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeAlias

from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds import satellites
from gnkmigrate.kinds.change import Change, Verb
from gnkmigrate.text.contrast import contrast
from gnkmigrate.text.numbers import counted

Tone: TypeAlias = Verb | Literal["plain", "heading", "aside", "warning"]


class Piece(NamedTuple):
    """A part of a line."""

    text: str
    tone: Tone = "plain"


Line: TypeAlias = tuple[Piece, ...]

MARKERS: Mapping[Verb, str] = {"add": "+", "remove": "-", "alter": "~", "rename": ">"}
_WORDS: Mapping[Verb, str] = {
    "add": "to add",
    "remove": "to remove",
    "alter": "to alter",
    "rename": "to rename",
}
# What describes an added or removed thing best, in the order of preference.
_TELLING = ("definition", "expression", "labels", "type", "text")
_WIDEST_LABEL = 48
_LONGEST_VALUE = 72


def in_lines(
    changes: Sequence[Change],
    source: Snapshot,
    target: Snapshot,
    omitted: Sequence[Unread] = (),
) -> Sequence[Line]:
    """The changes as lines, and a summary at the end.

    What comes or goes with the thing it lives in is counted on that thing's line.

    Args:
        changes: as `compare` returned them.
        source: what was compared, for what the changes live in.
        target: with what.
        omitted: what nobody has looked at.
    """
    lines = list(_changes(changes, source, target) if changes else _no_changes(omitted))
    return [*lines, *((Piece(one_line(line), "warning"),) for line in told(omitted))]


def plain(lines: Iterable[Line]) -> list[str]:
    """Lines as texts."""
    return ["".join(piece.text for piece in line) for line in lines]


def _no_changes(omitted: Sequence[Unread]) -> Iterator[Line]:
    yield (Piece("No differences." if is_whole(omitted) else f"No differences, {AS_FAR}."),)


def _changes(changes: Sequence[Change], source: Snapshot, target: Snapshot) -> Iterator[Line]:
    """Groups of several lines stand by themselves, with an empty line before and after."""
    placed = [(change, _outermost(change, source, target)) for change in changes]
    placed.sort(key=lambda pair: pair[1])
    before = 0
    for holder, group in groupby(placed, key=lambda pair: pair[1]):
        lines = list(_group(holder, [change for change, _ in group]))
        if before and max(before, len(lines)) > 1:
            yield ()
        yield from lines
        before = len(lines)
    yield ()
    yield (Piece(_summary(changes)),)


def one_line(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _group(holder: Identity, group: Sequence[Change]) -> Iterator[Line]:
    own = [change for change in group if holder in _sides(change)]
    inside = [change for change in group if holder not in _sides(change)]
    if not own:
        yield (Piece(f"  {holder.kind} {_name(holder, None)}", "heading"),)
    for change in own:
        yield from _lines(change, None, _coming_with(change, inside))
    shown = [change for change in inside if not any(_coming_with(one, [change]) for one in own)]
    labels = [_label(change, holder) for change in shown if change.verb != "rename"]
    width = min(max(map(len, labels), default=0), _WIDEST_LABEL)
    for change in shown:
        yield from _lines(change, holder, width=width)


def _lines(
    change: Change,
    holder: Identity | None,
    coming_with: Sequence[Change] = (),
    width: int = 0,
) -> Iterator[Line]:
    """One, and one more for each further detail."""
    indent = "  " if holder else ""
    label = _label(change, holder)
    margin = f"{indent}  {' ' * max(width, len(label))}"
    details = [*_details(change, coming_with)]
    marker = Piece(f"{indent}{MARKERS[change.verb]} ", change.verb)
    named = Piece(label.ljust(width) if details else label, "plain" if holder else change.verb)
    tone: Tone = "plain" if change.verb == "alter" else "aside"
    yield (marker, named, *(Piece(f"  {detail}", tone) for detail in details[:1]))
    yield from ((Piece(f"{margin}  {detail}", tone),) for detail in details[1:])


def _details(change: Change, coming_with: Sequence[Change]) -> Iterator[str]:
    if change.verb == "alter" and change.before is not None and change.after is not None:
        for key in change.differing:
            before, after = change.before.payload.get(key), change.after.payload.get(key)
            old, new = contrast(_whole(before), _whole(after), _LONGEST_VALUE)
            yield f"{key}: {old} → {new}"
    elif counts := Counter(each.kind for each in coming_with if each.kind not in satellites()):
        yield ", ".join(
            counted(number, kind, _plural(kind)) for kind, number in sorted(counts.items())
        )
    elif change.verb != "rename":
        yield from _telling(change.fact)


def _telling(fact: Fact) -> Iterator[str]:
    found = next((key for key in _TELLING if fact.payload.get(key)), None)
    if found is not None:
        yield _value(fact.payload[found])


def _coming_with(holder: Change, inside: Sequence[Change]) -> list[Change]:
    """What is added or removed together with the thing it lives in."""
    if holder.verb not in {"add", "remove"}:
        return []
    return [change for change in inside if change.verb == holder.verb]


def _outermost(change: Change, source: Snapshot, target: Snapshot) -> Identity:
    """The object of a schema that the change is in, or is; a schema or an extension is its own."""
    snapshot = source if change.verb == "remove" else target
    fact = change.fact
    while fact.parent is not None and fact.parent in snapshot:
        parent = snapshot.facts[fact.parent]
        if parent.parent is None:
            break
        fact = parent
    return fact.identity


def _sides(change: Change) -> tuple[Identity, ...]:
    return tuple(fact.identity for fact in (change.before, change.after) if fact is not None)


def _label(change: Change, holder: Identity | None) -> str:
    """Kind and name, and for a rename both names."""
    name = _name(change.identity, holder)
    if change.verb == "rename" and change.before is not None:
        name = f"{_name(change.before.identity, holder)} → {name}"
    return f"{change.kind} {name}"


def _name(identity: Identity, holder: Identity | None) -> str:
    """The path without what it shares with the holder's."""
    kind, path = ("", identity.path)
    if identity.kind in satellites():
        kind, path = f"on {identity.path[0]} ", identity.path[1:]
    shared = 0
    for one, other in zip(path[:-1], holder.path if holder else (), strict=False):
        if one != other:
            break
        shared += 1
    return one_line(kind + ".".join(path[shared:]))


def _value(value: Any) -> str:
    text = _whole(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _whole(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return f"({', '.join(_whole(item) for item in value)})"
    if isinstance(value, Mapping):
        return ".".join(_whole(value[key]) for key in sorted(value))
    return one_line(" ".join(str(value).split()))


def _summary(changes: Sequence[Change]) -> str:
    counts = Counter(change.verb for change in changes)
    parts = ", ".join(f"{counts[verb]} {words}" for verb, words in _WORDS.items() if counts[verb])
    return f"{counted(len(changes), 'difference')}: {parts}."


def _plural(noun: str) -> str:
    return f"{noun}es" if noun.endswith("x") else f"{noun}s"
