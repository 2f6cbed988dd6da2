"""Formats are there by their modules, and all of them are made in one way."""

import inspect
from pathlib import Path

import pytest

from gnkmigrate import render
from gnkmigrate.cli._choices import offered

SUBJECTS = sorted(
    each.name
    for each in Path(render.__file__).parent.iterdir()
    if each.is_dir() and each.name not in {"parts", "__pycache__"}
)
FORMATS = [(subject, name) for subject in SUBJECTS for name in render.formats(subject)]


@pytest.mark.parametrize(("subject", "name"), FORMATS)
def test_a_renderer_takes_a_result_and_a_view(subject: str, name: str) -> None:
    _, view = inspect.signature(render.renderer(subject, name)).parameters
    assert view == "view"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_terminal_comes_first(subject: str) -> None:
    assert render.formats(subject)[0] == "terminal"


def test_a_format_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="'pdf' is not a format; there are terminal, json, sql"):
        render.renderer("plan", "pdf")


def test_the_command_line_offers_what_is_there() -> None:
    assert offered("plan") == {"text": "terminal", "json": "json", "sql": "sql"}
    assert [*offered("audit", "terminal")] == [*render.formats("audit")]
