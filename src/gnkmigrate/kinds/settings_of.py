"""What settings of the database and of roles in it have in common.

The commands name the database, whatever it is called: a plan is made from databases with other
names than the one that it runs on.
"""

from gnkmigrate.facts.catalog import MASK
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.postgres.configuration import name_of, value_of
from gnkmigrate.postgres.quoting import dollar_quoted, literal

# A script that sets nothing does not mean that nothing shall be set: it cannot name the database.
SILENCE = frozenset({"database setting", "role setting"})


def setting(command: str, parameter: str, value: str) -> str:
    """The command that sets it in the current database.

    Args:
        command: such as "ALTER DATABASE", after which the database's name belongs.
        parameter: its name.
        value: as the catalog keeps it.
    """
    return _in_place(command, f"SET {name_of(parameter)} = {value_of(parameter, value)}")


def resetting(command: str, parameter: str) -> str:
    """The command that sets it no more."""
    return _in_place(command, f"RESET {name_of(parameter)}")


def known_value(fact: Fact, parameter: str) -> str:
    """The value of a setting.

    Raises:
        Unplannable: it was not read.
    """
    value = fact.payload["value"]
    if value == MASK:
        raise Unplannable(
            f"{fact.identity} looks like a secret, and its value is not read.",
            hint=f"Set {parameter} yourself, or name it in the setting ignore.",
        )
    return str(value)


def _in_place(command: str, action: str) -> str:
    text = f"{command.replace('%', '%%')} %I {action.replace('%', '%%')}"
    body = f"BEGIN EXECUTE format({literal(text)}, current_database()); END"
    return f"DO {dollar_quoted(body)}"
