"""The revisions in migrations/, read as an upgrade reads them."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import REVISIONS
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.run.phase import core_of
from gnkmigrate.run.revision import load_all_phases


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    folder = circumstances.settings.path(circumstances.settings.migrations)
    if not folder.is_dir():
        yield Diagnosis(
            "warning",
            f"There is no folder {folder}, so nothing to upgrade with.",
            hint="gnkmigrate init writes one; an audit does not need it.",
            blocks=REVISIONS,
        )
        return
    phases = load_all_phases(folder)
    if not phases:
        yield Diagnosis("ok", f"{folder} has no revision yet.")
        return
    for phase in phases:  # reading their steps finds what loading their files does not
        _ = phase.up_steps, phase.down_steps
    core = core_of(phases)
    names = ", ".join(phase.name for phase in core)
    optional = ", ".join(phase.name for phase in phases if phase.optional)
    beside = f"; optional: {optional}" if optional else ""
    yield Diagnosis("ok", f"{len(core)} phases, one head: {names}{beside}")


PROBE = Probe(20, "migrations", examine, blocks=REVISIONS)
