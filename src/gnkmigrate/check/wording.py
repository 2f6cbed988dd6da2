"""Numbers with their nouns."""


def counted(number: int, noun: str) -> str:
    """Such as "1 row" or "12,000 rows"."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"
