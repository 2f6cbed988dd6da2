"""The manifest's form is the one that is documented."""

import json

from gnkmigrate.backup.manifest import Manifest
from tests.support import ROOT


def test_the_documented_form() -> None:
    documented = json.loads((ROOT / "docs" / "backup-manifest.schema.json").read_text())
    documented.pop("$schema")
    assert documented == Manifest.model_json_schema()
