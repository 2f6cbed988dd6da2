"""Names from a database, made harmless."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gnkmigrate.text.escape import (
    code,
    code_block,
    for_log,
    markdown,
    mermaid_text,
    mermaid_word,
    visible,
)
from tests.render.audit.support import HOSTILE

RENDERER = MarkdownIt("gfm-like", {"linkify": False})
TEXTS = st.text(st.sampled_from("ab_ *`<>|#[]()!\\~&@$-+.1\n\t\x1b\u202e\u200bé😀:"), max_size=30)


def _shown(markup: str) -> str:
    """The text that a reader sees of HTML."""
    text = re.sub(r"<[^>]*>", "", markup)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


@given(TEXTS)
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    shown = RENDERER.render(f"x {markdown(text)} x").removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in shown
    assert " ".join(_shown(shown).split()) == " ".join(f"x {visible(text)} x".split())


@given(TEXTS)
def test_a_code_span_shows_the_text_in_a_table(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {code(text)} | {markdown(text)} |\n"
    cells = re.findall(r"<td>(.*?)</td>", RENDERER.render(table), re.DOTALL)
    assert len(cells) == 2
    assert " ".join(_shown(cells[0]).split()) == " ".join(visible(text).split())


@given(TEXTS)
def test_a_code_block_cannot_be_left(text: str) -> None:
    html = RENDERER.render(f"{code_block(text, 'sql')}\nafter\n")
    assert html.startswith('<pre><code class="language-sql">')
    assert html.endswith("</code></pre>\n<p>after</p>\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é 😀", "plain é 😀"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\nb\tc", "a\\u000ab\\u0009c"),
        ("right\u202eleft", "right\\u202eleft"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_what_does_not_show_is_spelled_out(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_lines_may_be_kept() -> None:
    assert visible("a\nb\r", lines=True) == "a\nb\\u000d"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::a", ": :error::a"),
        ("a\n \t::add-mask::b\r::c::", "a\n \t: :add-mask::b\r: :c::"),
        ("a ##[error]b ##VSO[c]", "a ## [error]b ## VSO[c]"),
        ("now()::date, a::text\nb:: c", "now()::date, a::text\nb:: c"),
        ("## a", "## a"),
    ],
)
def test_a_log_of_ci_finds_no_command(text: str, expected: str) -> None:
    assert for_log(text) == expected
    assert for_log(expected) == expected


@given(st.text(st.sampled_from(":#[ \n\ta\u00a0vso"), max_size=20))
def test_no_line_begins_with_a_command_of_ci(text: str) -> None:
    shown = for_log(text)
    assert not any(line.lstrip().startswith("::") for line in shown.split("\n"))
    assert not re.search(r"##(vso)?\[", shown)


@pytest.mark.parametrize(
    ("text", "word"),
    [("users", "users"), ("my table", "my_table"), ("1st", "n_1st"), ("", "n"), ('"; x', "x")],
)
def test_a_word_for_mermaid(text: str, word: str) -> None:
    assert mermaid_word(text) == word


def test_a_text_for_mermaid_ends_no_string() -> None:
    shown = mermaid_text(HOSTILE)
    assert not set('"<>\n') & set(shown)
