"""What things of a database are called in TypeScript: classes, properties, files."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from gnkmigrate.facts.fact import Identity

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
# Classes of these names would hide what the module itself uses.
_TAKEN_TEXT = """
    Array BigInt Boolean Buffer Check Column CreateDateColumn Date Entity Error Exclusion ForeignKey
    Function Generated Index Infinity Intl JSON JoinColumn ManyToOne Map Math NaN Number Object
    OneToMany OneToOne PrimaryColumn PrimaryGeneratedColumn Promise Proxy Reflect RegExp Relation
    Set String Symbol Unique UpdateDateColumn WeakMap WeakSet
"""
_TAKEN = frozenset(_TAKEN_TEXT.split())
_UNUSABLE = frozenset({"constructor", "prototype", "hasOwnProperty", "toString", "valueOf"})


def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: "userNode_ID" is user, node, id."""
    return tuple(word.lower() for word in _WORD.findall(name))


def camel(name: str) -> str:
    """As a property: "user_id" is userId."""
    found = words(name) or ("unnamed",)
    text = found[0] + "".join(map(str.capitalize, found[1:]))
    return f"_{text}" if text[0].isdigit() else text


def pascal(name: str) -> str:
    """As a class: "user_nodes" is UserNodes."""
    text = "".join(map(str.capitalize, words(name))) or "Unnamed"
    return f"_{text}" if text[0].isdigit() else text


def kebab(name: str) -> str:
    """As a file: "UserNode" is user-node."""
    return "-".join(words(name)) or "unnamed"


def singular(name: str) -> str:
    """A table's name for one of its rows: "user_nodes" is user_node; others stay."""
    last = (words(name) or ("",))[-1]
    if last.endswith("ies") and last not in {"dies", "lies", "pies", "ties", "series"}:
        return f"{name[:-3]}y"
    if last.endswith(("sses", "shes", "ches", "xes", "uses")):
        return name[:-2]
    if last.endswith("s") and not last.endswith(("ss", "us", "is", "news", "series")):
        return name[:-1]
    return name


def class_names(tables: Iterable[Identity], taken: Collection[str] = ()) -> Mapping[Identity, str]:
    """A class for each; those that would share a name have that of their schema in front."""
    wanted = {table: pascal(singular(table.name)) for table in tables}
    counts, used = Counter(wanted.values()), {*taken}
    return {
        table: free(_usable(pascal(table.path[0]) + name if counts[name] > 1 else name), used)
        for table, name in sorted(wanted.items())
    }


def _usable(name: str) -> str:
    return f"{name}Entity" if name in _TAKEN else name


def property_name(text: str, used: set[str]) -> str:
    """A property that the class does not have yet, which is remembered."""
    return free(f"{text}_" if text in _UNUSABLE else text, used)


def free(name: str, used: set[str]) -> str:
    """`name`, with a number behind it where somebody has it already."""
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name}{number}"
    used.add(found)
    return found
