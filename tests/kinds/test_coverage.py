"""The page that says what is covered says what the kinds say."""

import importlib.util
from types import ModuleType

from tests.support import ROOT


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "docs" / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current() -> None:
    made = generator()
    assert made.PAGE.read_text() == made.page(), "run: .venv/bin/python docs/coverage.py"
