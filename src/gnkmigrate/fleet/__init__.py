"""Many databases: which they are, who works on them, and what came of it as one summary.

A command of the fleet is an order that workers carry out for one database after another. Workers
are Dask's, of this machine or of others: it gives them work, and the work of one that dies to
another. What each command does is a module of `jobs/`.
"""
