"""The declared schema, loaded as an audit loads it."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import TARGET
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.facts.source import DeclaresNothing


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """Loads it.

    Raises:
        SchemaError: PostgreSQL refuses it; the message has file, line and reason.
        ServerUnavailable: there is no server to load it into.
    """
    source = circumstances.settings.target_source
    if not circumstances.settings.has_target:
        yield Diagnosis(
            "warning",
            f"There is no target {source}, so nothing to compare a database with.",
            hint="gnkmigrate init --from-url takes one from a database, to be edited.",
            blocks=("plan", "check"),
        )
        return
    try:
        target = circumstances.target
    except DeclaresNothing as error:
        said = f"{error.message} Only a database that has nothing is as it says."
        yield Diagnosis("warning", said, hint=error.hint or "")
        return
    tables = len(target.of_kind("table"))
    yield Diagnosis("ok", f"{source} declares {tables} tables, {len(target)} objects in all")


PROBE = Probe(90, "target", examine, blocks=TARGET)
