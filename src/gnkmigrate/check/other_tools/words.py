"""How a migration of another tool is described in a line."""

from collections.abc import Iterator, Sequence

from gnkmigrate.check.other_tools.judging import manner
from gnkmigrate.check.other_tools.measured import Held, Measured

_LOCKS = 3
_WAY_BACK = {
    "none": "no way back",
    "not tried": "",
    "whole": "taken back whole",
    "not whole": "not taken back whole",
    "fails": "not taken back",
}


def summary(measured: Measured) -> str:
    """Locks, the way back and what is allowed."""
    return "; ".join(_parts(measured))


def _parts(measured: Measured) -> Iterator[str]:
    locks = measured.locks
    if locks:
        more = f" and {len(locks) - _LOCKS:,} more" if len(locks) > _LOCKS else ""
        yield f"{', '.join(map(lock, locks[:_LOCKS]))}{more}"
    else:
        yield "no table of before locked"
    if back := _WAY_BACK[measured.way_back]:
        yield back
    if allowed := [each.text for each in measured.problems if each.allowed]:
        yield f"allowed: {', '.join(allowed)}"


def lock(held: Held) -> str:
    """Such as "ACCESS EXCLUSIVE on public.item for 3 ms"."""
    return f"{manner(held.mode)} on {held.relation} for {held.seconds * 1000:,.0f} ms"


def locks(held: Sequence[Held]) -> str:
    """All of them."""
    return "; ".join(map(lock, held))
