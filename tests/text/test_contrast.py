"""Long texts that differ are shown by where they do."""

from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.text.contrast import contrast

LONG = "SELECT a, b, c FROM public.t WHERE {} AND e IS NOT NULL AND f IS NOT NULL ORDER BY a, b, c"


def test_short_texts_are_whole() -> None:
    assert contrast("a\n  b", "a c", 60) == ("a b", "a c")


def test_what_both_have_is_left_out() -> None:
    assert contrast(LONG.format("d = 'one'"), LONG.format("d = 'two'"), 60) == (
        "…FROM public.t WHERE d = 'one' AND e IS NOT NULL AND …",
        "…FROM public.t WHERE d = 'two' AND e IS NOT NULL AND …",
    )


@given(st.text(), st.text(), st.text(), st.text())
def test_what_differs_is_seen(before: str, one: str, other: str, after: str) -> None:
    old, new = f"{before}{one}{after}", f"{before}{other}{after}"
    shown = contrast(old, new, 200)
    assert max(map(len, shown)) <= 200
    if " ".join(old.split()) != " ".join(new.split()) and max(len(one), len(other)) < 100:
        assert shown[0] != shown[1]
