"""What things are called once they, or what they live in, have been renamed."""

from collections.abc import Mapping

from gnkmigrate.facts.fact import Identity


class NewNames:
    """What things are called once they, or what they live in, have their new names.

    Args:
        renamed: the new identities by the old ones.
    """

    def __init__(self, renamed: Mapping[Identity, Identity]) -> None:
        self._renamed = renamed
        self._paths = {old.path: new.path for old, new in renamed.items()}

    def inverse(self) -> "NewNames":
        """What they were called."""
        return NewNames({new: old for old, new in self._renamed.items()})

    def of(self, identity: Identity) -> Identity:
        """The new identity, or the same where nothing has a new name."""
        if identity in self._renamed:
            return self._renamed[identity]
        for length in range(len(identity.path) - 1, 0, -1):
            if found := self._paths.get(identity.path[:length]):
                return Identity(identity.kind, (*found, *identity.path[length:]))
        return identity
