"""How a copy differs from what it should be: what counts, and in words."""

from collections.abc import Sequence

from gnkmigrate.copies.clone import Clone
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.proof.objection import Objection

_OF_ROLES = frozenset({"owner", "grants", "default privileges"})
_SHOWN, _LINES = 10, 80


def looked_at(changes: Sequence[Change], copy: Clone) -> Sequence[Change]:
    """What a copy can have: what belongs to the server is another one's there."""
    return [
        change
        for change in changes
        if not kind_of(change.kind).of_server and (copy.owners or change.kind not in _OF_ROLES)
    ]


def unlike(message: str, left: Sequence[Change], dumped: Sequence[str]) -> Objection:
    """What gnkmigrate itself sees, and what pg_dump says."""
    heading = ["pg_dump (- the target, + what there is):"] if dumped else []
    return Objection(message, [*shown(left)[:_SHOWN], *heading, *dumped], shown=_LINES)


def shown(changes: Sequence[Change]) -> list[str]:
    """Each in a line."""
    return [
        " ".join([change.verb, str(change.identity), *_differing(change)]) for change in changes
    ]


def _differing(change: Change) -> Sequence[str]:
    return [f"in {', '.join(change.differing)}"] if change.verb == "alter" else []
