"""Configuration parameters as ALTER ... SET takes them."""

import pytest

from gnkmigrate.postgres.configuration import name_of, value_of


@pytest.mark.parametrize(
    ("parameter", "stored", "value"),
    [
        ("work_mem", "8MB", "'8MB'"),
        ("app.tenant", "it's", "'it''s'"),
        ("search_path", '"$user", public, "A""b, c"', "'$user', 'public', 'A\"b, c'"),
        ("search_path", '""', "''"),
        ("search_path", "", "''"),
        ("temp_tablespaces", "fast,slow", "'fast', 'slow'"),
    ],
)
def test_values(parameter: str, stored: str, value: str) -> None:
    assert value_of(parameter, stored) == value


def test_a_name_may_have_parts() -> None:
    assert name_of("app.Tenant") == 'app."Tenant"'
