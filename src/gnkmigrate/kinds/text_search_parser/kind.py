"""Parsers of text search (manual: CREATE TEXT SEARCH PARSER, 12.5). Superusers make them."""

from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.of_functions import OfFunctions


class TextSearchParser(OfFunctions):
    name = "text search parser"
    catalog = "pg_ts_parser"
    found_in = "pg_ts_parser WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "start": How.MADE_AGAIN,
        "gettoken": How.MADE_AGAIN,
        "end": How.MADE_AGAIN,
        "lextypes": How.MADE_AGAIN,
        "headline": How.MADE_AGAIN,
    }
    rank = 59
    word = "TEXT SEARCH PARSER"


KIND = TextSearchParser()
