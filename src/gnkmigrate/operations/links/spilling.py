"""What the old shape has no place for: spilled on the way back, taken back by the next upgrade."""

from collections.abc import Iterator

from gnkmigrate.operations.links import kept
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.spill_values import SpillValues
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Step


def no_place(table: str) -> str:
    """Why rows that refer to an entity are spilled."""
    return f"The old shape has no place for rows of {table}."


def unsaid(said: Linking) -> str:
    """Why values of columns that the entity alone has are spilled."""
    names = ", ".join(change.new_name for change in said.new)
    return f"The old shape says nothing of {names} in {said.entity}."


def begun(said: Linking) -> str:
    """Why values are spilled that an entity has got from a row, and has changed since."""
    names = ", ".join(change.new_name for change in said.shared)
    return f"The old shape says {names} of a row of {said.table}, and not of {said.entity}."


def unsaid_link(said: Linking) -> str:
    names = ", ".join(change.new_name for change in said.new_links)
    return f"The old shape says nothing of {names} in {said.table}."


def _constants(said: Linking, row: str) -> str:
    return " OR ".join(
        f"{row}.{column(change.new_name)} IS DISTINCT FROM {change.converted('NULL')}"
        for change in said.new
    )


def values(said: Linking, of: str) -> Iterator[Step]:
    """What was written to the columns that go with DropColumns."""
    names = tuple(change.new_name for change in said.new_links)
    if names:
        where = " OR ".join(
            f"spilled.{column(change.new_name)} IS DISTINCT FROM {change.converted('NULL')}"
            for change in said.new_links
        )
        yield SpillValues(
            unsaid_link(said), said.table, where, (), names, of=of, apart=(said.reference,)
        )


def hanging(said: Linking, of: str) -> Iterator[Step]:
    """What hangs on entities, all of which go."""
    for table in said.hanging:
        yield kept.spill(said, table, no_place(table), "true", of)


def entities(said: Linking, of: str, *, alone: bool) -> Iterator[Step]:
    """What the old shape does not say of entities."""
    shows = (said.key, *said.identity)
    if alone:
        yield from hanging(said, of)
        row = f"SELECT FROM {quoted(said.table)} AS row WHERE row.{column(said.reference)}"
        where = f"NOT EXISTS ({row} = spilled.{column(said.key)})"
        yield Spill(no_row(said), said.entity, where, shows, of=of)
    names = tuple(change.new_name for change in said.new)
    if names:
        listed = (*shows, *names)
        where = _constants(said, "spilled")
        yield Spill(unsaid(said), said.entity, where, listed, listed, of=of)
    begun_with = tuple(change.new_name for change in said.shared)
    if begun_with:
        listed = (*shows, *begun_with)
        yield Spill(begun(said), said.entity, _changed(said), shows, listed, of=of, asks=False)


def no_row(said: Linking) -> str:
    """Why entities without a row are spilled."""
    return f"The old shape has no place for rows of {said.entity} that have no row of {said.table}."


def _changed(said: Linking) -> str:
    same = " AND ".join(
        f"{change.converted(f'row.{column(change.column)}')} IS NOT DISTINCT FROM"
        f" spilled.{column(change.new_name)}"
        for change in said.shared
    )
    row = f"FROM {quoted(said.table)} AS row"
    return (
        f"NOT EXISTS (SELECT {row} WHERE row.{column(said.reference)} ="
        f" spilled.{column(said.key)} AND {same})"
    )
