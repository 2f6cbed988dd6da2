"""Storage parameters and view options, which the catalog keeps as "name=value"."""

from collections.abc import Iterable, Sequence

from gnkmigrate.plan.quoting import identifier, literal


def listed(options: Iterable[str]) -> str:
    """The options as they stand between the parentheses of WITH and SET."""
    parts = [option.partition("=") for option in options]
    return ", ".join(f"{identifier(name)}={literal(value)}" for name, _, value in parts)


def set_and_reset(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """What ALTER TABLE, INDEX and VIEW need to get from the old options to the new ones."""
    changed = [option for option in new if option not in old]
    kept = {option.partition("=")[0] for option in new}
    gone = [option.partition("=")[0] for option in old]
    dropped = ", ".join(identifier(name) for name in gone if name not in kept)
    return (
        *([f"SET ({listed(changed)})"] if changed else []),
        *([f"RESET ({dropped})"] if dropped else []),
    )
