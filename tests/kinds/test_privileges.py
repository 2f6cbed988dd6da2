"""What lies between two states of privileges; no database is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.kinds.privileges import entries, owned_by, privileges, steps, together


def between(current: list[str], wanted: list[str], *, holds: bool = True) -> list[str]:
    found = steps(privileges(current), privileges(wanted), holds=holds)
    return [
        f"{f'{each.grantor}: ' if each.grantor else ''}{each.sql('TABLE t', 'app')}"
        for each in found
    ]


@pytest.mark.parametrize(
    ("current", "wanted", "commands"),
    [
        ([], ["a=SELECT"], ["GRANT SELECT ON TABLE t TO a"]),
        (["a=SELECT"], [], ["REVOKE SELECT ON TABLE t FROM a"]),
        (
            [],
            ["a=INSERT", "a=SELECT", "b=INSERT", "b=SELECT", "=SELECT"],
            ["GRANT SELECT ON TABLE t TO PUBLIC", "GRANT SELECT, INSERT ON TABLE t TO a, b"],
        ),
        (["a=SELECT"], ["a=SELECT*"], ["GRANT SELECT ON TABLE t TO a WITH GRANT OPTION"]),
        (["a=SELECT*"], ["a=SELECT"], ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM a"]),
        ([], ["-=EXECUTE"], ["REVOKE EXECUTE ON TABLE t FROM PUBLIC"]),
        (["-=EXECUTE"], [], ["GRANT EXECUTE ON TABLE t TO PUBLIC"]),
        ([], ["-OWNER=DELETE"], ["REVOKE DELETE ON TABLE t FROM app"]),
        (["OWNER=SELECT*"], [], ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM app"]),
        (['"odd=name/"=SELECT'], [], ['REVOKE SELECT ON TABLE t FROM "odd=name/"']),
    ],
)
def test_the_least_that_has_to_be_said(
    current: list[str], wanted: list[str], commands: list[str]
) -> None:
    assert between(current, wanted) == commands


def test_who_may_no_longer_pass_on_takes_away_what_was_passed_on() -> None:
    passed = ["a=SELECT*", "b=SELECT*/a", "c=SELECT/b"]
    assert between(passed, []) == ["REVOKE SELECT ON TABLE t FROM a CASCADE"]
    assert between(passed, ["c=SELECT"]) == [
        "REVOKE SELECT ON TABLE t FROM a CASCADE",
        "GRANT SELECT ON TABLE t TO c",
    ]
    assert between(passed, ["a=SELECT*"]) == ["a: REVOKE SELECT ON TABLE t FROM b CASCADE"]


def test_nobody_passes_on_what_is_yet_to_be_granted() -> None:
    assert between([], ["b=SELECT*/a", "c=SELECT/b", "a=SELECT*"]) == [
        "GRANT SELECT ON TABLE t TO a WITH GRANT OPTION",
        "a: GRANT SELECT ON TABLE t TO b WITH GRANT OPTION",
        "b: GRANT SELECT ON TABLE t TO c",
    ]


def test_what_a_new_owner_was_granted_is_the_owners() -> None:
    held = privileges(["-OWNER=DELETE", "b=DELETE", "b=SELECT", "c=SELECT/b"])
    assert entries(owned_by(held, "b")) == ["c=SELECT"]
    assert entries(owned_by(privileges(["b=SELECT"]), "b", holds=False)) == ["OWNER=SELECT"]


def test_what_a_server_does_not_know_is_not_asked_of_it() -> None:
    assert entries(privileges(["a=MAINTAIN", "a=SELECT"], version=160000)) == ["a=SELECT"]
    assert len(privileges(["a=MAINTAIN", "a=SELECT"], version=170000)) == 2


def test_default_privileges_add_up() -> None:
    everywhere, in_schema = privileges(["-=EXECUTE", "a=EXECUTE"]), privileges(["=EXECUTE"])
    for several in ((everywhere, in_schema), (in_schema, everywhere)):
        assert entries(together(*several, usual="EXECUTE")) == ["a=EXECUTE"]
    assert entries(together(in_schema, usual="EXECUTE")) == []
    assert entries(together(everywhere, usual="EXECUTE")) == ["-=EXECUTE", "a=EXECUTE"]


ENTRIES = st.lists(
    st.sampled_from(
        ["a=SELECT", "a=SELECT*", "b=SELECT", "=SELECT", "-=EXECUTE", "-OWNER=DELETE", "a=INSERT"]
    ),
    unique_by=lambda entry: entry.strip("-*"),
)


@given(ENTRIES)
def test_nothing_is_said_where_nothing_differs(told: list[str]) -> None:
    assert between(told, told) == []
    assert entries(privileges(told)) == sorted(told)
