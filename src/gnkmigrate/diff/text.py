"""Changes as text for people: grouped by table, one line a change, with and without colour."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.text import Text

from gnkmigrate.diff.likely_renames import Likely
from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
from gnkmigrate.diff.rename_hints import written
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds import satellites
from gnkmigrate.kinds.change import Change, Verb
from gnkmigrate.text.contrast import contrast
from gnkmigrate.text.numbers import counted

MARKERS: Mapping[Verb, tuple[str, str]] = {
    "add": ("+", "green"),
    "remove": ("-", "red"),
    "alter": ("~", "yellow"),
    "rename": (">", "cyan"),
}
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


def render_changes(
    changes: Sequence[Change],
    source: Snapshot,
    target: Snapshot,
    omitted: Sequence[Unread] = (),
) -> Text:
    """The changes as lines, and a summary at the end.

    What comes or goes with the thing it lives in is counted on that thing's line.

    Args:
        changes: as `compare` returned them.
        source: what was compared, for what the changes live in.
        target: with what.
        omitted: what nobody has looked at.
    """
    text = _changes(changes, source, target) if changes else _no_changes(omitted)
    for line in told(omitted):
        text.append(f"\n{printable(line)}", style="yellow")
    return text


def _no_changes(omitted: Sequence[Unread]) -> Text:
    return Text("No differences." if is_whole(omitted) else f"No differences, {AS_FAR}.")


def _changes(changes: Sequence[Change], source: Snapshot, target: Snapshot) -> Text:
    placed = [(change, _outermost(change, source, target)) for change in changes]
    placed.sort(key=lambda pair: pair[1])
    text, after_long = Text(), False
    for holder, group in groupby(placed, key=lambda pair: pair[1]):
        lines = _group(holder, [change for change, _ in group])
        long = lines.plain.count("\n") > 1
        if text.plain and (long or after_long):
            text.append("\n")
        text.append(lines)
        after_long = long
    return text.append(f"\n{_summary(changes)}")


def possible_rename(likely: Likely) -> str:
    """A note about what may be one thing under two names."""
    rename = shlex.quote(written(likely.old, likely.new))
    return printable(f"note: possibly a rename, {likely.why}: --rename {rename}")


def printable(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _group(holder: Identity, group: Sequence[Change]) -> Text:
    text = Text()
    own = [change for change in group if holder in _sides(change)]
    inside = [change for change in group if holder not in _sides(change)]
    if not own:
        text.append(f"  {holder.kind} {_name(holder, None)}\n", style="bold")
    for change in own:
        _append_line(text, change, None, _coming_with(change, inside))
    shown = [change for change in inside if not any(_coming_with(one, [change]) for one in own)]
    labels = [_label(change, holder) for change in shown if change.verb != "rename"]
    width = min(max(map(len, labels), default=0), _WIDEST_LABEL)
    for change in shown:
        _append_line(text, change, holder, width=width)
    return text


def _append_line(
    text: Text,
    change: Change,
    holder: Identity | None,
    coming_with: Sequence[Change] = (),
    width: int = 0,
) -> None:
    marker, style = MARKERS[change.verb]
    indent = "  " if holder else ""
    label = _label(change, holder)
    details = list(_details(change, coming_with))
    text.append(f"{indent}{marker} ", style=style)
    text.append(label.ljust(width) if details else label, style="" if holder else style)
    for number, detail in enumerate(details):
        margin = "" if number == 0 else f"\n{indent}  {' ' * max(width, len(label))}"
        text.append(f"{margin}  {detail}", style="" if change.verb == "alter" else "dim")
    text.append("\n")


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
    return printable(kind + ".".join(path[shared:]))


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
    return printable(" ".join(str(value).split()))


def _summary(changes: Sequence[Change]) -> str:
    counts = Counter(change.verb for change in changes)
    parts = ", ".join(f"{counts[verb]} {words}" for verb, words in _WORDS.items() if counts[verb])
    return f"{counted(len(changes), 'difference')}: {parts}."


def _plural(noun: str) -> str:
    return f"{noun}es" if noun.endswith("x") else f"{noun}s"
