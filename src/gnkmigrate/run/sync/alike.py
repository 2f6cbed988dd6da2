"""When two values are the same, to the last bit."""


def alike(one: str, other: str) -> str:
    """The condition that two values of one type, or two lists of them, are the same; NULLs are.

    Records of any type are compared byte by byte (manual, 9.25.6, Composite Type Comparison); by
    the operator's function, since pg_dump writes the operator so that it cannot be read again.
    """
    return f"pg_catalog.record_image_eq(ROW({one}), ROW({other}))"
