"""Which phases a command is to run, by what they have come to; or why none may run."""

from collections.abc import Sequence
from dataclasses import replace

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run.phase import Phase, core_of, find_phase, needed_by
from gnkmigrate.run.status import PhaseStatus, Request


def select_up(statuses: Sequence[PhaseStatus], request: Request) -> tuple[Phase, ...]:
    """The phases that an upgrade runs, in order: of the optional ones those that it names.

    Raises:
        PhaseRefused: an earlier phase is pending, or a phase is half rolled back.
        RevisionError: a finished phase has been edited.
    """
    _require_unedited(statuses)
    phases = [status.phase for status in statuses]
    open_ = [status.phase for status in statuses if status.state != "done"]
    if request.phase is not None:
        wanted = find_phase(phases, request.phase)
        needed = needed_by(wanted, phases)
        earlier = [phase.name for phase in open_ if phase.revision in needed]
        if earlier:
            raise PhaseRefused(
                f"Phase {wanted.name} comes after phases that are pending: {', '.join(earlier)}.",
                hint=f"gnkmigrate upgrade --through {wanted.name} runs them all in order.",
            )
        _require_contract(statuses, wanted)
        return tuple(phase for phase in open_ if phase is wanted)
    if request.through is None:
        return core_of(open_)
    last = find_phase(phases, request.through)
    needed = needed_by(last, phases) | {last.revision}
    _require_contract(statuses, last)
    return tuple(phase for phase in open_ if phase.revision in needed)


def select_with(statuses: Sequence[PhaseStatus], optional: Sequence[str]) -> tuple[Phase, ...]:
    """The core's phases that are pending, and then optional ones with what they need.

    Args:
        statuses: all of the project's.
        optional: names of optional phases, in the order in which they run.

    Raises:
        PhaseRefused: one comes after contract, and an old shape is kept.
        RevisionError: there is no such phase, or one that is done has been edited.
    """
    found = list(select_up(statuses, Request()))
    for name in optional:
        found += [p for p in select_up(statuses, Request(through=name)) if p not in found]
    return tuple(found)


def select_down(statuses: Sequence[PhaseStatus], request: Request) -> tuple[Phase, ...]:
    """The phases that a downgrade takes back, last first.

    Raises:
        PhaseRefused: a later phase is still in force.
        RevisionError: a finished phase has been edited.
    """
    _require_unedited(statuses)
    phases = [status.phase for status in statuses]
    standing = [status.phase for status in reversed(statuses) if status.state != "pending"]
    name = request.phase or request.through
    if name is None:
        chosen = standing
    else:
        wanted = find_phase(phases, name)
        later = [phase for phase in standing if wanted.revision in needed_by(phase, phases)]
        if request.phase is not None and later:
            raise PhaseRefused(
                f"Phase {wanted.name} comes before phases that stand: "
                f"{', '.join(phase.name for phase in later)}.",
                hint=f"gnkmigrate downgrade --through {wanted.name} takes them all back in order.",
            )
        chosen = [phase for phase in standing if phase is wanted or phase in later]
    _require_undoable(statuses, chosen)
    return tuple(chosen)


def _require_contract(statuses: Sequence[PhaseStatus], wanted: Phase) -> None:
    """Refuses a phase that no old shape may stand beside, while one is kept."""
    core = [found for found in statuses if not found.phase.optional]
    if wanted.after_contract and not all(found.contracted for found in core):
        raise PhaseRefused(
            f"Phase {wanted.name} comes after contract: until then an old shape is kept in step, "
            "which knows nothing of it.",
            hint="gnkmigrate contract removes it, when nobody uses it any more.",
        )


def last_standing(statuses: Sequence[PhaseStatus], request: Request) -> Request:
    """The request, about the last phase alone that stands."""
    standing = [found.phase.name for found in statuses if found.state != "pending"]
    return replace(request, phase=standing[-1] if standing else None)


def select_cutover(statuses: Sequence[PhaseStatus]) -> Phase:
    """The phase that waits for its cutover, or stopped after one.

    Raises:
        PhaseRefused: none does.
    """
    waiting = [found for found in statuses if found.waiting is not None]
    if not waiting:
        open_ = [found for found in statuses if found.state != "done"][:1]
        raise PhaseRefused(
            "No phase waits for its cutover.",
            details=[f"{found.phase.name} is {found.state}" for found in open_],
            hint="gnkmigrate upgrade --defer-cutover prepares one.",
        )
    return waiting[0].phase


def _require_undoable(statuses: Sequence[PhaseStatus], chosen: Sequence[Phase]) -> None:
    for phase in chosen:
        if phase.irreversible:
            raise PhaseRefused(
                f"Phase {phase.name} cannot be taken back: {phase.irreversible}",
                hint="Its revision says so. A backup from before it brings the old state back.",
            )
    names = [found.phase.name for found in statuses if found.contracted and found.phase in chosen]
    if names:
        raise PhaseRefused(
            f"These phases cannot be undone any more, since gnkmigrate contract has removed what "
            f"a rollback needs: {', '.join(names)}.",
            hint="The way back is a new revision now, or a backup.",
        )


def _require_unedited(statuses: Sequence[PhaseStatus]) -> None:
    edited = [status.phase for status in statuses if status.edited]
    if edited:
        raise RevisionError(
            "Phases that are done have been edited since.",
            details=[f"{phase.name}: {phase.file.name}" for phase in edited],
            hint="Take the files back from version control; a change is a new revision.",
        )
