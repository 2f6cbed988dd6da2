"""The settings file."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.settings_file import FILE_NAME


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    if circumstances.file is None:
        yield Diagnosis(
            "warning",
            f"There is no {FILE_NAME} here or above; the defaults apply.",
            hint="gnkmigrate init writes the files of a project.",
        )
        return
    schemas = ", ".join(circumstances.settings.schemas)
    yield Diagnosis("ok", f"{circumstances.file}, schemas: {schemas}")


PROBE = Probe(10, "project", examine)
