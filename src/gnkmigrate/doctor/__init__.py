"""What works here and what does not: every condition that the commands rely on, tried out.

`probes/` has one file for each; `run` asks them all; `circumstances` is what they look at.
"""
