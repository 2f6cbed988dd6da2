"""Rows that are deleted and stay.

`marking` is the column that says when, and what becomes of such rows on the way back; `hiding` is
the view without them, through which a DELETE sets it; `preflight` asks what speaks against that.
"""
