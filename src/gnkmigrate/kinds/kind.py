"""What is known of one kind of object: how it is read, made, changed, renamed and removed.

kinds/NAME/ holds all of it: read.sql reads it, kind.py says the rest, words.toml has what an audit
says of its gaps. Nothing else knows a kind by name, so that adding one is adding a folder.
"""

from abc import ABC
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar, LiteralString, Protocol, TypeAlias

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.foreign_keys import foreign_keys, partners
from gnkmigrate.kinds.inheritance import heirs
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

Row: TypeAlias = tuple[Any, ...]


class Names(Protocol):
    """What numbers in the catalogs stand for.

    Attributes:
        columns: the names of a relation's columns by their numbers.
        relations: relations by their oids.
    """

    @property
    def columns(self) -> Mapping[int, Mapping[int, str]]: ...

    @property
    def relations(self) -> Mapping[int, Identity]: ...


# What stands for a secret in a fact: it never leaves the server.
MASK = "***"


class Unplannable(GnkMigrateError):
    """A difference that no statement of ours can close."""


class How(Enum):
    """How a thing gets another value of an attribute."""

    ALTERED = auto()  # by a statement of its own
    MADE_AGAIN = auto()  # the thing is dropped and created, or replaced by a new one
    COSMETIC = auto()  # not at all: the value describes, and is not compared


class Effect(Enum):
    """What a change of one thing does to another that depends on it."""

    NONE = auto()
    REBUILT = auto()  # PostgreSQL carries it along, unless it changes too: then it makes way
    ALTERED = auto()  # it holds data and is altered so that it uses the new thing
    REPLACED = auto()  # it makes way before the change, and is made again afterwards


class Replacement(Enum):
    """How a thing that cannot be altered gets its new shape."""

    DROP = auto()  # the old one goes first
    ASIDE = auto()  # the old one is renamed, and goes when nothing uses it any more


@dataclass(frozen=True)
class Context:
    """What a kind may look at.

    Attributes:
        source: the database as it is.
        target: the database as it shall be.
        online: whether to let others read and write meanwhile, at the price of more statements.
        source_timezone: the zone in which timestamps without one were written.
        created: what the plan itself makes; nobody uses it yet, so it may be locked.
        dropped: what the plan drops, by its identity in the source.
        meanwhile: what things are called for a while, and were called in the source.
        apart: tables that have left their parents, and not joined others yet.
    """

    source: Snapshot
    target: Snapshot
    online: bool = True
    source_timezone: str = "UTC"
    created: frozenset[Identity] = field(default=frozenset())
    dropped: frozenset[Identity] = field(default=frozenset())
    meanwhile: Mapping[Identity, Identity] = field(default_factory=dict)
    apart: frozenset[Identity] = field(default=frozenset())

    @property
    def sides(self) -> tuple[Snapshot, Snapshot]:
        return self.source, self.target

    def find(self, identity: Identity | None) -> Fact | None:
        """A thing as it shall be, or as it is where it has no future."""
        if identity is None:
            return None
        return self.target.facts.get(identity) or self.source.facts.get(identity)

    def before(self, identity: Identity | None) -> Fact | None:
        """A thing as it is: what hangs on it goes before it changes."""
        if identity is None:
            return None
        return self.source.facts.get(identity) or self.target.facts.get(identity)

    def below(self, table: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The tables that the target has below `table`, however far, and that are there already."""
        for child in self.target.once(heirs).get(tuple(table), ()):
            if not self.is_new(Identity("table", child)):
                yield child
            yield from self.below(child)

    def keyed_to(self, table: tuple[str, ...], column: str) -> Iterator[tuple[str, ...]]:
        """The other tables of foreign keys that stay and have a column of the source in them."""
        keys = self.source.once(foreign_keys).get(table, ())
        keys = [key for key in keys if key.identity not in self.dropped]
        yield from sorted(partners(table, column, keys))

    def is_busy(self, relation: Identity) -> bool:
        """Whether others may be using `relation`, so that locks on it are to be kept short.

        Partitioned tables know none of the online forms (CREATE INDEX, ALTER TABLE: Notes), and a
        foreign table has no rows that a command would look at.
        """
        if relation.kind == "foreign table":
            return False
        table = self.find(relation)
        partitioned = table is not None and table.payload.get("partitioned_by")
        return self.online and not self.is_new(relation) and not partitioned

    def is_new(self, relation: Identity) -> bool:
        """Whether the plan itself makes `relation`, so that it holds no rows yet."""
        return relation in self.created


class Kind(ABC):
    """One kind of object; kinds/NAME/kind.py holds one as KIND.

    Attributes:
        name: such as "foreign table"; its folder has underscores for the spaces.
        catalog: the system catalog that read.sql's oid belongs to; "" where its rows name it.
        parent_catalog: the same for the parent's oid; "" where a thing of this kind has none.
        found_in: the rows of a catalog, as FROM has them, without which there is nothing of it, so
            that read.sql need not run; "" where it always does.
        in_schema: whether its name is its own within a schema, wherever it lives (an index); where
            that is not its parent's, read.sql has both as the name.
        attributes: every column of read.sql beyond the address, and how it gets another value.
        unordered: attributes whose lists are compared without regard to their order.
        own_names: attributes that hold names of its own, which no rename of another thing changes.
        called_otherwise: attributes by what people call them, where their names do not tell.
        rank: where it stands among the kinds when nothing else orders two statements.
        word: what SQL calls it: "FOREIGN TABLE".
        has_owner, has_comment, has_label: whether it has these (ALTER ... OWNER, COMMENT, SECURITY
            LABEL).
        grant_word: what GRANT ... ON calls it; "" where nothing can be granted on it.
        is_relation: whether it shares the name space of tables, and locks like one.
        is_satellite: whether it hangs on another thing: no name of its own, gone with it.
        holds_data: whether dropping it loses what cannot be made again.
        inline: whether it can be written inside the command that makes what it lives in.
        of_column: whether its parent is a column, whose name it has.
        can_be_renamed: whether ALTER ... RENAME gives a thing of it another name.
        is_aspect: whether it says more of what has an address already, and nothing lives in it.
        carries_siblings: whether making or dropping it changes what lives beside it; see `carries`.
        since: the first server_version_num that has it.
        resolves: whether its rows hold numbers that stand for names; see `resolve`.
        parts: other system catalogs whose rows are parts of its things.
        lists_all: whether its query knows everything in the schemas that could have it.
        encloses: whether it acts upon whatever is made while it is there: it is dropped and
            changed before all else, and made after it.
        leaves_open: whether a script may leave a part of it to whoever runs it; see `beside`.
        of_server: whether it belongs to the server and to no database: it is read where the
            settings ask for it, made first and dropped last.
        by_version: whether what it can say depends on the server; see `as_of`.
        silence: None where a script that has none of this kind means that there shall be none; else
            the kinds of which one at least must be in a script that means it so.
        made_whole: whether its `first_form` is of use only to what it needs itself: all others
            wait until it is whole.
        follows: whether its `subject` is the identity of what it belongs to, and goes on with
            whatever either of them is called.
        named_within: whether a name that it occupies is one of its attributes, which `altered`
            changes; `rename` then changes that, and nothing else.
        hidden: attributes that are None where the role may not read them, and only there; they
            are compared where both sides know them.
        masked: attributes in which read.sql puts MASK where a secret stands.
        asks_again: whether altering it takes what making it does; see `asks`.
    """

    name: ClassVar[str]
    catalog: ClassVar[str] = ""
    parent_catalog: ClassVar[str] = ""
    found_in: ClassVar[LiteralString] = ""
    in_schema: ClassVar[bool] = False
    attributes: ClassVar[Mapping[str, How]]
    unordered: ClassVar[frozenset[str]] = frozenset({"options", "toast_options", "foreign_options"})
    own_names: ClassVar[frozenset[str]] = frozenset()
    called_otherwise: ClassVar[Mapping[str, str]] = {}
    rank: ClassVar[int]
    word: ClassVar[str] = ""
    has_owner: ClassVar[bool] = False
    has_comment: ClassVar[bool] = True
    has_label: ClassVar[bool] = False
    grant_word: ClassVar[str] = ""
    is_relation: ClassVar[bool] = False
    is_satellite: ClassVar[bool] = False
    holds_data: ClassVar[bool] = False
    inline: ClassVar[bool] = False
    of_column: ClassVar[bool] = False
    can_be_renamed: ClassVar[bool] = True
    is_aspect: ClassVar[bool] = False
    carries_siblings: ClassVar[bool] = False
    since: ClassVar[int] = 0
    resolves: ClassVar[bool] = False
    parts: ClassVar[frozenset[str]] = frozenset()
    lists_all: ClassVar[bool] = False
    encloses: ClassVar[bool] = False
    leaves_open: ClassVar[bool] = False
    of_server: ClassVar[bool] = False
    by_version: ClassVar[bool] = False
    silence: ClassVar[frozenset[str] | None] = None
    made_whole: ClassVar[bool] = False
    follows: ClassVar[bool] = False
    named_within: ClassVar[bool] = False
    hidden: ClassVar[frozenset[str]] = frozenset()
    masked: ClassVar[frozenset[str]] = frozenset()
    asks_again: ClassVar[bool] = False

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

    @property
    def depth(self) -> int:
        """How far inside a database it lives: the parents of all that lives deeper come first."""
        if self.of_column:
            return 3
        outermost = {"": 0, "pg_namespace": 1, "pg_foreign_server": 1}
        return outermost.get(self.parent_catalog, 2)

    def reference(self, fact: Fact) -> str:
        """The thing as ALTER, DROP and COMMENT ON name it: "TABLE public.users"."""
        return f"{self.word} {qualified(*fact.identity.path)}"

    def grant_reference(self, fact: Fact) -> str:
        """The thing as GRANT ... ON names it."""
        return f"{self.grant_word} {self.reference(fact).removeprefix(self.word).strip()}"

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
        reason = f"{self.words(fact)} is not in the target."
        return (Statement(f"DROP {self.reference(fact)}", reason),)

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

    def takes_along(
        self, change: Change, context: Context
    ) -> Iterator[tuple[Fact, Mapping[str, Any]]]:
        """Things of the source that `alter` of this one changes too, and the values they get."""
        del change, context
        return iter(())

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        """Whether `alter` of this thing brings about `inner`, a change of what lives in it."""
        del change, inner, context
        return False

    def remakes_parent(self, change: Change, context: Context) -> bool:
        """Whether no statement brings about `change` in the parent as it is, only in a new one."""
        del change, context
        return False

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        """What `alter` of this thing does to `dependent`."""
        del change, dependent, context
        return Effect.NONE

    def renews(self, change: Change) -> bool:
        """Whether `alter` makes the thing anew, so that what hangs on it has to be put back."""
        del change
        return False

    def begins(self, change: Change) -> bool:
        """Whether what `encloses` only begins to act with this change of it: then it comes last."""
        del change
        return False

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        """How the thing is replaced where `alter` gives None."""
        del fact, context
        return Replacement.DROP

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        """What it does to `dependent` when this thing is replaced."""
        del dependent
        return Effect.REPLACED

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        """`fact` as it is once `old`, which it uses, has been renamed to `aside`."""
        del old, aside
        return fact

    def without(self, fact: Fact, needed: Identity) -> Fact | None:
        """What is left of `fact` while `needed` is dropped and made again; None: it stays."""
        del fact, needed
        return None

    def is_derived(self, fact: Fact) -> bool:
        """Whether it holds no data of its own, so that it may be dropped and made again."""
        del fact
        return not self.holds_data

    def is_inline(self, fact: Fact) -> bool:
        """Whether `fact` can be written inside the command that creates its parent."""
        del fact
        return self.inline

    def first_form(self, fact: Fact, context: Context) -> Fact:
        """As much of a new thing as can exist before what depends on it; `alter` adds the rest."""
        del context
        return fact

    def halfway(self, change: Change) -> Fact | None:
        """What an alteration leaves before what lives in the thing changes; None: all of it."""
        del change
        return None

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        """What `fact` goes with when that is dropped; a schema must be empty before it goes."""
        if fact.parent is None or (fact.parent.kind == "schema" and not self.is_satellite):
            return ()
        return (fact.parent,)

    def outlives(self, fact: Fact, cause: Identity, context: Context) -> bool:
        """Whether `fact` is rid of `cause`, which it depends on, before that goes."""
        del fact, cause, context
        return False

    def held_by(self, fact: Fact, context: Context) -> Iterator[Identity]:
        """What makes way along with `fact`, which cannot go as long as that is there."""
        del fact, context
        return iter(())

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        """Whether the target has the thing all the same, in a form that is no fact of its own."""
        del fact, target
        return False

    def inherited(self, fact: Fact, snapshot: Snapshot) -> Fact | None:
        """What a table of `snapshot` has of its parents in the place of `fact`, which it lacks.

        That is no fact, as it only repeats the parent's; but what it uses is in use all the same:
        it is there before this is set, and does not go before this has gone.
        """
        del fact, snapshot
        return None

    def unlike(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        """What of a fact of the source stays its own though the target merely inherits it."""
        del fact, source, target
        return iter(())

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        """Whether it takes a command of its own to part with `fact`, though what it lives in goes.

        Args:
            fact: what is dropped.
            dropped: everything else that is.
        """
        del fact, dropped
        return False

    def leaves_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        """What is dropped after `fact`, where that takes a command of its own."""
        del fact, source
        return iter(())

    def told(self, fact: Fact, renames: Mapping[Identity, Identity]) -> Fact:
        """A fact of the source with what the user knows of new names for parts of it."""
        del renames
        return fact

    def constants(self, fact: Fact) -> Mapping[str, str]:
        """What constants of this type say once its parts have their new names, by what they say."""
        del fact
        return {}

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

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """The names that `fact` occupies, each with its name space in front."""
        space = "relation" if self.is_relation else fact.kind
        return frozenset({(space, *fact.identity.path)})

    def reaches(self, fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
        """The names that `fact` occupies in tables below its own, which have it of that one."""
        del fact, snapshot
        return frozenset()

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """What others may use `fact` for without naming it, such as a key of these columns."""
        del fact
        return frozenset()

    def calls(self, identity: Identity) -> frozenset[tuple[str, ...]]:
        """What others pick who use the thing called `identity`: one of several by one name."""
        del identity
        return frozenset()

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """What PostgreSQL picks for a new `fact` from all that offer it, old ones among them."""
        del fact
        return frozenset()

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        """What is altered before this, where both are."""
        del change, target
        return iter(())

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        """What is made after `fact` where both are."""
        del fact, source, target
        return iter(())

    def alters_before(
        self, change: Change, source: Snapshot, target: Snapshot
    ) -> Iterator[Identity]:
        """What is made or altered after this, where both are."""
        del change, source, target
        return iter(())

    def alters_with(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        """What is altered by the same command: what is in the way of this is in the way of that."""
        del change, target
        return iter(())

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        """What is dropped after `fact` where both are, beyond what it depends on."""
        del fact, source
        return iter(())

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """What is made before `fact` where both are made, beyond what it depends on."""
        del fact, target
        return iter(())

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        """What is dropped before `fact` is made or altered, where both are."""
        del fact, source, target
        return iter(())

    def implied(self, fact: Fact, context: Context) -> Iterator[Fact]:
        """What a satellite has to see to where `fact` is made, though the target says nothing."""
        del fact, context
        return iter(())

    def stated(self, fact: Fact, role: str, superuser: str) -> Fact | None:
        """A fact as the script means it that `role` has run; None where that goes without saying.

        Args:
            fact: what the script has made, of a kind with a `silence`.
            role: who owns what it makes.
            superuser: who owns what initdb has made.
        """
        del role, superuser
        return fact

    def asks(self, fact: Fact) -> Iterator[tuple[str, Identity]]:
        """What making it takes beyond what its owner may do: privileges, and on what.

        "REFERENCES" as GRANT knows it, and "ROWS" where it reads all rows of a table, or of what
        a view reads: row security must not hide any.
        """
        del fact
        yield from ()

    def says(self, fact: Fact, version: int) -> bool:
        """Whether a script must have said this, and not initdb of that server_version_num."""
        del fact, version
        return True

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


def on_table(word: str, fact: Fact) -> str:
    """What lives in a table and is named after it: "POLICY own ON public.accounts"."""
    *table, name = fact.identity.path
    return f"{word} {identifier(name)} ON {qualified(*table)}"


def last_names(change: Change) -> tuple[str, str]:
    """The last part of the old and of the new name of what is renamed, quoted."""
    before = change.before or change.fact
    return identifier(before.identity.name), identifier(change.identity.name)
