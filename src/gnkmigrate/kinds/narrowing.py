"""Which of two states of privileges lets others do more, and what both of them allow."""

from gnkmigrate.kinds.privileges import BY_OWNER, OWNER, Level, Privilege, Privileges
from gnkmigrate.kinds.showing import Shows

# Who may do these sees or changes what is in a thing. The others are needed to make things, maybe
# by the plan itself, and are taken away at the end.
_OPENING = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "EXECUTE", "USAGE"})


def shown(current: Privileges, wanted: Privileges, *, holds: bool) -> Shows:
    """Whether others may do more with a thing in the one state than in the other.

    Args:
        current: as it is.
        wanted: as it shall be.
        holds: whether an owner has every privilege where nothing is said (of a column: none).
    """
    less, more = set[str](), False
    for key in {**current, **wanted}:
        _, old, new = _levels(key, current, wanted, holds=holds)
        more = more or old < new
        less |= {key.name} if new < old else set()
    if less and not more and less <= _OPENING:
        return Shows.LESS
    return Shows.OTHER if less & _OPENING else Shows.MORE


def narrowed(current: Privileges, wanted: Privileges, *, holds: bool) -> Privileges | None:
    """`current` without what others see and may not see then; None where that is no state.

    Args:
        current: as it is.
        wanted: as it shall be.
        holds: as for `shown`.
    """
    left: dict[Privilege, Level] = {}
    for key in {**current, **wanted}:
        usual, old, new = _levels(key, current, wanted, holds=holds)
        level = min(old, new) if key.name in _OPENING else old
        if level is not usual:
            left[key] = level
    return left if all(_may_grant(key, left) for key, level in left.items() if level) else None


def _levels(
    key: Privilege, current: Privileges, wanted: Privileges, *, holds: bool
) -> tuple[Level, Level, Level]:
    """What a role has where a state does not say, what it has, and what it is to have."""
    of_owner = holds and key.role == OWNER and key.grantor == BY_OWNER
    given = of_owner or any(held.get(key) is Level.NONE for held in (current, wanted))
    usual = Level.HELD if given else Level.NONE
    return usual, current.get(key, usual), wanted.get(key, usual)


def _may_grant(key: Privilege, held: Privileges) -> bool:
    passing = (
        other.role == key.grantor and other.name == key.name and level is Level.GRANTABLE
        for other, level in held.items()
    )
    return key.grantor == BY_OWNER or any(passing)
