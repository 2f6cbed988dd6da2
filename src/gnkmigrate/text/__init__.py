"""How things are said, once for the whole program."""
