"""Asks every probe."""

import pkgutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import psycopg

from gnkmigrate.doctor import probes
from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import workable
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.errors import ConnectionFailed, GnkMigrateError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import Settings


def all_probes() -> tuple[Probe, ...]:
    """The probe of every file in probes/, in their order."""
    modules = [
        import_module(f"{probes.__name__}.{found.name}")
        for found in pkgutil.iter_modules(probes.__path__)
    ]
    return tuple(sorted((module.PROBE for module in modules), key=lambda probe: probe.place))


def examine(settings: Settings, file: Path | None, url: DatabaseUrl) -> Iterator[Diagnosis]:
    """What works here, probe by probe, and last which commands will.

    Args:
        settings: the project's settings.
        file: where they were read from; None without a settings file.
        url: the live database.
    """
    with ExitStack() as stack:
        circumstances = _circumstances(settings, file, url, stack)
        found = []
        for probe in all_probes():
            if probe.needs_database and circumstances.session is None:
                continue
            for diagnosis in _asked(probe, circumstances):
                blocks = diagnosis.blocks
                if diagnosis.state == "failed" and not blocks:
                    blocks = probe.blocks
                found.append(replace(diagnosis, title=probe.title, blocks=blocks))
                yield found[-1]
        yield workable(found)


def _circumstances(
    settings: Settings, file: Path | None, url: DatabaseUrl, stack: ExitStack
) -> Circumstances:
    session, refusal = None, None
    started = time.monotonic()
    try:
        session = stack.enter_context(connect(url, read_only=True))
    except ConnectionFailed as error:
        refusal = error
    milliseconds = (time.monotonic() - started) * 1000
    return Circumstances(settings, file, url, session, refusal, milliseconds, stack)


def _asked(probe: Probe, circumstances: Circumstances) -> Iterator[Diagnosis]:
    """A probe's diagnoses; that it cannot find out is one as well."""
    try:
        yield from probe.examine(circumstances)
    except GnkMigrateError as error:
        yield Diagnosis("failed", error.message, error.details, error.hint)
    except psycopg.Error as error:
        text = error.diag.message_primary or str(error).strip()
        yield Diagnosis("failed", f"PostgreSQL does not say: {text}.")
