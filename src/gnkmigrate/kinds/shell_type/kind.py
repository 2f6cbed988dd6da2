"""Shell types: names for functions to use until the type is defined (manual: CREATE TYPE)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UserType


class ShellType(UserType):
    name = "shell type"
    can_be_renamed = False
    attributes = {}
    rank = 22
    grant_word = ""  # a shell has no privileges

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (Statement(f"CREATE {self.reference(fact)}", f"{self.words(fact)} is missing."),)


KIND = ShellType()
