"""What may be a rename, and what becomes of the comparison when somebody says whether it is."""

from collections.abc import Sequence

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.likely_renames import Likely, likely_renames
from gnkmigrate.diff.rename_options import known_renames, read_renames, written
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import PossibleRename, leave_open, refuse, settled
from tests.facts.conftest import Read

PICTURE = "CREATE TABLE picture (id int, title text, taken date, size int)"


def likely(read: Read, before: str, after: str, hints: Renames = NO_RENAMES) -> list[str]:
    source, target = read(before), read(after)
    found = likely_renames(compare(source, target, hints), source, target, hints)
    return [f"{written(old, new)} ({why})" for old, new, why in found]


def test_tables_most_of_whose_columns_are_the_same(read: Read) -> None:
    photo = "CREATE TABLE photo (id int, title text, taken date, width bigint)"
    assert likely(read, PICTURE, photo) == [
        "table public.picture = photo (3 of 4 columns are the same)"
    ]
    assert likely(read, PICTURE, photo.replace("taken date", "taken text")) == []
    assert likely(read, PICTURE, f"CREATE SCHEMA s; {photo.replace('photo', 's.photo')}") == []


def test_the_table_that_is_most_alike(read: Read) -> None:
    three = "CREATE TABLE snap (id int, title text, taken date)"
    same = PICTURE.replace("picture", "photo")
    assert likely(read, PICTURE, f"{three}; {same}") == [
        "table public.picture = photo (4 of 4 columns are the same)"
    ]
    assert likely(read, PICTURE, f"{same}; {same.replace('photo', 'image')}") == []


def test_what_has_a_new_name_beyond_doubt_is_not_asked_about(read: Read) -> None:
    assert likely(read, PICTURE.replace("picture", '"Picture"'), PICTURE) == []


def test_columns_that_are_the_same_but_for_the_name(read: Read) -> None:
    assert likely(read, PICTURE, PICTURE.replace("title", "caption")) == [
        "column public.picture.title = caption (both are text)"
    ]
    assert likely(read, PICTURE, PICTURE.replace("title text", "caption varchar")) == []
    assert likely(read, PICTURE, PICTURE.replace("size int", "width int, height int")) == []
    assert likely(read, PICTURE.replace("id int", "a int, b int"), PICTURE) == []
    added = PICTURE.replace("title text", "caption text, width bigint")
    assert likely(read, PICTURE, added) == ["column public.picture.title = caption (both are text)"]


def test_of_several_columns_the_one_whose_name_says_the_same(read: Read) -> None:
    before = "CREATE TABLE post (id int, published date, updated date)"
    after = "CREATE TABLE post (id int, published_at date, updated_at date, expires_at date)"
    assert likely(read, before, after) == [
        "column public.post.published = published_at (both are date)",
        "column public.post.updated = updated_at (both are date)",
    ]
    assert likely(read, before, after.replace("updated_at", "changed_at")) == [
        "column public.post.published = published_at (both are date)",
    ]
    unlike = before.replace("published", "shown").replace("updated", "changed")
    assert likely(read, unlike, after) == []


def test_in_a_table_of_another_design_one_column_tells_nothing(read: Read) -> None:
    before = "CREATE TABLE t (kept int, id uuid, a text, b text)"
    assert likely(read, before, "CREATE TABLE t (kept int, other uuid)") == []
    assert likely(read, before, "CREATE TABLE t (kept int, other uuid, a text)") == [
        "column public.t.id = other (both are uuid)"
    ]


def test_names_that_say_the_same_are_enough(read: Read) -> None:
    before = "CREATE TABLE t (id int, published timestamp NOT NULL DEFAULT now(), g text, h text)"
    after = "CREATE TABLE t (id int, published_at timestamptz, seen_at timestamptz)"
    becomes = "timestamp without time zone becomes timestamp with time zone"
    asked = f"column public.t.published = published_at (by their names; {becomes})"
    assert likely(read, before, after) == [asked]
    assert likely(read, before, after.replace("timestamptz", "timestamp")) == [
        "column public.t.published = published_at (both are timestamp without time zone)"
    ]
    # The one of the same type is meant, where there is one.
    other = after.replace("seen_at timestamptz", "published_by timestamp NOT NULL")
    assert [each.partition(" (")[0] for each in likely(read, before, other)] == [
        "column public.t.published = published_by"
    ]
    assert likely(read, before, after.replace("seen_at", "published_on")) == []
    computed = after.replace("timestamptz,", "int GENERATED ALWAYS AS (id + 1) STORED,")
    assert likely(read, before, computed) == []


def test_two_columns_of_another_type(read: Read) -> None:
    before = "CREATE TABLE t (id int, published timestamp, updated timestamp)"
    after = "CREATE TABLE t (id int, published_at timestamptz, updated_at timestamptz)"
    found = likely(read, before, after)
    assert [each.partition(" (")[0] for each in found] == [
        "column public.t.published = published_at",
        "column public.t.updated = updated_at",
    ]


OWNED = "CREATE TABLE o (id serial PRIMARY KEY, crate_id int NOT NULL, user_id int NOT NULL)"


@pytest.mark.parametrize("key", ["", ", PRIMARY KEY (crate_id, owner_id)"])
def test_id_alone_says_nothing(read: Read, key: str) -> None:
    columns = "crate_id int NOT NULL, owner_id int NOT NULL, owner_kind int NOT NULL"
    assert likely(read, OWNED, f"CREATE TABLE o ({columns}{key})") == [
        "column public.o.user_id = owner_id (both are integer)"
    ]


def test_a_key_may_be_another_key(read: Read) -> None:
    after = OWNED.replace("id serial", "number serial", 1).replace("user_id", "shop_no")
    assert likely(read, OWNED, after) == [
        "column public.o.id = number (both are integer)",
        "column public.o.user_id = shop_no (both are integer)",
    ]


def test_a_column_with_another_name_and_type_keeps_its_values(read: Read) -> None:
    source = read("CREATE TABLE t (id int, published timestamp)")
    target = read("CREATE TABLE t (id int, published_at timestamptz)")
    yes = read_renames(["column public.t.published = published_at"])
    changes, _ = settled(source, target, yes, refuse)
    assert [(each.verb, each.identity.name) for each in changes] == [
        ("rename", "published_at"),
        ("alter", "published_at"),
    ]


def test_a_label_in_the_place_of_another(read: Read) -> None:
    mood = "CREATE TYPE mood AS ENUM ('glad', 'sad', 'so so')"
    assert likely(read, mood, mood.replace("sad", "unhappy")) == [
        "label public.mood.sad = unhappy (it stands in its place among the labels)"
    ]
    assert likely(read, mood, mood.replace("'sad'", "'blue', 'x'")) == []
    assert likely(read, mood, mood.replace("glad", "merry").replace("sad", "blue")) == []
    assert likely(read, mood, "CREATE TYPE mood AS ENUM ('sad', 'glad', 'so so')") == []


def test_an_attribute_in_the_place_of_another(read: Read) -> None:
    address = "CREATE TYPE address AS (street text, town text)"
    assert likely(read, address, address.replace("town", "city")) == [
        "attribute public.address.town = city (it stands in its place among the attributes)"
    ]
    assert likely(read, address, address.replace("town text", "c text, d text")) == []


def test_without_data_nothing_is_lost(read: Read) -> None:
    view = "CREATE VIEW a AS SELECT 1 AS x"
    assert likely(read, view, view.replace("VIEW a", "VIEW b")) == []
    years = "CREATE TABLE y (d date) PARTITION BY LIST (d); CREATE TABLE {} PARTITION OF y DEFAULT"
    assert likely(read, years.format("y1"), years.format("y2")) == []


@pytest.mark.parametrize(
    "said",
    [
        read_renames(["table public.picture = photo"]),
        read_renames([], ["table public.picture"]),
    ],
)
def test_what_the_user_has_said_is_not_asked_about(read: Read, said: Renames) -> None:
    assert likely(read, PICTURE, PICTURE.replace("picture", "photo"), said) == []


def test_a_table_that_is_renamed_lets_its_columns_be_asked_about(read: Read) -> None:
    asked: list[str] = []

    def yes(found: Sequence[Likely]) -> Renames:
        asked.extend(written(old, new) for old, new, _ in found)
        return Renames.of(*((old, new) for old, new, _ in found))

    source = read(PICTURE)
    target = read(PICTURE.replace("picture", "photo").replace("title", "caption"))
    changes, hints = settled(source, target, NO_RENAMES, yes)
    assert asked == ["table public.picture = photo", "column public.picture.title = caption"]
    assert [f"{each.verb} {each.identity}" for each in changes] == [
        "rename column public.photo.caption",
        "rename table public.photo",
    ]
    assert len(hints.pairs) == 2


def test_what_is_said_to_be_gone_is_paired_with_nothing(read: Read) -> None:
    source, target = (
        read('CREATE TABLE t ("isActive" boolean)'),
        read("CREATE TABLE t (is_active boolean)"),
    )
    gone = read_renames([], ["column public.t.isActive"])
    changes, _ = settled(source, target, gone, refuse)
    assert [(each.verb, each.identity.name) for each in changes] == [
        ("remove", "isActive"),
        ("add", "is_active"),
    ]


def test_in_a_script_nothing_is_guessed(read: Read) -> None:
    source, target = read(PICTURE), read(PICTURE.replace("picture", "photo"))
    with pytest.raises(PossibleRename, match="A possible rename") as found:
        settled(source, target, NO_RENAMES, refuse)
    assert found.value.details == (
        "table public.picture = photo? (4 of 4 columns are the same)",
        "  it is one:  --rename 'table public.picture = photo'",
        "  it is none: --no-rename 'table public.picture'",
    )
    changes, hints = settled(source, target, NO_RENAMES, leave_open)
    assert {each.verb for each in changes} == {"add", "remove"}
    assert hints == NO_RENAMES


def test_a_swap_in_the_settings_is_done_once(read: Read) -> None:
    """Both names are on both sides, before and afterwards; what the tables hold tells."""
    live, target = (
        read(f"CREATE TABLE {one} (x int, z int); CREATE TABLE {other} (y int)")
        for one, other in ("ab", "ba")
    )
    swap = known_renames(["table public.a = b", "table public.b = a"], NO_RENAMES)
    changes, _ = settled(live, target, swap, refuse)
    assert {str(each.identity) for each in changes} == {"table public.a", "table public.b"}
    assert {each.verb for each in changes} == {"rename"}
    assert settled(target, target, swap, refuse) == ((), NO_RENAMES)
