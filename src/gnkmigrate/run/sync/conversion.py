"""How a column changes its type, name, default and nullability, and how it changes back."""

from dataclasses import dataclass

from gnkmigrate.run.names import literal
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.lookup import Lookup

COLUMN = ":column"
ALWAYS = "true"


@dataclass(frozen=True)
class Conversion:
    """One column's change, for op.convert_columns and op.revert_columns.

    Attributes:
        column: its name before.
        type: its type afterwards, as SQL; "" where it stays.
        using: SQL for the new value; `:column` stands for the old one.
        back: SQL for the old value; `:column` stands for the new one.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        rename: its name afterwards; "" where it stays.
        keep: `using` and `back` read other tables, which may change: a downgrade asks `back` again
            for each old value that does not mean the new one any more.
        expects: its type before, without modifiers, as PostgreSQL prints it; "" for any.
        fits: SQL condition on the old value under which `using` is right for it.
        exact: whether `using` is right for those values alone that `back` gives back as they were.
        holds: SQL condition on the new value under which the old column can hold it.
        redeclares: whether `default` and `not_null` are meant; else both stay as they are.
        fallback: SQL for what the old column gets where it cannot, with --spill; None where
            the row has to go to the overflow whole.
        names: SQL for how many rows of another table the old value names; "" where it is no name.
        reads_settings: whether `using` or `back` may give something else under other settings of
            the session, such as its DateStyle. Asked at each write, and so worth to know.
        tells: another table and its columns, of which the old and the new value tell; None where
            they tell of none.
        lookup: where the old value is looked up whatever its case; None where it is not.
    """

    column: str
    type: str = ""
    using: str = COLUMN
    back: str = COLUMN
    default: str | None = None
    not_null: bool = False
    rename: str = ""
    keep: bool = False
    expects: str = ""
    fits: str = ALWAYS
    holds: str = ALWAYS
    fallback: str | None = None
    redeclares: bool = True
    exact: bool = False
    names: str = ""
    reads_settings: bool = True
    tells: tuple[str, tuple[str, ...]] | None = None
    lookup: Lookup | None = None

    @property
    def new_name(self) -> str:
        return self.rename or self.column

    def converted(self, value: str) -> str:
        """SQL for the new value of the old value `value`."""
        converted = f"({self.using.replace(COLUMN, value)})"
        return f"{converted}::{self.type}" if self.type else converted

    def reverted(self, value: str, old_type: str) -> str:
        """SQL for the old value of the new value `value`."""
        return f"({self.back.replace(COLUMN, value)})::{old_type}"

    def assigned(self, to: str, value: str, source: str) -> str:
        """PL/pgSQL that gives `to` the value of `source`.

        NULL is nobody's name, which is known without asking the table of those who have one.
        """
        if not self.names:
            return f"{to} := {value};"
        return f"IF {source} IS NULL THEN {to} := NULL; ELSE {to} := {value}; END IF;"

    @property
    def is_picky(self) -> bool:
        """Whether there may be values for which `using` is not right."""
        return self.fits != ALWAYS or self.exact

    def unfit(self, value: str, old_type: str) -> str:
        """SQL condition under which the old value `value` cannot become a new one."""
        null = f"{value} IS NULL" if self.not_null else "false"
        wrong = f"({self.fits.replace(COLUMN, value)}) IS NOT TRUE"
        if self.exact:
            returned = self.reverted(self.converted(value), old_type)
            wrong = f"({wrong} OR NOT {alike(returned, value)})"
        return f"{null} OR {value} IS NOT NULL AND {wrong}"

    def misfit(self, value: str, *, not_null: bool) -> str:
        """SQL condition under which the new value `value` has no place in the old column."""
        null = f"{value} IS NULL" if not_null else "false"
        holds = self.holds.replace(COLUMN, value)
        return f"{null} OR {value} IS NOT NULL AND ({holds}) IS NOT TRUE"


def unless_policy(condition: str, policy: tuple[str, str] | None) -> str:
    """SQL condition that holds as well where a policy of the settings has this value."""
    if policy is None:
        return condition
    name, value = policy
    return f":'{name}' = {literal(value)} OR {condition}"
