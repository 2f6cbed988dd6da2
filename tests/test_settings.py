import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.settings import live_url, load
from tests.support import ROOT, module_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gnkmigrate.toml"


def test_paths_count_from_the_settings_file(file: Path) -> None:
    file.write_text('target = "db/target.sql"')

    settings = load(file)

    assert settings.path(settings.target) == file.parent / "db/target.sql"


def test_the_nearest_file_above_is_taken(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('source_timezone = "Europe/Berlin"')
    below = file.parent / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    assert load().source_timezone == "Europe/Berlin"


def test_flags_win_over_the_environment_and_that_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('source_timezone = "UTC"\n[limits]\nlock_timeout_ms = 1\nbatch_ms = 2')
    monkeypatch.setenv("GNKMIGRATE_SOURCE_TIMEZONE", "Asia/Tokyo")
    monkeypatch.setenv("GNKMIGRATE_LIMITS__BATCH_MS", "3")

    settings = load(file, {"limits": {"lock_timeout_ms": 4}, "schemas": None})

    assert settings.source_timezone == "Asia/Tokyo"
    assert (settings.limits.lock_timeout_ms, settings.limits.batch_ms) == (4, 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("colour = 1", "colour"),
        ("schemas = []", "schemas"),
        ("[limits]\nlock_timeout_ms = 0", "limits.lock_timeout_ms"),
        ('[server]\nprovider = "cloud"', "server.provider"),
        ("[server]\nmajor = 9", "server.major"),
        ('[phases]\nlegacy_schema = ""', "phases.legacy_schema"),
        ('[phases]\nlegacy_schema = "pg_old"', "phases.legacy_schema"),
        ('[phases]\nlegacy_schema = "gnkmigrate_archive"', "phases.legacy_schema"),
        (f'[phases]\nlegacy_schema = "{"ü" * 32}"', "phases.legacy_schema"),
    ],
)
def test_a_setting_that_is_not_allowed_is_named(file: Path, content: str, said: str) -> None:
    file.write_text(content)

    with pytest.raises(SettingsError) as refused:
        load(file)

    assert any(detail.startswith(said) for detail in refused.value.details)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("GNKMIGRATE_LIMITS__BATCH_MS", "soon", "GNKMIGRATE_LIMITS__BATCH_MS: "),
        ("GNKMIGRATE_LIMITS", '{"batch_ms": "soon"}', "GNKMIGRATE_LIMITS.batch_ms: "),
        ("GNKMIGRATE_SCHEMAS", "[]", "GNKMIGRATE_SCHEMAS: "),
        ("GNKMIGRATE_SCHEMAS", "public", "GNKMIGRATE_SCHEMAS"),
    ],
)
def test_a_variable_that_is_not_allowed_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    file.write_text("")
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=r"environment (holds|is not valid JSON)") as refused:
        load(file)

    (detail,) = refused.value.details
    assert detail.startswith(said)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("GNKMIGRATE_TARGT", "GNKMIGRATE_TARGET"),
        ("GNKMIGRATE_SOURCE_TIME_ZONE", "GNKMIGRATE_SOURCE_TIMEZONE"),
        ("GNKMIGRATE_LIMIT__BATCH_MS", "GNKMIGRATE_LIMITS__BATCH_MS"),
    ],
)
def test_a_misspelt_variable_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str, meant: str
) -> None:
    file.write_text("")
    monkeypatch.setenv(variable, "hunter2")

    with pytest.raises(SettingsError, match="no settings") as refused:
        load(file)

    assert refused.value.details == (f"{variable}: is {meant} meant?",)


def test_variables_that_resemble_no_setting_are_somebody_elses(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("")
    monkeypatch.setenv("GNKMIGRATE_MUTATIONS", "all")

    assert load(file).target == Path("schema/target.sql")


def test_a_file_that_is_not_toml_is_refused(file: Path) -> None:
    file.write_text("target = 'a'\nschemas = [")

    with pytest.raises(SettingsError, match="not valid TOML"):
        load(file)


def test_a_file_that_is_not_utf_8_is_refused(file: Path) -> None:
    file.write_bytes("target = 'ausfälle.sql'".encode("latin-1"))

    with pytest.raises(SettingsError, match=r"is not UTF-8 text \(byte 15\)"):
        load(file)


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("schema = 'public'", "schema: is not known"),
        ("schemas = 'public'", "schemas: must be a list"),
        ("schemas = []", "schemas: must have 1 or more values, and has 0"),
        ("roles = 'perhaps'", "roles: must be true or false"),
        ("target = 1", "target: must be text, the path of a file or folder"),
        ("server = 'docker'", "server: must be a table of names and values"),
        (
            "server.provider = 'dokcer'",
            "server.provider: must be 'auto', 'url', 'embedded' or 'docker'",
        ),
        ("server.major = 'x'", "server.major: must be a whole number"),
        ("server.major = 13", "server.major: must be 14 or more"),
        ("server.major = 19", "server.major: must be 18 or less"),
        ("limits.lock_deadline_s = 'x'", "limits.lock_deadline_s: must be a number"),
        ("limits.batch_ms = 0", "limits.batch_ms: must be more than 0"),
    ],
)
def test_what_is_not_allowed_is_said_in_plain_words(file: Path, line: str, detail: str) -> None:
    file.write_text(line)

    with pytest.raises(SettingsError) as refused:
        load(file)

    assert refused.value.details == (detail,)


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load(file)


def test_a_refused_url_is_not_repeated(file: Path) -> None:
    file.write_text('url = ["postgresql://ann:hunter2@h/d"]')

    with pytest.raises(SettingsError) as refused:
        load(file)

    assert "hunter2" not in "\n".join([refused.value.message, *refused.value.details])


def test_the_live_database_is_looked_for_in_order(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('url = "postgresql://file/d"')
    settings = load(file)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert str(live_url(settings)) == "file:5432/d"
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/d")
    assert str(live_url(settings)) == "environment:5432/d"
    assert str(live_url(settings, "postgresql://flag/d")) == "flag:5432/d"


def test_editors_know_the_settings() -> None:
    """docs/settings.schema.json is made from them, and takes the project's own file."""
    made = module_of(ROOT / "docs" / "settings_schema.py")
    assert made.FILE.read_text() == made.text(), "run: python docs/settings_schema.py"
    schema = json.loads(made.text())
    written = tomllib.loads((ROOT / "gnkmigrate.toml").read_text())
    jsonschema.validate(written, schema)
    for example in ROOT.glob("examples/*/gnkmigrate.toml"):
        jsonschema.validate(tomllib.loads(example.read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"targt": "schema"}, schema)
