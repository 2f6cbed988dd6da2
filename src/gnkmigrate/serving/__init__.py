"""Kept reports as a page that stays: what lies in audits/, read and never written.

`kept` reads the reports, `history` puts those of one database in order, `pages` draws them,
`server` answers a browser of this machine that knows the token.
"""
