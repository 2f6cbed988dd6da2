"""What a kind says of itself as data: its place in the catalogs, its attributes, what it has."""

from collections.abc import Mapping
from typing import ClassVar, LiteralString

from gnkmigrate.kinds.effects import How


class Traits:
    """What every kind has, and most leave as it is here.

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
        brings_relation: whether a relation that is no fact of its own has one of its `names`, as
            the index of a key has.
        locks_as_before: whether its alterations name by the source what they lock besides.
        is_satellite: whether it hangs on another thing: no name of its own, gone with it.
        guards: whether it says who may use what it hangs on.
        shows_others: whether who may use it comes at what others own or keep: it acts in its
            owner's name, or reads elsewhere. So what guards it comes together with it.
        rules_access: whether it says what others may do or see of what it hangs on; see `shows`.
        calls_functions: whether making it calls the functions that it uses, for each row.
        holds_data: whether dropping it loses what cannot be made again.
        inline: whether it can be written inside the command that makes what it lives in.
        of_column: whether its parent is a column, whose name it has.
        can_be_renamed: whether ALTER ... RENAME gives a thing of it another name.
        is_aspect: whether it says more of what has an address already, and nothing lives in it.
        carries_siblings: whether making or dropping it changes what lives beside it; see `carries`.
        since: the first server_version_num that has it.
        resolves: whether its rows hold numbers that stand for names; see `resolve`.
        parts: other system catalogs whose rows are parts of its things.
        inner_word: what a thing of it has inside that is no fact and can get another name, as an
            enum has labels; see `inner_names`. "" where there is nothing.
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
        named_by_types: whether its name has those of types in it, as a routine's has those of its
            arguments.
        named_within: whether a name that it occupies is one of its attributes, which `altered`
            changes; `rename` then changes that, and nothing else.
        has_constructors: whether functions bear its name that belong to no owner of it; they are
            renamed with it.
        hidden: attributes that are None where the role may not read them, and only there; they
            are compared where both sides know them.
        masked: attributes in which read.sql puts MASK where a secret stands.
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
    brings_relation: ClassVar[bool] = False
    locks_as_before: ClassVar[bool] = False
    is_satellite: ClassVar[bool] = False
    guards: ClassVar[bool] = False
    shows_others: ClassVar[bool] = False
    rules_access: ClassVar[bool] = False
    calls_functions: ClassVar[bool] = False
    holds_data: ClassVar[bool] = False
    inline: ClassVar[bool] = False
    of_column: ClassVar[bool] = False
    can_be_renamed: ClassVar[bool] = True
    is_aspect: ClassVar[bool] = False
    carries_siblings: ClassVar[bool] = False
    since: ClassVar[int] = 0
    resolves: ClassVar[bool] = False
    parts: ClassVar[frozenset[str]] = frozenset()
    inner_word: ClassVar[str] = ""
    lists_all: ClassVar[bool] = False
    encloses: ClassVar[bool] = False
    leaves_open: ClassVar[bool] = False
    of_server: ClassVar[bool] = False
    by_version: ClassVar[bool] = False
    silence: ClassVar[frozenset[str] | None] = None
    made_whole: ClassVar[bool] = False
    follows: ClassVar[bool] = False
    named_by_types: ClassVar[bool] = False
    named_within: ClassVar[bool] = False
    has_constructors: ClassVar[bool] = False
    hidden: ClassVar[frozenset[str]] = frozenset()
    masked: ClassVar[frozenset[str]] = frozenset()

    @property
    def depth(self) -> int:
        """How far inside a database it lives: the parents of all that lives deeper come first."""
        if self.of_column:
            return 3
        outermost = {"": 0, "pg_namespace": 1, "pg_foreign_server": 1}
        return outermost.get(self.parent_catalog, 2)
