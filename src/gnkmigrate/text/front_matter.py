"""The head of a SQL file that says what the file is for.

It is TOML in comments, between two lines "-- ---"; what follows is SQL.
"""

_FENCE = "-- ---"
_COMMENT = "--"


def split(text: str) -> tuple[str, str]:
    """The TOML without its comment signs, and the SQL without its semicolon.

    Raises:
        ValueError: the text does not begin so.
    """
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if line.strip() == _FENCE]
    if len(fences) < 2 or any(lines[: fences[0]]):  # noqa: PLR2004 (one before, one after)
        raise ValueError(f'the file does not begin with a comment between two lines "{_FENCE}"')
    first, last = fences[:2]
    front = "\n".join(
        line.strip().removeprefix(_COMMENT).strip() for line in lines[first + 1 : last]
    )
    return front, "\n".join(lines[last + 1 :]).strip().rstrip(";")
