"""What is known about making each kind of thing: one module a kind, found by its name.

`rule("table")` is RULE of `table.py`; its interface is `gnkmigrate.plan.rule.Rule`. Adding a kind
is adding a module.
"""

import importlib
import pkgutil
from functools import cache

from gnkmigrate.plan.rule import Rule, Unplannable


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its kind."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: list[Rule] = [module.RULE for module in modules]
    return {rule.kind: rule for rule in found}


def rule(kind: str) -> Rule:
    """The rule for facts of `kind`.

    Raises:
        Unplannable: there is no module for it.
    """
    try:
        return rules()[kind]
    except KeyError:
        raise Unplannable(
            f"No rule says how a {kind} is created, changed or removed.",
            hint=f"Known kinds: {', '.join(sorted(rules()))}. Leave others out with the setting "
            "ignore, or handle them in a revision of your own.",
        ) from None
