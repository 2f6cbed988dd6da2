"""An audit's result as text: one renderer a file, all with one interface.

`summary`, `sheets` and `diagram` say what there is to say, and `text.escape` makes names
from a database harmless; the renderers only decide how it looks.
"""

import importlib

from gnkmigrate.report.view import Renderer

FORMATS = ("terminal", "markdown", "html", "json", "sarif", "junit")


def renderer(name: str) -> Renderer:
    """The renderer of a format; its module is imported only now.

    Raises:
        ValueError: there is no such format.
    """
    if name not in FORMATS:
        raise ValueError(f"{name!r} is not a format; there are {', '.join(FORMATS)}")
    render: Renderer = importlib.import_module(f"{__name__}.{name}").render
    return render
