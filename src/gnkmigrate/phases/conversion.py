"""How a column changes its type, name, default and nullability, and how it changes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gnkmigrate.phases.names import column as quoted_column
from gnkmigrate.phases.residue import alike

COLUMN = ":column"


@dataclass(frozen=True)
class Conversion:
    """One column's change, for op.convert_columns and op.revert_columns.

    Attributes:
        column: its name before.
        type: its type afterwards, as SQL.
        using: SQL for the new value; `:column` stands for the old one.
        back: SQL for the old value; `:column` stands for the new one.
        default: its default afterwards, as SQL; None for none.
        not_null: whether it is NOT NULL afterwards.
        rename: its name afterwards; "" where it stays.
        keep: keep every original, because `back` reads other tables, which may change.
        lossy: SQL condition on the new value under which `back` may not give the old one back
            exactly, so that an original may have been kept; "false" where it always does.
        expects: its type before, without modifiers, as PostgreSQL prints it; "" for any.
        fits: SQL condition on the old value under which `using` is right for it.
        holds: SQL condition on the new value under which the old column can hold it.
        fallback: SQL for what the old column gets where it cannot, with --spill; None where
            the row has to go to the overflow whole.
    """

    column: str
    type: str
    using: str = COLUMN
    back: str = COLUMN
    default: str | None = None
    not_null: bool = False
    rename: str = ""
    keep: bool = False
    lossy: str = "true"
    expects: str = ""
    fits: str = "true"
    holds: str = "true"
    fallback: str | None = None

    @property
    def new_name(self) -> str:
        return self.rename or self.column

    def converted(self, value: str) -> str:
        """SQL for the new value of the old value `value`."""
        return f"({self.using.replace(COLUMN, value)})::{self.type}"

    def reverted(self, value: str, old_type: str) -> str:
        """SQL for the old value of the new value `value`."""
        return f"({self.back.replace(COLUMN, value)})::{old_type}"

    def unfit(self, value: str) -> str:
        """SQL condition under which the old value `value` cannot become a new one."""
        null = f"{value} IS NULL" if self.not_null else "false"
        return f"{null} OR {value} IS NOT NULL AND ({self.fits.replace(COLUMN, value)}) IS NOT TRUE"

    def misfit(self, value: str, *, not_null: bool) -> str:
        """SQL condition under which the new value `value` has no place in the old column."""
        null = f"{value} IS NULL" if not_null else "false"
        holds = self.holds.replace(COLUMN, value)
        return f"{null} OR {value} IS NOT NULL AND ({holds}) IS NOT TRUE"

    def still_means(self, original: str, converted: str) -> str:
        """SQL condition under which an original that was kept is still a name for the new value.

        Where the conversion reads other tables, these may have changed: an e-mail that was given
        up means nobody any more. An original that meant nothing stays as it was.
        """
        if not self.keep:
            return "true"
        return f"({converted} IS NULL OR {alike(self.converted(original), converted)})"


def alter_to_new(conversion: Conversion) -> list[str]:
    """The ALTER TABLE actions of the way there; one command runs them all in one pass."""
    name = quoted_column(conversion.column)
    actions = [f"ALTER COLUMN {name} DROP DEFAULT"]
    actions.append(f"ALTER COLUMN {name} TYPE {conversion.type} USING {conversion.converted(name)}")
    if conversion.default is not None:
        actions.append(f"ALTER COLUMN {name} SET DEFAULT {conversion.default}")
    actions.append(f"ALTER COLUMN {name} {'SET' if conversion.not_null else 'DROP'} NOT NULL")
    return actions


def alter_to_old(conversion: Conversion, before: Mapping[str, Any]) -> list[str]:
    """The ALTER TABLE actions of the way back, to what was remembered of the column."""
    name, old_type = quoted_column(conversion.column), str(before["type"])
    reverted = conversion.reverted(name, old_type)
    actions = [f"ALTER COLUMN {name} DROP DEFAULT"]
    actions.append(f"ALTER COLUMN {name} TYPE {old_type} USING {reverted}")
    if before["default"] is not None:
        actions.append(f"ALTER COLUMN {name} SET DEFAULT {before['default']}")
    actions.append(f"ALTER COLUMN {name} {'SET' if before['not_null'] else 'DROP'} NOT NULL")
    actions += [f"ALTER COLUMN {name} {option}" for option in before["options"]]
    return actions
