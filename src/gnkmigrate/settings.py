"""The project's settings: gnkmigrate.toml, then the environment, then flags.

A value is looked for in the flags of the command, in GNKMIGRATE_* environment variables, and
in gnkmigrate.toml of the folder or the nearest one above; relative paths count from that file.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError

from gnkmigrate.errors import SettingsError
from gnkmigrate.models import is_models
from gnkmigrate.own_objects import ACTING, ARCHIVE, JOURNAL, LEGACY, STAGING
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES
from gnkmigrate.settings_file import find_file
from gnkmigrate.validation import Place, dotted, not_utf8, problems
from gnkmigrate.variables import (
    DELIMITER,
    PREFIX,
    UnreadableVariable,
    given_by_variables,
    merged,
    require_spelling,
)


class ServerSettings(BaseModel, extra="forbid"):
    """Where a throwaway server comes from.

    Attributes:
        provider: "auto" takes the first that works of url, embedded, docker.
        url: an existing server on which databases may be created and dropped.
        major: the PostgreSQL major version to start; None takes the live database's.
    """

    provider: Literal["auto", "url", "embedded", "docker"] = "auto"
    url: SecretStr | None = None
    major: Annotated[int, Field(ge=14, le=18)] | None = None


def _a_new_schema(name: str) -> str:
    if name.startswith("pg_") or name in {"information_schema", JOURNAL, ARCHIVE, STAGING, ACTING}:
        raise ValueError("this schema is PostgreSQL's, or gnkmigrate's for something else")
    if len(name.encode()) > MAXIMUM_BYTES:
        raise ValueError(f"PostgreSQL cuts names after {MAXIMUM_BYTES} bytes")
    return name


class PhaseSettings(BaseModel, extra="forbid"):
    """How phases go about it.

    Attributes:
        legacy_schema: where the views of the old shape go; a schema that gnkmigrate makes.
    """

    legacy_schema: Annotated[str, Field(min_length=1), AfterValidator(_a_new_schema)] = LEGACY


class TypeormSettings(BaseModel, extra="forbid"):
    """What migrations and entities for TypeORM are called.

    Attributes:
        first: the time of the first phase's migration, in milliseconds since 1970; those of the
            others follow, a second apart.
        names: classes by phase; others are called after their phase.
        relations: by "schema.table.column" of a foreign key (several columns with commas), the
            property of the other class that holds the rows, or the one, that refer to it; others
            are called after the table.
    """

    first: Annotated[int, Field(ge=10**12, lt=10**13)] = 1_733_760_000_000
    names: Mapping[str, Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*[A-Za-z]$")]] = Field(
        default_factory=dict
    )
    relations: Mapping[str, Annotated[str, Field(pattern=r"^[a-z_][A-Za-z0-9_]*$")]] = Field(
        default_factory=dict
    )


class LimitSettings(BaseModel, extra="forbid"):
    """Times and sizes that keep a migration from disturbing the application.

    Attributes:
        lock_timeout_ms: how long one statement waits for a lock at most before it gives way: a
            twenty-fifth of it at first, twice as long with every attempt.
        lock_deadline_s: how long a step goes on trying before it gives up.
        statement_timeout_s: how long one statement may take that is not made for large tables.
        reconnect_s: how long a lost connection is sought again before the run gives up.
        kill_blockers: end the sessions that are still in the way at the deadline.
        batch_ms: how long one backfill transaction should take; its size follows from that.
        batch_rows: rows that one backfill transaction handles at most.
        backfill_workers: sessions that a backfill uses at once, each on its own key range; None
            as many as the revision says, which is one where it says nothing.
        throttle: rest after each batch, as a multiple of the time that it took; 0 for none, and
            for queries over whole tables that may use more than one core.
        replica_lag_mb: a backfill pauses while a standby has more WAL than this to replay.
        wal_mb_per_s: a backfill pauses while the server writes more WAL; None for no limit.
        pause_while: a backfill pauses while this query of the user's gives true.
        scan_rows: a table of at most so many rows needs no index along which it is walked.
        dry_run_rows: rows of the touched tables above which a dry run is refused, since it
            holds its locks until it rolls back.
    """

    lock_timeout_ms: Annotated[int, Field(gt=0)] = 500
    lock_deadline_s: Annotated[float, Field(gt=0)] = 60
    statement_timeout_s: Annotated[float, Field(gt=0)] = 300
    reconnect_s: Annotated[float, Field(ge=0)] = 60
    kill_blockers: bool = False
    batch_ms: Annotated[int, Field(gt=0)] = 20
    batch_rows: Annotated[int, Field(gt=0)] = 5000
    backfill_workers: Annotated[int, Field(gt=0, le=64)] | None = None
    throttle: Annotated[float, Field(ge=0)] = 1.0
    replica_lag_mb: Annotated[int, Field(gt=0)] = 256
    wal_mb_per_s: Annotated[float, Field(gt=0)] | None = None
    pause_while: str | None = None
    scan_rows: Annotated[int, Field(ge=0)] = 1000
    dry_run_rows: Annotated[int, Field(gt=0)] = 100_000


class Settings(BaseModel, extra="forbid", frozen=True):
    """All settings of a project, checked and with absolute paths.

    Attributes:
        url: the live database; DATABASE_URL and libpq's PG* variables also count.
        target: the declared schema, a .sql file or a folder of them, or an ORM's models, such as
            "sqlalchemy:shop.models:Base".
        baseline: the schema that the first revision starts from.
        baseline_rows: rows of that schema, with which `check` tries the phases.
        expected_rows: what they are to become; `check --update-expected` writes it.
        migrations: the Alembic environment.
        audits: kept reports, severity rules, the project's own checks.
        audit_role: the role under which the project's own checks ask; None takes
            pg_read_all_data where the role that audits may become it.
        backups: where backups go that are given no other place.
        schemas: the schemas that the project owns; the first is the default of its SQL. Where
            it is not set, all are read that are the user's.
        roles: whether roles and their memberships, which are the server's, are compared as well.
        ignore: patterns (fnmatch) of objects that are somebody else's, "schema.name".
        renames: things that have another name in the target, "table public.picture = photo".
        source_timezone: the time zone in which timestamps without one were written.
        policies: answers to the questions that the project's revisions ask.
        encryption_key_command: what prints the key of encrypted columns: a program, its arguments.
        optional_phases: those that databases of the project have, by name, in the order in which
            they come: `rehearse` tries them, and `typeorm migrations` writes them.
        trust_triggers: whether functions of roles with fewer rights than the migrating one may
            run with its rights, and a journal may be used that belongs to such a role.
        server: where throwaway servers come from.
        phases: how phases go about it.
        typeorm: what migrations and entities for TypeORM are called.
        limits: times and sizes.
        root: the folder of gnkmigrate.toml.
    """

    url: SecretStr | None = None
    target: Path = Path("schema/target.sql")
    baseline: Path | None = None
    baseline_rows: Path | None = None
    expected_rows: Path | None = None
    migrations: Path = Path("migrations")
    audits: Path = Path("audits")
    audit_role: Annotated[str, Field(min_length=1)] | None = None
    backups: Path = Path("backups")
    schemas: Annotated[tuple[str, ...], Field(min_length=1)] = ("public",)
    roles: bool = False
    ignore: tuple[str, ...] = ()
    renames: tuple[str, ...] = ()
    source_timezone: str = "UTC"
    policies: Mapping[str, str] = Field(default_factory=dict)
    encryption_key_command: tuple[str, ...] = ()
    optional_phases: tuple[str, ...] = ()
    trust_triggers: bool = False
    server: ServerSettings = ServerSettings()
    phases: PhaseSettings = PhaseSettings()
    typeorm: TypeormSettings = TypeormSettings()
    limits: LimitSettings = LimitSettings()
    root: Path = Path()

    @property
    def read_schemas(self) -> tuple[str, ...] | None:
        """The schemas that are read: those that the settings name, or None for all."""
        return self.schemas if "schemas" in self.model_fields_set else None

    @property
    def target_source(self) -> str:
        """The target as `facts.source.load_schema` takes it: models by name, else a path."""
        return str(self.target if is_models(str(self.target)) else self.path(self.target))

    @property
    def has_target(self) -> bool:
        """Whether there is one, as far as can be seen without loading it."""
        return is_models(self.target_source) or Path(self.target_source).exists()

    def path(self, relative: Path) -> Path:
        """A path of the settings, counted from the settings file's folder."""
        return self.root / relative


def live_url(settings: Settings, given: str | None = None) -> DatabaseUrl:
    """The live database: the flag, else DATABASE_URL, else the settings, else libpq's PG*.

    Raises:
        SettingsError: the URL cannot be read.
    """
    stored = settings.url.get_secret_value() if settings.url else ""
    return DatabaseUrl.parse(given or os.environ.get("DATABASE_URL") or stored)


def load(config: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of the project in this folder.

    Args:
        config: the file to read; without it the nearest gnkmigrate.toml.
        flags: values from the command line, by setting; they win.

    Raises:
        SettingsError: the file is missing, unreadable or may be somebody else's, or a value is
            not allowed.
    """
    file = config or find_file(Path.cwd())
    if file is not None and not file.is_file():
        raise SettingsError(
            f"The settings file {file} does not exist.",
            hint="Name another with --config, or write one with: gnkmigrate init",
        )

    require_spelling(Settings)
    values = {name: value for name, value in (flags or {}).items() if value is not None}
    values["root"] = (file.parent if file else Path.cwd()).resolve()
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
        values = merged(values, merged(given_by_variables(Settings), written))
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _not_allowed(file, error) from None
    except UnreadableVariable as error:
        raise _unreadable(error) from None
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise SettingsError(
            f"{file} is not valid TOML: {error}", hint="Correct that line and try again."
        ) from None


def _not_allowed(file: Path | None, error: ValidationError) -> SettingsError:
    details = problems(error, named=_named)
    environment = file is None or all(each.startswith(PREFIX) for each in details)
    return SettingsError(
        f"{'The environment' if environment else file} holds settings that are not allowed.",
        details=details,
        hint="docs/settings.md lists every setting.",
    )


def _unreadable(error: UnreadableVariable) -> SettingsError:
    return SettingsError(
        "A variable of the environment is not valid JSON, in which lists and tables are "
        "written there.",
        details=[str(error)],
        hint=f"For example: {PREFIX}SCHEMAS='[\"public\"]'",
    )


def _named(place: Place) -> str:
    """A setting as its user calls it: the variable that it comes from, or the place in the file."""
    variables = {name.upper() for name in os.environ}
    for end in range(len(place), 0, -1):
        variable = (PREFIX + DELIMITER.join(map(str, place[:end]))).upper()
        if variable in variables:
            return dotted((variable, *place[end:]))
    return dotted(place)
