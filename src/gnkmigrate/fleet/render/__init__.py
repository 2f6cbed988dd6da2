"""A fleet's summary as text: one renderer a file."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from gnkmigrate.fleet.result import Summary


@dataclass(frozen=True)
class View:
    """How a reader looks at it; a renderer is free to ignore it.

    Attributes:
        width: how many columns the window has.
        color: whether it shows colours.
        details: whether every target is to be shown.
    """

    width: int = 80
    color: bool = False
    details: bool = False


Renderer = Callable[[Summary, View], str]


def renderer(name: str) -> Renderer:
    """The renderer of a format: terminal, markdown, html or json."""
    render: Renderer = importlib.import_module(f"{__name__}.{name}").render
    return render
