"""Storage parameters and view options, which the catalog keeps as "name=value"."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gnkmigrate.postgres.quoting import identifier, literal, qualified


def listed(options: Iterable[str]) -> str:
    """The options as they stand between the parentheses of WITH and SET."""
    parts = [option.partition("=") for option in options]
    return ", ".join(f"{_name(name)}={literal(value)}" for name, _, value in parts)


def of_relation(payload: Mapping[str, Any]) -> list[str]:
    """The options of a relation; those of its TOAST table have a prefix."""
    toast = (f"toast.{option}" for option in payload["toast_options"] or ())
    return [*(payload["options"] or ()), *toast]


def set_and_reset(was: Sequence[str] | None, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """What ALTER TABLE, INDEX and VIEW need to get from the old options to the new ones.

    None stands for no options at all, as in the catalog. SET puts what it is given behind the
    rest; where that is not the order of the new ones, all are set anew, so that pg_dump writes
    them alike.
    """
    old, new = was or (), wanted or ()
    changed = [option for option in new if option not in old]
    set_now = {option.partition("=")[0] for option in changed}
    kept = {option.partition("=")[0] for option in new}
    stay = [each for each in old if each.partition("=")[0] in kept - set_now]
    gone = [each.partition("=")[0] for each in old if each.partition("=")[0] not in kept]
    if [*stay, *changed] != list(new):
        gone, changed = [each.partition("=")[0] for each in old], list(new)
    return (
        *([f"RESET ({', '.join(map(_name, gone))})"] if gone else []),
        *([f"SET ({listed(changed)})"] if changed else []),
    )


def _name(option: str) -> str:
    """An option's name; that of a TOAST table's has its prefix."""
    return qualified(*option.split(".", 1))


def foreign_options(old: Sequence[str] | None, new: Sequence[str] | None) -> str:
    """What stands between the parentheses of OPTIONS to get from the old ones to the new."""
    before = dict(option.split("=", 1) for option in old or ())
    after = dict(option.split("=", 1) for option in new or ())
    parts = [f"DROP {identifier(name)}" for name in before if name not in after]
    for name, value in after.items():
        if name not in before:
            parts.append(f"ADD {identifier(name)} {literal(value)}")
        elif before[name] != value:
            parts.append(f"SET {identifier(name)} {literal(value)}")
    return ", ".join(parts)
