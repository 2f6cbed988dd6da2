"""Which targets are whose, and which come first: shards, canaries, groups.

Chance has no part in it: what is chosen follows from the targets' names, so that every machine
that reads a list chooses alike, be it that the list has grown meanwhile.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from gnkmigrate.errors import SettingsError
from gnkmigrate.fleet.listing import Listing, Placed

_INDEX = "JOB_COMPLETION_INDEX"  # kubernetes.io/docs/concepts/workloads/controllers/job
_WRITTEN = re.compile(r"(?:(\d+)/)?(\d+)\Z")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%\Z")
_HUNDRED = 100


@dataclass(frozen=True)
class Shard:
    """One of several equal parts of a list.

    Attributes:
        number: which, from 1.
        of: how many there are.
    """

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads "3/7", or "7" with the part's index from JOB_COMPLETION_INDEX, which begins at 0.

        Raises:
            SettingsError: it is neither.
        """
        found = _WRITTEN.match(text.strip())
        if found is None:
            raise _unclear(text)
        number, of = found[1], int(found[2])
        if number is None:
            index = os.environ.get(_INDEX, "")
            if not index.isdecimal():
                raise SettingsError(
                    f"--shard {text} takes its part from {_INDEX}, which is not set.",
                    hint=f"Write the part before it: --shard 1/{of}",
                )
            number = str(int(index) + 1)
        if not 1 <= int(number) <= of:
            raise _unclear(f"{number}/{of}")
        return cls(int(number), of)

    def holds(self, name: str) -> bool:
        """Whether the target of that name is in this part."""
        return _number(name) % self.of == self.number - 1

    def share(self, listing: Listing) -> Listing:
        """This part of a list."""
        return Listing(
            tuple(each for each in listing.placed if self.holds(each.target.name)),
            tuple(each for each in listing.unusable if self.holds(each.name)),
            listing.secrets,
        )


def _unclear(text: str) -> SettingsError:
    return SettingsError(
        f"There is no part {text} of a list.",
        hint=f"Parts count from 1: --shard 1/7 to --shard 7/7; --shard 7 counts by {_INDEX}.",
    )


def canaries(placed: Sequence[Placed], wanted: Sequence[str], all_names: Sequence[str]) -> set[str]:
    """The names of those that go first.

    Args:
        placed: the targets of this part.
        wanted: names, or shares as "5%", of which at least one target comes.
        all_names: the names of the whole list.

    Raises:
        SettingsError: the list has no such name, or a share is more than all.
    """
    found: set[str] = set()
    names = sorted((each.target.name for each in placed), key=_number)
    for each in wanted:
        share = _SHARE.match(each)
        if share is None and each not in all_names:
            near = get_close_matches(each, all_names, n=1)
            hint = f'Did you mean "{near[0]}"?' if near else "Name one of the list, or a share: 5%."
            raise SettingsError(f"The list has no target {each} to go first.", hint=hint)
        if share is None:
            found |= {each} & set(names)
            continue
        part = float(share[1]) / _HUNDRED
        if not 0 < part <= 1:
            raise SettingsError(f"{each} is no share of a list.", hint="Write such as --canary 5%")
        found |= set(names[: max(1, round(part * len(names)))])
    return found


def waves(
    placed: Sequence[Placed], first: set[str], group_by: str | None
) -> tuple[tuple[str, tuple[Placed, ...]], ...]:
    """The targets in the order of their turns, each with what its wave is called.

    Args:
        placed: the targets.
        first: the names of the canaries.
        group_by: the label whose values have their turns one after another; None for all at once.

    Raises:
        SettingsError: no target has that label.
    """
    if group_by is not None and not any(group_by in each.target.labels for each in placed):
        known = sorted({label for each in placed for label in each.target.labels})
        raise SettingsError(
            f"The list has no column {group_by} to group by.",
            details=[f"it has {', '.join(known)}"] if known else (),
            hint="--group-by takes a column of the list.",
        )
    found: dict[str, list[Placed]] = {"canary": []} if first else {}
    for each in placed:
        label = each.target.labels.get(group_by, "") if group_by else ""
        wave = "canary" if each.target.name in first else f"{group_by} {label or '(none)'}"
        found.setdefault(wave if group_by or wave == "canary" else "all", []).append(each)
    return tuple((name, tuple(members)) for name, members in found.items() if members)


def _number(name: str) -> int:
    """A number that follows from a name alone, evenly spread."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
