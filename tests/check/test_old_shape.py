from gnkmigrate.check.old_shape import differences
from gnkmigrate.check.table_rows import Rows

BEFORE: Rows = {
    "users": [{"id": 1, "isActive": True}, {"id": 2, "isActive": None}],
    "other": [{"id": 1}],
}


def test_columns_that_only_the_view_has_do_not_count() -> None:
    views: Rows = {"users": [{**row, "telegram": "@ada"} for row in reversed(BEFORE["users"])]}
    assert not list(differences(BEFORE, views, "legacy"))


def test_a_value_that_is_shown_otherwise() -> None:
    views: Rows = {"users": [{"id": 1, "isActive": True}, {"id": 2, "isActive": False}]}
    assert list(differences(BEFORE, views, "legacy")) == [
        'legacy.users lacks the row {"id": 2, "isActive": null}',
        'legacy.users has the row {"id": 2, "isActive": false}',
    ]


def test_rows_that_the_view_does_not_show() -> None:
    assert len(list(differences(BEFORE, {"users": []}, "legacy"))) == 2


def test_rows_that_have_come_from_nowhere() -> None:
    assert list(differences({"users": []}, {"users": [{"id": 3}]}, "legacy")) == [
        "legacy.users has the row {}"
    ]
