"""The way to the target: phases made of steps, run by one executor that keeps a journal.

`revision` reads migrations/, `recorder` turns a revision's op.* calls into steps, `executor` runs
them, `journal` knows what is in force, `runner` decides what comes next. The package `operations`
has one file for each kind of step.
"""
