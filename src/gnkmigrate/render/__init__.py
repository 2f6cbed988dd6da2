"""Results as text: a folder for each subject, and in it a module for each format, with a `render`.

`render` takes the result of its subject and a `View`, how its reader looks at it. A format is there
when its module is. What renderers of several subjects share is in `parts/`; they only decide how it
looks, and `text.escape` makes names from a database harmless.
"""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

_FIRST = "terminal"


def formats(subject: str) -> tuple[str, ...]:
    """The formats of a subject, such as "audit": that of a terminal first, then by their names."""
    folder = Path(__file__).with_name(subject)
    found = sorted(each.name for each in pkgutil.iter_modules([str(folder)]))
    return tuple(sorted(found, key=lambda name: name != _FIRST))


def renderer(subject: str, name: str) -> Callable[..., str]:
    """The `render` of a format; its module is imported only now.

    Raises:
        ValueError: there is no such format.
    """
    if name not in formats(subject):
        raise ValueError(f"{name!r} is not a format; there are {', '.join(formats(subject))}")
    render: Callable[..., str] = importlib.import_module(f"{__name__}.{subject}.{name}").render
    return render
