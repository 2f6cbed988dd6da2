"""The placeholders of a revision's SQL, in psql's notation.

:'name' stands for a parameter as a quoted literal and :"name" for one as a quoted identifier, as
in psql (PostgreSQL manual, psql, "SQL Interpolation"), so that a statement can be tried there.
"""

import re
from collections.abc import Mapping

from psycopg import sql

from gnkmigrate.errors import RevisionError

_PLACEHOLDER = re.compile(r"""(?<!:):(?P<quote>['"])(?P<name>[a-z_][a-z0-9_]*)(?P=quote)""")


def render(text: str, parameters: Mapping[str, str]) -> str:
    """`text` with every placeholder replaced by its quoted value.

    Raises:
        RevisionError: the text names a parameter that nobody has set.
    """

    def quoted(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in parameters:
            raise RevisionError(
                f"The SQL of a revision asks for the parameter {match[0]}, which is not set.",
                hint=f'Set it in gnkmigrate.toml: [policies] {name} = "..."',
            )
        value = parameters[name]
        literal = sql.Literal(value) if match["quote"] == "'" else sql.Identifier(value)
        return literal.as_string().strip()

    return _PLACEHOLDER.sub(quoted, text)


def placeholders(text: str) -> tuple[str, ...]:
    """What `render` would replace."""
    return tuple(match[0] for match in _PLACEHOLDER.finditer(text))
