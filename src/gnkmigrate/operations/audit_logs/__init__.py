"""Changes are written to a log that is only added to.

`spec` says which tables, `log` is the SQL of the log itself, `preflight` asks what speaks against
it, `changes` has triggers write to it.
"""
