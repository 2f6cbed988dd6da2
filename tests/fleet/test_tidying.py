import gc
import weakref
from collections.abc import Iterator

import psutil
import pytest

from gnkmigrate.fleet.tidying import Tidying


class Node:
    """Something that refers to itself, as facts and what they depend on do."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def _collector_waits() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_collector_waits")
def test_garbage_is_looked_for_when_the_process_has_grown() -> None:
    left = weakref.ref(Node())
    tidying = Tidying(size=psutil.Process().memory_info().rss * 2)
    tidying.when_grown()
    assert left() is not None
    tidying.size /= 4
    tidying.when_grown()
    assert left() is None
    assert tidying.size > 0
