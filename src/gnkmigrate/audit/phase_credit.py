"""Which phase of the migration closes which gap.

A phase is credited with what its own work removed: what was there before it and not after it,
and did not come back. What no phase removes has no phase, be it by oversight or because somebody
changed the database by hand.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from gnkmigrate.facts.snapshot import Snapshot

Fingerprints = Callable[[Snapshot], Collection[str]]


def closing_phases(
    baseline: Snapshot, phases: Sequence[tuple[str, Snapshot]], fingerprints: Fingerprints
) -> Mapping[str, str]:
    """The name of the closing phase by the fingerprint of what it closes.

    Args:
        baseline: the schema that the first phase starts from.
        phases: each phase's name, and the schema after it, in their order.
        fingerprints: what the audit finds in a schema.
    """
    states = [("", frozenset(fingerprints(baseline)))]
    states += [(name, frozenset(fingerprints(snapshot))) for name, snapshot in phases]
    left = states[-1][1]
    return {
        fingerprint: name
        for (_, before), (name, after) in pairwise(states)
        for fingerprint in before - after
        if fingerprint not in left
    }
