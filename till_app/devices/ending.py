"""The end of several workers at once, each of which may have to wait for a device that hangs."""

import threading
from collections.abc import Callable, Iterable


def end_all(ends: Iterable[Callable[[], None]]) -> None:
    """Returns when all have returned; it takes as long as the slowest."""
    threads = [threading.Thread(target=end, name="ending") for end in ends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
