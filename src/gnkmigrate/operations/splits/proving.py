"""What a split is proven by: before its cutover, and as long as the old columns are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import Columns, key_of, listed
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


def compared(sides: Sides, key: Columns) -> Comparison:
    """What each row says before the cutover, with what the entity has to which it is linked."""
    split = sides.said
    said, has = zip(*_compared(sides), strict=True)
    actual = f"FROM {sides.table} AS asked LEFT JOIN {sides.entity} AS entity"
    return Comparison(
        table=split.table,
        expected=f"SELECT {listed(key, 'asked')}, {', '.join(said)} FROM {sides.table} AS asked",
        actual=f"SELECT {listed(key, 'asked')}, {', '.join(has)} {actual}"
        f" ON entity.{sides.key} = asked.{sides.link}",
        key=key,
    )


def _compared(sides: Sides) -> Iterator[tuple[str, str]]:
    """SQL for what is to be and for what is, of `asked` and `entity`; also whether it fits."""
    split, present = sides.said, sides.is_present("asked")
    unfit = " OR ".join(
        f"({sides.unfit('asked', change)})" for change in split.columns if change.is_picky
    )
    if unfit:
        yield "true AS gnkmigrate_fits", f"NOT ({unfit}) AS gnkmigrate_fits"
    if split.disagree == "refuse":
        for change in split.columns:
            name = column(change.new_name)
            value = f"CASE WHEN {present} THEN {sides.new_value('asked', change)} END"
            yield f"{value} AS {name}", f"entity.{name} AS {name}"
    else:
        same = f"entity.{sides.key} IS NOT NULL AND ({sides.is_entity_of('asked')})"
        yield f"{present} AS gnkmigrate_linked", f"({same}) IS TRUE AS gnkmigrate_linked"


@dataclass(frozen=True)
class VerifySplit(Verification):
    """Each row says of its entity what that has, as long as the old columns are kept."""

    split: Split

    @property
    def name(self) -> str:
        return f"rows of {self.split.table} say what those of {self.split.entity} do"

    def result(self, work: Work) -> events.Verified:
        split = self.split
        if work.recall(split.memory) is None:  # since contract
            return asked(work, self.name, "SELECT WHERE false")
        sides, key = Sides.remembered(work, split).cut_over(), key_of(work, split.table, ())
        if split.disagree == "refuse":
            said = [sides.says("checked", change) for change in split.telling]
            # In its own words, which are equal where they are not the same.
            said += [
                f"({sides.is_equal('checked', change)} OR {sides.says('checked', change)})"
                for change in split.identifying
            ]
        else:
            said = [sides.is_entity_of("checked")]
        # The new application may have emptied all that an entity says.
        empty = " AND ".join(
            f"{sides.way_back(change)}(entity.{column(change.new_name)}) IS NULL"
            for change in split.columns
        )
        query = f"""
            SELECT {listed(key, "checked")}
            FROM {sides.table} AS checked
            LEFT JOIN {sides.entity} AS entity ON entity.{sides.key} = checked.{sides.link}
            WHERE CASE WHEN {sides.is_present("checked")}
                       THEN ({" AND ".join(said)}) IS NOT TRUE
                       ELSE checked.{sides.link} IS NOT NULL AND NOT ({empty}) END"""
        return asked(work, self.name, query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)
