"""What every way to a device can do, and the deadlines that they share."""

import selectors
import time
from enum import StrEnum
from typing import Protocol, runtime_checkable

NETWORK_BYTES_PER_S = 20_000
"""What a slow printer takes while it prints pictures."""


class Transport(Protocol):
    """An open way to one device, for one thread. After a DeviceError it is only good for closing."""

    @property
    def can_read(self) -> bool:
        """False when the device has no way to answer."""
        ...

    @property
    def bytes_per_s(self) -> float:
        """What the device surely takes; deadlines are derived from it."""
        ...

    @property
    def sent_bytes(self) -> int:
        """How many bytes have left, or may have left, since it was opened; right after a failed write too."""
        ...

    def write(self, data: bytes, deadline_s: float) -> None:
        """Returns when all bytes have left. DeviceTimeout: some may have, see `sent_bytes`."""
        ...

    def read(self, count: int, deadline_s: float) -> bytes:
        """What is there, up to `count`, as soon as anything is; empty when nothing came in time."""
        ...

    def close(self) -> None: ...


class JobEnd(StrEnum):
    """What a print queue of the system says became of a job."""

    COMPLETED = "completed"
    """All of it was handed to the printer."""
    WITHDRAWN = "withdrawn"
    """None of it was, and none will be: it is taken out of the queue."""
    UNKNOWN = "unknown"
    """Some of it may have reached the printer."""


@runtime_checkable
class ConfirmingTransport(Transport, Protocol):
    """A way that carries no answers of the printer, but knows what became of a job: a queue of the system."""

    def trouble(self) -> str:
        """Why the queue passes nothing on now, a NotReadyReason's value; empty: it does.

        Raises DeviceError.
        """
        ...

    def settle(self, deadline_s: float) -> JobEnd:
        """Wait for the end of what was written since it was opened; a job that has not ended by then is
        taken back, so that it does not print or open a drawer minutes later."""
        ...


class Deadline:
    """A moment from now, so that several waits share one limit."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining_s(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end


def wait_for(file: int, event: int, deadline: Deadline) -> bool:
    """Whether the file became readable or writable before the deadline; asks at least once."""
    with selectors.DefaultSelector() as selector:
        selector.register(file, event)
        return bool(selector.select(deadline.remaining_s))
