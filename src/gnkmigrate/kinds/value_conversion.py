"""How the values of a column get into its new type, where people have made one of the two.

A domain's values are those of the type that it is over. Others go by way of text, which is strict:
what does not fit stops the statement. The text of a row is that of its attributes in their order,
so a row that gets others is put together anew.
"""

from collections.abc import Sequence
from dataclasses import replace

from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.casts import known
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.conversions import Conversion, convert
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.inner_types import attributes, says_the_same, type_named, underlying
from gnkmigrate.kinds.losses_inside import inside
from gnkmigrate.postgres.quoting import identifier


def way(change: Change, context: Context) -> Conversion:
    """The way from a column's old type to its new one."""
    before = change.before or change.fact
    # The type of `before` may have been set aside; the source knows what it is.
    was = context.source.facts.get(before.identity, before).payload["type"]
    old, new, column = before.payload["type"], change.fact.payload["type"], change.identity.name
    bases = underlying(was, context.source), underlying(new, context.target)
    zone, online, casts = context.source_timezone, context.online, known(context)
    if bases != (was, new) and not any("." in each for each in bases):
        found = convert(*bases, identifier(column), zone, online=online, casts=casts)
        return replace(found, rewrites=found.rewrites or is_checked(new, context.target))
    row, parts = _row(identifier(column), was, new, context), inside(was, new, context)
    if row != identifier(column):
        return Conversion(f"({row})::text::{new}", True, parts.loses, parts.zone)
    found = convert(old, new, identifier(column), zone, online=online, casts=casts)
    if says_the_same(*bases, context):
        found = replace(found, loses=parts.loses, zone=parts.zone)
    if bases != (was, new) and old != new:
        # What a domain is over may have another name meanwhile, so that no cast is known.
        return replace(found, using=found.using or f"{identifier(column)}::text::{new}")
    return found


def type_of_values(column: Sequence[str], snapshot: Snapshot) -> str:
    """The type that a column is of, by itself or by what its table inherits, or is over."""
    found = (snapshot.get("column", *column), *columns_above(column, snapshot))
    own = next(each for each in found if each is not None and each.kind == "column")
    return underlying(own.payload["type"], snapshot)


def is_checked(text: str, snapshot: Snapshot) -> bool:
    """Whether a type is a domain whose values are checked."""
    domain = type_named("domain", text.removesuffix("[]"), snapshot)
    return domain is not None and (
        domain.payload["not_null"]
        or bool(snapshot.children(domain.identity, "domain constraint"))
        or is_checked(domain.payload["type"], snapshot)
    )


def _row(value: str, was: str, new: str, context: Context) -> str:
    """`value`, with the attributes of its new type in their order where these are others."""
    old = attributes(was, context.source)
    wanted = attributes(new, context.target)
    if not old or not wanted:
        return value
    parts = {
        name: _row(f"({value}).{name}", old[name], type_, context) if name in old else "NULL"
        for name, type_ in wanted.items()
    }
    if list(old) == list(wanted) and all(
        part == f"({value}).{name}" for name, part in parts.items()
    ):
        return value
    if was.endswith("[]"):
        raise Unplannable(
            f"The composite values in the array {value} cannot be converted by an expression.",
            hint="Change the type of the column in a revision of your own.",
        )
    # Unlike IS NULL, this is not true of a row of nulls.
    return (
        f"CASE WHEN {value} IS NOT DISTINCT FROM NULL THEN NULL "
        f"ELSE ROW({', '.join(parts.values())}) END"
    )
