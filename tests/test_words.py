"""Words that CONTRIBUTING.md retires do not come back in what users read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "src" / "gnkmigrate"
RETIRED = re.compile(
    r"""\b(
        grave | gravity | mend(s|ed|ing)? | hinder(s|ed|ing)? | hindrance
      | (is|are|be|was|were)\ told(?!\ apart) | be\ it\ that
      | (is|are|was|were)\ through(?=[.,;:]|$)
      | itinerar(y|ies) | headway | culprits? | sibling\ sessions?
    )\b""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "examples").rglob("*.md"),
    *PACKAGE.rglob("*.j2"),
    *PACKAGE.rglob("*.toml"),
]
MODULES = sorted(PACKAGE.rglob("*.py"))


def found(text: str) -> list[str]:
    return [match.group() for match in RETIRED.finditer(" ".join(text.split()))]


def messages(module: Path) -> Iterator[str]:
    """The texts of a module that somebody may be shown: strings of several words, and its help."""
    tree = ast.parse(module.read_text())
    documents = {node: docstring(node) for node in ast.walk(tree)}
    silent = {id(text) for node, text in documents.items() if not is_shown(node, module)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield node.value


def docstring(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value
    return None


def is_shown(node: ast.AST, module: Path) -> bool:
    """Whether its docstring is a command's help or a check's page."""
    if isinstance(node, ast.FunctionDef) and node.name == "command":
        return module.is_relative_to(PACKAGE / "cli")
    return isinstance(node, ast.Module) and module.is_relative_to(PACKAGE / "audit" / "checks")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_do_without(page: Path) -> None:
    text = page.read_text()
    if page.name == "CONTRIBUTING.md":  # it lists them
        text = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
    assert found(text) == []


def test_messages_and_help_do_without() -> None:
    spoken = {
        str(module.relative_to(ROOT)): words
        for module in MODULES
        if (words := [word for text in messages(module) for word in found(text)])
    }
    assert spoken == {}


@pytest.mark.parametrize(
    "text", ["how grave it is", "Mend it first.", "until it is through.", "Each phase is told."]
)
def test_a_retired_word_is_noticed(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", ["It goes through a view.", "How rows are told apart.", "amend"])
def test_a_word_that_only_looks_like_one_is_not(text: str) -> None:
    assert not found(text)


def test_every_retired_word_is_in_the_list() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## Words")[2]
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    words = [word.strip() for row in rows[1:] for word in row.split(",")]
    assert [word for word in words if not found(f"{word}.") and not found(f"{word} x")] == []
