import json

import pytest

from gnkmigrate.text.redaction import redact


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("postgresql://ann:hunter2@host/shop", "postgresql://ann:***@host/shop"),
        ("ann:hunter2@127.0.0.1:6515/shop", "ann:***@127.0.0.1:6515/shop"),
        ("ann:hunter2@host", "ann:***@host"),
        (":hunter2@host/shop", ":***@host/shop"),
        ("ann:hunter2@two@host/shop", "ann:***@host/shop"),
        ("ann:hun/ter2:x@host/shop", "ann:***@host/shop"),
        ("ann:/hunter2@host/shop", "ann:***@host/shop"),
        ("postgresql//ann:hunter2@host/shop", "postgresql//ann:***@host/shop"),
        ("postgresql/ann:hunter2@host/shop", "postgresql/ann:***@host/shop"),
        ("postgresql:ann:hunter2@host/shop", "postgresql:***@host/shop"),
        ("postgresql;//ann:hunter2@host/shop", "postgresql;//ann:***@host/shop"),
        ("//ann:hunter2@host/shop", "//ann:***@host/shop"),
        ("ann:hunter2@[::1]:5432/shop", "ann:***@[::1]:5432/shop"),
        ("'ann:hunter2@host/shop'", "'ann:***@host/shop'"),
    ],
)
def test_a_password_is_hidden_wherever_an_address_stands(written: str, said: str) -> None:
    assert redact(f"The schema file {written} is no file.") == f"The schema file {said} is no file."


@pytest.mark.parametrize(
    "text",
    [
        "No connection to ann@host:5432/shop: it is away; bob@host:5432/shop is there.",
        "postgresql://ann@host:5432/shop",
        "12:30 ann@example.com",
        "Key (mail)=(ann@example.com) is there already: see ann@example.com.",
        json.dumps({"mail": "ann@example.com"}, separators=(",", ":")),
    ],
)
def test_what_holds_no_password_stays(text: str) -> None:
    assert redact(text) == text
