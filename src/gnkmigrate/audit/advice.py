"""Why a gap matters and what to do about it, where the project does not say it better."""

from gnkmigrate.audit.differences import differences
from gnkmigrate.audit.fold import Gap

_IMPACT = {
    ("missing", "table"): "Whatever reads or writes this table in the target's application fails.",
    ("missing", "column"): "Queries that name this column fail until it exists.",
    ("missing", "index"): "Queries that filter, join or sort by these columns read the whole "
    "table, and the cost grows with every row.",
    ("missing", "constraint"): "Rows that break this rule are accepted, and nobody notices.",
    ("missing", "extension"): "Functions and types that the target takes from it do not exist.",
    ("missing", "view"): "Queries on this view fail until it exists.",
    ("missing", "function"): "Calls of this function fail until it exists.",
    ("missing", "trigger"): "What this trigger keeps up to date is not kept up to date.",
    ("missing", "enum"): "Columns of this type cannot be created.",
    ("missing", "sequence"): "Numbers cannot be drawn from it.",
    ("extra", "table"): "The target does not know this table: what it holds has no place there.",
    ("extra", "column"): "The target has no place for what this column holds.",
    ("extra", "index"): "Every write pays for an index that the target does without.",
    ("extra", "constraint"): "Rows that the target's application writes may be refused.",
    ("extra", "enum"): "Nothing that the target declares uses this type.",
    ("different", "column"): "The application reads and writes other values than the database "
    "holds today.",
    ("different", "constraint"): "The rule that is enforced is not the one that the target's "
    "application counts on.",
    ("different", "index"): "Queries that count on the target's definition may not use it.",
    ("different", "enum"): "Labels that the application sends may be refused.",
}
# By whether the target has NOT NULL.
_IMPACT_OF_NULLABILITY = {
    True: "NULLs are accepted that the target's application does not expect.",
    False: "A NULL that the target's application may write is refused.",
}
_IMPACT_OF_SHAPE = {
    "names": "Nothing behaves differently; a script that names constraints finds other names "
    "here than in a database made from the target.",
    "design": "Its rows mean something else than the target's application expects.",
}

_RECOMMENDATION = {
    ("missing", "index"): "Create it with CREATE INDEX CONCURRENTLY, which lets writes go on.",
    ("missing", "constraint"): "Add it NOT VALID and validate it afterwards, so that writes go on "
    "while rows are checked.",
    ("extra", "table"): "If it is somebody else's, name it in the setting ignore; else archive "
    "what it holds before it goes.",
    ("extra", "column"): "Archive its values before it goes.",
    ("extra", "index"): "Drop it with DROP INDEX CONCURRENTLY once nothing uses it.",
    ("extra", "enum"): "Drop it once no column uses it any more.",
    ("different", "column"): "Look at the rows first: the checks on data against the target say "
    "which would not fit.",
}
_RECOMMENDATION_OF_SHAPE = {
    "names": "Rename them: that takes an instant and rewrites nothing.",
    "design": "Move its rows in a migration of its own; altering one column after the other would "
    "lose what they mean.",
}
_GENERAL = {
    "missing": "Create it as the target declares it.",
    "extra": "Declare it in the target if it is wanted; else let the migration remove it.",
    "different": "Bring it to the target's definition.",
}


def impact(gap: Gap) -> str:
    """Why the gap matters; empty where there is nothing general to say."""
    if gap.shape != "object":
        return _IMPACT_OF_SHAPE[gap.shape]
    if {difference.property for difference in differences(gap)} == {"nullability"}:
        return _IMPACT_OF_NULLABILITY[bool(gap.subject.payload["not_null"])]
    return _IMPACT.get((gap.kind, gap.subject.kind), "")


def recommendation(gap: Gap) -> str:
    """What to do about the gap."""
    if gap.shape != "object":
        return _RECOMMENDATION_OF_SHAPE[gap.shape]
    return _RECOMMENDATION.get((gap.kind, gap.subject.kind), _GENERAL[gap.kind])
