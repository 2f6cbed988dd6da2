"""What things are called once they, or what they live in, have been renamed."""

from collections.abc import Mapping
from functools import cached_property

from gnkmigrate import kinds
from gnkmigrate.facts.fact import Identity
from gnkmigrate.postgres.routine import with_types

_HAVE_TYPES = frozenset({"TYPE", "DOMAIN", "TABLE"})  # as GRANT knows them: a table's rows have one


class NewNames:
    """What things are called once they, or what they live in, have their new names.

    Args:
        renamed: the new identities by the old ones.
    """

    def __init__(self, renamed: Mapping[Identity, Identity]) -> None:
        self._renamed = renamed
        self._paths = {old.path: new.path for old, new in renamed.items()}
        self._types = {
            old.path: new.path
            for old, new in renamed.items()
            if old.kind in {"schema", "type"} or _grant_word(old.kind) in _HAVE_TYPES
        }

    def __bool__(self) -> bool:
        """Whether anything has a new name."""
        return bool(self._renamed)

    @cached_property
    def inverse(self) -> "NewNames":
        """What they were called."""
        return NewNames({new: old for old, new in self._renamed.items()})

    def of(self, identity: Identity) -> Identity:
        """The new identity, or the same where nothing has a new name."""
        if not self._renamed:
            return identity
        if identity in self._renamed:
            return self._renamed[identity]
        if self._types and _is_named_by_types(identity.kind):
            name = with_types(identity.name, self._type)
            identity = Identity(identity.kind, (*identity.path[:-1], name))
        for length in range(len(identity.path) - 1, 0, -1):
            if found := self._paths.get(identity.path[:length]):
                return Identity(identity.kind, (*found, *identity.path[length:]))
        return identity

    def _type(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A type's path by its old one."""
        schema, *rest = path
        return self._types.get(path) or (*self._types.get((schema,), (schema,)), *rest)


def _grant_word(kind: str) -> str:
    known = kinds.kinds().get(kind)  # the label of an enum is of none
    return "" if known is None else known.grant_word


def _is_named_by_types(kind: str) -> bool:
    known = kinds.kinds().get(kind)
    return known is not None and known.named_by_types
