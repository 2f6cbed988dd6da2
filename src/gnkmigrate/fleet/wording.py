"""What there is to say about a summary, before anybody decides how it looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gnkmigrate.fleet.result import Group, Result, State, Summary, counts

# What the first group is called where nothing sets its members apart.
_AS_WANTED = {
    "fleet audit": "have no gap",
    "fleet plan": "need no statement",
    "fleet status": "have nothing pending",
    "fleet upgrade": "have nothing pending",
    "fleet downgrade": "have nothing pending",
    "fleet rehearse": "have no problem",
}
_NOUN = {
    "fleet audit": "gap",
    "fleet plan": "statement",
    "fleet rehearse": "problem",
}


@dataclass(frozen=True)
class Apart:
    """A group of targets beside the largest one.

    Attributes:
        names: of the targets.
        title: what they have, in a few words.
        more: what they have and the largest group has not.
        less: what the largest group has and they have not.
        left_out: how many of all that were not kept.
    """

    names: tuple[str, ...]
    title: str
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    left_out: int = 0


def head(summary: Summary) -> str:
    """Such as "fleet audit, part 3/7: 12 targets, PostgreSQL 16.10, 3.2 s"."""
    part = f", part {summary.shard}" if summary.shard else ""
    number = len(summary.results)
    targets = f"{number:,} target{'s' * (number != 1)}"
    return f"{summary.command}{part}: {targets}{_versions(summary)}, {summary.seconds:.1f} s"


def _versions(summary: Summary) -> str:
    found = versions(summary.results)
    if not found:
        return ""
    if len(found) == 1:
        return f", PostgreSQL {next(iter(found))}"
    return ", PostgreSQL " + ", ".join(f"{name} ({number:,})" for name, number in found.items())


def versions(results: Sequence[Result]) -> dict[str, int]:
    """How many targets are on each version of PostgreSQL, the most frequent first."""
    numbers = [each.found.server_version for each in results if each.found.server_version]
    ranked = sorted(set(numbers), key=lambda number: (-numbers.count(number), number))
    return {version(number): numbers.count(number) for number in ranked}


def version(number: int) -> str:
    """server_version_num as people write it."""
    return f"{number // 10000}.{number % 10000}"


def by_label(summary: Summary) -> dict[str, dict[State, int]]:
    """How the targets of each value of the label stand, in the list's order."""
    if summary.group_by is None:
        return {}
    found: dict[str, list[Result]] = {}
    for each in summary.results:
        found.setdefault(each.labels.get(summary.group_by) or "(none)", []).append(each)
    return {value: counts(results) for value, results in found.items()}


@dataclass(frozen=True)
class Trouble:
    """Targets that failed for the same reason.

    Attributes:
        names: of the targets.
        error: why.
        hint: what to do.
        details: the rows, objects or lines that it is about.
    """

    names: tuple[str, ...]
    error: str
    hint: str
    details: tuple[str, ...]


def troubled(summary: Summary) -> Iterator[tuple[State, tuple[Trouble, ...]]]:
    """The targets that failed, or were not begun, by state and reason."""
    states: tuple[State, ...] = ("failed", "failed for now", "not begun")
    for state in states:
        reasons: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        for each in summary.results:
            if each.state == state:
                reason = (each.error or "", each.hint, each.details)
                reasons.setdefault(reason, []).append(each.name)
        if reasons:
            yield state, tuple(Trouble(tuple(names), *why) for why, names in reasons.items())


def apart(summary: Summary) -> tuple[Apart, ...]:
    """The groups, the largest first; of the others what sets them apart from it."""
    if not summary.groups:
        return ()
    largest = summary.groups[0]
    alike = Group((), ())
    return (
        _beside(summary.command, alike, largest),
        *(_beside(summary.command, largest, each) for each in summary.groups[1:]),
    )


def _beside(command: str, largest: Group, group: Group) -> Apart:
    usual, own = set(largest.traits), set(group.traits)
    title = _title(command, group)
    if command not in _NOUN:
        return Apart(group.names, title)  # which says all of it
    return Apart(
        group.names,
        title,
        tuple(each for each in group.traits if each not in usual),
        tuple(each for each in largest.traits if each not in own),
        group.more,
    )


def _title(command: str, group: Group) -> str:
    number = len(group.traits) + group.more
    if not number:
        return _AS_WANTED.get(command, "are alike")
    noun = _NOUN.get(command)
    if noun is None:
        return f"have {some(group.traits, 3)}"
    return f"have {number:,} {noun}{'s' * (number != 1)}"


def line(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def some(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are."""
    over = len(names) - most
    return ", ".join(names[:most]) + (f" and {over:,} more" if over > 0 else "")
