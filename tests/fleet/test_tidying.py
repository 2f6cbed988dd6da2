import gc
import time
import weakref
from collections.abc import Iterator

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
def test_garbage_is_looked_for_now_and_then() -> None:
    left = weakref.ref(Node())
    tidying = Tidying(due=time.process_time() + 1000)
    tidying.now_and_then()
    assert left() is not None
    tidying.due = 0
    tidying.now_and_then()
    assert left() is None
    assert tidying.due > time.process_time()
