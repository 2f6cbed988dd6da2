"""What a team's own entities make is compared with the target; what cannot be run is said."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from gnkmigrate.errors import OrmError
from gnkmigrate.orm.typeorm.check import Checked, check_entities
from gnkmigrate.orm.typeorm.entities import write_entities
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.cli.conftest import Command
from tests.orm.typeorm.support import HERE, Backend, needs_typeorm
from tests.support import BASELINE, ROOT, TARGET

pytestmark = needs_typeorm

OLD_SHAPE = ROOT / "tests" / "typeorm" / "entities.js"


def checked(settings: Settings, backend: Backend, target: Path) -> Checked:
    return check_entities(settings, str(target), backend.entities, lambda _: None)


def test_written_entities_make_the_target(backend: Backend, minegnk_settings: Settings) -> None:
    write_entities(minegnk_settings, str(TARGET), backend.entities)
    found = checked(minegnk_settings, backend, TARGET)
    assert found.findings == ()
    assert len(found.entities) == 6
    assert found.version.startswith(f"{backend.version}.")
    assert {limit.identity.name for limit in found.limits} == {
        "idx_earnings_date", "idx_earnings_node_date", "idx_requests_created_at", "pgcrypto",
    }  # fmt: skip


def test_written_entities_of_another_schema(any_backend: Backend, shop_settings: Settings) -> None:
    write_entities(shop_settings, str(HERE / "shop.sql"), any_backend.entities)
    assert checked(shop_settings, any_backend, HERE / "shop.sql").findings == ()


def test_entities_of_the_old_shape_make_the_baseline(
    any_backend: Backend, minegnk_settings: Settings
) -> None:
    """They are a team's own, in JavaScript, and the baseline was taken from what TypeORM made."""
    any_backend.entities.mkdir()
    shutil.copy(OLD_SHAPE, any_backend.entities)
    assert checked(minegnk_settings, any_backend, BASELINE).findings == ()


def test_what_differs_is_found(any_backend: Backend, minegnk_settings: Settings) -> None:
    write_entities(minegnk_settings, str(TARGET), any_backend.entities)
    changed(any_backend, "node", "length: 255 })\n  identifier", "length: 200 })\n  identifier")
    changed(any_backend, "node", "  region!:", "  place!:")
    changed(any_backend, "user", "'users_email_key'", "'another_name'")
    changed(any_backend, "user", "@Index('idx_users_role', ['role'])\n", "")
    index = "@Index('idx_earnings_date', {"
    changed(any_backend, "earnings-history", index, "@Index('idx_earnings_date', ['date'], {")
    changed(any_backend, "earnings-history", "['date'], { synchronize: false }", "['date']")
    messages = [each.message for each in checked(minegnk_settings, any_backend, TARGET).findings]
    assert sorted(messages) == [
        "Column nodes.identifier is varchar(200), in the target varchar(255).",
        "Column nodes.place is not in the target: varchar(100).",
        "Column nodes.region is missing: varchar(100).",
        "Index idx_earnings_date on earnings_history (date DESC) differs in keys.",
        "Index idx_users_role on users (role) is missing.",
        "One constraint of users has another name.",
    ]


def changed(backend: Backend, entity: str, old: str, new: str) -> None:
    file = backend.entities / f"{entity}.entity.ts"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_command(
    gnkmigrate: Command, any_backend: Backend, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
    folder = str(any_backend.entities)
    written = gnkmigrate(None, "typeorm", "entities", "--out", folder)
    assert written.exit_code == 0
    assert "6 entities: EarningsHistory, NodeRequest" in written.stdout.replace("\n", "")
    assert "index public.idx_earnings_date: TypeORM has no form for" in written.stderr
    assert "Next: gnkmigrate typeorm check" in written.stderr
    changed(any_backend, "user", "@Index('idx_users_role', ['role'])\n", "")
    found = gnkmigrate(None, "typeorm", "check", "--entities", folder, "--format", "json")
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    schema = json.loads((ROOT / "docs" / "typeorm.schema.json").read_text())
    jsonschema.validate(document, schema)
    assert set(document) == set(schema["properties"])
    assert [each["object"]["name"] for each in document["findings"]] == ["idx_users_role"]
    shown = gnkmigrate(None, "typeorm", "check", "--entities", folder)
    assert shown.exit_code == 1
    assert "medium   Index idx_users_role on users (role) is missing.\n" in shown.stdout
    assert "1 finding." in shown.stdout


ENTITY = """
const {{ EntitySchema }} = require("typeorm");
module.exports = new EntitySchema({{ name: "A", tableName: "a", columns: {{ {columns} }} }});
"""


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ts", "const a: number = 'text';\nexport {{ a }};", "do not compile"),
        ("a.js", "module.exports = require('./missing');", "cannot be loaded"),
        ("a.js", "module.exports = {{}};", "exports an entity"),
        ("a.js", ENTITY.format(columns="b: { type: 'integer' }"), "does not take the entities"),
        (
            "a.js",
            ENTITY.format(columns="b: { type: 'integer', primary: true, default: () => 'no(' }"),
            "cannot make the schema",
        ),
        ("a.js", "process.exit(0);", "Node.js ended"),
        ("a.txt", "", "no .ts or .js file"),
    ],
)
def test_entities_that_are_none(
    any_backend: Backend, minegnk_settings: Settings, name: str, text: str, message: str
) -> None:
    any_backend.entities.mkdir()
    (any_backend.entities / name).write_text(text.replace("{{", "{").replace("}}", "}"))
    with pytest.raises(OrmError, match=message) as refused:
        checked(minegnk_settings, any_backend, TARGET)
    assert "password" not in f"{refused.value}{refused.value.details}"


def test_a_folder_that_is_not_there(any_backend: Backend, minegnk_settings: Settings) -> None:
    with pytest.raises(OrmError, match="There is no folder"):
        checked(minegnk_settings, any_backend, TARGET)


def test_a_folder_without_typeorm(tmp_path: Path, minegnk_settings: Settings) -> None:
    with pytest.raises(OrmError, match="typeorm and pg cannot be found"):
        check_entities(minegnk_settings, str(TARGET), tmp_path, lambda _: None)


def test_a_machine_without_node(
    any_backend: Backend, minegnk_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_backend.entities.mkdir()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OrmError, match=r"no Node\.js") as refused:
        checked(minegnk_settings, any_backend, TARGET)
    assert "nodejs.org" in refused.value.hint
