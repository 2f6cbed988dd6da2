"""Python's garbage collector, kept out of the way of large catalogs and of short transactions."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_under_way: list[object] = []  # one for each block of `loaded_objects_excluded`


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
        # Counts what there is as old, which is looked through seldom, without looking through it.
        gc.freeze()
        if not _under_way:
            gc.unfreeze()
        gc.enable()


@contextmanager
def loaded_objects_excluded() -> Iterator[None]:
    """What has been loaded so far is not looked through for garbage while the block lasts.

    Looking through all the modules takes about 60 ms of a core, which on a busy machine become half
    a second, and it begins anywhere: between a lock and its COMMIT as well. What the block itself
    makes is still collected, which takes no time, since it is little.
    """
    gc.freeze()
    _under_way.append(object())
    try:
        yield
    finally:
        _under_way.pop()
        if not _under_way:
            gc.unfreeze()
