"""What holds for every check."""

import importlib
import pkgutil
import re

import pytest

from gnkmigrate.audit import checks
from gnkmigrate.audit.check import Check

MODULES = [module.name for module in pkgutil.iter_modules(checks.__path__) if module.name[0] != "_"]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_explains_its_check(name: str) -> None:
    module = importlib.import_module(f"{checks.__name__}.{name}")
    check = module.CHECK
    assert isinstance(check, Check)
    assert check.slug == name.replace("_", "-")
    assert re.fullmatch(r"GNK-[A-Z]\d{3}", check.id)
    assert check.title
    assert check.impact.endswith(".")
    assert check.recommendation.endswith(".")
    assert re.search(r"^Sources?: ", module.__doc__ or "", re.MULTILINE)


def test_ids_are_unique() -> None:
    ids = [check.id for check in checks.discover()]
    assert len(set(ids)) == len(ids) == len(MODULES)
