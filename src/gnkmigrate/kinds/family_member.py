"""What is loose in an operator family (manual: ALTER OPERATOR FAMILY, chapter 36.16.5).

A member is called by its number and the types that it is for: "1 (integer, bigint)".
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.of_method import with_method
from gnkmigrate.kinds.statement import Statement, Statements


class FamilyMember(Kind):
    """One of the two kinds of members."""

    parent_catalog = "pg_opfamily"
    rank = 57
    named_by_types = True
    has_comment = False
    member: ClassVar[str]

    def reference(self, fact: Fact) -> str:
        return f"{self.member} {fact.identity.name} of operator family {family_of(fact)}"

    def words(self, fact: Fact) -> str:
        member, _, rest = self.reference(fact).partition(" ")
        return f"{member.capitalize()} {rest}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        sql = f"ALTER OPERATOR FAMILY {family_of(fact)} ADD {self.clause(fact)}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        sql = f"ALTER OPERATOR FAMILY {family_of(fact)} DROP {self.member} {fact.identity.name}"
        return (Statement(sql, f"{self.words(fact)} is not in the target."),)

    @abstractmethod
    def clause(self, fact: Fact) -> str:
        """What ADD takes."""

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({member_name(self.member, family_of(fact), fact.identity.name)})


def member_name(member: str, family: str, name: str) -> tuple[str, ...]:
    """The name that a member occupies in its family, be it loose or an operator class's."""
    return ("family member", member, family, name)


def use_name(family: str, operator: str, types: str, *, orders: bool) -> tuple[str, ...]:
    """The name that an operator occupies in a family, which has it once for each purpose."""
    return ("family member", "ordering" if orders else "search", family, f"{operator} {types}")


def family_of(fact: Fact) -> str:
    return with_method(*fact.identity.path[:2])
