"""The page that sets our checks beside other linters' names checks that are there."""

import re

from gnkmigrate.audit.checks import discover
from tests.support import ROOT


def test_the_checks_that_it_names_are_there() -> None:
    page = (ROOT / "docs" / "audit-other-linters.md").read_text()
    named = {*re.findall(r"GNK-[A-Z]+\d+", page)}
    assert named
    assert named <= {check.id for check in discover()}
