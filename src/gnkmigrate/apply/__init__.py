"""A plan that was kept, carried out: each of its statements is a step of the executor."""
