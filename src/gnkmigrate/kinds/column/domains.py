"""What a domain does to a new column of its type: values are tried, or there is a default."""

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.context import Context
from gnkmigrate.postgres.quoting import qualified


def is_checked(column: Fact, context: Context) -> bool:
    """Whether its type is a domain that refuses values: every row is written to try them."""
    return any(
        qualified(*each.path) == column.payload["type"] and _refuses(each, context)
        for each in column.depends_on
        if each.kind == "domain"
    )


def has_default(column: Fact, context: Context) -> bool:
    """Whether its type is a domain that has a default."""
    domains = (context.find(each) for each in column.depends_on if each.kind == "domain")
    return any(
        qualified(*each.identity.path) == column.payload["type"] and each.payload["default"]
        for each in domains
        if each is not None
    )


def forbids_nulls(column: Fact, context: Context) -> bool:
    """Whether its type is a domain, or one that is made of such, which is NOT NULL."""
    return any(
        qualified(*each.path) == column.payload["type"] and _is_not_null(each, context)
        for each in column.depends_on
        if each.kind == "domain"
    )


def _is_not_null(domain: Identity, context: Context) -> bool:
    fact = context.find(domain)
    return fact is not None and bool(
        fact.payload["not_null"]
        or any(_is_not_null(each, context) for each in fact.depends_on if each.kind == "domain")
    )


def _refuses(domain: Identity, context: Context) -> bool:
    """Whether a domain, or one that it is made of, has a check or is NOT NULL."""
    for snapshot in (context.source, context.target):  # what goes may still be there
        fact = snapshot.facts.get(domain)
        if fact is not None and (
            fact.payload["not_null"]
            or snapshot.children(domain, "domain constraint")
            or any(_refuses(each, context) for each in fact.depends_on if each.kind == "domain")
        ):
            return True
    return False
