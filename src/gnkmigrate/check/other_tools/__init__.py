"""The migrations that a team has, of whatever tool, run as they are on a copy with rows.

`start` gives the copy, a module of `tools` the migrations in their order, `door` stands between the
tool and the copy, so that `locks` sees what it holds, `kept` has the rows of before, `storage` what
was written anew or read whole, `judging` says what of it is to be told, `course` is the order of
all that. Nothing is parsed to find out what it does.
"""
