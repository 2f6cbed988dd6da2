"""Templates of text search (manual: CREATE TEXT SEARCH TEMPLATE, 12.6). Superusers make them."""

from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.of_functions import OfFunctions


class TextSearchTemplate(OfFunctions):
    name = "text search template"
    catalog = "pg_ts_template"
    found_in = "pg_ts_template WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {"lexize": How.MADE_AGAIN, "init": How.MADE_AGAIN}
    rank = 59
    word = "TEXT SEARCH TEMPLATE"


KIND = TextSearchTemplate()
