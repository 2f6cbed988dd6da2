"""The names of what the phases make: short enough, and of one thing each."""

from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.run.own_names import own_name

# Names of PostgreSQL's, up to its 63 bytes, and what could be mistaken for a part of another.
parts = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=63),
        st.text("ä.~a0", min_size=1, max_size=8),
        st.text("ab", min_size=50, max_size=63),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@given(one=parts, other=parts)
def test_other_parts_have_another_name(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (own_name("up_", *one) == own_name("up_", *other)) == (one == other)


@given(beginning=st.text("é", min_size=28, max_size=31), one=parts, other=parts)
def test_so_have_those_that_begin_alike(
    beginning: str, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    names = [own_name("legacy_", "public", beginning, *each) for each in (one, other)]
    assert (names[0] == names[1]) == (one == other)


@given(parts=parts)
def test_postgresql_cuts_no_name(parts: tuple[str, ...]) -> None:
    assert len(own_name("gnkmigrate_not_null_", *parts).encode()) <= 63


@given(parts=parts)
def test_a_name_that_was_cut_is_not_that_of_something_else(parts: tuple[str, ...]) -> None:
    name = own_name("up_", *parts).removeprefix("up_")
    assert own_name("up_", name) != own_name("up_", *parts) or parts == (name,)


def test_a_short_name_says_what_it_is_of() -> None:
    assert own_name("up_", "public", "user_nodes") == "up_public.user_nodes"
    assert own_name("gnkmigrate_", "price") == "gnkmigrate_price"


def test_a_name_stays_the_same_from_release_to_release() -> None:
    """Another one would not find what an interrupted phase has left."""
    long = "eine_ganz_besonders_lange_bezeichnung_für_eine_spalte_der_tabelle"
    assert own_name("gnkmigrate_", long) == (
        "gnkmigrate_eine_ganz_besonders_lange_bezeichnung_fü~c07293b3f3"
    )
