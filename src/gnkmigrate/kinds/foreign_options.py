"""Options of foreign data: of wrappers, servers, user mappings and foreign tables.

A secret one is never read: its fact has a mark in its place (read.sql). So a plan leaves a secret
as it is, or takes it away; to give one is up to the user, and every statement that leaves one out
says so.
"""

from collections.abc import Sequence

from gnkmigrate.facts.catalog import MASK
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.options import foreign_options
from gnkmigrate.postgres.quoting import identifier, literal


def clause(options: Sequence[str]) -> str:
    """OPTIONS of a new thing, with a space in front; "" where it has none that can be given."""
    parts = (option.partition("=") for option in options if not _is_secret(option))
    given = ", ".join(f"{identifier(name)} {literal(value)}" for name, _, value in parts)
    return f" OPTIONS ({given})" if given else ""


def changed(change: Change, reference: str) -> str:
    """What ALTER says to get from the old options to the new; "" where they are the same.

    Args:
        change: of a thing with options.
        reference: what ALTER calls it.

    Raises:
        Unplannable: they differ in a secret that is to be set, and in nothing else.
    """
    old: Sequence[str] = change.before.payload["options"] if change.before else ()
    new: Sequence[str] = change.fact.payload["options"]
    missing = secrets(new) - secrets(old)
    left = [each for each in old if _name(each) in missing]
    given = foreign_options(old, [*left, *(each for each in new if _name(each) not in missing)])
    if given:
        return f"OPTIONS ({given})"
    if missing:
        raise Unplannable(
            f"{change.identity} lacks a secret: {', '.join(sorted(missing))}.",
            hint=f"Set it by hand: {_by_hand(reference, missing)}",
        )
    return ""


def secrets(options: Sequence[str]) -> frozenset[str]:
    """The names of the options whose values are not known."""
    return frozenset(_name(option) for option in options if _is_secret(option))


def left_out(old: Sequence[str], new: Sequence[str], reference: str) -> str:
    """A sentence about the secrets that a plan cannot give, with a space in front; or "".

    Args:
        old: the options that are there.
        new: those that shall be.
        reference: what ALTER calls the thing.
    """
    missing = secrets(new) - secrets(old)
    return f" Its secrets are to be set by hand: {_by_hand(reference, missing)}" if missing else ""


def _by_hand(reference: str, missing: frozenset[str]) -> str:
    options = ", ".join(f"ADD {identifier(name)} '...'" for name in sorted(missing))
    return f"ALTER {reference} OPTIONS ({options})"


def _is_secret(option: str) -> bool:
    return option.partition("=")[2] == MASK


def _name(option: str) -> str:
    return option.partition("=")[0]
