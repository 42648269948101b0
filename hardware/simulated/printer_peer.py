"""A simulated printer as tests and the demo hold it: its faults, what it did, and waiting for that."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a printer does to the bytes of a connection."""

    answers: bytes
    dies: bool = False
    """It goes away without a word."""


class PrinterPeer:
    """The engine shared by the thread of the connection and those that watch; every switch works at once."""

    def __init__(self, engine: PrinterEngine, die_after: int | None = None) -> None:
        """`die_after`: it goes away once a connection has brought so many bytes, with status questions."""
        self._engine = engine
        self._die_after = die_after
        self._received_bytes = 0
        self._changed = threading.Condition()
        self._wake: Callable[[], None] = lambda: None
        self._unsent = b""

    @property
    def mode(self) -> PrinterMode:
        with self._changed:
            return self._engine.mode

    @mode.setter
    def mode(self, mode: PrinterMode) -> None:
        self.change(lambda engine: engine.recover(mode))

    @property
    def die_after(self) -> int | None:
        with self._changed:
            return self._die_after

    @die_after.setter
    def die_after(self, byte_count: int | None) -> None:
        with self._changed:
            self._die_after = byte_count

    @property
    def jobs(self) -> list[bytes]:
        """Complete jobs in order, without status questions and drawer pulses."""
        with self._changed:
            return list(self._engine.jobs)

    @property
    def broken_jobs(self) -> list[bytes]:
        with self._changed:
            return list(self._engine.broken_jobs)

    @property
    def drawer_pins(self) -> list[int]:
        """2 or 5 for each time the drawer was opened."""
        with self._changed:
            return list(self._engine.drawer_pins)

    @property
    def drawer_is_open(self) -> bool:
        with self._changed:
            return self._engine.drawer_is_open

    @property
    def display_bytes(self) -> bytes:
        """What was passed on to the customer display."""
        with self._changed:
            return bytes(self._engine.display_bytes)

    def close_drawer(self) -> None:
        self.change(lambda engine: setattr(engine, "drawer_is_open", False))

    def open_drawer_by_key(self) -> None:
        self.change(lambda engine: setattr(engine, "drawer_is_open", True))

    def let_print(self, byte_count: int) -> None:
        """A printer with a print budget gets on by so many bytes."""
        self.change(lambda engine: engine.let_print(byte_count))

    def change(self, act: Callable[[PrinterEngine], bytes | None]) -> None:
        """Does something to the engine; what that says goes to the client that is connected."""
        with self._changed:
            self._unsent += act(self._engine) or b""
            self._unsent += self._engine.report()
            self._changed.notify_all()
            self._wake()

    def wait_for_jobs(self, count: int, timeout_s: float = 5.0) -> list[bytes]:
        """As `jobs`, as soon as there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._engine.jobs) >= count, timeout_s):
                raise TimeoutError(f"{len(self._engine.jobs)} of {count} jobs came")
            return list(self._engine.jobs)

    def wait_for_drawer(self, count: int, timeout_s: float = 5.0) -> list[int]:
        """As `drawer_pins`, as soon as there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._engine.drawer_pins) >= count, timeout_s):
                raise TimeoutError(f"{len(self._engine.drawer_pins)} of {count} pulses came")
            return list(self._engine.drawer_pins)

    def wait_for_display(self, byte_count: int, timeout_s: float = 5.0) -> bytes:
        """As `display_bytes`, as soon as there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._engine.display_bytes) >= byte_count, timeout_s):
                raise TimeoutError(f"{len(self._engine.display_bytes)} of {byte_count} bytes came")
            return bytes(self._engine.display_bytes)

    def begin_connection(self, wake: Callable[[], None]) -> None:
        """`wake` is called from any thread when `unsent` may have something, or reading may go on."""
        with self._changed:
            self._received_bytes = 0
            self._unsent = b""
            self._wake = wake

    def unsent(self) -> bytes:
        """Reports and late answers that nobody asked for just now."""
        with self._changed:
            unsent, self._unsent = self._unsent, b""
            return unsent

    def receive(self, data: bytes) -> Reaction:
        with self._changed:
            left = None if self._die_after is None else self._die_after - self._received_bytes
            dies = left is not None and len(data) >= left
            taken = data[:left] if dies else data
            self._received_bytes += len(taken)
            answers = self._engine.feed(taken)
            if dies:
                self._engine.die()
            self._changed.notify_all()
            return Reaction(answers, dies)

    def end_connection(self) -> None:
        with self._changed:
            self._wake = lambda: None
            self._engine.end_connection()
            self._changed.notify_all()
