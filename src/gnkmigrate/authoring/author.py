"""A revision written from the gap between a live database and its target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.authoring.calls import Call
from gnkmigrate.authoring.draft import draft
from gnkmigrate.authoring.file import naming, text_of
from gnkmigrate.authoring.guesses import guessed_columns, words
from gnkmigrate.authoring.link_calls import link_calls
from gnkmigrate.authoring.linking import linked_tables, tables_first
from gnkmigrate.authoring.lookups import lookups
from gnkmigrate.authoring.planned import Writer
from gnkmigrate.authoring.widening import without_colliding
from gnkmigrate.authoring.workflow import course
from gnkmigrate.diff.applying import quietly
from gnkmigrate.diff.likely_renames import Likely
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import Decide, refuse, settled
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.undo import arrived_at
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.project_plan import plan_project
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.status import status, undone
from gnkmigrate.settings import Settings

# Another name of anything else is the name of all that lives in it.
_WITHIN_TABLES = frozenset(
    {"column", "constraint", "index", "trigger", "policy", "rule", "statistics"}
)


@dataclass(frozen=True)
class Written:
    """A revision that was written.

    Attributes:
        file: where it is.
        to_confirm: how many comments say what the author has to look at.
        is_part: whether a further one has to be written after it ran: it only settles names, or
            makes tables that a table is split into, or a key of a table becomes wider of which
            other columns change.
    """

    file: Path
    to_confirm: int
    is_part: bool


def write_revision(
    settings: Settings,
    url: DatabaseUrl,
    message: str,
    target: str | None = None,
    *,
    renames: Renames = NO_RENAMES,
    tell: Callable[[str], None] = quietly,
) -> Written | None:
    """Writes the next revision; None where nothing differs.

    Args:
        settings: the project's.
        url: the live database; it is only read.
        message: what the revision is about.
        target: what the database should be; None takes the settings' target.
        renames: what the user says of renames, beyond the settings'.
        tell: told what of `renames` applies to nothing.

    Raises:
        PhaseRefused: there are phases that are not done.
        RevisionError: migrations/ cannot be read, or has a phase or a file of the name.
        PossibleRename: a table may have another name, and nobody says whether it has.
        Unplannable: no statements close one of the differences, or open it again.
        NotWritable: no operation of a revision does what a statement would do.
    """
    migrations = settings.path(settings.migrations)
    phases = load_all_phases(migrations)
    read_steps(phases)
    named = naming(message, phases, migrations)
    _require_done(url, phases)
    guessed: dict[Identity, str] = {}
    decide = _guessing(guessed)
    planned = plan_project(settings, url, target, renames=renames, decide=decide, tell=tell)
    source, hints, changes = planned.source, planned.hints, planned.changes
    more = guessed_columns(changes, source, planned.target, hints)
    if more:
        hints = hints.and_also(_taken(more, guessed))
        changes, hints = settled(source, planned.target, hints, decide)
    if not changes:
        return None
    arrived = arrived_at(source, planned.target, hints)
    writer = Writer(hints, settings.source_timezone)
    moved = [each for each in changes if each.verb == "rename" and each.kind not in _WITHIN_TABLES]
    if moved:
        done: Sequence[Change] = moved
        calls: Sequence[Call] = writer.renames(moved, source, arrived)
    else:
        done, calls = _written(changes, source, arrived, writer, guessed)
    text = text_of(message, named, calls)
    with named.file.open("x", encoding="utf-8") as file:
        file.write(text)
    return Written(named.file, text.count("# confirm: "), len(done) < len(changes))


def _written(
    changes: Sequence[Change],
    source: Snapshot,
    arrived: Snapshot,
    writer: Writer,
    guessed: Mapping[Identity, str],
) -> tuple[Sequence[Change], Sequence[Call]]:
    """The changes that the revision brings about, and its calls."""
    linked = tuple(linked_tables(source, arrived))
    first = tables_first(linked, source, arrived) if linked else None
    if first is not None:
        return (), (first,)
    calls = [call for each in linked for call in link_calls(each, source, arrived)]
    left = [
        change
        for change in changes
        if not any(each.concerns(change, source, arrived) for each in linked)
    ]
    for each in linked:
        arrived = each.as_before(source, arrived)
    looked_up = tuple(lookups(left, source, arrived))
    reshaped = [call for each in looked_up for call in each.calls(arrived)]
    left = [
        change
        for change in left
        if not any(each.brings_about(change, source, arrived) for each in looked_up)
    ]
    for found in looked_up:
        arrived = found.as_before(source, arrived)
    done, arrived = without_colliding(left, source, arrived)
    waits = len(done) < len(left)
    held = [each.before for each in looked_up]
    drafted = draft(course(done, source, arrived, held), writer, guessed, reshaped)
    return (done if waits else changes), (*calls, *drafted)


def _require_done(url: DatabaseUrl, phases: Sequence[Phase]) -> None:
    """Refuses while the gap is not what is left."""
    with connect(url, read_only=True) as connection:
        left = undone(status(connection, phases))
    if left:
        raise PhaseRefused(
            "What separates the database from its target is not what is left to write: there are "
            "phases that are not done.",
            details=[f"{found.phase.name}: {found.state}" for found in left],
            hint="Run them first: gnkmigrate upgrade",
        )


def _guessing(guessed: dict[Identity, str]) -> Decide:
    """Takes columns for what their names say, and asks the user about all but columns.

    Columns with but a type in common are left to `guessed_columns`: a name may say that one of them
    goes with a third.
    """

    def decide(found: Sequence[Likely]) -> Renames:
        others = [each for each in found if each.old.kind != "column"]
        named = [each for each in found if words(each.old.name) & words(each.new.name)]
        return refuse(others) if others else _taken(named, guessed)

    return decide


def _taken(found: Sequence[Likely], guessed: dict[Identity, str]) -> Renames:
    why: Mapping[Identity, str] = {each.old: each.why for each in found}
    guessed.update(why)
    return Renames.of(*((each.old, each.new) for each in found))
