"""Privileges as facts tell them, and the GRANT and REVOKE that lie between two states of them.

A fact tells what differs from what PostgreSQL gives by itself (grants/read.sql):
"reporter=SELECT" is held beyond it, "reporter=SELECT*" may be passed on as well, "-=EXECUTE" was
taken away. Nobody in front of "=" is PUBLIC, OWNER is whoever owns the thing, and what ends in
"/reporter" was granted by reporter; the rest by the owner.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from gnkmigrate.facts.fact import Fact
from gnkmigrate.postgres.quoting import names_in

PUBLIC = ""
OWNER = "OWNER"
BY_OWNER = ""

_ENTRY = re.compile(
    r'(?P<gone>-?)(?P<role>"(?:[^"]|"")+"|[^"=]*)=(?P<name>[A-Z ]+)(?P<passes>\*?)(?:/(?P<by>.+))?',
    re.DOTALL,
)
# The order in which PostgreSQL's manual lists them (5.8).
_ORDER = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "CREATE",
          "CONNECT", "TEMPORARY", "EXECUTE", "USAGE", "MAINTAIN")  # fmt: skip
# The first server_version_num that has a privilege.
_SINCE = {"MAINTAIN": 170000}


class Level(IntEnum):
    """How much of a privilege a role has."""

    NONE = 0
    HELD = 1
    GRANTABLE = 2


class Privilege(NamedTuple):
    """One privilege of one role on one thing.

    Attributes:
        grantor: who granted it, quoted; BY_OWNER for whoever owns the thing.
        role: who has it, quoted; PUBLIC or OWNER.
        name: such as "SELECT".
    """

    grantor: str
    role: str
    name: str


Privileges: TypeAlias = Mapping[Privilege, Level]


@dataclass(frozen=True)
class Step:
    """One GRANT or REVOKE.

    Attributes:
        grantor: who runs it, quoted; BY_OWNER for the owner, or whoever may act as the owner.
        grants: GRANT rather than REVOKE.
        option: WITH GRANT OPTION, or GRANT OPTION FOR.
        cascades: whether others lose what they were granted by those who lose it here.
        names: the privileges.
        roles: whose they are, quoted.
    """

    grantor: str
    grants: bool
    option: bool
    cascades: bool
    names: tuple[str, ...]
    roles: tuple[str, ...]

    def sql(self, thing: str, owner: str, columns: str = "") -> str:
        """The command.

        Args:
            thing: what follows ON, such as "TABLE public.users".
            owner: who owns it, quoted.
            columns: the column that it is about, quoted; "" for the whole.
        """
        what = ", ".join(f"{name} ({columns})" if columns else name for name in self.names)
        roles = ", ".join(_spelled(role, owner) for role in self.roles)
        if self.grants:
            return f"GRANT {what} ON {thing} TO {roles}{' WITH GRANT OPTION' * self.option}"
        option, cascade = "GRANT OPTION FOR " * self.option, " CASCADE" * self.cascades
        return f"REVOKE {option}{what} ON {thing} FROM {roles}{cascade}"

    def reason(self, thing: str, owner: str) -> str:
        """Why it is there: "reporter is to have SELECT on table public.users."."""
        roles = " and ".join(_spelled(role, owner) for role in self.roles)
        what = f"{', '.join(self.names)} on {thing}"
        if self.option:
            may = "may" if self.grants else "may not"
            return f"{roles} {may} pass on {what}."
        several = len(self.roles) > 1
        be = ("are" if several else "is") + ("" if self.grants else " not")
        return f"{roles} {be} to have {what}."


def privileges(entries: Iterable[str], version: int = 0) -> Privileges:
    """What a fact tells.

    Args:
        entries: the fact's value.
        version: of the server that is meant, whose privileges alone count; 0 for any.
    """
    found = {}
    for entry in entries:
        if match := _ENTRY.fullmatch(entry):
            name = match["name"]
            level = Level.GRANTABLE if match["passes"] else Level.HELD
            if not version or version >= _SINCE.get(name, 0):
                key = Privilege(match["by"] or BY_OWNER, match["role"], name)
                found[key] = Level.NONE if match["gone"] else level
    return found


def named(held: Privileges) -> Iterator[str]:
    """The roles that have granted something or hold it, without quotes."""
    for key in held:
        for role in (key.grantor, key.role):
            if role not in {PUBLIC, BY_OWNER, OWNER}:
                yield names_in(role)[0]


def as_of(fact: Fact, version: int) -> Fact | None:
    """A fact with the privileges that a server of this version has; None where that are none."""
    told = fact.payload["grants"]
    known = entries(privileges(told, version))
    if len(known) == len(told):
        return fact
    return fact.has({"grants": known}) if known else None


def entries(held: Privileges) -> list[str]:
    """The value that tells so: the way back of `privileges`."""
    return sorted(
        f"{'' if level else '-'}{key.role}={key.name}{'*' * (level is Level.GRANTABLE)}"
        + (f"/{key.grantor}" if key.grantor else "")
        for key, level in held.items()
    )


def owned_by(held: Privileges, owner: str, *, holds: bool = True) -> Privileges:
    """The same once `owner` owns the thing: what that role was granted becomes the owner's.

    Args:
        held: while another role owned it.
        owner: the new owner, quoted.
        holds: whether an owner has every privilege where nothing is said (of a column: none).
    """
    moved: dict[Privilege, Level] = {}
    for key, level in held.items():
        role = OWNER if key.role == owner else key.role
        grantor = BY_OWNER if key.grantor == owner else key.grantor
        new = Privilege(grantor, role, key.name)
        moved[new] = max(level, moved.get(new, Level.NONE))
    usual = Level.HELD if holds else Level.NONE
    return {
        key: level
        for key, level in moved.items()
        if not (key.role == OWNER and key.grantor == BY_OWNER and level is usual)
    }


def together(*several: Privileges, usual: str = "") -> Privileges:
    """What a thing gets that gets all of these.

    Args:
        several: what each of them tells.
        usual: what PostgreSQL lets PUBLIC do anyway, so that it says nothing to give it.
    """
    sums: dict[Privilege, Level] = {}
    for each in several:
        for key, level in each.items():
            sums[key] = max(level, sums.get(key, level))
    given = Privilege(BY_OWNER, PUBLIC, usual)
    return {key: level for key, level in sums.items() if key != given or level is Level.NONE}


def steps(current: Privileges, wanted: Privileges, *, holds: bool = True) -> Iterator[Step]:
    """What leads from one state to the other: first all that is revoked, then what is granted.

    Args:
        current: as it is.
        wanted: as it shall be.
        holds: whether an owner has every privilege where nothing is said (of a column: none).
    """
    usual = _Usual(current, wanted, holds=holds)
    losing = _losing(current, wanted, usual)
    now = {
        key: Level.NONE if (key.grantor, key.name) in losing else level
        for key, level in current.items()
    }
    turns = [
        _Turn(
            key,
            grants=usual.of(now, key) < usual.of(wanted, key),
            option=Level.GRANTABLE in {usual.of(now, key), usual.of(wanted, key)}
            and usual.of(wanted, key) is not Level.NONE,
            cascades=(key.role, key.name) in losing,
        )
        for key in {**now, **wanted}
        if usual.of(now, key) != usual.of(wanted, key)
    ]
    taken = [turn for turn in turns if not turn.grants]
    yield from _grouped(turn for turn in taken if turn.key.grantor != BY_OWNER)
    yield from _grouped(turn for turn in taken if turn.key.grantor == BY_OWNER)
    for ready in _in_turn([turn for turn in turns if turn.grants]):
        yield from _grouped(ready)


class _Turn(NamedTuple):
    """One privilege that is granted or revoked; as in `Step`."""

    key: Privilege
    grants: bool
    option: bool
    cascades: bool


class _Usual:
    """What a role has where a state does not say."""

    def __init__(self, current: Privileges, wanted: Privileges, *, holds: bool) -> None:
        # What somebody was deprived of is what PostgreSQL gives by itself.
        self._given = {
            key for held in (current, wanted) for key, level in held.items() if not level
        }
        self._holds = holds

    def of(self, held: Privileges, key: Privilege) -> Level:
        if key in held:
            return held[key]
        is_owners = self._holds and key.role == OWNER and key.grantor == BY_OWNER
        return Level.HELD if is_owners or key in self._given else Level.NONE


def _losing(current: Privileges, wanted: Privileges, usual: _Usual) -> frozenset[tuple[str, str]]:
    """Roles that may no longer pass on a privilege, and with it take away what they granted."""
    passing = [key for key, level in current.items() if level is Level.GRANTABLE]
    grantors = {(key.grantor, key.name) for key in current}
    losing: frozenset[tuple[str, str]] = frozenset()
    while True:
        keeping = {
            (key.role, key.name)
            for key in passing
            if usual.of(wanted, key) is Level.GRANTABLE and (key.grantor, key.name) not in losing
        }
        found = frozenset((key.role, key.name) for key in passing) & grantors - keeping
        if found == losing:
            return losing
        losing = found


def _in_turn(turns: Sequence[_Turn]) -> Iterator[Sequence[_Turn]]:
    """Nobody grants what is yet to be granted to them."""
    while turns:
        pending = {(turn.key.role, turn.key.name) for turn in turns if turn.key.role != PUBLIC}
        ready = [turn for turn in turns if (turn.key.grantor, turn.key.name) not in pending]
        yield ready or turns
        turns = [turn for turn in turns if turn not in ready] if ready else ()


def _grouped(turns: Iterable[_Turn]) -> Iterator[Step]:
    """As few commands as say it: one for all roles that get, or lose, the same set."""
    names: defaultdict[_Turn, list[str]] = defaultdict(list)
    for turn in sorted(turns):
        names[turn._replace(key=turn.key._replace(name=""))].append(turn.key.name)
    roles: defaultdict[tuple[_Turn, tuple[str, ...]], list[str]] = defaultdict(list)
    for turn, several in names.items():
        told = tuple(sorted(several, key=_place))
        roles[turn._replace(key=turn.key._replace(role="")), told].append(turn.key.role)
    for (turn, told), who in roles.items():
        yield Step(turn.key.grantor, turn.grants, turn.option, turn.cascades, told, tuple(who))


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _spelled(role: str, owner: str) -> str:
    return {PUBLIC: "PUBLIC", OWNER: owner}.get(role, role)
