"""What is understood of a rename, and what is said of one that is not."""

import pytest

from gnkmigrate.diff.rename_options import RenameUnclear, read_renames, written, written_alone
from gnkmigrate.facts.fact import Identity


def pairs(*texts: str) -> list[tuple[str, str]]:
    return [(str(old), str(new)) for old, new in read_renames(texts).pairs.items()]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("table public.picture = photo", "table public.picture", "table public.photo"),
        ("table public.picture = public.photo", "table public.picture", "table public.photo"),
        ("TABLE  public . picture=photo", "table public.picture", "table public.photo"),
        ("column public.t.old = new", "column public.t.old", "column public.t.new"),
        ("column public.t.old = public.t.new", "column public.t.old", "column public.t.new"),
        ("label public.mood.sad = un happy", "label public.mood.sad", "label public.mood.un happy"),
        ("enum label public.mood.sad = blue", "label public.mood.sad", "label public.mood.blue"),
        ("materialized view s.a = b", "materialized view s.a", "materialized view s.b"),
        ("index public.a = b", "index public.a", "index public.b"),
        ("constraint public.t.a = b", "constraint public.t.a", "constraint public.t.b"),
        ("schema old = new", "schema old", "schema new"),
        (
            "function public.area(integer, s.pair) = size",
            "function public.area(integer, s.pair)",
            "function public.size(integer, s.pair)",
        ),
        (
            "function s.f(int,int8[]) = g",
            "function s.f(integer, bigint[])",
            "function s.g(integer, bigint[])",
        ),
        ("procedure public.go() = public.run()", "function public.go()", "function public.run()"),
        ('table "my.own"."a = b" = "c ""d"', "table my.own.a = b", 'table my.own.c "d'),
    ],
)
def test_a_rename_is_a_kind_and_two_names(text: str, old: str, new: str) -> None:
    assert pairs(text) == [(old, new)]


def test_a_type_may_be_of_any_kind() -> None:
    assert ("enum public.mood", "enum public.feeling") in pairs("type public.mood = feeling")
    assert ("domain public.mood", "domain public.feeling") in pairs("type public.mood = feeling")


@pytest.mark.parametrize("column", ["caption", "public.photo.caption", "public.picture.caption"])
def test_a_new_name_stands_in_what_has_a_new_name_itself(column: str) -> None:
    known = pairs(f"column public.picture.title = {column}", "table public.picture = photo")
    assert known[0] == ("column public.picture.title", "column public.photo.caption")


@pytest.mark.parametrize("new", ["g", "public.g(s.pair, public.a)", "public.g(z.pair, public.b)"])
def test_a_function_gets_a_new_name_as_its_types_do(new: str) -> None:
    said = ["schema s = z", "type public.a = b", f"function public.f(s.pair, public.a) = {new}"]
    old = Identity("function", ("public", "f(s.pair, public.a)"))
    assert read_renames(said).pairs[old].name == "g(z.pair, public.b)"


def test_names_may_be_swapped() -> None:
    assert len(pairs("table public.a = b", "table public.b = a")) == 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["picture = photo"], "does not begin with a kind of object"),
        (["table public.picture"], "no = between the old and the new name"),
        (["table picture = photo"], "the name of a table is written schema.name"),
        (["column public.old = new"], "the name of a column is written schema.table.name"),
        (["table public.a = "], "a name is missing"),
        (['table public."a = b'], "a name is missing, or a quote"),
        (["table public.a = b = c"], "nothing is expected after b"),
        (["table public.a = archive.a"], "does not move anything from public to archive"),
        (["column public.t.a = t.b"], "t.b is neither a name alone nor a whole one"),
        (["function public.f = g"], "a function has its arguments behind it"),
        (["extension a = b"], "no extension can be given another name"),
        (["owner table.public.a = b"], "no owner can be given another name"),
        (["table public.a = b", "table public.a = c"], "Table public.a has two new names"),
        (["table public.a = c", "table public.b = c"], "is the new name of two things"),
    ],
)
def test_what_is_not_understood_is_said(texts: list[str], said: str) -> None:
    with pytest.raises(RenameUnclear) as found:
        read_renames(texts)
    assert said in found.value.message
    assert found.value.hint


def test_what_is_gone_has_no_new_name() -> None:
    assert read_renames([], ["table public.a"]).gone == {Identity("table", ("public", "a"))}
    with pytest.raises(RenameUnclear, match="has a new name, and is said to have"):
        read_renames(["table public.a = b"], ["table public.a"])
    with pytest.raises(RenameUnclear, match="takes what it is and its name alone"):
        read_renames([], ["table public.a = b"])


@pytest.mark.parametrize(
    ("kind", "path", "name"),
    [
        ("table", ("public", "picture"), "photo"),
        ("label", ("public", "mood", "so so"), "well. good"),
        ("column", ("a.b", 'c"d', "e=f"), "g h"),
        ("function", ("public", "area(integer, s.pair)"), "size(integer, s.pair)"),
    ],
)
def test_what_is_written_is_read_again(kind: str, path: tuple[str, ...], name: str) -> None:
    old, new = Identity(kind, path), Identity(kind, (*path[:-1], name))
    assert read_renames([written(old, new)]).pairs == {old: new}
    assert read_renames([], [written_alone(old)]).gone == {old}
