"""What a team's entities lack."""

import json
from dataclasses import replace

from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.orm.typeorm.check import Checked
from gnkmigrate.orm.typeorm.model import Limit
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import finding

WRONG = replace(finding("orders", Severity.HIGH), evidence={"differences": ["note: text"]})
LIMIT = Limit(Identity("policy", ("shop", "orders", "own")), "it has no policies")
FOUND = Checked(("User",), "0.3.20", (WRONG,), (LIMIT,), (Unread("owner", ("shop",), 1, ""),))


def shown(format_: str, checked: Checked) -> str:
    return renderer("typeorm", format_)(checked, View())


def test_a_terminal() -> None:
    assert shown("terminal", FOUND) == (
        "high     Table orders is missing.\n"
        "         note: text\n"
        "note     not compared: 1 owner (shop)\n"
        "1 entity, TypeORM 0.3.20: 1 finding, as far as was compared.\n"
    )


def test_nothing_is_wrong() -> None:
    same = Checked(("User", "Order"), "1.0.0", (), (), ())
    assert shown("terminal", same) == "2 entities, TypeORM 1.0.0: 0 findings.\n"


def test_a_document() -> None:
    document = json.loads(shown("json", FOUND))
    assert document["findings"][0]["message"] == "Table orders is missing."
    assert document["no_word_for"] == [
        {"kind": "policy", "name": "shop.orders.own", "reason": "it has no policies"}
    ]
