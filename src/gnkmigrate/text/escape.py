"""Text that comes from a database, made harmless for where it is shown.

A table may be called anything: names with control sequences, markup or line breaks must neither
move the reader's cursor, nor become markup, nor break a table.
"""

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*\[\]|~#$])")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LAST_OF_FOUR_DIGITS = 0xFFFF
# How GitHub Actions (ActionCommand.cs of its runner) and Azure Pipelines find commands in the
# output of a job: where a line begins, spaces or not, and anywhere in it.
_COMMAND_OF_CI = re.compile(r"((?:^|\r)\s*:)(?=:)|(##)(?=\[|vso\[)", re.MULTILINE | re.IGNORECASE)
_MERMAID = re.compile(r"\W+", re.ASCII)


class Markdown(str):
    """Text that is Markdown already and is not to be escaped again."""

    __slots__ = ()


def visible(text: str, *, lines: bool = False) -> str:
    r"""`text` with characters that do not show, or that change what shows, as \u escapes.

    Args:
        text: any text.
        lines: keep line breaks; else they are escaped too.
    """
    if text.isprintable():  # most texts are
        return text
    return "".join(
        character if _shows(character) or (lines and character == "\n") else _escaped(character)
        for character in text
    )


def printable(text: str) -> str:
    """`text` for a terminal, with its line breaks and without what would steer one."""
    return "".join(
        mark if mark.isprintable() or mark == "\n" else "\N{REPLACEMENT CHARACTER}" for mark in text
    )


def for_log(text: str) -> str:
    """`text` with a space in what the log of a CI job would take for a command: `: :error::`."""
    return _COMMAND_OF_CI.sub(r"\1\2 ", text)


def markdown(text: str) -> Markdown:
    """`text` as running Markdown text, in a table or outside."""
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = _EDGE_UNDERSCORE.sub(r"\\_", _MARKDOWN.sub(r"\\\1", escaped))
    # A code host would notify whoever is called so.
    return Markdown(escaped.replace("@", "&#64;"))


def code(text: str) -> Markdown:
    """`text` as a code span that a table may hold too; nothing for no text."""
    shown = visible(text).replace("|", "\\|")
    if not shown:
        return Markdown("")
    fence = _fence(shown, 1)
    edge = " " if shown.startswith("`") or shown.endswith("`") else ""
    return Markdown(f"{fence}{edge}{shown}{edge}{fence}")


def code_block(text: str, language: str) -> Markdown:
    """`text` as a fenced code block."""
    shown = visible(text, lines=True)
    fence = _fence(shown, 3)
    return Markdown(f"{fence}{language}\n{shown}\n{fence}")


def mermaid_word(text: str) -> str:
    """`text` as a word that Mermaid accepts as a name: letters, digits and underscores."""
    word = _MERMAID.sub("_", text).strip("_")
    return word if word[:1].isalpha() else f"n_{word}".rstrip("_")


def mermaid_text(text: str) -> str:
    """`text` as what Mermaid may show between double quotes."""
    entities = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", ";": "#59;"}
    return "".join(entities.get(character, character) for character in visible(text))


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _shows(character: str) -> bool:
    """Whether it is a sign of its own: no control, format, surrogate or line separator."""
    return character == " " or unicodedata.category(character) not in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    }


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= _LAST_OF_FOUR_DIGITS else f"\\U{number:08x}"
