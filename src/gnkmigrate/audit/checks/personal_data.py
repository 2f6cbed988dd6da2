"""Columns whose names speak of people or of secrets.

No fault by itself: a list of where personal data and credentials are kept, for whoever decides
what is masked in copies, deleted after a time, or encrypted. Names in English are recognised; what
is called otherwise, or lies in JSON, is not.

Sources: Regulation (EU) 2016/679, article 4 (personal data) and 9 (special categories).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._server import listed
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

_KINDS = {
    "contact": r"e_?mail(_address)?|phone(_number)?|mobile(_number)?|telephone|fax|telegram|"
    r"(ip|postal|street|home|billing|shipping|mailing|contact)_address|address(_line)?_?\d?|"
    r"ip(_addr(ess)?)?|street|postcode|postal_code|zip_code",
    "identity": r"(first|last|given|family|middle|maiden|full)_?name|surname|"
    r"birth_?(date|day)|date_of_birth|dob|born_on|gender|nationality|"
    r"ssn|social_security(_number)?|national_id|passport(_number|_no)?|"
    r"tax_?(id|number)|driver_?licen[sc]e(_number)?",
    "money": r"iban|bank_account(_number)?|account_number|routing_number|salary|"
    r"(credit_?)?card_(number|no)|credit_card|cvv2?|cvc",
    "health and belief": r"diagnosis|blood_type|medical_\w+|religion|ethnicity|disability|"
    r"political_\w+|sexual_orientation",
    "secret": r"\w*(api_?key|secret(_key)?|token|passw(or)?d|(private|signing|encryption)_key)"
    r"(_hash|_digest|_salt)?|(recovery|backup|auth)_codes?|(t?otp|mfa)_(seed|secret)|credentials?",
}
_PATTERNS = {
    kind: re.compile(rf"(user_|customer_|client_|owner_|person_|contact_)?({pattern})\Z")
    for kind, pattern in _KINDS.items()
}
# Tables whose "key" opens something.
_KEYS = re.compile(r"(api|access|auth|service|licen[sc]e)_?keys?\Z")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    by_schema: dict[str, dict[str, list[str]]] = {}
    for column in snapshot.of_kind("column"):
        kind = _kind(column)
        if kind is not None:
            schema, *names = column.identity.path
            by_schema.setdefault(schema, {}).setdefault(kind, []).append(".".join(names))
    for schema, kinds in sorted(by_schema.items()):
        count = sum(map(len, kinds.values()))
        columns = "One column" if count == 1 else f"{count:,} columns"
        verb = "speaks" if count == 1 else "speak"
        yield Observation(
            DatabaseObject("", "", schema, "schema"),
            f"{columns} of schema {schema} {verb} of people or secrets.",
            evidence={kind: listed(kinds[kind]) for kind in _KINDS if kind in kinds},
        )


def _kind(column: Fact) -> str | None:
    """What a table's column tells of people, by its name; None for nothing."""
    if column.parent is None or column.parent.kind != "table":
        return None
    if column.value("type") == "boolean":
        return None
    _, table, name = column.identity.path
    if name == "key" and _KEYS.search(_plain(table)):
        return "secret"
    return _told_by(name)


@lru_cache(maxsize=1 << 12)
def _told_by(name: str) -> str | None:
    """The same of a column's name; many tables have columns of the same names."""
    words = _plain(name)
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.match(words)), None)


def _plain(name: str) -> str:
    """A name in small letters, its words apart."""
    return _WORDS.sub("_", name).lower()


CHECK = StructureCheck(
    id="GNK-A021",
    slug="personal-data",
    title="No column speaks of people or secrets",
    category="security",
    severity=Severity.INFO,
    impact="Copies of the database, its backups and its replicas hold them too.",
    recommendation="Decide for each who may read it, how long it is kept, and whether it is "
    "masked in copies or encrypted.",
    find=find,
)
