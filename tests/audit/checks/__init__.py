"""The checks, each against schemas that fail and schemas that pass."""
