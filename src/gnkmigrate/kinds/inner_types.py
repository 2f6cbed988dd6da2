"""What types that people have made are made of: domains, rows and ranges."""

from collections.abc import Mapping

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.user_type import attributes_of, multirange_of
from gnkmigrate.postgres.quoting import names_in

_TEXTS = frozenset({"text", "character varying"})


def underlying(text: str, snapshot: Snapshot) -> str:
    """The type that a domain, or an array of one, is over; any other is itself."""
    name, array = text.removesuffix("[]"), text.endswith("[]")
    domain = type_named("domain", name, snapshot)
    if domain is None:
        return text
    base = underlying(domain.payload["type"], snapshot)
    if not array:
        return base
    return text if base.endswith("[]") else f"{base}[]"


def attributes(text: str, snapshot: Snapshot) -> dict[str, str]:
    """The attributes of a composite type, or of what a domain or an array is of."""
    type_ = type_named("composite type", underlying(text, snapshot).removesuffix("[]"), snapshot)
    return {} if type_ is None else attributes_of(type_)


def subtype(text: str, snapshot: Snapshot) -> str:
    """What bounds the values of a range or multirange type, or of what an array is of; or ""."""
    name = underlying(text, snapshot).removesuffix("[]")
    range_ = type_named("range type", name, snapshot)
    if range_ is None:
        return snapshot.once(_of_multiranges).get(name, "")
    return str(range_.payload["subtype"])


def _of_multiranges(snapshot: Snapshot) -> Mapping[str, str]:
    return {multirange_of(each): each.payload["subtype"] for each in snapshot.of_kind("range type")}


def type_named(kind: str, text: str, snapshot: Snapshot) -> Fact | None:
    """What a type's name says, if it is of that kind."""
    return snapshot.facts.get(Identity(kind, names_in(text)))


def says_the_same(old: str, new: str, context: Context) -> bool:
    """Whether values are the same text in both types, by whatever names: labels are texts."""
    labels = type_named("enum", new, context.target) is not None
    before = old in _TEXTS or type_named("enum", old, context.source) is not None
    return old == new or (labels and before)
