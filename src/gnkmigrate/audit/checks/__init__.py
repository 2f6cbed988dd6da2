"""The checks: one module each, named after its slug, with its SQL beside it where it has some.

A module's docstring is the check's page in docs/checks/; its CHECK is what the audit runs.
Adding a check is adding a module, and its schemas in tests/audit/corpus/.
"""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from functools import cache

from gnkmigrate.audit.check import Check


@cache
def discover() -> tuple[Check, ...]:
    """Every check of this package, in the order of their ids."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found = [_check(name) for name in names if not name.startswith("_")]
    return tuple(sorted(found, key=lambda check: check.id))


def _check(name: str) -> Check:
    module = importlib.import_module(f"{__name__}.{name}")
    check: Check = module.CHECK
    return replace(check, documentation=inspect.cleandoc(module.__doc__ or ""))
