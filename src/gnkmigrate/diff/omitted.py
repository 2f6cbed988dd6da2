"""What a comparison leaves out, for people and for programs.

Whoever hears "no difference" takes it for all that there is; so what nobody has looked at is told
each time, with its names, by every command that compares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gnkmigrate.facts.snapshot import Unread

AS_FAR = "as far as was compared"


def is_whole(omitted: Sequence[Unread]) -> bool:
    """Whether nothing is left out but what somebody wants to be."""
    return all(each.on_purpose for each in omitted)


def told(omitted: Sequence[Unread], what: str = "not compared") -> tuple[str, ...]:
    """A line for each reason: "not compared: 2 large objects (16400, 16401); no kind reads it".

    Args:
        omitted: what is left out.
        what: what has not been done with it.
    """
    return tuple(
        f"{what}: {', '.join(map(_named, group))}" + (f"; {reason}" if reason else "")
        for reason, group in _by_reason(omitted).items()
    )


def entries(omitted: Sequence[Unread]) -> list[Mapping[str, Any]]:
    """The same as JSON values."""
    return [{**asdict(each), "names": list(each.names)} for each in omitted]


def _by_reason(omitted: Sequence[Unread]) -> Mapping[str, Sequence[Unread]]:
    reasons: dict[str, list[Unread]] = {}
    for each in omitted:
        reasons.setdefault(each.reason, []).append(each)
    return reasons


def _named(each: Unread) -> str:
    """With its names, unless there are many of what is left out on purpose."""
    return each.counted if each.on_purpose and len(each.names) < each.count else str(each)
