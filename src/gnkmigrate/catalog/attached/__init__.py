"""One query a kind that hangs on other things of any kind, such as a comment.

classid, objid, objsubid say on what; payload becomes the fact; kind and path name the thing
where it is no fact of its own (a column of a view), and are null otherwise.
"""
