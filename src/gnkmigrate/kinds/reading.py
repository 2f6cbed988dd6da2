"""How facts of a kind are read and understood: of a catalog, of a script, of another version."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.catalog import Names, Row
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.traits import Traits


class Reading(Traits):
    """What a kind makes of its rows, and of what a fact means beside another database's."""

    def fields(self, read: tuple[str, ...]) -> tuple[str, ...]:
        """The names of a fact's values: what read.sql returns, unless `resolve` has others."""
        return read

    def resolve(self, values: Row, relation: int, names: Names) -> Row:
        """A fact's values, as `fields` names them, from a row whose numbers stand for names.

        Args:
            values: what read.sql returns beyond the address.
            relation: the oid of the relation that it lives in.
            names: what the numbers stand for.
        """
        del relation, names
        return values

    def says(self, fact: Fact, version: int) -> bool:
        """Whether a script must have said this, and not initdb of that server_version_num."""
        del fact, version
        return True

    def stated(self, fact: Fact, role: str, superuser: str) -> Fact | None:
        """A fact as the script means it that `role` has run; None where that goes without saying.

        Args:
            fact: what the script has made, of a kind with a `silence`.
            role: who owns what it makes.
            superuser: who owns what initdb has made.
        """
        del role, superuser
        return fact

    def as_of(self, fact: Fact, version: int) -> Fact | None:
        """As much of a fact as a server of this server_version_num can have; None for nothing."""
        del version
        return fact

    def beside(self, fact: Fact, script: Snapshot, other: Snapshot) -> Fact | None:
        """A fact of a script with what it leaves open filled in from another database's facts.

        None where it then says nothing any more.
        """
        del script, other
        return fact

    def moved_members(
        self, before: Fact, after: Fact
    ) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What is no fact, and goes along where it goes: schema and name on either side."""
        del before, after
        yield from ()

    def told(self, fact: Fact, renames: Mapping[Identity, Identity]) -> Fact:
        """A fact of the source with what the user knows of new names for what is inside of it."""
        found = {
            old.name: new.name
            for old, new in renames.items()
            if old.kind == self.inner_word and old.path[:-1] == fact.identity.path
        }
        return fact.has({"renamed": found}) if found else fact

    def inner_names(self, fact: Fact) -> Sequence[str]:
        """The names of what is inside of it and no fact, in their order (`inner_word`)."""
        del fact
        return ()

    def inherited(self, fact: Fact, snapshot: Snapshot) -> Fact | None:
        """What a table of `snapshot` has of its parents in the place of `fact`, which it lacks.

        That is no fact, as it only repeats the parent's; but what it uses is in use all the same:
        it is there before this is set, and does not go before this has gone.
        """
        del fact, snapshot
        return None

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        """Whether the target has the thing all the same, in a form that is no fact of its own."""
        del fact, target
        return False

    def unlike(self, fact: Fact, context: Context) -> Iterator[Identity]:
        """What of a fact of the source stays its own though the target merely inherits it."""
        del fact, context
        return iter(())

    def roles(self, fact: Fact) -> Iterator[str]:
        """The roles of the server that `fact` names, beside those that hang on it."""
        del fact
        return iter(())

    def mentions(self, fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
        """Parts of its own that its payload names, though it does not need them."""
        del fact, snapshot
        return iter(())

    def subject(self, fact: Fact) -> Any:
        """What it is about apart from its name, where one thing may go under two names."""
        del fact
        return None

    def constants(self, fact: Fact) -> Mapping[str, str]:
        """What constants of this type say once its parts have their new names, by what they say."""
        del fact
        return {}
