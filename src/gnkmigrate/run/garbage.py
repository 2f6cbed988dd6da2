"""Keeps Python's own housekeeping out of transactions that others wait for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def set_aside() -> Iterator[None]:
    """What has been loaded so far is not looked through for garbage while the block lasts.

    Looking through all the modules takes about 60 ms of a core, which on a busy machine become half
    a second, and it begins anywhere: between a lock and its COMMIT as well. What the block itself
    makes is still collected, which takes no time, since it is little.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
