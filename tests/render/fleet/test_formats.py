"""A fleet of three, of which one has findings and one could not be reached."""

import json

from gnkmigrate.fleet.result import Found, Group, Result, Summary
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View

EVIL = "Table <script>|evil\n is missing."
FOUND = Found("findings", "1 high", (EVIL,), 160004, {"high": 1})
SUMMARY = Summary(
    "fleet audit",
    (
        Result("north", Found("clean", "no findings", server_version=160004)),
        Result("<b>shop</b>", FOUND, database="me@here/shop"),
        Result("gone", Found("failed for now", ""), error="Nobody answers.", hint="Try again."),
    ),
    (Group(("north",), ()), Group(("<b>shop</b>",), (EVIL,))),
)


def shown(format_: str, *, details: bool = True) -> str:
    return renderer("fleet", format_)(SUMMARY, View(details=details))


def test_a_terminal() -> None:
    text = shown("terminal")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "  failed for now        1\n" in text
    assert "    Nobody answers.\n    next: Try again.\n" in text
    assert "\n targets\n" not in shown("terminal", details=False)


def test_a_page_is_harmless() -> None:
    page = shown("html")
    assert "<b>" not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_markdown_is_harmless() -> None:
    text = shown("markdown")
    assert "<script" not in text
    assert "<b>" not in text.replace("`<b>shop</b>`", "")


def test_a_document() -> None:
    document = json.loads(shown("json"))
    assert document["states"] == {"failed for now": 1, "findings": 1, "clean": 1}
    assert document["exit_code"] == 3
