"""What is known of one kind of object: how it is read, made, changed, renamed and removed.

kinds/NAME/ holds all of it: read.sql reads it, kind.py says the rest, words.toml has what an audit
says of its gaps. Nothing else knows a kind by name, so that adding one is adding a folder.
"""

from abc import ABC
from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.dependents import Dependents
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.ordering import Ordering
from gnkmigrate.kinds.reading import Reading
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import beside, identifier, qualified


class Kind(Reading, Dependents, Ordering, ABC):
    """One kind of object; kinds/NAME/kind.py holds one as KIND.

    Here is how its things are made, changed, renamed and dropped; its bases have the rest.
    """

    def reference(self, fact: Fact) -> str:
        """The thing as ALTER, DROP and COMMENT ON name it: "TABLE public.users"."""
        return f"{self.word} {qualified(*fact.identity.path)}"

    def grant_reference(self, fact: Fact) -> str:
        """The thing as GRANT ... ON names it."""
        return f"{self.grant_word} {self.reference(fact).removeprefix(self.word).strip()}"

    def address(self, fact: Fact) -> str:
        """The thing as to_regtype() and its siblings take it."""
        return qualified(*fact.identity.path)

    def words(self, fact: Fact) -> str:
        """The thing as a sentence about it begins: "Table public.users"."""
        reference = self.reference(fact)
        return f"{self.word.capitalize()}{reference.removeprefix(self.word)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        """Statements that make `fact` together with `parts`, which go into its own command."""
        del parts, context
        raise Unplannable(f"No statement makes {fact.identity}.")

    def drop(self, fact: Fact, context: Context) -> Statements:
        """Statements that remove `fact`, on which nothing depends any more."""
        del context
        return self.dropped(fact)

    def dropped(self, fact: Fact, lock: str = "", relation: str = "") -> Statements:
        """DROP, which takes `lock` on `relation`, where it takes one on a table."""
        reason = f"{self.words(fact)} is not in the target."
        return (Statement(f"DROP {self.reference(fact)}", reason, lock=lock, relation=relation),)

    def alter(self, change: Change, context: Context) -> Statements | None:
        """Statements that give the thing its new payload under its new name; None: replace it.

        Raises:
            Unplannable: no rule knows one of the attributes that differ.
        """
        differing = self.differing(change)
        unknown = sorted(differing - self.attributes.keys())
        if unknown:
            raise Unplannable(
                f"{change.identity} differs in {', '.join(unknown)}, which no rule knows.",
                hint="Close this difference in a revision of your own, or name the object in the "
                "setting ignore.",
            )
        if any(self.attributes[each] is How.MADE_AGAIN for each in differing):
            return None
        return self.altered(change, differing, context)

    def differing(self, change: Change) -> frozenset[str]:
        """The attributes of a change that count."""
        return frozenset(each for each in change.differing if self.counts(each))

    def counts(self, attribute: str) -> bool:
        """Whether a difference in this attribute is one."""
        return self.attributes.get(attribute) is not How.COSMETIC

    def once_owned(self, fact: Fact, context: Context) -> Statements:
        """What a new thing still needs that is somebody else's, as soon as it is."""
        del fact, context
        return ()

    def is_enough(self, attribute: str, old: object, new: object) -> bool:
        """Whether nothing is to be done where a thing has `old` and the target says `new`."""
        del attribute, old, new
        return False

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        """`alter`, when all of `differing` (never empty) are ALTERED; None: replace it."""
        del context
        raise Unplannable(f"{change.identity} cannot be altered in {', '.join(sorted(differing))}.")

    def rename(self, change: Change, context: Context) -> Statements:
        """Statements that give the thing its new name; its parent has its own already."""
        before = (change.before or change.fact).replaced(
            identity=Identity(
                change.kind,
                (*change.identity.path[:-1], (change.before or change.fact).identity.name),
            )
        )
        del context
        new = identifier(change.identity.name)
        return (
            Statement(
                f"ALTER {self.reference(before)} RENAME TO {new}",
                f"{self.words(before)} is to be called {new}.",
            ),
        )

    def called(self, fact: Fact, name: str) -> Fact:
        """The same thing under another name, where it has its place already."""
        return fact.replaced(identity=Identity(fact.kind, (*fact.identity.path[:-1], name)))

    def names_aside(self, fact: Fact, suffix: str) -> frozenset[str]:
        """The names that it occupies while it is set aside, each with `suffix` at its end."""
        return frozenset({beside(fact.identity.name, suffix)})

    def is_inline(self, fact: Fact) -> bool:
        """Whether `fact` can be written inside the command that creates its parent."""
        del fact
        return self.inline

    def first_form(self, fact: Fact, context: Context) -> Fact:
        """As much of a new thing as can exist before what depends on it; `alter` adds the rest."""
        del context
        return fact

    def halfway(self, change: Change, context: Context) -> Fact | None:
        """What an alteration leaves before what lives in the thing changes; None: all of it."""
        del change, context
        return None

    def renamed_within(self, change: Change) -> str | None:
        """The new name of a part that is no fact; `with_part_called` gives it another one."""
        del change
        return None

    def with_part_called(self, fact: Fact, name: str) -> Fact:
        """The same with this name of the part that `renamed_within` tells of."""
        del name
        return fact

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        """What making it takes beyond what its owner may do: privileges, and on what.

        "REFERENCES" as GRANT knows it; "USE" of a type, function or sequence, whatever GRANT calls
        that; "OWN" where its owner has to do something; and "ROWS" where it reads all rows of a
        table, or of what a view reads: row security must not hide any; "OWN ROWS" the same where
        the role owns the table.

        Args:
            fact: what is made.
            context: with what the plan makes and drops.
        """
        del fact, context
        yield from ()

    def reads_as(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        """What others read when it is made: their names, quoted, and the relations."""
        del fact, context
        yield from ()

    def asks_besides(self, change: Change, context: Context) -> Iterator[tuple[str, Identity]]:
        """What giving it another name or shape, or dropping it, takes beyond its owner's rights.

        As `asks` says it; "MEMBERS" the ownership of what an extension has made.
        """
        del change, context
        yield from ()

    def acts_as(self, fact: Fact) -> Iterator[str]:
        """The roles in whose name it is made or changed: whoever does it is one of them."""
        del fact
        return iter(())

    def asks_again(self, change: Change) -> bool:
        """Whether altering it takes what making it does; see `asks`."""
        del change
        return False


def used(fact: Fact) -> Iterator[tuple[str, Identity]]:
    """What a thing is allowed only to whom what it uses is: see `Kind.asks`."""
    yield from (("USE", each) for each in fact.depends_on)


def used_types(fact: Fact) -> Iterator[tuple[str, Identity]]:
    """The same of the types among it, and not of functions that it merely names."""
    yield from (("USE", each) for each in fact.depends_on if each.kind != "function")
