"""Changes as a JSON document."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gnkmigrate.diff.likely_renames import Likely
from gnkmigrate.diff.omitted import entries
from gnkmigrate.diff.rename_hints import written
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds.change import Change

VERSION = 1


def write_changes(
    changes: Sequence[Change],
    source: Snapshot,
    target: Snapshot,
    likely: Sequence[Likely] = (),
    omitted: Sequence[Unread] = (),
) -> str:
    """The changes as a JSON text that ends with a newline.

    It has `version`; `source` and `target`, each with `database` and `server_version`;
    `summary`, the number of changes by verb; and `changes`, each with `kind`, `verb`, `identity`
    (the path in the target, or in the source where the target has none), `differing` (payload
    keys), and `from` and `to`, each with `path` and `payload`, or null. `possible_renames` has what
    may be one thing under two names, each with `kind`, `from`, `to` (paths), `rename` (as the
    option --rename takes it) and `reason`. `not_compared` has what nobody has looked at, each with
    `kind`, `count`, `names`, `reason` and `on_purpose`.
    """
    counts = Counter(change.verb for change in changes)
    document = {
        "version": VERSION,
        "source": _origin(source),
        "target": _origin(target),
        "summary": {verb: counts[verb] for verb in ("add", "remove", "alter", "rename")},
        "changes": [
            {
                "kind": change.kind,
                "verb": change.verb,
                "identity": list(change.identity.path),
                "differing": list(change.differing),
                "from": _side(change.before),
                "to": _side(change.after),
            }
            for change in changes
        ],
        "possible_renames": [
            {
                "kind": old.kind,
                "from": list(old.path),
                "to": list(new.path),
                "rename": written(old, new),
                "reason": why,
            }
            for old, new, why in likely
        ],
        "not_compared": entries(omitted),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _origin(snapshot: Snapshot) -> dict[str, Any]:
    return {"database": snapshot.database, "server_version": snapshot.server_version}


def _side(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else {"path": list(fact.identity.path), "payload": {**fact.payload}}
