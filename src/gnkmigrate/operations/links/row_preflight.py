"""Rows that speak against a table becoming an entity and a link."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.operations.links import rows
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import listed as names_of
from gnkmigrate.run.names import column
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.convertible import unfit_rows
from gnkmigrate.run.work import Work


def unfit(work: Work, sides: Sides) -> Iterator[Refusal]:
    """Rows that the new shape cannot hold."""
    said, key = sides.said, sides.row_key
    optional = [replace(change, not_null=False) for change in (*said.columns, *said.links)]
    yield from unfit_rows(work, said.table, key, list(dict.fromkeys(optional)))
    required = [change for change in said.columns if change.not_null]
    needed = list(dict.fromkeys((*said.identifying, *required)))
    empty = " OR ".join(f"({sides.new_value('asked', change)}) IS NULL" for change in needed)
    names = ", ".join(change.column for change in needed)
    yield from _refused(
        work,
        f"Rows of {said.table} have no value in: {names}. A row of {said.entity} needs it.",
        f"SELECT {sides.row_keys('asked')} FROM {sides.old} AS asked WHERE {empty}",
        "Complete or remove them.",
    )
    yield from _merged(work, sides)
    if said.disagree == "refuse":
        yield from _disagreeing(work, sides)


def _merged(work: Work, sides: Sides) -> Iterator[Refusal]:
    """Identities that are different, and would be one."""
    said = sides.said
    old = ", ".join(f"asked.{column(change.column)}" for change in said.identifying)
    shown = _shown(sides)
    yield from _refused(
        work,
        f"Rows of {said.table} that are different would become one row of {said.entity}.",
        f"SELECT {shown}, count(DISTINCT ROW({old})::text) AS different"
        f" FROM {sides.old} AS asked GROUP BY {sides.new_values('asked', said.identifying)}"
        f" HAVING count(DISTINCT ROW({old})::text) > 1",
        "Change them so that they stay different.",
    )


def _shown(sides: Sides) -> str:
    return ", ".join(
        f"left(({sides.new_value('asked', change)})::text, 60) AS {column(change.new_name)}"
        for change in sides.said.identifying
    )


def _disagreeing(work: Work, sides: Sides) -> Iterator[Refusal]:
    said = sides.said
    telling = [change for change in said.telling if change not in said.shared]
    if not telling:
        return
    values = sides.new_values("asked", telling)
    yield from _refused(
        work,
        f"Rows of {said.table} that would become one row of {said.entity} disagree about it.",
        f"SELECT {_shown(sides)}, count(*) AS rows FROM {sides.old} AS asked"
        f" GROUP BY {sides.new_values('asked', said.identifying)}"
        f" HAVING count(DISTINCT ROW({values})::text) > 1",
        'Make them the same, or say in the revision which one counts: disagree="first" or "last",'
        " by the key. Each row keeps what it says for the way back.",
    )


def strangers(
    work: Work, sides: Sides, changes: Sequence[Conversion], *, refers: bool = True
) -> Iterator[Refusal]:
    """Links to something that is not there."""
    said = sides.said
    mine = {change.new_name: change.column or change.new_name for change in changes}
    for names, text in said.references.items():
        if not mine.keys() >= set(names_of(names)):
            continue
        table, there = rows.referred(text)
        olds = [column(mine[name]) for name in names_of(names)]
        same = " AND ".join(
            f"referred.{other} = asked.{old}" for other, old in zip(there, olds, strict=True)
        )
        present = " AND ".join(f"asked.{old} IS NOT NULL" for old in olds)
        yield from _refused(
            work,
            f"Links of {said.table} refer by {names} to rows of {table} that are not there.",
            f"SELECT {sides.row_keys('asked')}, {', '.join(f'asked.{old}' for old in olds)}"
            f" FROM {sides.old} AS asked"
            f" WHERE {sides.is_link('asked', refers=refers)} AND {present}"
            f" AND NOT EXISTS (SELECT FROM {table} AS referred WHERE {same})",
            "Correct them, or set them to NULL.",
        )


def _refused(work: Work, message: str, query: str, hint: str) -> Iterator[Refusal]:
    total, found = listed(work, query)
    if total:
        yield Refusal(message, found, total, hint, query)
