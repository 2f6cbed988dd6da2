"""Changes as a JSON document."""

from collections import Counter
from typing import Any

from gnkmigrate.diff.compared import Compared
from gnkmigrate.diff.omitted import entries
from gnkmigrate.diff.rename_options import written as rename
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(compared: Compared, view: View) -> str:
    """The document as a text that ends with a newline.

    It has `version`; `source` and `target`, each with `database` and `server_version`;
    `summary`, the number of changes by verb; and `changes`, each with `kind`, `verb`, `identity`
    (the path in the target, or in the source where the target has none), `differing` (payload
    keys), and `from` and `to`, each with `path` and `payload`, or null. `possible_renames` has what
    may be one thing under two names, each with `kind`, `from`, `to` (paths), `rename` (as the
    option --rename takes it) and `reason`. `not_compared` has what nobody has looked at, each with
    `kind`, `count`, `names`, `reason` and `on_purpose`.
    """
    del view
    counts = Counter(change.verb for change in compared.changes)
    return written(
        {
            "version": VERSION,
            "source": _origin(compared.source),
            "target": _origin(compared.target),
            "summary": {verb: counts[verb] for verb in ("add", "remove", "alter", "rename")},
            "changes": [_change(change) for change in compared.changes],
            "possible_renames": [
                {
                    "kind": old.kind,
                    "from": list(old.path),
                    "to": list(new.path),
                    "rename": rename(old, new),
                    "reason": why,
                }
                for old, new, why in compared.likely
            ],
            "not_compared": entries(compared.not_compared),
        }
    )


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "verb": change.verb,
        "identity": list(change.identity.path),
        "differing": list(change.differing),
        "from": _side(change.before),
        "to": _side(change.after),
    }


def _origin(snapshot: Snapshot) -> dict[str, Any]:
    return {"database": snapshot.database, "server_version": snapshot.server_version}


def _side(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else {"path": list(fact.identity.path), "payload": {**fact.payload}}
