"""What is kept of rows that a phase makes finds them again, whatever their keys are by then."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run.kept import contract
from tests.migrations.project import Project
from tests.small import Small

SPILL = {"spill": "yes"}
ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, street text);
INSERT INTO orders VALUES (1, 'Elm'), (2, 'Oak'), (3, 'Oak')
"""
SPLIT = """
op.keep_shape("public.orders")
op.split_table("public.orders", "public.place", {"street": "street"}, reference="place_id")
"""
COUNTRY = 'op.add_columns("public.place", (op.new("country", "text"),))'
PLACES = "SELECT street, country FROM place ORDER BY street"
VISITS = """
CREATE TABLE place (id bigint PRIMARY KEY);
CREATE TABLE visit (place_id bigint PRIMARY KEY REFERENCES place, remark text)
"""


def orders(small: Small, *later: str) -> Project:
    """Places that a first phase makes, and what later ones do with them."""
    for number, revision in enumerate((SPLIT, *later), 1):
        small.reversible(number, revision)
    file = small.folder / "target.sql"
    file.write_text(VISITS)
    project = small.project(target=file)
    project.execute(ORDERS)
    project.up()
    return project


def again(project: Project) -> None:
    """Back and there again, when each place gets another key, and another one may have its own."""
    project.down(parameters=SPILL)
    project.execute("INSERT INTO orders VALUES (4, 'Ash')")
    project.up()


def test_a_column_that_a_later_phase_adds(small: Small) -> None:
    project = orders(small, COUNTRY)
    project.execute("UPDATE place SET country = CASE street WHEN 'Elm' THEN 'AT' ELSE 'DE' END")
    again(project)
    assert project.rows(PLACES) == [("Ash", None), ("Elm", "AT"), ("Oak", "DE")]
    project.execute("UPDATE place SET country = 'CH' WHERE street = 'Elm'")
    project.down(parameters=SPILL)
    project.up()
    assert project.rows(PLACES) == [("Ash", None), ("Elm", "CH"), ("Oak", "DE")]
    assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 0


def test_a_value_that_a_later_phase_converts(small: Small) -> None:
    convert = (
        'op.convert_columns("public.place", conversions=(op.Conversion('
        '"country", "text", back=":column::varchar(2)", holds="length(:column) < 3",'
        " fallback=\"'?'\"),))"
    )
    short = 'op.add_columns("public.place", (op.new("country", "varchar(2)"),))'
    project = orders(small, short, convert)
    project.execute("UPDATE place SET country = 'Austria' WHERE street = 'Elm'")
    again(project)
    assert project.rows(PLACES) == [("Ash", None), ("Elm", "Austria"), ("Oak", None)]


def test_rows_that_refer_to_them_and_values_of_those(small: Small) -> None:
    visits = 'op.create_tables("public.visit", references=("public.place",))'
    stars = 'op.add_columns("public.visit", (op.new("stars", "int"),))'
    project = orders(small, visits, stars)
    project.execute(
        "INSERT INTO visit SELECT id, 'at ' || street, 5 FROM place WHERE street = 'Oak'"
    )
    again(project)
    told = "SELECT street, remark, stars FROM visit JOIN place ON id = place_id"
    assert project.rows(told) == [("Oak", "at Oak", 5)]

    project.down(parameters=SPILL)
    project.execute("DELETE FROM orders WHERE street = 'Oak'")
    project.up()
    assert project.rows(told) == []
    kept = "SELECT content ->> 'remark', content ->> 'stars' FROM gnkmigrate.overflow ORDER BY 1, 2"
    assert project.rows(kept) == [("at Oak", None), (None, "5")]


def test_what_a_side_table_of_theirs_has(small: Small) -> None:
    move = (
        'op.keep_shape("public.place")\n'
        'op.move_columns("public.place", "public.detail", {"country": "country"},'
        ' key={"id": "place_id"}, new=(op.new("since", "int"),))'
    )
    project = orders(small, COUNTRY, move)
    project.execute(
        "INSERT INTO detail (place_id, country, since) SELECT id, 'AT', 1999 FROM place"
        " WHERE street = 'Oak'"
    )
    again(project)
    told = "SELECT street, detail.country, since FROM detail JOIN place ON place.id = place_id"
    assert project.rows(told) == [("Oak", "AT", 1999)]


def test_values_that_become_rows_themselves(small: Small) -> None:
    lookup = (
        'op.keep_shape("public.place")\n'
        'op.extract_lookup("public.place", "country", "public.country", rename="country_id",'
        ' new=(op.new("zone", "int"),))'
    )
    zones = 'op.add_columns("public.country", (op.new("code", "text"),))'
    project = orders(small, COUNTRY, lookup, zones)
    project.execute(
        "INSERT INTO country (name, zone, code) VALUES ('AT', 1, 'aut'), ('DE', 2, 'deu');"
        "UPDATE place SET country_id = country.id FROM country"
        " WHERE (street, name) IN (('Elm', 'DE'), ('Oak', 'AT'))"
    )
    again(project)
    told = (
        "SELECT street, name, zone, code FROM place"
        " LEFT JOIN country ON country.id = country_id ORDER BY street"
    )
    assert project.rows(told) == [
        ("Ash", None, None, None),
        ("Elm", "DE", 2, "deu"),
        ("Oak", "AT", 1, "aut"),
    ]


def test_contract_leaves_what_found_no_place(small: Small) -> None:
    project = orders(small, COUNTRY)
    project.execute("UPDATE place SET country = 'AT'")
    project.down(parameters=SPILL)
    project.execute("DELETE FROM orders WHERE street = 'Elm'")
    project.up()
    assert project.rows(PLACES) == [("Oak", "AT")]
    with project.session() as session:
        with pytest.raises(PhaseRefused, match="holds 1 row that a downgrade") as refused:
            contract.contract(session, project.phases, project.settings)
        assert refused.value.details == (
            "public.place: 1. The old shape of public.place has no country.",
        )
        contract.contract(session, project.phases, project.settings, losses_allowed=True)
    assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 0
