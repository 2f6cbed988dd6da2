"""What values may lose inside of others: in rows, in ranges, and in arrays of both.

They go over by way of text, which the new type reads: it rounds digits and cuts what it does not
keep, but stops at a fraction where it wants an integer.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gnkmigrate.kinds.casts import built_in, known
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.conversion_losses import loss
from gnkmigrate.kinds.conversions import convert
from gnkmigrate.kinds.inner_types import attributes, says_the_same, subtype, underlying
from gnkmigrate.kinds.types import INTEGERS, Type, asks_zone

_STRICT = INTEGERS | {"boolean"}


class Inside(NamedTuple):
    """What becomes of the parts of values.

    Attributes:
        loses: what they may lose, as in `Conversion`.
        zone: the session's TimeZone, where they get across in that one alone; "" for any.
    """

    loses: str = ""
    zone: str = ""


class _Part(NamedTuple):
    path: str  # within the value: "home.street"
    old: str
    new: str  # "" where it goes


def inside(old: str, new: str, context: Context) -> Inside:
    """What becomes of the parts of values on their way from type `old` to type `new`."""
    gone: list[str] = []
    changed: list[str] = []
    zone = ""
    for path, was, type_ in _parts(old, new, context):
        if not type_:
            gone.append(path)
            continue
        bases = _bases(was, type_, context)
        before, after = map(Type.parse, bases)
        if asks_zone(before, after):
            zone = context.source_timezone
        if says_the_same(*bases, context) or after.name in _STRICT:
            continue
        lost = loss(before, after, built_in(), context.source_timezone)
        changed += [f"{lost} {path}"] if lost else []
    all_ = [f"the attributes {', '.join(sorted(gone))}"] if gone else []
    all_ += changed
    return Inside(f"{', '.join(all_)} of" if all_ else "", zone)


def across(old: str, new: str, context: Context) -> Inside:
    """What becomes of values that go over by the cast of an assignment, as those of columns do."""
    if attributes(old, context.source) or subtype(old, context.source):
        return inside(old, new, context)
    bases = _bases(old, new, context)
    found = convert(*bases, "", context.source_timezone, online=False, casts=known(context))
    zone = context.source_timezone if asks_zone(*map(Type.parse, bases)) else ""
    return Inside("" if says_the_same(*bases, context) else found.loses, zone)


def _bases(old: str, new: str, context: Context) -> tuple[str, str]:
    was, is_ = (each.partition(" COLLATE ")[0] for each in (old, new))
    return underlying(was, context.source), underlying(is_, context.target)


def _parts(old: str, new: str, context: Context, path: str = "") -> Iterator[_Part]:
    """What values are made of in the end, and what that becomes."""
    before, after = attributes(old, context.source), attributes(new, context.target)
    bounds = subtype(old, context.source), subtype(new, context.target)
    if before and after:
        for name, type_ in before.items():
            part = f"{path}.{name}" if path else name
            yield from _parts(type_, after.get(name, ""), context, part)
    elif all(bounds):
        yield from _parts(*bounds, context, f"the bounds of {path}" if path else "the bounds")
    elif path:
        yield _Part(path, old, new)
