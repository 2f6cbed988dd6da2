"""The whole way on a database made for it: audit, dry run, upgrade, audit, downgrade, comparison.

`project` finds the project that is shown (MineGNK's own files), `data` fills its database with
rows, `story` tells scene after scene as values; the command `demo` writes them down.
"""
