"""docs/audit.md keeps up with the code."""

import re
import tomllib
from pathlib import Path

from gnkmigrate.audit import project_checks, severity_rules
from tests.support import ROOT

PAGE = (ROOT / "docs" / "audit.md").read_text()


def test_the_example_of_a_severity_rule_is_one(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (example,) = [each for each in examples if "[[rule]]" in each]
    assert tomllib.loads(example)
    (tmp_path / "severity.toml").write_text(example)
    loaded = severity_rules.load(tmp_path / "severity.toml")
    assert (len(loaded.rules), len(loaded.designs)) == (1, 1)


def test_the_example_of_a_check_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "processed_by.sql").write_text(example)
    (check,) = project_checks.load(tmp_path)
    assert check.id == "MINEGNK-001"
