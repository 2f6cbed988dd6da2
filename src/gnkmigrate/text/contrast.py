"""Two long texts that differ somewhere, shown by where they do."""

_CONTEXT = 24  # characters that stay before and after what differs
_CUT = "…"


def contrast(old: str, new: str, longest: int) -> tuple[str, str]:
    """Both on one line each, with what they share left out where one of them is longer.

    Args:
        old: one text; any white space in it counts as one space.
        new: the other.
        longest: how many characters each may have.
    """
    one, other = (" ".join(each.split()) for each in (old, new))
    if max(len(one), len(other)) <= longest:
        return one, other
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    first = _word_at(one, start - _CONTEXT)
    last = max(end - _CONTEXT, 0)
    return _part(one, first, last, longest), _part(other, first, last, longest)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _word_at(text: str, position: int) -> int:
    """Where the word begins that is at a position, or before it."""
    return text.rfind(" ", 0, position) + 1 if position > 0 else 0


def _part(text: str, first: int, last: int, longest: int) -> str:
    """The text without so many characters at its beginning and at its end."""
    cut = text[first : len(text) - last]
    cut = f"{_CUT if first else ''}{cut}{_CUT if last else ''}"
    return cut if len(cut) <= longest else f"{cut[: longest - 1]}{_CUT}"
