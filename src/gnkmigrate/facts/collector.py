"""Python's garbage collector, out of the way while many objects are made that are all kept."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile, nor one of what was made as soon as it is over.

    The collector looks through all objects again each time their number has grown by a quarter;
    with the facts of a thousand tables that takes longer than making them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        _grow_old()
        gc.enable()


def _grow_old() -> None:
    """Counts what there is as old, which is looked through seldom, without looking through it."""
    somebody_elses = gc.get_freeze_count()
    gc.freeze()
    if not somebody_elses:
        gc.unfreeze()
